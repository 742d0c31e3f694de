"""Slopes against weighted least squares of statsmodels, and how often a null is called a trend."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analyst_agent.statistics.series import POISSON, autocorrelation, inflation
from analyst_agent.statistics.trend import steady_change


def _series(seed: int, slope: float = 0.0, weeks: int = 40, spread: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    tickets = dice.integers(80, 160, weeks).astype(float)
    rate = 0.1 + slope * (np.arange(weeks) - weeks / 2) + spread * dice.normal(size=weeks)
    return dice.binomial(tickets.astype(int), np.clip(rate, 0.001, 0.999)).astype(float), tickets


def test_slope_and_interval_are_those_of_weighted_least_squares():
    y, x = _series(3, spread=0.03)  # widely spread, so that the floor of binomial variance does not bind
    found = steady_change(y, x)
    fitted = sm.WLS(y / x, sm.add_constant(np.arange(len(y))), weights=x).fit()
    assert found is not None
    assert found.correlation == 0
    assert found.slope == pytest.approx(fitted.params[1])
    assert found.interval == pytest.approx(tuple(fitted.conf_int()[1]))
    assert found.p_value == pytest.approx(fitted.pvalues[1])
    assert found.dispersion > 1


def test_the_variance_is_never_below_that_of_single_events():
    x = np.full(20, 100.0)
    found = steady_change(np.full(20, 10.0), x)
    assert found is not None
    assert (found.slope, found.p_value, found.dispersion) == pytest.approx((0.0, 1.0, 1.0))
    assert found.interval[1] > 0


def test_a_planted_slope_is_within_the_interval_and_a_null_keeps_its_five_percent():
    planted = [steady_change(*_series(seed, slope=0.002)) for seed in range(60)]
    assert sum(f.interval[0] <= 0.002 <= f.interval[1] for f in planted) >= 54
    assert sum(f.p_value < 0.05 for f in planted) >= 54
    nulls = [steady_change(*_series(seed, spread=0.02)) for seed in range(200)]
    assert sum(f.p_value < 0.05 for f in nulls) <= 17


def test_autocorrelated_weeks_are_worth_less():
    dice, noise = np.random.default_rng(5), [0.0]
    for _ in range(59):
        noise.append(0.8 * noise[-1] + dice.normal())
    y = np.round(1000 + 60 * np.array(noise))
    found = steady_change(y, np.full(60, 7.0), POISSON)
    assert found is not None
    assert found.correlation > 0.3
    fitted = sm.OLS(y / 7, sm.add_constant(np.arange(60))).fit()
    assert found.interval[1] - found.interval[0] > 1.3 * float(np.diff(fitted.conf_int()[1])[0])


def test_inflation_is_that_of_a_first_order_series():
    assert inflation(0.5) == pytest.approx(3.0)
    assert autocorrelation(np.random.default_rng(0).normal(size=200)) == 0.0


@pytest.mark.parametrize(("y", "x"), [([1] * 7, [10] * 7), ([0] * 30, [10] * 30), ([0] * 30, [0] * 30)])
def test_too_little_gives_none(y: list[int], x: list[int]):
    assert steady_change(y, x) is None


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        steady_change([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="negative"):
        steady_change([-1] * 9, [10] * 9)
