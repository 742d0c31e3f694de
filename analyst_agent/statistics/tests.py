"""Tests of two proportions, the correction for scanning many, and what a sample can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, sqrt
from typing import NamedTuple

import numpy as np

from analyst_agent.statistics.intervals import Interval, normal_quantile

SMALLEST_EXPECTED = 5.0


class Tested(NamedTuple):
    """A two-sided p-value and the name of the test that gave it."""

    p_value: float
    method: str


def two_proportions_test(count1: int, n1: int, count2: int, n2: int) -> Tested:
    """Whether two independent proportions differ.

    Pearson's chi-square without continuity correction where each expected cell is at least 5, else Fisher's exact
    test (two-sided: tables as likely as this one or less). Raises ValueError unless the counts are whole and 0 <=
    count <= n, n > 0. Source of the rule: Cochran 1954, Biometrics 10, 417.
    """
    for count, n in ((count1, n1), (count2, n2)):
        if not (n > 0 and 0 <= count <= n) or int(count) != count or int(n) != n:
            raise ValueError(f"count must be a whole number between 0 and a positive n, not {count} of {n}")
    total, events = n1 + n2, count1 + count2
    if events in (0, total):
        return Tested(1.0, "Fisher exact")
    if min(n1, n2) * min(events, total - events) / total < SMALLEST_EXPECTED:
        return Tested(_fisher_exact(int(count1), int(n1), int(n2), int(events)), "Fisher exact")
    from scipy.special import chdtrc

    share = events / total
    chi_square = (count1 / n1 - count2 / n2) ** 2 / (share * (1 - share) * (1 / n1 + 1 / n2))
    return Tested(float(chdtrc(1, chi_square)), "chi-square")


def _fisher_exact(count1: int, n1: int, n2: int, events: int) -> float:
    from scipy.special import gammaln

    def log_choose(n: int, k: np.ndarray) -> np.ndarray:
        chosen: np.ndarray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return chosen

    first = max(0, events - n2)
    possible = np.arange(first, min(events, n1) + 1)
    log_weight = log_choose(n1, possible) + log_choose(n2, events - possible)
    weight = np.exp(log_weight - log_weight.max())
    # Equally likely tables differ in the last digits of their logarithms.
    as_rare = weight <= weight[count1 - first] * (1 + 1e-7)
    return min(1.0, float(weight[as_rare].sum() / weight.sum()))


def benjamini_hochberg(p_values: Sequence[float | None], weights: Sequence[float] | None = None) -> list[float | None]:
    """Adjusted p-values in the order given: reject where at most 0.05 and at most 5 % of the rejected are expected to
    be false.

    None and NaN mean "not tested": they stay None and are not counted. Give every test of the scan, shown or not.
    weights: how much each test matters, positive, chosen before looking; only their ratios among the tested count. Raises
    ValueError for a p-value outside 0 to 1 or a weight that is not positive. Source: Benjamini and Hochberg 1995, J. R.
    Stat. Soc. B 57, 289; Genovese, Roeder and Wasserman 2006, Biometrika 93, 509 (weights).
    """
    tested = [(p, i) for i, p in enumerate(p_values) if p is not None and not isnan(p)]
    if any(not 0 <= p <= 1 for p, _ in tested):
        raise ValueError(f"a p-value lies between 0 and 1, not {next(p for p, _ in tested if not 0 <= p <= 1)}")
    if weights is not None and tested:
        if min(weights[i] for _, i in tested) <= 0:
            raise ValueError("every weight must be positive")
        mean = sum(weights[i] for _, i in tested) / len(tested)
        tested = [(min(1.0, p * mean / weights[i]), i) for p, i in tested]
    adjusted: list[float | None] = [None] * len(p_values)
    smallest = 1.0
    for rank, (p, place) in zip(range(len(tested), 0, -1), sorted(tested, reverse=True), strict=True):
        smallest = min(smallest, p * (len(tested) / rank))  # in this order the largest p stays exactly itself
        adjusted[place] = smallest
    return adjusted


def excludable_difference(interval: Interval | None) -> float | None:
    """The size of difference that the data exclude: the larger absolute end of the difference's interval; None
    without one.
    """
    return None if interval is None else max(abs(interval[0]), abs(interval[1]))


def minimum_detectable_difference(
    n1: float, n2: float, rate: float, power: float = 0.8, confidence: float = 0.95
) -> float:
    """The difference of two rates near `rate` that samples of n1 and n2 (effective sizes) would show with this power.

    Normal approximation. Source: Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, section
    4.2. Raises ValueError for sizes that are not positive, a rate outside 0 to 1 or a power outside (0.5, 1).
    """
    from scipy.special import ndtri

    if not (n1 > 0 and n2 > 0 and 0 <= rate <= 1 and 0.5 < power < 1):
        raise ValueError(f"not possible: n1={n1}, n2={n2}, rate={rate}, power={power}")
    quantiles = normal_quantile(confidence) + float(ndtri(power))
    return min(1.0, quantiles * sqrt(rate * (1 - rate) * (1 / n1 + 1 / n2)))
