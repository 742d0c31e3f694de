"""Whether the times of one group are longer than their kind would lead one to expect, with times that come in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import FEWEST_ACCOUNTS, FEWEST_EFFECTIVE_ACCOUNTS
from analyst_agent.statistics.intervals import Interval, student_quantile

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Excess:
    """Mean time of a group beside the mean of all tickets of the same kinds. interval: of mean minus expected.

    interval and p_value are None where `reason` says why nothing can be said.
    """

    n: float
    mean: float
    expected: float
    interval: Interval | None = None
    p_value: float | None = None
    reason: str = ""


def excess_of_groups(
    groups: Codes,
    kinds: Codes,
    clusters: Codes,
    means: Floats,
    counts: Floats,
    minimum: float,
    confidence: float = 0.95,
) -> list[Excess]:
    """Each group's mean against its expectation: the pooled mean of every kind, weighted as the group has the kinds.

    Rows are cells of group, kind and cluster (whole numbers from 0) with the mean of `counts` times. The variance is
    linearised by cluster (Cochran 1977, Sampling Techniques, section 6.3) and reduced by the group's own share of each
    kind, since its times are part of the pooled means. Test and interval are Student's on the logarithm of the mean
    (times have a long right tail), with the effective number of clusters less one as degrees of freedom.
    """
    sums = np.bincount(kinds, weights=means * counts)
    whole = np.bincount(kinds, weights=counts)
    pooled = np.divide(sums, whole, out=np.zeros_like(whole), where=whole > 0)
    found = []
    for group in range(int(groups.max()) + 1 if groups.size else 0):
        mine = groups == group
        n, kind = counts[mine], kinds[mine]
        total = float(n.sum())
        if total <= 0:
            found.append(Excess(0.0, 0.0, 0.0, reason="no times"))
            continue
        mean, expected = float(means[mine] @ n) / total, float(pooled[kind] @ n) / total
        own = np.bincount(kind, weights=n, minlength=len(whole))
        share = np.divide(own, whole, out=np.zeros_like(whole), where=whole > 0)
        typical = np.bincount(kind, weights=n * means[mine], minlength=len(whole)) / np.maximum(own, 1e-12)
        # Mean minus expected is the sum over kinds of own minus others' mean times 1 - share: variance (1 - share) / n each.
        residuals = n * (means[mine] - typical[kind]) * np.sqrt(1 - share[kind])
        others = float(own @ (1 - share))
        found.append(_excess((mean, expected), n, residuals, clusters[mine], others, minimum, confidence))
    return found


def _excess(
    compared: tuple[float, float], n: Floats, residuals: Floats, clusters: Codes, others: float, minimum: float, confidence: float
) -> Excess:  # fmt: skip
    """others: the group's times that have counterparts of the same kind elsewhere."""
    total, (mean, expected) = float(n.sum()), compared
    if total < minimum:
        return Excess(total, mean, expected, reason="too few tickets")
    if others < minimum:
        return Excess(total, mean, expected, reason="too few others to compare with")
    _, places = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(places, weights=n)
    sums = np.bincount(places, weights=residuals)
    effective = total**2 / float((sizes**2).sum())
    if len(sizes) < FEWEST_ACCOUNTS or effective < FEWEST_EFFECTIVE_ACCOUNTS:
        return Excess(total, mean, expected, reason="too few accounts")
    variance = len(sizes) / (len(sizes) - 1) * float((sums**2).sum()) / total**2
    if variance <= 0 or mean <= 0 or expected <= 0:
        return Excess(total, mean, expected, reason="nothing varies")
    from scipy.special import stdtr

    freedom = max(1.0, effective - 1)
    relative = sqrt(variance) / mean
    half = min(student_quantile(confidence, freedom) * relative, 700.0)
    interval = mean * exp(-half) - expected, mean * exp(half) - expected
    p_value = 2 * float(stdtr(freedom, -abs(log(mean / expected)) / relative))
    return Excess(total, mean, expected, interval, p_value)
