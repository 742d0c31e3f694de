"""The cells of a time grain that a query spans, whether or not anything happened in them, and the rows that stand for nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import cast

from analyst_agent.records import SemanticQuery, Value
from analyst_agent.semantic.comparing import CALENDAR_GRAINS
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.semantic.periods import Clock, Grain, add_units, build, key_of, spine, unit_start

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_SPINE_ROWS = 100_000
Row = dict[str, Value]
Cell = tuple[Value, ...]


def empty_row(columns: Sequence[str], query: SemanticQuery, model: Model, cell: Mapping[str, Value]) -> Row:
    """A cell in which nothing happened: counts 0, everything else empty."""
    row: Row = dict.fromkeys(columns)
    row.update(cell)
    for name in query.metrics:
        row[name] = 0 if model.metric(name).is_additive else None
        row.update({column: 0 for column in columns if column.startswith(f"{name}__")})
    return row


def fill(
    rows: Sequence[Row], query: SemanticQuery, clock: Clock, empty: Callable[[Mapping[str, Value]], Row]
) -> tuple[Sequence[Row], list[str]]:
    """The rows with those of the cells in which nothing happened, in order of time, and what must be said where that is too many."""
    grains = [name for name in query.by if name in GRAINS]
    if not grains:
        return rows, []
    cells = time_cells(grains, rows, query, clock)
    others = [name for name in query.by if name not in grains]
    combinations = list(dict.fromkeys(tuple(row[name] for name in others) for row in rows)) if others else [()]
    notes: list[str] = []
    filled = list(rows)
    if len(cells) * len(combinations) > MOST_SPINE_ROWS:
        notes.append(f"Cells of {' and '.join(query.by)} in which nothing happened are left out: there are too many.")
    else:
        present = {(tuple(row[n] for n in grains), tuple(row[n] for n in others)) for row in rows}
        for cell, combination in product(cells, combinations):
            if (cell, combination) not in present:
                filled.append(empty(dict(zip(grains, cell, strict=True)) | dict(zip(others, combination, strict=True))))
    place = {cell: number for number, cell in enumerate(cells)}
    filled.sort(key=lambda row: place.get(tuple(row[n] for n in grains), len(place)))
    return filled, notes


def time_cells(
    grains: Sequence[str], rows: Sequence[Mapping[str, Value]], query: SemanticQuery, clock: Clock
) -> list[Cell]:
    """Every combination of the time grains that the period holds, in order; of all time, from the first to the last that occurs."""
    calendar = [name for name in grains if name in CALENDAR_GRAINS]
    hours: Sequence[Value] = range(24) if "hour" in grains else (None,)
    days: list[dict[str, Value]]
    if not calendar:
        days = [{"weekday": name} for name in (WEEKDAY_NAMES if "weekday" in grains else (None,))]
    else:
        span = _span(calendar, rows, query)
        if span is None:
            return []
        days = [_keys(day, calendar, clock) for day in _days(span, calendar, "weekday" in grains, clock)]
    found = (tuple((day | {"hour": hour})[name] for name in grains) for day in days for hour in hours)
    return list(dict.fromkeys(found))


def _days(span: tuple[date, date], calendar: Sequence[str], every: bool, clock: Clock) -> list[date]:
    """One day of each cell: of every unit, or all days where units of different kinds cross."""
    if len(calendar) == 1 and not every:
        return [part.start for part in spine(build(*span), cast(Grain, calendar[0]), clock)]
    return [span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days)]


def _keys(day: date, calendar: Sequence[str], clock: Clock) -> dict[str, Value]:
    keys = {name: key_of(name, unit_start(name, day, clock.week_start), clock.week_start) for name in calendar}
    return {**keys, "weekday": WEEKDAY_NAMES[day.weekday()]}


def _span(
    calendar: Sequence[str], rows: Sequence[Mapping[str, Value]], query: SemanticQuery
) -> tuple[date, date] | None:
    """The days that the cells cover; where all time is asked, those of the units that occur."""
    if query.period is not None and query.period.kind != "all":
        return query.period.start, query.period.end
    starts, ends = [], []
    for name in calendar:
        found = sorted(str(row[name]) for row in rows if row[name] is not None)
        if not found:
            return None
        starts.append(_first_day(name, found[0]))
        ends.append(add_units(_first_day(name, found[-1]), 1, name))
    return max(starts), min(ends)


def _first_day(grain: str, key: str) -> date:
    if grain == "month":
        return date(int(key[:4]), int(key[5:7]), 1)
    if grain == "quarter":
        return date(int(key[:4]), 3 * int(key[-1]) - 2, 1)
    if grain == "year":
        return date(int(key), 1, 1)
    return date.fromisoformat(key)
