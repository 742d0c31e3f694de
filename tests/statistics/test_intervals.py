"""Intervals against published tables, statsmodels and scipy, and what must hold for every input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from analyst_agent.statistics.intervals import (
    mean_interval,
    mean_interval_from_moments,
    newcombe_interval,
    poisson_rate_interval,
    wilson_interval,
)

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "n", "expected"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_as_printed_by_newcombe_1998(count, n, expected):
    assert wilson_interval(count, n) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe_as_printed_in_table_ii(first, second, expected):
    assert newcombe_interval(*first, *second) == pytest.approx(expected, abs=5e-5)


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_statsmodels(cell, confidence):
    low, high = proportion_confint(*cell, alpha=1 - confidence, method="wilson")
    assert wilson_interval(*cell, confidence) == pytest.approx((low, high), abs=1e-9)


@given(counts)
def test_wilson_contains_the_rate_within_0_and_1_and_mirrors(cell):
    count, n = cell
    low, high = wilson_interval(count, n)
    assert 0 <= low <= count / n <= high <= 1
    assert high > low
    assert wilson_interval(n - count, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(counts, counts)
def test_newcombe_is_statsmodels(first, second):
    low, high = confint_proportions_2indep(*first, *second, method="newcomb")
    assert newcombe_interval(*first, *second) == pytest.approx((low, high), abs=1e-9)


@given(counts, counts)
def test_newcombe_contains_the_difference_within_minus_1_and_1_and_changes_sign(first, second):
    low, high = newcombe_interval(*first, *second)
    difference = first[0] / first[1] - second[0] / second[1]
    assert -1 <= low <= difference <= high <= 1
    assert high > low
    assert newcombe_interval(*second, *first) == pytest.approx((-high, -low), abs=1e-12)


@pytest.mark.parametrize("count", [0, 1, 7, 250])
def test_poisson_is_garwoods(count):
    low, high = confint_poisson(count, 30.0, method="exact-c")
    assert poisson_rate_interval(count, 30.0) == pytest.approx((np.nan_to_num(low), high))


def test_poisson_of_nothing_is_bounded_by_three_point_seven_events():
    assert poisson_rate_interval(0, 1) == pytest.approx((0, 3.689), abs=1e-3)


def test_mean_is_students():
    values = [3.0, 4.0, 8.0, 9.0, 1.0]
    expected = stats.t.interval(0.9, 4, np.mean(values), stats.sem(values))
    assert mean_interval(values, 0.9) == pytest.approx(expected)


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40))
def test_skewed_mean_is_contained_and_positive(values):
    low, high = mean_interval(values, skewed=True)
    assert 0 < low <= np.mean(values) * (1 + 1e-9)
    assert high >= np.mean(values) * (1 - 1e-9)


def test_mean_needs_two_values_and_a_zero_mean_stays_zero():
    assert mean_interval([5.0]) is None
    assert mean_interval([]) is None
    assert mean_interval([0.0, 0.0], skewed=True) == (0.0, 0.0)


def test_moments_give_the_same_as_values():
    values = np.random.default_rng(3).lognormal(size=50)
    from_moments = mean_interval_from_moments(values.mean(), values.std(ddof=1), 50, skewed=True)
    assert mean_interval(values, skewed=True) == pytest.approx(from_moments)


def test_skewed_interval_covers_a_log_normal_mean_more_often_than_the_plain_one():
    generator = np.random.default_rng(11)
    covered = {True: 0, False: 0}
    for _ in range(1500):
        values = generator.lognormal(0, 1, 10)
        for skewed in covered:
            low, high = mean_interval(values, skewed=skewed)
            covered[skewed] += low <= np.exp(0.5) <= high
    assert covered[True] > covered[False] + 30


def test_wilson_covers_close_to_the_nominal_rate():
    generator = np.random.default_rng(12)
    for n, rate in ((30, 0.1), (200, 0.05), (1000, 0.3)):
        intervals = [wilson_interval(int(c), n) for c in generator.binomial(n, rate, 2000)]
        assert 0.92 < np.mean([low <= rate <= high for low, high in intervals]) < 0.985


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson_interval(3, 2),
        lambda: wilson_interval(-1, 2),
        lambda: wilson_interval(0, 0),
        lambda: wilson_interval(1, 2, 1.0),
        lambda: newcombe_interval(1, 2, 1, 0),
        lambda: poisson_rate_interval(1, 0),
        lambda: poisson_rate_interval(-1, 1),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
