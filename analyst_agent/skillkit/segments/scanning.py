"""Pairs of dimensions scanned for a rate that lives in a combination of two values rather than in either of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Filter, QueryResult, SemanticQuery, Value
from analyst_agent.rows import column_of
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.parts import Parts
from analyst_agent.skillkit.rates import ACCOUNT
from analyst_agent.skillkit.segments.compared import COHORT, Contributions, columns_of, contributions
from analyst_agent.statistics import (
    Departure,
    corrected_for_search,
    departure,
    single_tickets,
    strongest_combination,
)

SCANNED = (
    "tier", "segment", "industry", "region", "plan", "category", "product_area", "channel", "priority", "language",
    "support_level", "team",
)  # fmt: skip
OF_CUSTOMERS = frozenset({"tier", "segment", "industry", "region", "plan"})
MOST_VALUES = 25
MOST_CELLS = 20_000
MOST_EXAMINED = 3
WORTH_TESTING = 2.0
"""Standard errors of independent tickets; a combination with fewer would not be clear even if it were the only one looked at."""
SIGNIFICANT_AT = 0.05
ROUTED = 0.6
"""Where this share of a level's or team's tickets was escalated, they came to it by being escalated."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Successes and objects of a rate by the values of two dimensions, what is not recorded left out."""

    first: str
    second: str
    rows: tuple[Value, ...]
    columns: tuple[Value, ...]
    successes: NDArray[np.float64]
    totals: NDArray[np.float64]
    result: QueryResult
    is_whole: bool
    """Whether every object has a value of both."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The strongest combination of a pair: one value of `single` with one or several of `several`.

    p_value: corrected for the search within the pair. is_examined: whether by account; else tickets were taken as
    independent, which can only make it smaller. examined: the accounts behind the values of `single`, within and outside
    the values of `several`. is_left: not examined, since a clearer one shares a dimension or enough others were.
    """

    crossing: Crossing
    single: str
    value: Value
    several: str
    values: tuple[Value, ...]
    p_value: float
    departure: Departure | None
    is_examined: bool = False
    is_left: bool = False
    examined: tuple[Contributions, Contributions] | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Every pair that was looked at, with its strongest combination, None where no combination is beyond both parts.

    destinations: dimensions left out, since they tell where escalated tickets went, not where they came from.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    found: Mapping[tuple[str, str], Candidate | None] = ()  # type: ignore[assignment]
    too_small: tuple[tuple[str, str], ...] = ()
    destinations: tuple[str, ...] = ()

    @property
    def p_values(self) -> list[float | None]:
        """One for each pair, for the correction over everything scanned; None for those with too few tickets."""
        return [
            None if pair in self.too_small else (one.p_value if one else 1.0)
            for pair, one in ((pair, self.found.get(pair)) for pair in self.pairs)
        ]


def scanned_pairs(context: SkillContext, by: Sequence[str], is_open: bool) -> tuple[tuple[str, str], ...]:
    """The pairs worth crossing: those that hold the dimension asked about, or exactly the two asked about.

    is_open: where no dimension was asked about, all pairs. Two dimensions of customers are only crossed where both were
    asked about, and dimensions of more than 25 values, such as accounts and agents, never.
    """
    if any(not _can_be_crossed(context, name) for name in by):
        return ()
    if len(by) > 1:
        return ((by[0], by[1]),)
    others = [name for name in SCANNED if name not in by and _can_be_crossed(context, name)]
    names = sorted({*by, *others}, key=[*SCANNED, *by].index)
    pairs = combinations(names, 2) if is_open else ((by[0], other) for other in others)
    return tuple(pair for pair in pairs if not set(pair) <= OF_CUSTOMERS)


def _can_be_crossed(context: SkillContext, name: str) -> bool:
    if name in GRAINS or name not in context.model.dimensions() or context.model.dimensions()[name].personal:
        return False
    return name != ACCOUNT and 1 < len(context.queries.values(name)) <= MOST_VALUES


def scan(inquiry: Inquiry, metric: str, pairs: Sequence[tuple[str, str]], known: Iterable[QueryResult] = ()) -> Scan:
    """The strongest combination of every pair, the most promising examined by account.

    known: results of this rate that cross some of the dimensions already. What is not examined by account is taken as
    independent tickets, so that its p-value is, if anything, too small: where even that exceeds 5 % nothing is missed.
    """
    crossings = _crossings(inquiry, metric, pairs, known)
    destinations = _destinations(inquiry, crossings) if metric == COHORT else frozenset()
    pairs = [pair for pair in pairs if not destinations & set(pair)]
    found: dict[tuple[str, str], Candidate | None] = {}
    small = []
    for pair in pairs:
        crossing = crossings[pair]
        found[pair] = _strongest(crossing, inquiry.minimum)
        if crossing.totals.sum() < 4 * inquiry.minimum:
            small.append(pair)
    promising = sorted(
        ((one.p_value, i, pair) for i, (pair, one) in enumerate(found.items()) if one and one.p_value <= SIGNIFICANT_AT)
    )
    used: set[str] = set()
    count = 0
    for _, _, pair in promising:
        one = found[pair]
        if one is None:
            continue
        if used & set(pair) or count == MOST_EXAMINED:
            found[pair] = replace(one, p_value=1.0, is_left=True)
            continue
        count += 1
        found[pair] = one = examined(inquiry, metric, one)
        if one.p_value <= SIGNIFICANT_AT:
            used |= set(pair)
    return Scan(tuple(pairs), found, tuple(small), tuple(sorted(destinations)))


def _destinations(inquiry: Inquiry, crossings: Mapping[tuple[str, str], Crossing]) -> frozenset[str]:
    """The dimensions as last assigned one of whose values holds hardly any but escalated tickets."""
    dimensions = inquiry.context.model.dimensions()
    found = set()
    for pair, crossing in crossings.items():
        for axis, name in enumerate(pair):
            y, n = (table.sum(axis=1 - axis) for table in (crossing.successes, crossing.totals))
            if dimensions[name].role == "assigned" and ((n >= inquiry.minimum) & (y >= ROUTED * n)).any():
                found.add(name)
    return frozenset(found)


def _crossings(
    inquiry: Inquiry, metric: str, pairs: Sequence[tuple[str, str]], known: Iterable[QueryResult]
) -> dict[tuple[str, str], Crossing]:
    """Every pair's table, from as few queries as hold all pairs and stay small."""
    found: dict[tuple[str, str], Crossing] = {}
    for result in known:
        _cross(
            result, metric, [pair for pair in pairs if pair not in found and set(pair) <= set(result.columns)], found
        )
    while missing := [pair for pair in pairs if pair not in found]:
        by = _together(inquiry.context, missing)
        asked = SemanticQuery((metric,), by, inquiry.where, inquiry.period)
        result = inquiry.book.note(inquiry.context.queries.run(asked), is_said=False)
        _cross(result, metric, [pair for pair in missing if set(pair) <= set(by)], found)
    return found


def _together(context: SkillContext, missing: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The dimensions of the first missing pair, and those that add most missing pairs while the cells stay few."""
    chosen = list(missing[0])
    sizes = {name: len(context.queries.values(name)) + 1 for pair in missing for name in pair}
    while True:
        room = MOST_CELLS / prod(sizes[name] for name in chosen)
        gains = {
            name: sum(name in pair and (set(pair) - {name}) <= set(chosen) for pair in missing)
            for name in sizes
            if name not in chosen and sizes[name] <= room
        }
        best = max(gains, key=lambda name: gains[name], default=None)
        if best is None or not gains[best]:
            return tuple(chosen)
        chosen.append(best)


def _cross(
    result: QueryResult,
    metric: str,
    pairs: Sequence[tuple[str, str]],
    found: dict[tuple[str, str], Crossing],
) -> None:
    if not pairs:
        return
    y, n = columns_of(result.rows, metric)
    coded = {name: _coded(column_of(result.rows, name)) for name in dict.fromkeys(chain.from_iterable(pairs))}
    for pair in pairs:
        codes, labels = zip(*(coded[name] for name in pair), strict=True)
        inside = (codes[0] >= 0) & (codes[1] >= 0)
        shape = len(labels[0]), len(labels[1])
        place = codes[0][inside] * shape[1] + codes[1][inside]
        tables: list[NDArray[np.float64]] = [
            np.bincount(place, weights=values[inside], minlength=shape[0] * shape[1]).reshape(shape).astype(float)
            for values in (y, n)
        ]
        is_whole = bool(n[~inside].sum() == 0)
        found[pair] = Crossing(*pair, labels[0], labels[1], tables[0], tables[1], result, is_whole)


def _coded(values: Sequence[Value]) -> tuple[NDArray[np.int64], tuple[Value, ...]]:
    """Each value's place among the different ones in their order, -1 for what is not recorded; and these."""
    labels = sorted({value for value in set(values) if value is not None}, key=str)
    places: dict[Value, int] = {value: place for place, value in enumerate(labels)} | {None: -1}
    return np.fromiter(map(places.__getitem__, values), np.int64, len(values)), tuple(labels)


def _strongest(crossing: Crossing, fewest: int) -> Candidate | None:
    """The stronger of one row with several columns and one column with several rows."""
    y, n = crossing.successes, crossing.totals
    ways = [strongest_combination(y, n, fewest), strongest_combination(y.T, n.T, fewest)]
    best = max((w for w in ways if w is not None), key=lambda w: (w.weight, -len(w.columns)), default=None)
    if best is None:
        return None
    is_turned = best is not ways[0]
    single, several = (crossing.second, crossing.first) if is_turned else (crossing.first, crossing.second)
    rows, columns = (crossing.columns, crossing.rows) if is_turned else (crossing.rows, crossing.columns)
    tables = (y.T, n.T) if is_turned else (y, n)
    quarters = [_four(table, best.row, best.columns) for table in tables]
    plain = departure(*single_tickets(*quarters)) if best.statistic >= WORTH_TESTING else None
    p_value = 1.0
    if plain is not None and plain.beats_product:
        p_value = corrected_for_search(plain.p_value, *y.shape)
    return Candidate(crossing, single, rows[best.row], several, tuple(columns[c] for c in best.columns), p_value, plain)


def _four(table: NDArray[np.float64], row: int, columns: Sequence[int]) -> NDArray[np.float64]:
    """The combination, the rest of its row, the rest of its column and elsewhere."""
    inside = table[row, list(columns)].sum()
    in_row, in_columns = table[row].sum(), table[:, list(columns)].sum()
    return np.array([inside, in_row - inside, in_columns - inside, table.sum() - in_row - in_columns + inside])


def examined(inquiry: Inquiry, metric: str, one: Candidate) -> Candidate:
    """The combination tested by account, on two queries of as many rows as there are accounts and values of one dimension."""
    present = () if one.crossing.is_whole else (Filter(one.several, "present"),)
    within = contributions(inquiry, metric, (one.single,), (Filter(one.several, "in", one.values),), is_said=False)
    outside = contributions(
        inquiry, metric, (one.single,), (Filter(one.several, "not in", one.values), *present), is_said=False
    )
    found = departure(*_by_account(one.value, within.parts, outside.parts))
    p_value = 1.0
    if found is not None and found.beats_product:
        p_value = corrected_for_search(found.p_value, *one.crossing.totals.shape)
    return replace(one, p_value=p_value, departure=found, is_examined=True, examined=(within, outside))


def _by_account(
    value: Value, within: Parts, outside: Parts
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Both sides in the four parts as `departure` takes them, by account; what has no value of the single dimension left out."""
    labels = {label: place for place, label in enumerate(dict.fromkeys([*within.accounts, *outside.accounts]))}
    quarter = np.concatenate([_quarters(value, side, place) for place, side in ((0, within), (1, outside))])
    account = np.concatenate([side.among(labels) for side in (within, outside)])
    is_lone = account == labels.get(None, -1)
    counted, alone = [], []
    known, lone = (quarter >= 0) & ~is_lone, (quarter >= 0) & is_lone
    present, place = np.unique(account[known], return_inverse=True)
    for measure in ("successes", "totals"):
        values = np.concatenate([getattr(side, measure) for side in (within, outside)])
        sums = np.bincount(quarter[known] * len(present) + place, values[known], 4 * len(present))
        counted.append(sums.astype(float).reshape(4, len(present)))
        alone.append(np.bincount(quarter[lone], values[lone], 4).astype(float))
    single = single_tickets(*alone)
    weight = np.concatenate([np.ones(len(present)), single[2]])
    kept = weight > 0
    y, n = (
        np.hstack([of_accounts, of_single])[:, kept] for of_accounts, of_single in zip(counted, single[:2], strict=True)
    )
    return y, n, weight[kept]


def _quarters(value: Value, side: Parts, place: int) -> NDArray[np.int64]:
    """Which of the four parts each row is of, -1 for none. place: 0 within the values of the other dimension, 1 outside."""
    of_cell = [-1 if own is None else place if own == value else place + 2 for (own,) in side.cells]
    return np.array(of_cell, dtype=np.int64)[side.cell]
