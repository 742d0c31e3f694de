"""The Mantel-Haenszel difference: the textbook's numbers, its rule for empty strata, and how often its interval covers."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics import mantel_haenszel_difference, newcombe_interval


def test_two_strata_by_hand():
    # Strata of 100 and 50: weights 25 * 75 / 100 and 30 * 20 / 50; differences 0.20 and 0.10.
    found = mantel_haenszel_difference([[10, 15], [15, 8]], [[25, 30], [75, 20]])
    weights = 25 * 75 / 100, 30 * 20 / 50
    assert found.difference == pytest.approx((weights[0] * 0.2 + weights[1] * 0.1) / sum(weights))
    assert found.crude == pytest.approx(25 / 55 - 23 / 95)
    assert (found.compared, found.left_out, found.strata) == ((55, 95), (0, 0), 2)


def test_greenland_and_robins_variance_by_hand():
    y, n = [[40, 60], [30, 90]], [[100, 150], [120, 300]]
    found = mantel_haenszel_difference(y, n)
    weights = [100 * 120 / 220, 150 * 300 / 450]
    terms = [
        w**2 * (a * (m - a) / m**3 + b * (k - b) / k**3)
        for w, a, m, b, k in zip(weights, y[0], n[0], y[1], n[1], strict=True)
    ]
    half = 1.959964 * (sum(terms) ** 0.5) / sum(weights)
    assert found.interval is not None
    assert (found.interval[1] - found.interval[0]) / 2 >= half - 1e-9
    assert (found.interval[1] - found.interval[0]) / 2 == pytest.approx(half, rel=0.05)


def test_one_stratum_is_the_plain_difference():
    found = mantel_haenszel_difference([[40], [30]], [[200], [400]])
    assert found.difference == pytest.approx(found.crude) == pytest.approx(0.2 - 0.075)
    assert found.interval == pytest.approx(newcombe_interval(40, 200, 30, 400), abs=0.006)


def test_a_difference_that_is_all_mix_vanishes():
    # Within each stratum both sides have the same rate; the first side has more of the bad one.
    found = mantel_haenszel_difference([[80, 2], [20, 8]], [[200, 20], [50, 80]])
    assert found.crude == pytest.approx(82 / 220 - 28 / 130)
    assert found.difference == pytest.approx(0, abs=1e-12)
    assert found.p_value == pytest.approx(1)


def test_strata_of_one_side_alone_are_left_out_and_counted():
    found = mantel_haenszel_difference([[10, 5, 0], [15, 0, 9]], [[25, 10, 0], [75, 0, 30]])
    assert (found.compared, found.left_out, found.strata) == ((25, 75), (10, 30), 1)
    assert found.difference == pytest.approx(0.4 - 0.2)
    nothing = mantel_haenszel_difference([[1, 0], [0, 2]], [[5, 0], [0, 9]])
    assert (nothing.difference, nothing.interval, nothing.p_value, nothing.strata) == (None, None, None, 0)


def test_a_design_effect_widens_the_interval_by_its_root():
    plain = mantel_haenszel_difference([[40, 60], [30, 90]], [[100, 150], [120, 300]])
    wide = mantel_haenszel_difference([[40, 60], [30, 90]], [[100, 150], [120, 300]], design_effect=4.0)
    assert wide.difference == plain.difference
    assert wide.interval[1] - wide.interval[0] == pytest.approx(2 * (plain.interval[1] - plain.interval[0]))
    few = mantel_haenszel_difference([[40, 60], [30, 90]], [[100, 150], [120, 300]], degrees_of_freedom=4.0)
    assert few.interval[1] > plain.interval[1]


def test_a_small_side_without_a_success_proves_little():
    found = mantel_haenszel_difference([[0, 0], [40, 60]], [[25, 30], [500, 700]])
    assert found.difference == pytest.approx(-0.0831, abs=0.001)
    assert found.interval[1] > -0.02
    assert found.p_value > 0.01


def test_no_events_show_no_spread():
    found = mantel_haenszel_difference([[0, 0], [0, 0]], [[10, 20], [30, 40]])
    assert (found.difference, found.interval, found.p_value) == (0.0, None, None)


@pytest.mark.parametrize("strata", [4, 60])
def test_coverage_with_thick_and_with_thin_strata_and_unequal_differences(strata):
    dice = np.random.default_rng(strata)
    covered = 0
    for _ in range(300):
        n = dice.integers(0, 2_400 // strata, (2, strata)) + 1
        base = dice.uniform(0.02, 0.3, strata)
        gap = dice.uniform(0, 0.2, strata)
        found = mantel_haenszel_difference(dice.binomial(n, np.stack([base + gap, base])), n)
        weights = n[0] * n[1] / n.sum(axis=0)
        covered += found.interval[0] <= float(weights @ gap / weights.sum()) <= found.interval[1]
    assert 0.93 <= covered / 300 <= 0.98


def test_what_is_not_possible_is_refused():
    with pytest.raises(ValueError, match="two rows"):
        mantel_haenszel_difference([1, 2], [3, 4])
    with pytest.raises(ValueError, match="between 0 and the total"):
        mantel_haenszel_difference([[5], [1]], [[4], [2]])
