"""A steady change of a rate or a volume over time, tested with the dispersion and the autocorrelation that the series shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyst_agent.statistics.intervals import Interval, student_quantile
from analyst_agent.statistics.series import (
    BINOMIAL,
    Array,
    Numbers,
    autocorrelation,
    checked,
    inflation,
    least_variance,
)

FEWEST_UNITS = 8


@dataclass(frozen=True, slots=True)
class Slope:
    """Change of the rate per unit of time. dispersion: variance over that of single events; level: the rate in the middle.

    squares: weighted residual sum of squares, for comparing it with other models of the same units.
    """

    slope: float
    interval: Interval
    p_value: float
    level: float
    dispersion: float
    correlation: float
    squares: float


def steady_change(
    y: Numbers,
    x: Numbers,
    family: str = BINOMIAL,
    confidence: float = 0.95,
    breaks: tuple[int, ...] = (),
) -> Slope | None:
    """The slope of y / x over equal units of time, None with fewer than 8 units that have an exposure, or without events.

    Weighted least squares with weight x (a quasi-likelihood with identity link: McCullagh and Nelder 1989, Generalized
    Linear Models, chapter 9); its variance is the residual one, at least that of single events, enlarged for a
    significant autocorrelation; Student's quantile with the units left. breaks: units at which a level of its own
    begins; the slope is then the one within the levels.
    """
    from scipy.special import stdtr

    counts, exposure = checked(y, x)
    used = exposure > 0
    counts, exposure, when = counts[used], exposure[used], np.flatnonzero(used).astype(float)
    if len(counts) < FEWEST_UNITS or not counts.sum():
        return None
    rate = counts / exposure
    level = np.zeros(len(counts), dtype=int)
    for start in breaks:
        level[when >= start] += 1
    centred = _within(when, exposure, level)
    varied = float(exposure @ centred**2)
    freedom = len(counts) - len(set(level.tolist())) - 1
    if varied <= 0 or freedom < 3:
        return None
    around = _within(rate, exposure, level)
    slope = float(exposure @ (centred * around)) / varied
    residuals = around - slope * centred
    least = least_variance(counts, exposure, family)
    squares = float(exposure @ residuals**2)
    variance = max(squares / freedom, least)
    if variance <= 0:
        return None
    correlation = autocorrelation(residuals * np.sqrt(exposure))
    enlarged = inflation(correlation)
    left = max(freedom / enlarged, 2.0)
    error = float(np.sqrt(variance * enlarged / varied))
    half = student_quantile(confidence, left) * error
    p_value = float(2 * stdtr(left, -abs(slope) / error))
    return Slope(
        slope,
        (slope - half, slope + half),
        p_value,
        float(counts.sum() / exposure.sum()),
        variance / least if least > 0 else 1.0,
        correlation,
        squares,
    )


def _within(values: Array, weight: Array, level: np.ndarray) -> Array:
    """The values less the weighted mean of their level."""
    sums = np.bincount(level, weights=weight)
    means = np.bincount(level, weights=weight * values) / np.where(sums > 0, sums, 1)
    centred: Array = values - means[level]
    return centred
