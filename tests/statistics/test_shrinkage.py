"""Shrunken ratios: against a brute-force integral, limits of much and little data, and how often their intervals hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analyst_agent.statistics import shrunken_ratios
from analyst_agent.statistics.shrinkage import moment_spread


def test_the_posterior_mean_is_that_of_a_brute_force_integral():
    y, e = np.array([3.0, 9.0, 15.0]), np.array([8.0, 8.0, 10.0])
    spreads = np.exp(np.linspace(np.log(0.005), np.log(2.5), 400))
    shape = 1 / spreads**2
    likelihood = np.prod([stats.nbinom.pmf(k, shape, shape / (shape + m)) for k, m in zip(y, e, strict=True)], axis=0)
    weight = likelihood * spreads / (1 + (spreads / 0.5) ** 2)
    expected = [(weight @ ((shape + k) / (shape + m))) / weight.sum() for k, m in zip(y, e, strict=True)]
    assert shrunken_ratios(y, e).ratios == pytest.approx(expected, rel=5e-3)


def test_it_lies_between_the_own_ratio_and_the_common_one_and_few_tickets_borrow_more():
    found = shrunken_ratios([2, 40, 100, 180], [1, 20, 100, 200])
    assert 1 < found.ratios[0] < found.ratios[1] < 2
    assert found.weights[0] < found.weights[1] < found.weights[2]
    assert all(low < ratio < high for ratio, (low, high) in zip(found.ratios, found.intervals, strict=True))


def test_a_count_worth_less_is_drawn_in_more():
    sure = shrunken_ratios([40, 100, 180], [20, 100, 200])
    unsure = shrunken_ratios([40, 100, 180], [20, 100, 200], [4, 1, 1])
    assert unsure.ratios[0] < sure.ratios[0]


def test_alike_units_have_intervals_of_some_width_though_the_estimated_spread_is_nothing():
    found = shrunken_ratios([100, 101, 99], [100, 100, 100])
    assert moment_spread([100, 101, 99], [100, 100, 100]) == 0.0
    assert all(high - low > 0.05 for low, high in found.intervals)


def test_the_moment_estimate_by_hand():
    # Ratios 0.5 and 1.5 of 100 each: 0.25 between, less 1 / 100 by chance.
    assert moment_spread([50, 150], [100, 100]) == pytest.approx(np.sqrt(0.25 - 0.01))


def test_intervals_hold_about_as_often_as_they_say():
    dice = np.random.default_rng(5)
    inside = total = 0
    for _ in range(60):
        true = dice.gamma(9, 1 / 9, 20)
        expected = dice.uniform(3, 40, 20)
        found = shrunken_ratios(dice.poisson(true * expected), expected)
        inside += sum(low <= t <= high for t, (low, high) in zip(true, found.intervals, strict=True))
        total += 20
    assert 0.92 <= inside / total <= 0.98


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="needed"):
        shrunken_ratios([1], [0])
