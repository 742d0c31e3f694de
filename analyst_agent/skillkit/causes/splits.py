"""The change of the number of escalated tickets and of their rate split into volume, mix and rate over a dimension of tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Period, QueryResult, Value
from analyst_agent.rows import column_of
from analyst_agent.skillkit.inquiry import RATE, Inquiry
from analyst_agent.skillkit.parts import Parts, numbers_of
from analyst_agent.skillkit.rates import ACCOUNT, TOO_FEW_TICKETS, Difference, by_account
from analyst_agent.skillkit.tables import ALL_OTHERS
from analyst_agent.statistics import Estimate, Split, decidable, split_change

SPLIT_BY = ("product_area", "category", "channel", "language")
"""In this order; all are known when a ticket is created, so that escalating does not move a ticket from cell to cell."""
RECORDED = 0.5
MOST_CELLS = 12
LIKE_WEEKDAYS = 0.1
"""Periods whose weekdays differ by more than this share of their days are not alike: weekends hold fewer tickets."""
OTHER_WEEKDAYS = "other days of the week"


@dataclass(frozen=True, slots=True)
class Counted:
    """Tickets and escalated ones by cell and account in the comparison period (first) and in the period asked about.

    dimension: what the cells are of, "" where no dimension can split the tickets and all are one cell. spans: the
    days of each period that lie within the data.
    """

    dimension: str
    cells: tuple[Parts, Parts]
    spans: tuple[Period, Period]
    source: QueryResult

    @property
    def days(self) -> tuple[int, int]:
        """How many days of data each period holds."""
        return self.spans[0].days, self.spans[1].days

    @property
    def has_like_weekdays(self) -> bool:
        """Whether both periods hold nearly the same share of each day of the week, so that tickets a day compare."""
        shares = [_weekdays(span) for span in self.spans]
        distance = sum(abs(a - b) for a, b in zip(*shares, strict=True)) / 2
        return bool(distance <= LIKE_WEEKDAYS)


@dataclass(frozen=True, slots=True)
class ChangeSplit:
    """The parts of a change and their tests. tickets and escalated: shape (2, cells), the comparison period first.

    names: the cells, the largest first, `all others` last where some were taken together.
    """

    dimension: str
    names: tuple[Value, ...]
    tickets: NDArray[np.float64]
    escalated: NDArray[np.float64]
    days: tuple[int, int]
    split: Split
    has_like_weekdays: bool
    source: QueryResult
    minimum: int

    @property
    def length(self) -> float:
        """The part of the change that comes from the other number of days."""
        return float(self.escalated[0].sum()) * (self.days[1] / self.days[0] - 1)

    def tests(self) -> list[Difference]:
        """Change, volume, mix and rate, those of the rate, and the rate of each cell: all that is claimed, in this order."""
        one, all_few = self.split, self._is_few(self.escalated.sum(axis=1), self.tickets.sum(axis=1))
        whole = (one.change, one.volume, one.mix, one.rate, one.rate_from_mix, one.rate_from_rate)
        found = [_difference(estimate, all_few) for estimate in whole]
        if not self.has_like_weekdays and not all_few:
            found[:2] = [Difference(estimate.value, reason=OTHER_WEEKDAYS) for estimate in whole[:2]]
        for at, estimate in enumerate(one.cells):
            found.append(_difference(estimate, self._is_few(self.escalated[:, at], self.tickets[:, at])))
        return found

    def _is_few(self, escalated: NDArray[np.float64], tickets: NDArray[np.float64]) -> bool:
        return bool(escalated.sum() < self.minimum or tickets.min() < self.minimum)


def counted_by_cell(inquiry: Inquiry, before: Period) -> Counted:
    """Both periods by the first dimension of `SPLIT_BY` that no filter fixes and at least half of the tickets have."""
    fixed = {one.field for one in inquiry.where if one.op == "="}
    for dimension in SPLIT_BY:
        if dimension in fixed or not inquiry.context.has(dimension):
            continue
        (now, source), (past, other) = _cells(inquiry, dimension, (inquiry.period, before))
        inquiry.book.note(source)
        if _is_recorded(now):
            inquiry.book.note(other)
            return Counted(dimension, (past, now), _spans(inquiry, before), source)
    (past, other), (now, source) = _cells(inquiry, "", (before, inquiry.period))
    for result in (other, source):
        inquiry.book.note(result)
    return Counted("", (past, now), _spans(inquiry, before), source)


def split_of(counted: Counted, minimum: int) -> ChangeSplit | None:
    """The change split over its cells; None where a period has no tickets or no day of data.

    Cells of fewer than `minimum` tickets in both periods, and all but the largest, are taken together.
    """
    names = list(dict.fromkeys([*counted.cells[0].cells, *counted.cells[1].cells]))
    known = [_sums(side) for side in counted.cells]
    sums = np.array([[side.get(name, (0.0, 0.0)) for name in names] for side in known]).reshape(2, len(names), 2)
    if not names or min(counted.days) <= 0:
        return None
    order = sorted(range(len(names)), key=lambda i: (-sums[:, i, 0].sum(), str(names[i])))
    names, sums = [names[i] for i in order], sums[:, order]
    sizes = sums[:, :, 0].sum(axis=0)
    fewest = max(float(minimum), float(sizes[MOST_CELLS]) + 1 if len(names) > MOST_CELLS else 0.0)
    place = decidable(sums[:, :, 0], sums[:, :, 1], fewest)
    if place is None:
        return None
    width = int(place.max()) + 1
    kept = [[name for name, at in zip(names, place, strict=True) if at == cell] for cell in range(width)]
    cells = {name: int(at) for name, at in zip(names, place, strict=True)}
    accounts, lone = _arrays(counted, cells, width)
    tickets, escalated = (accounts[m].sum(axis=1) + lone[m] for m in (0, 1))
    shown = tuple(group[0] if len(group) == 1 else ALL_OTHERS for group in kept)
    split = split_change(accounts[0], accounts[1], counted.days[1] / counted.days[0], lone)
    likeness = counted.has_like_weekdays
    return ChangeSplit(
        counted.dimension, shown, tickets, escalated, counted.days, split, likeness, counted.source, minimum
    )


def _cells(inquiry: Inquiry, dimension: str, periods: Sequence[Period]) -> list[tuple[Parts, QueryResult]]:
    """The accounts behind the rate in every cell of each period, read together; the book has yet to be told."""
    by = ((dimension,) if dimension else ()) + by_account(inquiry.context)
    found = []
    for result in inquiry.context.queries.run_all([inquiry.query((RATE,), by, period) for period in periods]):
        rows = result.rows
        names = column_of(rows, dimension) if dimension else [None] * len(rows)
        accounts = column_of(rows, ACCOUNT) if ACCOUNT in by else None
        values = (numbers_of(rows, f"{RATE}__{part}") for part in ("numerator", "denominator"))
        found.append((Parts.coded(names, accounts, *values), result))
    return found


def _is_recorded(cells: Parts) -> bool:
    """Whether the tickets have at least two values, and at least half of them any."""
    sizes = {name: total for name, (total, _) in _sums(cells).items()}
    known = [size for name, size in sizes.items() if name is not None and size]
    return len(known) > 1 and sum(known) >= RECORDED * sum(sizes.values())


def _sums(parts: Parts) -> dict[Value, tuple[float, float]]:
    """Tickets and escalated ones of each cell."""
    successes, totals = (values.tolist() for values in parts.sums())
    return dict(zip(parts.cells, zip(totals, successes, strict=True), strict=True))


def _arrays(
    counted: Counted, cells: Mapping[Value, int], width: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tickets and escalated ones by period, account and cell, shape (2, 2, accounts, cells); of no known account (2, 2, cells)."""
    labels = dict.fromkeys(label for side in counted.cells for label in side.accounts if label is not None)
    index: dict[Value, int] = {label: place for place, label in enumerate(labels)} | {None: -1}
    accounts, lone = np.zeros((2, 2, len(labels), width)), np.zeros((2, 2, width))
    for period, side in enumerate(counted.cells):
        cell = np.array([cells[name] for name in side.cells], dtype=np.int64)[side.cell]
        account = side.among(index)
        known = account >= 0
        for measure, values in enumerate((side.totals, side.successes)):
            sums = np.bincount(account[known] * width + cell[known], values[known], len(labels) * width)
            accounts[measure, period] = sums.reshape(len(labels), width)
            lone[measure, period] = np.bincount(cell[~known], values[~known], width)
    return accounts, lone


def _spans(inquiry: Inquiry, before: Period) -> tuple[Period, Period]:
    """The days of both periods that lie within the data."""
    first, last = inquiry.context.queries.first_day, inquiry.context.queries.last_day

    def span(period: Period) -> Period:
        start = max(period.start, first) if first else period.start
        end = min(period.end, last + timedelta(days=1)) if last else period.end
        return Period(start, max(start, end))

    return span(before), span(inquiry.period)


def _weekdays(period: Period) -> list[float]:
    """The share of each day of the week in a period."""
    weeks, rest = divmod(period.days, 7)
    counts = [weeks] * 7
    for day in range(rest):
        counts[(period.start.weekday() + day) % 7] += 1
    return [count / max(1, period.days) for count in counts]


def _difference(estimate: Estimate, is_few: bool) -> Difference:
    if is_few:
        return Difference(estimate.value, reason=TOO_FEW_TICKETS)
    return Difference(estimate.value, estimate.interval, estimate.p_value, estimate.reason)
