"""Means and ratios of tickets that come in accounts: their intervals, and differences of two sides.

A mean here is a ratio estimator: what accounts add up to over what they count. Its variance is linearised by account
(Cochran 1977, Sampling Techniques, section 6.3; Cameron and Miller 2015, J. Human Resources 50, 317, with its factor
G / (G - 1)) and never below that of independent tickets where their squares are known. The quantile is Student's with
as many degrees of freedom as accounts carry the variance (Satterthwaite 1946; Bell and McCaffrey 2002 for clusters),
expected from their sizes and how alike their tickets are, as in `cluster`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import FEWEST_ACCOUNTS, FEWEST_EFFECTIVE_ACCOUNTS, encode_accounts
from analyst_agent.statistics.intervals import Interval, student_quantile

TYPICAL_CORRELATION = 0.1
"""How alike tickets of one account are taken to be where no squares are known to tell."""

Numbers = Sequence[float] | NDArray[Any]


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """A mean of `n` values of `accounts` accounts. interval is None where `reason` says why nothing can be said."""

    mean: float | None
    interval: Interval | None
    n: float
    accounts: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MeanComparison:
    """First mean minus second; interval and p_value are None where `reason` says why."""

    first: MeanEstimate
    second: MeanEstimate
    difference: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    reason: str = ""
    degrees_of_freedom: float | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Sum, count and (where known) sum of squares of the values of each account, on each side: arrays of shape (2, G).

    lone, shape (2, 3): the same three of tickets of no known account, each of which is an account of its own.
    """

    total: NDArray[np.float64]
    count: NDArray[np.float64]
    squares: NDArray[np.float64] | None
    lone: NDArray[np.float64]

    @property
    def counts(self) -> NDArray[np.float64]:
        """Values on each side."""
        whole: NDArray[np.float64] = self.count.sum(axis=1) + self.lone[:, 1]
        return whole

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean of each side, 0 where it has no value."""
        mean: NDArray[np.float64] = (self.total.sum(axis=1) + self.lone[:, 0]) / np.where(
            self.counts > 0, self.counts, 1
        )
        return mean

    @property
    def accounts(self) -> NDArray[np.float64]:
        """Accounts with a value on each side."""
        number: NDArray[np.float64] = (self.count > 0).sum(axis=1) + self.lone[:, 1]
        return number


def sums_of(
    totals: Numbers,
    counts: Numbers,
    is_first: Sequence[bool] | NDArray[Any],
    accounts: Sequence[object] | NDArray[Any] | None = None,
    squares: Numbers | None = None,
) -> Sums:
    """Rows added up by account and side. A row of no known account (None) must hold squares; without them it is taken as
    one account. Raises ValueError for shapes that differ or a negative count.
    """
    total, count = np.asarray(totals, dtype=float), np.asarray(counts, dtype=float)
    square = None if squares is None else np.asarray(squares, dtype=float)
    side = np.where(np.asarray(is_first, dtype=bool), 0, 1)
    if not total.shape == count.shape == side.shape or (square is not None and square.shape != total.shape):
        raise ValueError(f"one value a row is needed, not shapes {total.shape}, {count.shape} and {side.shape}")
    if (count < 0).any():
        raise ValueError("counts must not be negative")
    code = np.arange(len(total)) if accounts is None else encode_accounts(list(accounts))
    if code.shape != total.shape:
        raise ValueError(f"{len(code)} account labels for {len(total)} rows")
    if square is None:
        labels = np.where(code < 0, int(code.max(initial=-1)) + 1 + np.arange(len(code)), code)
        known = np.ones(len(code), dtype=bool)
    else:
        labels, known = code, code >= 0
    lone = np.zeros((2, 3))
    for place, values in enumerate((total, count, *(() if square is None else (square,)))):
        if (~known).any():
            lone[:, place] += np.bincount(side[~known], weights=values[~known], minlength=2)
    _, place_of = np.unique(labels[known], return_inverse=True)
    size = int(place_of.max()) + 1 if place_of.size else 0

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        cells = side[known] * size + place_of
        return np.bincount(cells, weights=values[known], minlength=2 * size).astype(np.float64).reshape(2, size)

    return Sums(added(total), added(count), None if square is None else added(square), lone)


def clustered_mean(
    totals: Numbers,
    counts: Numbers,
    accounts: Sequence[object] | NDArray[Any] | None = None,
    squares: Numbers | None = None,
    confidence: float = 0.95,
) -> MeanEstimate:
    """The mean over all rows (their totals over their counts) with its interval by account.

    A count may be any size that the total is per: minutes per ticket, or money of one kind per money in all.
    """
    sums = sums_of(totals, counts, np.ones(len(totals), dtype=bool), accounts, squares)
    return _one_side(sums, 0, confidence)


def compare_means(
    totals: Numbers,
    counts: Numbers,
    is_first: Sequence[bool] | NDArray[Any],
    accounts: Sequence[object] | NDArray[Any] | None = None,
    squares: Numbers | None = None,
    confidence: float = 0.95,
) -> MeanComparison:
    """The mean of the rows of the first side minus that of the others; an account may have rows on both.

    The p-value is two-sided of the same Student's t as the interval, so the two never disagree.
    """
    return _compared(sums_of(totals, counts, is_first, accounts, squares), confidence)


def stratified_difference(
    totals: Numbers,
    counts: Numbers,
    squares: Numbers,
    is_first: Sequence[bool] | NDArray[Any],
    strata: Sequence[object],
    accounts: Sequence[object] | NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> MeanComparison:
    """The difference of two means within strata: the weighted mean of each stratum's difference, weights n1 n2 / (n1 + n2).

    Strata in which one side has nothing add nothing; `first` and `second` are the sides over the strata that count. Source
    of the weights: Cochran 1954, Biometrics 10, 417; variance linearised by account as above.
    """
    first = np.asarray(is_first, dtype=bool)
    stratum = encode_accounts([(s,) for s in strata])
    labels = list(accounts) if accounts is not None else list(range(len(first)))
    codes = encode_accounts(labels)
    total, count, square = (np.asarray(v, dtype=float) for v in (totals, counts, squares))
    size = int(stratum.max(initial=-1)) + 1
    n = np.stack([np.bincount(stratum, weights=count * part, minlength=size) for part in (first, ~first)])
    y = np.stack([np.bincount(stratum, weights=total * part, minlength=size) for part in (first, ~first)])
    used = np.minimum(n[0], n[1]) > 0
    if not used.any():
        nothing = MeanEstimate(None, None, 0, 0)
        return MeanComparison(nothing, nothing, reason="no kind of ticket is on both sides")
    weight = np.where(used, n[0] * n[1] / np.maximum(n.sum(axis=0), 1), 0)
    weight = weight / weight.sum()
    means = np.divide(y, n, out=np.zeros_like(y), where=n > 0)
    gap = float(weight @ (means[0] - means[1]))
    kept = used[stratum]
    side = np.where(first, 0, 1)
    scale = np.where(first, 1.0, -1.0) * weight[stratum] / np.maximum(n[side, stratum], 1)
    mean = means[side, stratum]
    plain = compare_means(
        total[kept], count[kept], first[kept], [labels[i] for i in np.flatnonzero(kept)], square[kept]
    )
    known = kept & (codes >= 0)
    influence = (
        np.bincount(codes[known], weights=(scale * (total - mean * count))[known]) if known.any() else np.zeros(0)
    )
    spread = scale**2 * np.maximum(square - 2 * mean * total + mean**2 * count, 0)
    clusters = len(np.unique(codes[known])) + float(count[kept & (codes < 0)].sum())
    if plain.reason or clusters < 2:
        return MeanComparison(plain.first, plain.second, gap, reason=plain.reason or "too few accounts")
    variance = clusters / (clusters - 1) * (float(influence @ influence) + float(spread[kept & (codes < 0)].sum()))
    variance = max(variance, float(spread[kept].sum()))
    freedom = plain.degrees_of_freedom or 1.0
    return _with_interval(plain.first, plain.second, gap, variance, freedom, confidence)


def _one_side(sums: Sums, side: int, confidence: float) -> MeanEstimate:
    n, mean, accounts = float(sums.counts[side]), float(sums.means[side]), int(sums.accounts[side])
    if n <= 0:
        return MeanEstimate(None, None, 0, 0, "no values")
    reason = _too_few(sums, side)
    if reason:
        return MeanEstimate(mean, None, n, accounts, reason)
    influence = (sums.total[side] - mean * sums.count[side]) / n
    variance = accounts / (accounts - 1) * (float(influence @ influence) + _lone_spread(sums, side))
    variance = max(variance, _independent(sums, side))
    share = sums.count[side] / n
    correlation = _correlation(sums)
    expected = (1 - correlation) * share / n + correlation * share**2
    freedom = _freedom(expected, sums.lone[side, 1], 1 / n**2)
    half = student_quantile(confidence, freedom) * sqrt(variance)
    return MeanEstimate(mean, (mean - half, mean + half), n, accounts)


def _compared(sums: Sums, confidence: float) -> MeanComparison:
    first, second = (_one_side(sums, side, confidence) for side in (0, 1))
    if first.mean is None or second.mean is None:
        return MeanComparison(first, second, reason="no values")
    gap = first.mean - second.mean
    reason = first.reason or second.reason
    if reason:
        return MeanComparison(first, second, gap, reason=reason)
    n = sums.counts
    influence = (sums.total - sums.means[:, None] * sums.count) / n[:, None]
    clusters = sums.count.shape[1] + float(sums.lone[:, 1].sum())
    lone = sum(_lone_spread(sums, side) for side in (0, 1))
    variance = clusters / (clusters - 1) * (float(((influence[0] - influence[1]) ** 2).sum()) + lone)
    variance = max(variance, _independent(sums, 0) + _independent(sums, 1))
    share = sums.count / n[:, None]
    correlation = _correlation(sums)
    expected = (1 - correlation) * (share / n[:, None]).sum(axis=0) + correlation * (share[0] - share[1]) ** 2
    freedom = _freedom(expected, float(sums.lone[:, 1].sum()), float((1 / n**2).max()))
    return _with_interval(first, second, gap, variance, freedom, confidence)


def _with_interval(
    first: MeanEstimate, second: MeanEstimate, gap: float, variance: float, freedom: float, confidence: float
) -> MeanComparison:
    if variance <= 0:
        return MeanComparison(first, second, gap, reason="all values are the same")
    half = student_quantile(confidence, freedom) * sqrt(variance)
    p_value = two_sided(gap / sqrt(variance), freedom)
    return MeanComparison(first, second, gap, (gap - half, gap + half), p_value, "", freedom)


def two_sided(statistic: float, freedom: float) -> float:
    """The two-sided p-value of Student's t."""
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(statistic)))


def _lone_spread(sums: Sums, side: int) -> float:
    """Sum of squared deviations of the tickets of no known account, over the square of all values."""
    total, count, square = (float(v) for v in sums.lone[side])
    mean, n = float(sums.means[side]), float(sums.counts[side])
    return max(0.0, square - 2 * mean * total + mean**2 * count) / n**2


def _independent(sums: Sums, side: int) -> float:
    """The variance of the mean were all tickets independent; 0 where their squares are unknown."""
    if sums.squares is None:
        return 0.0
    n, mean = float(sums.counts[side]), float(sums.means[side])
    square = float(sums.squares[side].sum() + sums.lone[side, 2])
    return max(0.0, square / n - mean**2) / n


def _correlation(sums: Sums) -> float:
    """How alike values of one account are: analysis of variance around each side's mean (Donner 1986)."""
    if sums.squares is None:
        return TYPICAL_CORRELATION
    filled = sums.count > 0
    cells, n = float(filled.sum()), float(sums.count.sum())
    sides = int((sums.count.sum(axis=1) > 0).sum())
    if cells <= sides or n <= cells:
        return 0.0
    own = np.divide(sums.total, sums.count, out=np.zeros_like(sums.total), where=filled)
    between = float((sums.count * (own - sums.means[:, None]) ** 2).sum()) / (cells - sides)
    within = max(0.0, float((sums.squares - sums.count * own**2).sum())) / (n - cells)
    totals = np.maximum(sums.count.sum(axis=1, keepdims=True), 1)
    typical = (n - float((sums.count**2 / totals).sum())) / (cells - sides)
    spread = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def _freedom(expected: NDArray[np.float64], lone: float, each: float) -> float:
    """Satterthwaite's degrees of freedom, tickets of no known account among them."""
    whole = float(expected.sum()) + lone * each
    squares = float((expected**2).sum()) + lone * each**2
    return max(1.0, whole**2 / squares) if squares > 0 and not isnan(whole) else 1.0


def _too_few(sums: Sums, side: int) -> str:
    if sums.accounts[side] < FEWEST_ACCOUNTS:
        return "too few accounts"
    share = sums.count[side] / sums.counts[side]
    concentrated = float((share**2).sum()) + float(sums.lone[side, 1]) / float(sums.counts[side]) ** 2
    return "most tickets are of one account" if concentrated * FEWEST_EFFECTIVE_ACCOUNTS > 1 else ""
