"""Intervals of a rate, a difference of rates, a rate per day and a mean: closed formulas on plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, hypot, sqrt

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile, 1.96 for 0.95. Raises ValueError outside (0, 1)."""
    from scipy.special import ndtri

    _check_confidence(confidence)
    return float(ndtri(0.5 + confidence / 2))


def student_quantile(confidence: float, degrees_of_freedom: float) -> float:
    """The two-sided quantile of Student's t. Raises ValueError for a confidence outside (0, 1) or no degrees of
    freedom.
    """
    from scipy.special import stdtrit

    _check_confidence(confidence)
    if not degrees_of_freedom > 0:
        raise ValueError(f"degrees_of_freedom must be positive, not {degrees_of_freedom}")
    return float(stdtrit(degrees_of_freedom, 0.5 + confidence / 2))


def wilson_interval(count: float, n: float, confidence: float = 0.95) -> Interval:
    """The score interval of a proportion, within 0 to 1 and of positive width also for 0 of n and n of n.

    count and n may be effective, not whole, numbers. Raises ValueError unless 0 <= count <= n and n > 0.
    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209; method 3 of Newcombe 1998, Stat. Med. 17, 857.
    """
    _check_counts(count, n)
    return wilson_bounds(count / n, n, normal_quantile(confidence))


def newcombe_interval(count1: float, n1: float, count2: float, n2: float, confidence: float = 0.95) -> Interval:
    """The hybrid score interval of count1/n1 - count2/n2, two independent proportions; within -1 to 1, never of width
    0.

    Raises ValueError unless both counts lie between 0 and a positive n. Source: method 10 of Newcombe 1998, Stat.
    Med. 17, 873.
    """
    _check_counts(count1, n1)
    _check_counts(count2, n2)
    return newcombe_bounds(count1 / n1, n1, count2 / n2, n2, normal_quantile(confidence))


def poisson_rate_interval(count: int, exposure: float, confidence: float = 0.95) -> Interval:
    """The exact interval of a rate per unit of exposure (days, tickets), for events that come one by one.

    Raises ValueError for a negative count or an exposure that is not positive. Source: Garwood 1936, Biometrika 28,
    437.
    """
    from scipy.special import gammaincinv

    _check_confidence(confidence)
    if count < 0 or not exposure > 0:
        raise ValueError(f"count must be at least 0 and exposure positive, not {count} and {exposure}")
    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return low / exposure, float(gammaincinv(count + 1, 1 - tail)) / exposure


def mean_interval(
    values: Sequence[float] | NDArray[np.float64], confidence: float = 0.95, skewed: bool = False
) -> Interval | None:
    """Student's t interval of the mean of independent values; None for fewer than two. `skewed` as in the next
    function.
    """
    array = np.asarray(values, dtype=float)
    if array.size < 2:
        return None
    return mean_interval_from_moments(float(array.mean()), float(array.std(ddof=1)), array.size, confidence, skewed)


def mean_interval_from_moments(
    mean: float, standard_deviation: float, n: int, confidence: float = 0.95, skewed: bool = False
) -> Interval | None:
    """The same from mean, sample standard deviation (divisor n - 1) and n, which a database gives; None for n below
    2.

    skewed: for durations and amounts, which are never negative and have a long right tail, the t interval of the
    logarithm of the mean (delta method): it stays positive, and on log-normal values it covered the mean more often
    than the plain one (10 values with sigma 1: 89 % against 84 %; 100 values: 92 % against 91 %). A mean that is not
    positive gets the plain one.
    """
    if n < 2:
        return None
    half = student_quantile(confidence, n - 1) * standard_deviation / sqrt(n)
    if skewed and mean > 0:
        relative = min(half / mean, 700.0)  # exp beyond this overflows
        return mean * exp(-relative), mean * exp(relative)
    return mean - half, mean + half


def wilson_bounds(rate: float, n: float, z: float) -> Interval:
    """Wilson's formula for a quantile z of any reference distribution."""
    centre = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # The exact bound at 0 of n and n of n, where rounding would leave 1e-18 beyond it.
    low = 0.0 if rate <= 0 else max(0.0, min(rate, (centre - half) / scale))
    high = 1.0 if rate >= 1 else min(1.0, max(rate, (centre + half) / scale))
    return low, high


def newcombe_bounds(rate1: float, n1: float, rate2: float, n2: float, z: float) -> Interval:
    """Newcombe's formula for a quantile z of any reference distribution."""
    low1, high1 = wilson_bounds(rate1, n1, z)
    low2, high2 = wilson_bounds(rate2, n2, z)
    difference = rate1 - rate2
    low = difference - hypot(rate1 - low1, high2 - rate2)
    high = difference + hypot(high1 - rate1, rate2 - low2)
    return max(-1.0, low), min(1.0, high)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")


def _check_counts(count: float, n: float) -> None:
    if not (n > 0 and 0 <= count <= n):
        raise ValueError(f"count must lie between 0 and a positive n, not {count} of {n}")
