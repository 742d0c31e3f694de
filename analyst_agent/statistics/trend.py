"""A steady change of a rate or a volume over time, tested with the dispersion and the autocorrelation that the series shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyst_agent.statistics.intervals import Interval, student_quantile
from analyst_agent.statistics.series import (
    BINOMIAL,
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


def steady_change(y: Numbers, x: Numbers, family: str = BINOMIAL, confidence: float = 0.95) -> Slope | None:
    """The slope of y / x over equal units of time, None with fewer than 8 units that have an exposure, or without events.

    Weighted least squares with weight x (a quasi-likelihood with identity link: McCullagh and Nelder 1989, Generalized
    Linear Models, chapter 9); its variance is the residual one, at least that of single events, enlarged for a
    significant autocorrelation; Student's quantile with the units left.
    """
    from scipy.special import stdtr

    counts, exposure = checked(y, x)
    used = exposure > 0
    counts, weight, when = counts[used], exposure[used], np.flatnonzero(used).astype(float)
    if len(counts) < FEWEST_UNITS or not counts.sum():
        return None
    rate, total = counts / weight, float(weight.sum())
    centred = when - float(weight @ when) / total
    around = rate - float(weight @ rate) / total
    varied, freedom = float(weight @ centred**2), len(counts) - 2
    slope = float(weight @ (centred * around)) / varied
    residuals = around - slope * centred
    least = least_variance(counts, weight, family)
    squares = float(weight @ residuals**2)
    variance = max(squares / freedom, least)
    if variance <= 0:
        return None
    correlation = autocorrelation(residuals * np.sqrt(weight))
    enlarged = inflation(correlation)
    left = max(freedom / enlarged, 2.0)
    error = float(np.sqrt(variance * enlarged / varied))
    half = student_quantile(confidence, left) * error
    p_value = float(2 * stdtr(left, -abs(slope) / error))
    dispersion = variance / least if least > 0 else 1.0
    return Slope(
        slope, (slope - half, slope + half), p_value, float(counts.sum()) / total, dispersion, correlation, squares
    )
