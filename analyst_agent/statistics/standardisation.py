"""A difference of two rates as it is among like tickets: standardised over strata of what was known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import Numbers
from analyst_agent.statistics.intervals import Interval, student_quantile

MANY = 1e6
"""Degrees of freedom at which Student's distribution is the normal one."""


@dataclass(frozen=True, slots=True)
class Standardised:
    """`crude` and `difference`: first rate minus second over the strata that hold both, plainly and standardised.

    compared: objects of either side in those strata; left_out: the others. interval and p_value are None where the strata
    that hold both show no spread, or there are none (then the differences are None too).
    """

    difference: float | None
    interval: Interval | None
    p_value: float | None
    crude: float | None
    compared: tuple[int, int]
    left_out: tuple[int, int]
    strata: int


def mantel_haenszel_difference(
    successes: Numbers | NDArray[Any],
    totals: Numbers | NDArray[Any],
    design_effect: float = 1.0,
    degrees_of_freedom: float | None = None,
    confidence: float = 0.95,
) -> Standardised:
    """The Mantel-Haenszel risk difference: in every stratum the first rate minus the second, weighted by n1 n2 / (n1 + n2).

    successes, totals: shape (2, strata). The rule for empty strata: one that only one side has can say nothing about the
    difference, has weight 0, and its objects are counted as left out. The variance is the largest of Sato's (1989,
    Biometrics 45, 1323), right for many thin strata, that of Greenland and Robins (1985, Biometrics 41, 55), right for few
    thick ones also where the difference is not the same in each, and that of the Mantel-Haenszel test (1959, J. Natl. Cancer
    Inst. 22, 719), which a side without any success does not deceive. design_effect: by how much accounts inflate it (Rao
    and Scott 1992, Biometrics 48, 577), at least 1, with the degrees of freedom that carry it (None: normal). Raises
    ValueError for shapes that differ or successes outside 0 to total. Source of the estimator: Greenland and Robins 1985;
    Klingenberg 2014, Stat. Med. 33, 2968 recommends its interval with Sato's variance.
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if y.shape != n.shape or y.ndim != 2 or y.shape[0] != 2:
        raise ValueError(f"two rows of strata are needed, not shapes {y.shape} and {n.shape}")
    if not ((y >= 0) & (y <= n)).all():
        raise ValueError("successes must lie between 0 and the total in every stratum")
    both = (n > 0).all(axis=0)
    compared, left_out = _sizes(n[:, both]), _sizes(n[:, ~both])
    if not both.any():
        return Standardised(None, None, None, None, compared, left_out, 0)
    y, n = y[:, both], n[:, both]
    whole = n.sum(axis=0)
    weight = n[0] * n[1] / whole
    difference = float(((y[0] * n[1] - y[1] * n[0]) / whole).sum() / weight.sum())
    rates = y.sum(axis=1) / n.sum(axis=1)
    crude = float(rates[0] - rates[1])
    variance = (
        max(_sato(y, n, difference), _greenland_robins(y, n), _under_no_difference(y, n)) / float(weight.sum()) ** 2
    )
    spread = sqrt(variance * max(1.0, design_effect))
    if spread <= 0:
        return Standardised(difference, None, None, crude, compared, left_out, int(both.sum()))
    freedom = degrees_of_freedom or MANY
    half = student_quantile(confidence, freedom) * spread
    interval = max(-1.0, difference - half), min(1.0, difference + half)
    return Standardised(
        difference, interval, _two_sided(difference / spread, freedom), crude, compared, left_out, int(both.sum())
    )


def _sizes(n: NDArray[np.float64]) -> tuple[int, int]:
    first, second = n.sum(axis=1)
    return round(float(first)), round(float(second))


def _sato(y: NDArray[np.float64], n: NDArray[np.float64], difference: float) -> float:
    whole = n.sum(axis=0)
    p = (n[0] ** 2 * y[1] - n[1] ** 2 * y[0] + n[0] * n[1] * (n[1] - n[0]) / 2) / whole**2
    q = (y[0] * (n[1] - y[1]) + y[1] * (n[0] - y[0])) / (2 * whole)
    return max(0.0, float(difference * p.sum() + q.sum()))


def _greenland_robins(y: NDArray[np.float64], n: NDArray[np.float64]) -> float:
    no = n - y
    terms = (y[0] * no[0] * n[1] ** 3 + y[1] * no[1] * n[0] ** 3) / (n[0] * n[1] * n.sum(axis=0) ** 2)
    return float(terms.sum())


def _under_no_difference(y: NDArray[np.float64], n: NDArray[np.float64]) -> float:
    whole, yes = n.sum(axis=0), y.sum(axis=0)
    return float((n[0] * n[1] * yes * (whole - yes) / (whole**2 * np.maximum(whole - 1, 1))).sum())


def _two_sided(statistic: float, degrees_of_freedom: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(degrees_of_freedom, -abs(statistic)))
