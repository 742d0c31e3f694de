"""Counts of the days to come: the level of the last weeks, smoothed, times what each weekday holds, with prediction intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import student_quantile
from analyst_agent.statistics.series import Array, Numbers

WEEK = 7
FEWEST_WEEKS = 12
SMOOTHINGS = np.arange(0.0, 0.62, 0.05)


@dataclass(frozen=True, slots=True)
class Expected:
    """A sum of future days: its mean, and the 95 % prediction interval in whole events."""

    mean: float
    low: int
    high: int


def forecast(daily: Numbers, units: Sequence[tuple[int, int]]) -> list[Expected] | None:
    """The counts expected in stretches of the days after the last of `daily`, None with fewer than 12 whole weeks.

    daily: one count a day, the last day complete. units: first day and number of days of each stretch, 0 being the
    day after the last. Simple exponential smoothing of weekly counts, its constant chosen by the one-step errors (0: the plain mean);
    each weekday holds its share of all weeks. The variance is that of the errors, at least Poisson's, and grows with the
    horizon as in Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential Smoothing, table 6.1 (A,N,N); the
    interval is a negative binomial one of that variance, widened for the few errors it is estimated from.
    """
    counts = np.asarray(daily, dtype=float)
    weeks = len(counts) // WEEK
    if weeks < FEWEST_WEEKS or not counts.sum():
        return None
    blocks = counts[len(counts) - weeks * WEEK :].reshape(weeks, WEEK)
    totals = blocks.sum(axis=1)
    shares = blocks.sum(axis=0) / blocks.sum()
    level, constant, variance = _smoothed(totals)
    # With a constant of 0 the level is a mean of all weeks, with its own error; else the smoothing errors hold it.
    own = variance / weeks if constant == 0 else 0.0
    widened = (student_quantile(0.95, weeks - 1) / student_quantile(0.95, 1e6)) ** 2
    made = []
    for start, days in units:
        parts = _parts(shares, start, days)
        mean = level * float(parts.sum())
        later = np.cumsum(parts[::-1])[::-1] - parts
        moved = float(((constant * later) ** 2).sum()) * variance
        spread = float(parts.sum()) * variance + moved + float(parts.sum()) ** 2 * own
        low, high = _bounds(mean, max(spread * widened, mean))
        made.append(Expected(mean, low, high))
    return made


def _smoothed(totals: Array) -> tuple[float, float, float]:
    """Level after the last week, constant, and variance of the one-step errors (at least the mean, as Poisson's).

    A constant is taken only where it lowers the squared errors by a tenth: less is chance.
    """
    found = [_errors(totals, float(constant)) for constant in SMOOTHINGS]
    squares = [float((errors**2).mean()) for _, errors in found]
    best = int(np.argmin(squares))
    if squares[best] > 0.9 * squares[0]:
        best = 0
    constant = float(SMOOTHINGS[best])
    level = float(totals.mean()) if best == 0 else found[best][0]
    spread = float(totals.var(ddof=1)) if best == 0 else squares[best]
    return level, constant, max(spread, level)


def _errors(totals: Array, constant: float) -> tuple[float, Array]:
    """The level after the last week, and the errors of forecasting each week from the ones before, after the first four."""
    first = 4
    if constant == 0:
        before = np.cumsum(totals)[first - 1 : -1] / np.arange(first, len(totals))
        return float(totals.mean()), totals[first:] - before
    level = float(totals[:first].mean())
    errors = np.empty(len(totals) - first)
    for place, value in enumerate(totals[first:]):
        errors[place] = value - level
        level += constant * errors[place]
    return level, errors


def _parts(shares: Array, start: int, days: int) -> NDArray[np.float64]:
    """Which part of each coming week lies in the stretch."""
    places = np.arange(start, start + days)
    return np.bincount(places // WEEK, weights=shares[places % WEEK]).astype(float)


def _bounds(mean: float, variance: float) -> tuple[int, int]:
    """The middle 95 % of a negative binomial of that mean and variance; Poisson where the variance is no larger."""
    from scipy.special import betainc, pdtr

    if mean <= 0:
        return 0, 0
    size = np.arange(0, int(mean + 12 * np.sqrt(variance)) + 12, dtype=float)
    if variance <= mean * 1.0001:
        below = pdtr(size, mean)
    else:
        number = mean**2 / (variance - mean)
        below = betainc(number, size + 1, mean / variance)
    low = int(np.searchsorted(below, 0.025))
    high = int(np.searchsorted(below, 0.975))
    return low, high
