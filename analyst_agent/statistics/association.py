"""Two ways of sorting the same rows: which cells hold more or fewer rows than the margins say, and how one sorting follows from the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEW_EXPECTED = 10.0
"""Expected rows of a cell below which the exact test takes the place of the normal approximation."""


def cross_counts(rows: NDArray[np.integer], columns: NDArray[np.integer], shape: tuple[int, int]) -> Floats:
    """The table of counts; rows whose code is below 0 in either are left out."""
    known = (rows >= 0) & (columns >= 0)
    flat = rows[known].astype(np.int64) * shape[1] + columns[known]
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(float)


def cell_p_values(counts: Floats) -> Floats:
    """Two-sided p-value of each cell against independence of the margins: adjusted residual, or Fisher's exact test
    (twice the smaller tail) where few rows are expected; NaN where a margin is empty or everything.

    Source: Haberman 1973, Biometrics 29, 205; Agresti 2002, Categorical Data Analysis, sections 3.3 and 3.5.
    """
    from scipy.special import ndtr

    n = counts.sum()
    row, column = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    possible = (row > 0) & (row < n) & (column > 0) & (column < n)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = row * column / n
        z = (counts - expected) / np.sqrt(expected * (1 - row / n) * (1 - column / n))
    p = 2 * ndtr(-np.abs(z))
    rest = np.minimum(np.minimum(expected, row - expected), np.minimum(column - expected, n - row - column + expected))
    exact = possible & (rest < FEW_EXPECTED)
    if exact.any():
        k = counts[exact]
        m, d = (np.broadcast_to(a, counts.shape)[exact] for a in (row, column))
        p[exact] = _smaller_tail_twice(k, float(n), m, d)
    return np.where(possible, np.clip(p, 0.0, 1.0), np.nan)


def _smaller_tail_twice(k: Floats, n: float, m: Floats, d: Floats) -> Floats:
    """Twice the smaller tail of the hypergeometric distribution at k; m marked rows of n, d drawn.

    Summed over 60 values to both sides of the mean: with fewer than ten expected in some cell the standard deviation is
    below 3.2, so nothing beyond can be seen.
    """
    from scipy.special import gammaln

    def log_choose(a: Floats, b: Floats) -> Floats:
        chosen: Floats = gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1)
        return chosen

    value = np.floor(m * d / n)[:, None] + np.arange(-60, 61)[None, :]
    m, d, k = m[:, None], d[:, None], k[:, None]
    possible = (value >= np.maximum(0, m + d - n)) & (value <= np.minimum(m, d))
    inside: Floats = np.where(possible, value, np.maximum(0, m + d - n))
    rest: Floats = d - inside
    log = log_choose(m, inside) + log_choose(n - m, rest) - log_choose(np.full_like(d, n), d)
    weight = np.where(possible, np.exp(log), 0.0)
    low, high = (weight * (value <= k)).sum(axis=1), (weight * (value >= k)).sum(axis=1)
    tails: Floats = np.minimum(1.0, 2 * np.minimum(low, high))
    return tails


def determined_share(counts: Floats) -> float:
    """Goodman and Kruskal's lambda: the share of errors in guessing the column that knowing the row removes, 0 to 1;
    1 where the row determines the column. 0 where there is nothing to guess.

    Source: Goodman and Kruskal 1954, J. Am. Stat. Assoc. 49, 732.
    """
    n = counts.sum()
    most = counts.sum(axis=0).max() if n else 0.0
    return float((counts.max(axis=1).sum() - most) / (n - most)) if n > most else 0.0
