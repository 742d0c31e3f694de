"""How far two who sort the same things agree: the share that is alike, and Cohen's kappa, what is left of it beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval, normal_quantile, wilson_interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of n things the share sorted alike, with its Wilson interval. kappa: None where chance alone would make all alike.

    standard_error: of kappa, for its interval; standard_error_by_chance: where there is no agreement beyond chance, for a test.
    """

    n: int
    accuracy: float
    interval: Interval
    kappa: float | None
    standard_error: float | None
    standard_error_by_chance: float | None
    kappa_interval: Interval | None


def agreement(one: Sequence[str], other: Sequence[str], confidence: float = 0.95) -> Agreement:
    """How far two lists of names of the same things agree. Raises ValueError where they are empty or of unequal length."""
    if not one or len(one) != len(other):
        raise ValueError(
            f"there must be as many names in both lists, and at least one, not {len(one)} and {len(other)}"
        )
    names = sorted({*one, *other})
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for first, second in zip(one, other, strict=True):
        table[place[first], place[second]] += 1
    return agreement_of_table(table, confidence)


def agreement_of_table(table: NDArray[np.float64], confidence: float = 0.95) -> Agreement:
    """The same from a square table of counts. Raises ValueError for an empty or not square one, or for negative counts.

    Kappa: Cohen 1960, Educ. Psychol. Meas. 20, 37. Its large-sample standard errors: Fleiss, Cohen and Everitt 1969, Psychol.
    Bull. 72, 323 (formulas 13 and 14). The interval is cut at -1 and 1; of fewer than some 30 things it is rough.
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or (counts < 0).any() or not counts.sum() > 0:
        raise ValueError("the table must be square, without negative counts and not empty")
    n = float(counts.sum())
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, by_chance = float(np.trace(p)), float(rows @ columns)
    interval = wilson_interval(min(observed * n, n), n, confidence)
    if by_chance >= 1 - 1e-12:
        return Agreement(round(n), observed, interval, None, None, None, None)
    kappa = (observed - by_chance) / (1 - by_chance)
    error = _standard_error(p, rows, columns, observed, by_chance, n)
    chance = by_chance + by_chance**2 - float((rows * columns * (rows + columns)).sum())
    null = sqrt(max(chance, 0.0)) / ((1 - by_chance) * sqrt(n))
    half = normal_quantile(confidence) * error
    return Agreement(
        round(n), observed, interval, kappa, error, null, (max(-1.0, kappa - half), min(1.0, kappa + half))
    )


def _standard_error(
    p: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    observed: float,
    by_chance: float,
    n: float,
) -> float:
    """Formula 13: of kappa where there may be agreement beyond chance."""
    diagonal = np.diag(p)
    marginal = rows + columns
    alike = float((diagonal * ((1 - by_chance) - marginal * (1 - observed)) ** 2).sum())
    # Element i, j is weighted with the marginals crossed: column i with row j.
    crossed = p * (columns[:, None] + rows[None, :]) ** 2
    unlike = (1 - observed) ** 2 * float(crossed.sum() - np.trace(crossed))
    whole = (observed * by_chance - 2 * by_chance + observed) ** 2
    return sqrt(max(alike + unlike - whole, 0.0)) / ((1 - by_chance) ** 2 * sqrt(n))
