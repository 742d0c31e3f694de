"""Rank and indicator scores of rows: how strongly two go together, with p-values that also hold where rows come in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST_CLUSTERS, FEWEST_EFFECTIVE = 12, 5
"""Clusters below which the clustered variance says too little."""


def rank_scores(values: Floats) -> Floats:
    """Mid-ranks scaled to between 0 and 1; NaN stays NaN.

    A mean of these scores in a group is the probability that a row of the group lies above a row of all, ties counted
    half. Source: Conover and Iman 1981, Am. Stat. 35, 124.
    """
    scores = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if known.size:
        _, inverse, counts = np.unique(values[known], return_inverse=True, return_counts=True)
        ends = np.cumsum(counts)
        scores[known] = ((ends - (counts - 1) / 2 - 0.5) / known.size)[inverse]
    return scores


def group_sums(codes: NDArray[np.integer], groups: int, scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Count, sum and sum of squares of the scores in each group 0 to groups - 1; codes below 0 and NaN scores are left out."""
    known = (codes >= 0) & ~np.isnan(scores)
    place, kept = codes[known], scores[known]
    count = np.bincount(place, minlength=groups).astype(float)
    total, squares = (np.bincount(place, v, groups).astype(float) for v in (kept, kept * kept))
    return count, total, squares


def each_against_rest(count: Floats, total: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """Difference of the mean score of each group and of all others, and Welch's two-sided p-value.

    Groups of fewer than two, or without a rest of two, get NaN. On rank scores this is the test of Brunner and Munzel
    in its simple form. Source: Welch 1947, Biometrika 34, 28; Brunner and Munzel 2000, Biom. J. 42, 17.
    """
    from scipy.special import stdtr

    rest = count.sum() - count
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, other = total / count, (total.sum() - total) / rest
        spread = np.maximum((squares - count * mean**2) / (count - 1), 0) / count
        spread_rest = np.maximum((squares.sum() - squares - rest * other**2) / (rest - 1), 0) / rest
        error = spread + spread_rest
        freedom = error**2 / (spread**2 / (count - 1) + spread_rest**2 / (rest - 1))
        p = 2 * stdtr(freedom, -np.abs(mean - other) / np.sqrt(error))
    possible = (count > 1) & (rest > 1) & (error > 0)
    return np.where(possible, mean - other, np.nan), np.where(possible, p, np.nan)


def correlation(x: Floats, y: Floats) -> tuple[float, float, int]:
    """Pearson's correlation of the rows that have both, its p-value by Student's t, and how many rows these are.

    On rank scores this is Spearman's. (0, 1, n) for fewer than four rows or a constant.
    """
    from scipy.special import stdtr

    both = ~(np.isnan(x) | np.isnan(y))
    n = int(both.sum())
    if n < 4:
        return 0.0, 1.0, n
    a, b = x[both] - x[both].mean(), y[both] - y[both].mean()
    scale = sqrt(float(a @ a) * float(b @ b))
    if scale <= 1e-12 * n:
        return 0.0, 1.0, n
    r = max(-1.0, min(1.0, float(a @ b) / scale))
    t = abs(r) * sqrt((n - 2) / max(1 - r * r, 1e-15))
    return r, float(2 * stdtr(n - 2, -t)), n


def partial(xy: float, xz: float, yz: float) -> float:
    """The correlation of x and y with z taken out of both; 0 where z says all of one of them."""
    left = (1 - xz * xz) * (1 - yz * yz)
    return 0.0 if left < 1e-9 else (xy - xz * yz) / sqrt(left)


def without(y: Floats, x: Floats) -> Floats:
    """What a straight line on x leaves of y; NaN where either is missing."""
    both = ~(np.isnan(x) | np.isnan(y))
    if not both.any() or float(x[both].var()) == 0:
        return y
    a, b = x - x[both].mean(), y - y[both].mean()
    left: Floats = b - float(a[both] @ b[both]) / float(a[both] @ a[both]) * a
    return left


def clustered_p(x: Floats, y: Floats, clusters: NDArray[np.integer]) -> float | None:
    """The p-value of no association of x and y when rows of one cluster are alike.

    The slope of y on x with its sandwich variance over clusters, at least that over rows. Only what clusters add to the
    variance is known as badly as there are few of them, so Student's t has Satterthwaite's degrees of freedom of a part
    over rows and a part over clusters; the latter has one less than the effective number of clusters, (sum of L)^2 / sum
    of L^2 with L the centred sum of squares in a cluster, the smaller of x's and y's. Where fewer than five carry the
    contrast, their number alone counts: a value that sits in one cluster proves nothing. Rows whose cluster is below 0
    stand alone. None for fewer than twelve clusters. Source: Liang and Zeger 1986, Biometrika 73, 13; Satterthwaite
    1946, Biometrics Bull. 2, 110; Carter, Schnepel and Steigerwald 2017, Rev. Econ. Stat. 99, 698 (the effective number,
    without its correlation term).
    """
    from scipy.special import stdtr

    known = ~(np.isnan(x) | np.isnan(y))
    if not known.any():
        return None
    place = clusters[known].astype(np.int64)
    alone = place < 0
    if alone.any():
        place[alone] = place.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    _, place = np.unique(place, return_inverse=True)
    count = int(place.max(initial=-1)) + 1
    a, b = x[known] - x[known].mean(), y[known] - y[known].mean()
    spread, other = float(a @ a), float(b @ b)
    if count < FEWEST_CLUSTERS or spread <= 0 or other <= 0:
        return None
    slope = float(a @ b) / spread
    product = a * (b - slope * a)
    parts = np.bincount(place, product)
    apart = float(product @ product)
    effective = min(
        total * total / float((np.bincount(place, v * v) ** 2).sum()) for v, total in ((a, spread), (b, other))
    )
    design = float(parts @ parts) * count / (count - 1) / apart if apart > 0 else 1.0
    error = sqrt(max(design, 1.0) * apart) / spread
    freedom = max(effective - 1, 1.0)
    if effective >= FEWEST_EFFECTIVE:
        freedom = max(design, 1.0) ** 2 / (max(design - 1, 0.0) ** 2 / freedom + 1 / a.size)
    return float(2 * stdtr(freedom, -abs(slope) / error)) if error > 0 else 0.0


def two_sided(z: float) -> float:
    """The two-sided p-value of a standard normal deviate."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def student_two_sided(t: float, freedom: float) -> float:
    """The two-sided p-value of Student's t."""
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(t)))


@dataclass(frozen=True, slots=True)
class Cells:
    """Of each cell of two sortings: rows, mean score, what it is beyond the sum of both effects, and that residual's
    standard error."""

    count: Floats
    mean: Floats
    residual: Floats
    error: Floats


def additive_residuals(count: Floats, total: Floats, squares: Floats) -> Cells:
    """How far each cell's mean lies from what the row and the column effect together make it, the cell itself left out.

    The additive model is fitted by weighted backfitting to cell means; a residual is enlarged by its leverage, so that
    it is that of a fit without the cell, and the errors of both the cell and the fit go into the standard error.
    Source: Scheffe 1959, The Analysis of Variance, chapter 4; Cook and Weisberg 1982, section 2.2 (deleted residuals).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count > 0, total / count, 0.0)
        row_n, column_n, n = count.sum(1, keepdims=True), count.sum(0, keepdims=True), count.sum()
        fit = np.full(count.shape, total.sum() / n if n else 0.0)
        for _ in range(12):
            fit = fit + np.where(row_n > 0, (count * (mean - fit)).sum(1, keepdims=True) / row_n, 0.0)
            fit = fit + np.where(column_n > 0, (count * (mean - fit)).sum(0, keepdims=True) / column_n, 0.0)
        leverage = np.clip(count / row_n + count / column_n - count / n, 0, 1)
        within = np.where(count > 1, (squares - count * mean**2) / (count - 1), np.nan)
        pooled = np.nansum(within * (count - 1)) / max(float((np.maximum(count - 1, 0)).sum()), 1.0)
        spread = np.maximum(np.nan_to_num(within, nan=pooled), pooled)
        residual = (mean - fit) / (1 - leverage)
        error = np.sqrt(spread / count + pooled / count * leverage / (1 - leverage))
    usable = (count > 1) & (leverage < 0.98)
    return Cells(count, mean, np.where(usable, residual, 0.0), np.where(usable, error, np.nan))
