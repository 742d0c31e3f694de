"""Forecasts: the level of a steady series, prediction intervals that hold what comes, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from analyst_agent.statistics.forecast import _bounds, forecast

SHARES = np.array([0.2, 0.19, 0.19, 0.18, 0.16, 0.05, 0.03])


def _daily(seed: int, weeks: int, mean: float = 60.0, burst: float = 1.0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return dice.poisson(mean / burst * np.tile(SHARES, weeks)) * burst


def test_a_level_without_noise_is_continued_by_weekday():
    daily = np.tile(np.array([12, 10, 10, 9, 8, 1, 0]), 20)
    week, monday, month = forecast(daily, [(0, 7), (7, 1), (0, 28)])
    assert (week.mean, monday.mean, month.mean) == pytest.approx((50, 12, 200))
    assert week.low < 50 < week.high


@pytest.mark.parametrize("burst", [1.0, 3.0])
def test_intervals_hold_what_comes(burst: float):
    held = total = 0
    for seed in range(100):
        daily = _daily(seed, 34, burst=burst)
        units = [(7 * k, 7) for k in range(4)]
        for (start, days), one in zip(units, forecast(daily[: 30 * 7], units), strict=True):
            came = daily[210 + start : 210 + start + days].sum()
            held += one.low <= came <= one.high
            total += 1
    assert 0.92 * total <= held <= 0.995 * total


def test_a_new_level_is_followed():
    daily = np.r_[_daily(1, 20, 40.0), _daily(2, 10, 90.0)]
    (week,) = forecast(daily, [(0, 7)])
    assert 75 < week.mean < 105


def test_the_range_widens_with_the_horizon_of_a_moving_level():
    level = 60 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.12, 40)))
    daily = np.concatenate([np.random.default_rng(k).poisson(m * SHARES) for k, m in enumerate(level)])
    near, far = forecast(daily, [(0, 7), (49, 7)])
    assert far.high - far.low > near.high - near.low


def test_bounds_are_those_of_scipy():
    assert _bounds(30.0, 30.0) == (poisson.ppf(0.025, 30), poisson.ppf(0.975, 30))
    mean, variance = 40.0, 130.0
    size, chance = mean**2 / (variance - mean), mean / variance
    assert _bounds(mean, variance) == (nbinom.ppf(0.025, size, chance), nbinom.ppf(0.975, size, chance))
    assert _bounds(0.0, 1.0) == (0, 0)


def test_too_short_or_empty_gives_none():
    assert forecast(_daily(0, 11), [(0, 7)]) is None
    assert forecast(np.zeros(200), [(0, 7)]) is None
