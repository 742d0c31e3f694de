"""Funnel limits: against the Poisson and normal distributions of scipy, inverse of the p-value, and overdispersion by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analyst_agent.statistics import between_variance, control_limits, deviation_p_value
from analyst_agent.statistics.funnel import overdispersion


def test_a_small_poisson_count_has_its_mid_p_value():
    above = stats.poisson.sf(7, 3) + stats.poisson.pmf(7, 3) / 2
    assert deviation_p_value(7, 3, 3, 1e9) == pytest.approx(2 * above)


def test_few_degrees_of_freedom_make_it_students():
    assert deviation_p_value(140, 100, 100, 2) == pytest.approx(2 * stats.t.sf(4, 2))


def test_large_counts_are_normal():
    assert deviation_p_value(10_300, 10_000, 10_000, 1e9) == pytest.approx(2 * stats.norm.sf(3), rel=0.08)


@pytest.mark.parametrize(("expected", "variance", "freedom"), [(3, 3, 50), (12, 30, 8), (200, 90, 1000)])
@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_limits_are_where_the_p_value_crosses(expected, variance, freedom, confidence):
    low, high = control_limits(expected, variance, freedom, confidence)
    assert deviation_p_value(high, expected, variance, freedom) == pytest.approx(1 - confidence, rel=1e-4)
    assert low == 0 or deviation_p_value(low, expected, variance, freedom) == pytest.approx(1 - confidence, rel=1e-4)
    assert low < expected < high


def test_nothing_that_can_vary_has_no_limits():
    assert control_limits(5, 0, 10) is None
    assert control_limits(0, 0, 10) is None
    assert deviation_p_value(0, 0, 0, 10) == 1.0
    with pytest.raises(ValueError, match="-1"):
        deviation_p_value(-1, 3, 3, 10)


def test_one_outlier_is_pulled_in_and_not_taken_for_a_general_spread():
    z = np.array([*np.linspace(-1.5, 1.5, 19), 9.0])
    assert overdispersion(z) < 1.2
    expected = np.full(20, 100.0)
    assert between_variance(expected + z * 10, expected, expected) == 0.0


def test_the_moment_estimate_of_the_spread_by_hand():
    expected = np.full(20, 400.0)
    observed = expected * np.repeat([0.7, 1.3], 10)
    # Each ratio is 0.3 away with error variance 1/400: phi = 36; tau squared = (20 * 36 - 19) / (20 * 400 - 400).
    assert between_variance(observed, expected, expected) == pytest.approx((20 * 36 - 19) / (8000 - 400))
    assert between_variance(observed[:6], expected[:6], expected[:6]) == 0.0
