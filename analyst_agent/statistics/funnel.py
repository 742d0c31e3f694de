"""Funnel plots: how far a count may lie from what is expected of it by chance, so that units are judged and not ranked.

Source: Spiegelhalter 2005, Stat. Med. 24, 1185 (funnel plots and their limits); Spiegelhalter 2005, Qual. Saf. Health
Care 14, 347 (overdispersion, the additive random effects form).
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval

WINSORISED = 0.1
FEWEST_UNITS = 10
"""Below this many units the spread between them cannot be told from an outlier among them."""


def deviation_p_value(observed: float, expected: float, variance: float, degrees_of_freedom: float) -> float:
    """Two-sided p-value of a count against its expectation, from 0 to 1; 1 where nothing can vary.

    The larger of two, each right where the other is not: Student's t of the standardised difference (few clusters),
    and the mid-p of a Poisson count after both are divided by variance / expected (small counts are skewed). Raises
    ValueError for a negative count, expectation or variance.
    """
    from scipy.special import gammainc, gammaincc, stdtr

    if observed < 0 or expected < 0 or variance < 0:
        raise ValueError(f"not possible: {observed} against {expected} with variance {variance}")
    if variance == 0 or expected == 0:
        return 1.0
    by_t = 2 * float(stdtr(degrees_of_freedom, -abs(observed - expected) / sqrt(variance)))
    scale = variance / expected
    x, mean = observed / scale, expected / scale
    # P(X >= x) of a Poisson count is gammainc(x, mean), P(X <= x) is gammaincc(x + 1, mean); halves make the mid-p.
    upper = (float(gammainc(x, mean)) if x > 0 else 1.0) / 2 + float(gammainc(x + 1, mean)) / 2
    lower = float(gammaincc(x + 1, mean)) / 2 + (float(gammaincc(x, mean)) if x > 0 else 0.0) / 2
    return min(1.0, max(by_t, 2 * min(upper, lower)))


def control_limits(
    expected: float, variance: float, degrees_of_freedom: float, confidence: float = 0.95
) -> Interval | None:
    """The counts between which a unit stays with this probability where it is like the others; None where nothing can vary.

    The inverse of `deviation_p_value`: outside means a p-value below 1 - confidence. The lower one is 0 where even no
    event at all would not be unusual.
    """
    if variance <= 0 or expected <= 0:
        return None
    tail = 1 - confidence

    def p_value(count: float) -> float:
        return deviation_p_value(count, expected, variance, degrees_of_freedom)

    step = sqrt(variance) + variance / expected
    far = expected + step
    while p_value(far) > tail:
        far = expected + 2 * (far - expected)
    high = _crossing(expected, far, tail, p_value)
    low = 0.0 if p_value(0.0) > tail else _crossing(expected, 0.0, tail, p_value)
    return low, high


def _crossing(inside: float, outside: float, tail: float, p_value: Callable[[float], float]) -> float:
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p_value(middle) > tail else (inside, middle)
    return (inside + outside) / 2


def overdispersion(z: NDArray[np.float64]) -> float:
    """Mean of the squared standardised differences after the outer tenths are pulled in to the quantiles there: about 1
    where units differ by chance only. Raises ValueError without values.
    """
    values = np.asarray(z, dtype=float)
    if not values.size:
        raise ValueError("no standardised differences")
    # "lower" and "higher" keep the quantiles at values inside, so that a single outlier is pulled in whole.
    low = np.quantile(values, WINSORISED, method="higher")
    high = np.quantile(values, 1 - WINSORISED, method="lower")
    return float(np.mean(np.clip(values, low, high) ** 2))


def between_variance(
    observed: NDArray[np.float64], expected: NDArray[np.float64], variance: NDArray[np.float64]
) -> float:
    """Variance of the units' true ratios of observed to expected beyond chance, for wider limits; 0 where chance explains it.

    DerSimonian and Laird's moment estimate on the winsorised statistic. Only units whose count can vary take part; 0
    for fewer than ten of them, and where the winsorised overdispersion is not more than chance gives (Spiegelhalter's
    test: more than 1 + 2 sqrt(2 / units)).
    """
    used = (variance > 0) & (expected > 0)
    count = int(used.sum())
    if count < FEWEST_UNITS:
        return 0.0
    error = variance[used] / expected[used] ** 2
    phi = overdispersion((observed[used] / expected[used] - 1) / np.sqrt(error))
    if phi <= 1 + 2 * sqrt(2 / count):
        return 0.0
    weight = 1 / error
    return max(0.0, float((count * phi - (count - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())))
