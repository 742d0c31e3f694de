"""The change of a count and of a rate between two periods, split into volume, mix and rate over cells (such as product
areas), with an interval for every part.

A count is E = sum over cells of V * s * r: V tickets in all, s the cell's share of them, r its rate. A part is the Shapley
value of its factor, the mean over all orders in which the factors may be changed one by one, so the parts add up to the
change without a remainder and do not depend on an order that somebody chose (Shorrocks 2013, J. Economic Inequality 11,
99; Ang 2004, Energy Policy 32, 1131, where it is the Sun method, S/S). Unlike the logarithmic mean (LMDI) it needs no
logarithm of an empty cell.

Cells empty in one period: the rate of a cell without tickets is taken to be that of the other period, so what appears or
vanishes is volume and mix, never rate. `decidable` folds cells that have successes but no tickets into others first.

Intervals: delta method with the accounts as clusters. An account's two periods are a pair, and only what departs from the
common growth of a measure is chance; the variance is at least that of single tickets (Poisson). Derivatives by complex
steps (Squire and Trapp 1998, SIAM Review 40, 110), exact to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import FEWEST_ACCOUNTS, FEWEST_EFFECTIVE_ACCOUNTS
from analyst_agent.statistics.intervals import Interval, student_quantile

Array = NDArray[Any]
_STEP = 1e-30
BEFORE, NOW = 0, 1
WHOLE = 7


@dataclass(frozen=True, slots=True)
class CountParts:
    """Parts of the change of a count by cell, shape (C,); each column and each cell adds up: volume + mix + rate is the
    cell's change.
    """

    volume: Array
    mix: Array
    rate: Array


@dataclass(frozen=True, slots=True)
class RateParts:
    """Parts of the change of the overall rate by cell, shape (C,). A cell's mix is its gain of share times how far its rate
    lies above the overall one; only the sums add up to the change.
    """

    mix: Array
    rate: Array


@dataclass(frozen=True, slots=True)
class Estimate:
    """A part with its 95 % interval and p-value, both None where `reason` says why nothing can be said."""

    value: float
    interval: Interval | None = None
    p_value: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """The change of a count between two periods of one length: the parts add up to `change`, those of the rate to
    `rate_change`. cells: the rate part of each cell; parts and rate_parts hold all of them by cell.
    """

    change: Estimate
    volume: Estimate
    mix: Estimate
    rate: Estimate
    rate_change: Estimate
    rate_from_mix: Estimate
    rate_from_rate: Estimate
    cells: tuple[Estimate, ...]
    parts: CountParts
    rate_parts: RateParts


def count_parts(totals: Array, successes: Array) -> CountParts:
    """The change of the number of successes split by cell, Shapley values of volume, mix and rate.

    totals and successes have shape (2, C), the earlier period first, over exposures that are comparable (periods of one
    length). Raises ValueError where a period has no tickets, or a cell successes without tickets.
    """
    volume, share, rate = _factors(totals, successes)
    return CountParts(
        (volume[1] - volume[0]) * _weights(share[0], share[1], rate[0], rate[1]),
        (share[1] - share[0]) * _weights(volume[0], volume[1], rate[0], rate[1]),
        (rate[1] - rate[0]) * _weights(volume[0], volume[1], share[0], share[1]),
    )


def rate_parts(totals: Array, successes: Array) -> RateParts:
    """The change of the overall rate split by cell into mix (other shares) and rate (other rates); as `count_parts`."""
    _, share, rate = _factors(totals, successes)
    overall = ((share * rate).sum(axis=1)).mean()
    return RateParts((share[1] - share[0]) * (rate.mean(axis=0) - overall), (rate[1] - rate[0]) * share.mean(axis=0))


def decidable(totals: Array, successes: Array, fewest: float = 0.0) -> NDArray[np.int64] | None:
    """For each cell the number of the cell it is counted in: itself, or one last cell of all others together.

    Folded are cells of fewer than `fewest` tickets in both periods together, and those with successes but no ticket in a
    period, whose rate nothing could be; with them the smallest, until the others have a rate. Numbers begin at 0 in the
    order of the cells, the others last. None where a period as a whole has no tickets.
    """
    totals, successes = np.asarray(totals, dtype=float), np.asarray(successes, dtype=float)
    if (totals.sum(axis=1) <= 0).any():
        return None
    has_no_rate = ((totals <= 0) & (successes > 0)).any(axis=0)
    folded = (totals.sum(axis=0) < fewest) | has_no_rate
    for cell in np.argsort(totals.sum(axis=0), kind="stable"):
        others = totals[:, folded].sum(axis=1), successes[:, folded].sum(axis=1)
        if not ((others[0] <= 0) & (others[1] > 0)).any():
            break
        folded[cell] = True
    place = np.cumsum(~folded) - 1
    return np.where(folded, int((~folded).sum()), place).astype(np.int64)


def split_change(totals: Array, successes: Array, scale: float = 1.0, unknown: Array | None = None) -> Split:
    """The change from the first period, times `scale` (days of the second over days of the first), to the second.

    totals and successes: shape (2, A, C) by period, account and cell. unknown: shape (2, 2, C), totals and successes of
    tickets of no known account, each of which stands for itself. Intervals are None with fewer than five accounts or
    where one holds most tickets. Raises ValueError as `count_parts`, and for shapes that do not fit.
    """
    totals, successes = np.asarray(totals, dtype=float), np.asarray(successes, dtype=float)
    if totals.shape != successes.shape or totals.ndim != 3 or totals.shape[0] != 2 or not scale > 0:
        raise ValueError(f"not possible: shapes {totals.shape} and {successes.shape}, scale {scale}")
    cells = totals.shape[2]
    lone = np.zeros((2, 2, cells)) if unknown is None else np.asarray(unknown, dtype=float)
    sums = np.stack([totals.sum(axis=1) + lone[0], successes.sum(axis=1) + lone[1]])
    values = _outputs(sums, scale)
    gradient = _gradient(sums, scale)
    reason = _too_few(totals, lone[0])
    spread = None if reason else _spread(np.stack([totals, successes]), lone, sums, gradient)
    made = [_estimate(float(v), spread, i, reason) for i, v in enumerate(values)]
    change, volume, mix, rate, rate_change, rate_from_mix, rate_from_rate = made[:WHOLE]
    scaled = sums * np.array([scale, 1.0])[:, None]
    parts, rates = count_parts(scaled[0], scaled[1]), rate_parts(sums[0], sums[1])
    of_cells = tuple(made[WHOLE:])
    return Split(change, volume, mix, rate, rate_change, rate_from_mix, rate_from_rate, of_cells, parts, rates)


def _factors(totals: Array, successes: Array) -> tuple[Array, Array, Array]:
    """Volume, shape (2,), shares and rates, shape (2, C); a cell empty in one period has the other's rate, in both 0."""
    totals, successes = np.asarray(totals), np.asarray(successes)
    if totals.shape != successes.shape or totals.ndim != 2 or totals.shape[0] != 2:
        raise ValueError(f"two rows of cells are needed, not shapes {totals.shape} and {successes.shape}")
    volume = totals.sum(axis=1)
    filled = totals.real > 0
    if (volume.real <= 0).any() or ((successes.real > 0) & ~filled).any():
        raise ValueError("a period without tickets, or a cell with successes but no tickets, has no rate")
    own = np.divide(successes, totals, out=np.zeros(totals.shape, np.result_type(totals, 1.0)), where=filled)
    rate = np.where(filled, own, np.where(filled[::-1], own[::-1], 0.0))
    return volume, totals / volume[:, None], rate


def _weights(a0: Array, a1: Array, b0: Array, b1: Array) -> Array:
    """What multiplies the change of one of three factors: the mean of the products of the other two over all orders."""
    weights: Array = (a0 * b0 + a1 * b1) / 3 + (a0 * b1 + a1 * b0) / 6
    return weights


def _outputs(sums: Array, scale: float) -> Array:
    """All that is estimated, shape (WHOLE + C,), of sums of shape (2 measures, 2 periods, C)."""
    scaled = sums * np.array([scale, 1.0])[:, None]
    parts, rates = count_parts(scaled[0], scaled[1]), rate_parts(sums[0], sums[1])
    change = (scaled[1][NOW] - scaled[1][BEFORE]).sum()
    of_rate = [rates.mix.sum() + rates.rate.sum(), rates.mix.sum(), rates.rate.sum()]
    return np.array([change, parts.volume.sum(), parts.mix.sum(), parts.rate.sum(), *of_rate, *parts.rate])


def _gradient(sums: Array, scale: float) -> NDArray[np.float64]:
    """Derivatives of the outputs, shape (outputs, 2 measures, 2 periods, C)."""
    found = np.zeros((WHOLE + sums.shape[2], *sums.shape))
    for place in np.ndindex(sums.shape):
        if sums[0][place[1:]] <= 0:
            continue  # nothing was counted there, so nothing of it varies
        moved = sums.astype(complex)
        moved[place] += 1j * _STEP
        found[(slice(None), *place)] = _outputs(moved, scale).imag / _STEP
    return found


def _spread(
    accounts: Array, lone: Array, sums: Array, gradient: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variance and degrees of freedom of each output. accounts: shape (2 measures, 2 periods, A, C)."""
    success, failure = gradient.sum(axis=1), gradient[:, 0]  # of one more ticket, escalated or not; (outputs, 2, C)
    weights = np.stack([failure, success]) ** 2

    def single(counts: Array) -> NDArray[np.float64]:
        """The variance of these tickets were they independent: shape (outputs, ...) of counts (2, 2, ..., C)."""
        escalated = counts[1]
        others = np.maximum(counts[0] - escalated, 0)
        found = np.einsum("otc,t...c->o...", weights[1], escalated) + np.einsum("otc,t...c->o...", weights[0], others)
        return np.asarray(found, dtype=float)

    alone, by_account = single(lone), single(accounts)
    number = int((accounts[0].sum(axis=(0, 2)) + accounts[1].sum(axis=(0, 2)) > 0).sum())
    clustered = np.zeros(len(gradient))
    if number > 1:
        first, second = _departures(accounts, sums - lone)
        for side, departure in ((BEFORE, first), (NOW, second)):
            influence = np.einsum("omc,mac->oa", gradient[:, :, side], departure)
            clustered += (influence**2).sum(axis=1)
        clustered *= number / (number - 1)
    total = by_account.sum(axis=1) + alone
    variance = np.maximum(clustered + alone, total)
    squared = (by_account**2).sum(axis=1) + np.einsum("otc,tc->o", weights[1] ** 2, lone[1])
    squared += np.einsum("otc,tc->o", weights[0] ** 2, np.maximum(lone[0] - lone[1], 0))
    freedom = np.maximum(1.0, np.divide(total**2, squared, out=np.ones_like(total), where=squared > 0))
    return variance, freedom


def _departures(accounts: Array, sums: Array) -> tuple[Array, Array]:
    """How far each account departs from the common growth of a measure, as much of it as belongs to each period; shape
    (2 measures, A, C).

    Given an account's count over both periods, a share s of it is expected in the second. The variance that its departure
    shows is that of both, of which s belongs to the second. What is there in one period only has no pair and stands as
    it is.
    """
    both = sums.sum(axis=1)
    share = np.divide(sums[:, NOW], both, out=np.full(both.shape, 0.5), where=both > 0)[:, None, :]
    departure = accounts[:, NOW] * (1 - share) - accounts[:, BEFORE] * share
    paired = (share > 0) & (share < 1)
    first = np.divide(departure, np.sqrt(share), out=accounts[:, BEFORE].copy(), where=paired)
    second = np.divide(departure, np.sqrt(1 - share), out=accounts[:, NOW].copy(), where=paired)
    return first, second


def _too_few(totals: Array, lone: Array) -> str:
    """Why the accounts cannot say how much they vary, "" where they can."""
    for side in (BEFORE, NOW):
        by_account = totals[side].sum(axis=1)
        alone = float(lone[side].sum())
        whole = float(by_account.sum()) + alone
        if (by_account > 0).sum() + alone < FEWEST_ACCOUNTS:
            return "too few accounts"
        if whole**2 < FEWEST_EFFECTIVE_ACCOUNTS * (float((by_account**2).sum()) + alone):
            return "most tickets are of one account"
    return ""


def _estimate(
    value: float, spread: tuple[NDArray[np.float64], NDArray[np.float64]] | None, place: int, reason: str
) -> Estimate:
    from scipy.special import stdtr

    if spread is None:
        return Estimate(value, reason=reason)
    error, freedom = sqrt(float(spread[0][place])), float(spread[1][place])
    if error <= 0:
        return Estimate(value, reason="nothing varies")
    half = student_quantile(0.95, freedom) * error
    return Estimate(value, (value - half, value + half), float(2 * stdtr(freedom, -abs(value) / error)))
