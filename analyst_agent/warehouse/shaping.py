"""Raw rows to the rows people see: keys of time grains, a spine without holes, order, limit, and the caveats the numbers carry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, cast

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Order, Period, QueryResult, SemanticQuery, Value
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.semantic.periods import Clock, Grain, build, describe, key_of, spine, unit_start

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_SPINE_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Shaped:
    """Rows and what must be said about their selection."""

    rows: tuple[dict[str, Value], ...]
    notes: tuple[str, ...]


def shape(
    raw: Sequence[tuple[Any, ...]], columns: Sequence[str], query: SemanticQuery, model: Model, clock: Clock
) -> Shaped:
    """Rows as dictionaries with stored keys for time grains; a time grain of a known period has no holes."""
    rows = [_row(values, columns, clock) for values in raw]
    rows = _with_spine(rows, columns, query, model, clock)
    rows = _ordered(rows, columns, query)
    notes: list[str] = []
    if query.limit is not None and len(rows) > query.limit:
        notes.append(f"{query.limit} of {len(rows)} rows are shown.")
        rows = rows[: query.limit]
    return Shaped(tuple(rows), tuple(notes))


def caveats_of(result: QueryResult, query: SemanticQuery, model: Model) -> list[str]:
    """What changes how the numbers read: unknown times, rates above 1, imputed handle times, values nobody recorded."""
    notes: list[str] = []
    for name in query.metrics:
        metric = model.metric(name)

        def total(companion: str, name: str = name) -> int:
            return sum(int(row.get(f"{name}__{companion}") or 0) for row in result.rows)

        unknown = total("unknown_time")
        if unknown and metric.starts_at_escalation:
            notes.append(
                f"For {unknown:,} escalated tickets the time of escalation is unknown; they are left out of the {metric.label}."
            )
        elif unknown:
            notes.append(
                f"For {unknown:,} escalated tickets the time of escalation is unknown; they count by the day of creation."
            )
        if metric.is_ratio and any(isinstance(r[name], float) and r[name] > 1 for r in result.rows):  # type: ignore[operator]
            notes.append(
                f"An {metric.label} above 100 % is unreliable: more tickets were escalated there than created in the period."
            )
        missing, used = total("missing"), total("n")
        if metric.unit == "currency" and missing and missing < used:
            notes.append(
                f"Handle time is missing for {missing:,} of {used:,} escalated tickets; they count with the mean of the known ones."
            )
        elif missing and metric.unit != "currency" and not metric.counts_open and not metric.starts_at_escalation:
            share = "no object of the period has a value" if used == 0 else f"{missing:,} without a value are left out"
            notes.append(f"{metric.label[:1].upper() + metric.label[1:]}: {share}.")
    return notes


def refuse_unknown_times(query: SemanticQuery, result: QueryResult, model: Model) -> None:
    """Raises NotPermitted for a measure that starts at the escalation where that time is unknown for every ticket it would rest on."""
    for name in query.metrics:
        metric = model.metric(name)
        if not metric.starts_at_escalation or not result.rows:
            continue
        used = sum(int(row.get(f"{name}__n") or 0) for row in result.rows)
        missing = sum(int(row.get(f"{name}__missing") or 0) for row in result.rows)
        unknown = sum(int(row.get(f"{name}__unknown_time") or 0) for row in result.rows)
        if used == 0 and unknown > 0 and unknown == missing:
            raise NotPermitted(
                f"The {metric.label} cannot be computed: the time of escalation is unknown for all {unknown:,} escalated tickets "
                f"{_within(query.period)}.",
                "The source has only a flag. Ask for counts or rates, which count these tickets by creation.",
            )


def _within(period: Period | None) -> str:
    return "loaded" if period is None or period.kind == "all" else f"in {describe(period)}"


def _row(values: tuple[Any, ...], columns: Sequence[str], clock: Clock) -> dict[str, Value]:
    row: dict[str, Value] = {}
    for name, value in zip(columns, values, strict=True):
        if name in GRAINS and value is not None:
            row[name] = _grain_key(name, value, clock.week_start)
        elif isinstance(value, float) and math.isnan(value):
            row[name] = None
        else:
            row[name] = value
    return row


def _grain_key(grain: str, value: Any, week_start: str) -> Value:
    if grain == "weekday":
        return WEEKDAY_NAMES[int(value) - 1]
    if grain == "hour":
        return int(value)
    day = value.date() if isinstance(value, datetime) else value
    return key_of(grain, day, week_start)


def _with_spine(
    rows: list[dict[str, Value]], columns: Sequence[str], query: SemanticQuery, model: Model, clock: Clock
) -> list[dict[str, Value]]:  # fmt: skip
    """Adds the cells in which nothing happened: counts 0, everything else empty."""
    grain = next((name for name in query.by if name in GRAINS), None)
    if grain is None:
        return rows
    keys = _spine_keys(grain, rows, query, clock)
    others = [name for name in query.by if name != grain]
    combinations = list(dict.fromkeys(tuple(row[name] for name in others) for row in rows)) if others else [()]
    if len(keys) * max(len(combinations), 1) > MOST_SPINE_ROWS:
        return rows
    present = {(row[grain], *(row[name] for name in others)) for row in rows}
    filled = list(rows)
    for key, combination in product(keys, combinations):
        if (key, *combination) not in present:
            row: dict[str, Value] = dict.fromkeys(columns)
            row[grain] = key
            row.update(dict(zip(others, combination, strict=True)))
            for name in query.metrics:
                row.update(_empty(name, columns, model))
            filled.append(row)
    place = {key: number for number, key in enumerate(keys)}
    filled.sort(key=lambda row: place.get(row[grain], len(place)))
    return filled


def _spine_keys(grain: str, rows: Sequence[dict[str, Value]], query: SemanticQuery, clock: Clock) -> list[Value]:
    if grain == "weekday":
        return list(WEEKDAY_NAMES)
    if grain == "hour":
        return list(range(24))
    if query.period is not None and query.period.kind != "all":
        start, end = query.period.start, query.period.end
    else:
        found = sorted(str(row[grain]) for row in rows if row[grain] is not None)
        if not found:
            return []
        start, end = _first_day(grain, found[0]), _first_day(grain, found[-1]) + timedelta(days=1)
    unit = cast(Grain, grain)
    parts = spine(build(start, end), unit, clock)
    return [key_of(grain, unit_start(grain, part.start, clock.week_start), clock.week_start) for part in parts]


def _first_day(grain: str, key: str) -> date:
    if grain == "month":
        return date(int(key[:4]), int(key[5:7]), 1)
    if grain == "quarter":
        return date(int(key[:4]), 3 * int(key[-1]) - 2, 1)
    if grain == "year":
        return date(int(key), 1, 1)
    return date.fromisoformat(key)


def _empty(name: str, columns: Sequence[str], model: Model) -> dict[str, Value]:
    metric = model.metric(name)
    found: dict[str, Value] = {name: 0 if metric.is_additive else None}
    for column in columns:
        if column.startswith(f"{name}__"):
            found[column] = 0
    return found


def _ordered(rows: list[dict[str, Value]], columns: Sequence[str], query: SemanticQuery) -> list[dict[str, Value]]:
    orders = query.order
    if not orders:
        if any(name in GRAINS for name in query.by) or not query.by:
            return rows
        orders = (Order(query.metrics[0]),)
    ordered = sorted(rows, key=lambda row: tuple(str(row[name]) for name in query.by))
    for order in reversed(orders):
        if order.column not in columns:
            raise UnknownName("column to order by", order.column, columns)
        empty = [row for row in ordered if row[order.column] is None]
        known = [row for row in ordered if row[order.column] is not None]
        known.sort(key=lambda row: row[order.column], reverse=order.descending)  # type: ignore[arg-type, return-value]
        ordered = [*known, *empty]
    return ordered
