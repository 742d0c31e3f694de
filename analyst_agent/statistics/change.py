"""Two counts with their exposures: whether events came at different rates per day."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from analyst_agent.statistics.intervals import Interval


@dataclass(frozen=True, slots=True)
class RateRatio:
    """First rate over second; `ratio` is infinite where only the second count is 0 and None where both are."""

    ratio: float | None
    interval: Interval
    p_value: float


def poisson_counts_differ(
    count1: int, exposure1: float, count2: int, exposure2: float, confidence: float = 0.95
) -> RateRatio:
    """The ratio of count1/exposure1 to count2/exposure2 with its exact interval and p-value.

    Given the sum of both counts, the first is binomial; the p-value is twice the smaller tail, so it agrees with the
    interval (Clopper-Pearson of that binomial). Right for events that come one by one: counts that come in bursts
    vary more than this assumes. Raises ValueError for a negative count or an exposure that is not positive. Source:
    Przyborowski and Wilenski 1940, Biometrika 31, 313; Fay 2010, R Journal 2(1), 53 (the central p-value).
    """
    from scipy.special import bdtr, bdtrc, betaincinv

    if count1 < 0 or count2 < 0 or not (exposure1 > 0 and exposure2 > 0) or not 0 < confidence < 1:
        raise ValueError(f"not possible: {count1} in {exposure1}, {count2} in {exposure2}, confidence {confidence}")
    total = count1 + count2
    if total == 0:
        return RateRatio(None, (0.0, inf), 1.0)
    share = exposure1 / (exposure1 + exposure2)
    lower_tail = float(bdtr(count1, total, share))
    upper_tail = float(bdtrc(count1 - 1, total, share)) if count1 else 1.0
    tail = (1 - confidence) / 2
    scale = exposure2 / exposure1
    low = _odds(float(betaincinv(count1, count2 + 1, tail))) * scale if count1 else 0.0
    high = _odds(float(betaincinv(count1 + 1, count2, 1 - tail))) * scale if count2 else inf
    ratio = count1 / count2 * scale if count2 else inf
    return RateRatio(ratio, (low, high), min(1.0, 2 * min(lower_tail, upper_tail)))


def _odds(probability: float) -> float:
    return probability / (1 - probability) if probability < 1 else inf
