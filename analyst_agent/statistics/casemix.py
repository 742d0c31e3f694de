"""Observed against expected: what a unit (a team, an agent) would have, given the kinds of tickets it had (indirect
standardisation).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import FEWEST_ACCOUNTS, FEWEST_EFFECTIVE_ACCOUNTS

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mix:
    """Arrays of shape (units,). expected: escalations if every kind of ticket went as it does overall; they add up to the observed.

    variance: of observed minus expected where tickets are independent and units alike. comparable: as many of a
    unit's tickets as have counterparts of the same kind at others (0 where it alone handles its kinds).
    """

    observed: Floats
    tickets: Floats
    expected: Floats
    variance: Floats
    comparable: Floats


@dataclass(frozen=True, slots=True)
class Clustering:
    """How much a unit's count varies more than independent tickets would. reason: why that cannot be known, else "".

    effect: the factor on the variance, at least 1. degrees_of_freedom: of the t distribution that goes with it.
    """

    effect: float
    degrees_of_freedom: float
    reason: str = ""


def expected_by_mix(units: Codes, strata: Codes, successes: Floats, totals: Floats, unit_count: int) -> Mix:
    """Indirect standardisation over strata: each unit's expected count at the pooled rate of every stratum.

    Rows are cells of unit and stratum (whole numbers from 0). The variance of observed minus expected is that of the
    stratified two-sample (Mantel-Haenszel) statistic, n (N - n) / (N - 1) p (1 - p) summed over strata, because a
    unit's own tickets are part of the pooled rate. Sources: Breslow and Day 1987, Statistical Methods in Cancer
    Research II, section 2.3; Mantel and Haenszel 1959, J. Natl. Cancer Inst. 22, 719.
    """
    stratum_count = int(strata.max()) + 1 if strata.size else 0
    cells = np.zeros((unit_count, stratum_count, 2))
    np.add.at(cells, (units, strata), np.column_stack([successes, totals]))
    y, n = cells[..., 0], cells[..., 1]
    whole, yes = n.sum(axis=0), y.sum(axis=0)
    rate = np.divide(yes, whole, out=np.zeros_like(whole), where=whole > 0)
    others = np.maximum(whole - n, 0.0)
    spread = np.divide(rate * (1 - rate), whole - 1, out=np.zeros_like(whole), where=whole > 1)
    shared = np.divide(others, whole, out=np.zeros_like(others), where=whole > 0)
    return Mix(y.sum(axis=1), n.sum(axis=1), n @ rate, (n * others) @ spread, (n * shared).sum(axis=1))


def merged_strata(keys: Sequence[tuple[Hashable, ...]], totals: Floats, minimum: float, fixed: int = 0) -> Codes:
    """A stratum for each cell: its full key, cut from the right as long as fewer than `minimum` tickets share it.

    Cells cut to the same key are one stratum, so every ticket is in exactly one. The first `fixed` parts of a key are
    never cut. Put what explains most first: it is kept longest.
    """
    kept = [tuple(key) for key in keys]
    longest = max((len(key) for key in kept), default=0)
    for length in range(longest, fixed, -1):
        sums: dict[tuple[Hashable, ...], float] = {}
        for key, total in zip(kept, totals, strict=True):
            sums[key] = sums.get(key, 0.0) + float(total)
        kept = [key[: length - 1] if len(key) == length and sums[key] < minimum else key for key in kept]
    numbers: dict[tuple[Hashable, ...], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in kept], dtype=np.int64)


def explained_variance(values: Sequence[Hashable], successes: Floats, totals: Floats) -> float:
    """How much of a rate's variance the groups explain beyond chance (0 to 1): omega squared of cells of tickets.

    Source: Hays 1963, Statistics for Psychologists, section 12.18.
    """
    sums: dict[Hashable, list[float]] = {}
    for value, y, n in zip(values, successes, totals, strict=True):
        group = sums.setdefault(value, [0.0, 0.0])
        group[0] += float(y)
        group[1] += float(n)
    table = np.array([s for s in sums.values() if s[1] > 0]).reshape(-1, 2)
    whole, yes = float(table[:, 1].sum()), float(table[:, 0].sum())
    if len(table) < 2 or not 0 < yes < whole or whole <= len(table):
        return 0.0
    rate, rates = yes / whole, table[:, 0] / table[:, 1]
    between = float((table[:, 1] * (rates - rate) ** 2).sum())
    within = float((table[:, 1] * rates * (1 - rates)).sum()) / (whole - len(table))
    return max(0.0, (between - (len(table) - 1) * within) / (between + within * (whole - len(table)) + within))


def clusterings(
    units: Codes, accounts: Codes, successes: Floats, totals: Floats, peers: Sequence[Hashable]
) -> list[Clustering]:
    """The effect of accounts on each unit's observed minus expected count; rows are cells of unit and account.

    accounts: a number for each account, negative for tickets of no known one, which are independent. peers: for each
    unit, the group (a support level) that its expectation comes from.

    An account that a unit and its peers serve alike moves the observed and the expected count together, and cancels;
    one that mostly the unit serves does not. Two estimates, of which the larger counts: the linearised variance by
    account (Cochran 1977, Sampling Techniques, section 6.3), and what the likeness of tickets of an account over all
    units (analysis of variance, Donner 1986) lets one expect of accounts served so unequally. So a unit that mostly
    serves one account is not judged by it, and one whose few accounts happen to agree is not taken at its word.
    """
    known = accounts >= 0
    likeness = _likeness(units[known], successes[known], totals[known], len(peers))
    groups = np.array([peers.index(peer) for peer in peers], dtype=np.int64)
    found = []
    for unit, group in enumerate(groups):
        among = groups[units] == group
        mine = among & (units == unit)
        found.append(_clustering(_Sides.of(accounts, successes, totals, mine, among & ~mine), likeness))
    return found


@dataclass(frozen=True, slots=True)
class _Sides:
    """Tickets `n` and escalations `y` by account, shape (2, accounts): the unit's and its peers'. lone: tickets of no known
    account on both sides; all of both in `tickets` and `yes`.
    """

    y: Floats
    n: Floats
    lone: Floats
    tickets: Floats
    yes: Floats

    @classmethod
    def of(cls, accounts: Codes, y: Floats, n: Floats, mine: NDArray[Any], others: NDArray[Any]) -> _Sides:
        size = int(accounts.max()) + 1 if accounts.size else 0
        sums = np.zeros((2, 2, max(size, 1)))
        lone, whole = np.zeros(2), np.zeros((2, 2))
        for side, rows in enumerate((mine, others)):
            named = rows & (accounts >= 0)
            for part, values in enumerate((y, n)):
                sums[part, side] = np.bincount(accounts[named], weights=values[named], minlength=max(size, 1))
                whole[part, side] = values[rows].sum()
            lone[side] = n[rows & (accounts < 0)].sum()
        served = sums[1].sum(axis=0) > 0
        return cls(sums[0][:, served], sums[1][:, served], lone, whole[1], whole[0])


def _likeness(units: Codes, y: Floats, n: Floats, unit_count: int) -> float:
    """Intraclass correlation of cells around their unit's rate."""
    filled = n > 0
    units, y, n = units[filled], y[filled], n[filled]
    tickets = np.bincount(units, weights=n, minlength=unit_count)
    yes = np.bincount(units, weights=y, minlength=unit_count)
    rates = np.divide(yes, tickets, out=np.zeros(unit_count), where=tickets > 0)
    sides, cells, whole = int((tickets > 0).sum()), len(n), float(n.sum())
    if cells <= sides or whole <= cells:
        return 0.0
    share = y / n
    between = float((n * (share - rates[units]) ** 2).sum()) / (cells - sides)
    within = float((n * share * (1 - share)).sum()) / (whole - cells)
    typical = (whole - float((n**2 / tickets[units]).sum())) / (cells - sides)
    spread = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def _clustering(sides: _Sides, likeness: float) -> Clustering:
    own, lone = sides.n[0], float(sides.lone[0])
    tickets = float(sides.tickets[0])
    if tickets <= 0:
        return Clustering(1.0, 1.0, "no tickets")
    accounts = float((own > 0).sum()) + lone
    if own.max(initial=0.0) > 1:
        if accounts < FEWEST_ACCOUNTS:
            return Clustering(1.0, 1.0, "too few accounts")
        if tickets**2 / (float((own**2).sum()) + lone) < FEWEST_EFFECTIVE_ACCOUNTS:
            return Clustering(1.0, 1.0, "most tickets are of one account")
    part = tickets / float(sides.tickets.sum())
    weight = np.array([1 - part, -part])  # of a ticket's residual in observed minus expected
    rates = np.divide(sides.yes, sides.tickets, out=np.zeros(2), where=sides.tickets > 0)
    alone = float(weight**2 @ sides.lone)
    # What independent tickets would give, and what tickets alike within an account would, each over p (1 - p).
    single = float(weight**2 @ sides.tickets)
    if single <= 0:
        return Clustering(1.0, max(1.0, accounts))
    expected = (1 - likeness) * (weight**2 @ sides.n) + likeness * (weight @ sides.n) ** 2
    pooled = (float(expected.sum()) + alone) / single
    # Judged as if the unit were like its peers: a unit at twice the rate has accounts at twice theirs, which would not cancel.
    scale = np.array([rates[1] / rates[0] if rates.min() > 0 else 1.0, 1.0])
    binomial = (weight * scale) ** 2 * rates * (1 - rates)
    independent = float(binomial @ sides.tickets)
    measured = 1.0
    count = len(expected) + float(sides.lone.sum())
    if independent > 0 and count > 1:
        moved = (weight * scale) @ (sides.y - rates[:, None] * sides.n)
        measured = count / (count - 1) * (float((moved**2).sum()) + float(binomial @ sides.lone)) / independent
    squares = float((expected**2).sum()) + float(weight**4 @ sides.lone)
    freedom = (float(expected.sum()) + alone) ** 2 / squares if squares > 0 else accounts
    return Clustering(max(1.0, pooled, measured), max(1.0, freedom))
