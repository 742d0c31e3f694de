"""Raw rows to the rows people see: keys of time grains, order, and the caveats the numbers carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import isnan
from operator import ne
from typing import Any

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Order, Period, SemanticQuery, Value
from analyst_agent.rows import Rows, column_of, rows_at, total_of
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.semantic.periods import Clock, describe, key_of
from analyst_agent.warehouse.querying.spine import WEEKDAY_NAMES, Row


def plain_rows(stored: Sequence[Sequence[Any]], columns: Sequence[str], clock: Clock) -> Rows:
    """Rows of stored columns, with the keys of time grains as people know them and None for what is no number."""
    return Rows(columns, [_plain(name, values, clock) for name, values in zip(columns, stored, strict=True)])


def columns_of(raw: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> list[Sequence[Any]]:
    """Rows as a statement gave them, by column; each is there also where there is no row."""
    return list(zip(*raw, strict=True)) if raw else [()] * len(columns)


def caveats_of(rows: Sequence[Mapping[str, Value]], query: SemanticQuery, model: Model) -> list[str]:
    """What changes how the numbers read: unknown times, rates above 1, imputed handle times, values nobody recorded."""
    notes: list[str] = []
    for name in query.metrics:
        metric = model.metric(name)

        unknown = total_of(rows, f"{name}__unknown_time")
        if unknown and metric.starts_at_escalation:
            notes.append(
                f"For {unknown:,} escalated tickets the time of escalation is unknown; they are left out of the {metric.label}."
            )
        elif unknown:
            notes.append(
                f"For {unknown:,} escalated tickets the time of escalation is unknown; they count by the day of creation."
            )
        if metric.is_ratio and max(filter(None, column_of(rows, name)), default=0) > 1:
            notes.append(
                f"An {metric.label} above 100 % is unreliable: more tickets were escalated there than created in the period."
            )
        missing = total_of(rows, f"{name}__missing")
        used = total_of(rows, f"{name}__n") if missing else 0
        if metric.unit == "currency" and missing and missing < used:
            notes.append(
                f"Handle time is missing for {missing:,} of {used:,} escalated tickets; they count with the mean of the known ones."
            )
        elif missing and metric.unit != "currency" and not metric.counts_open and not metric.starts_at_escalation:
            share = "no object of the period has a value" if used == 0 else f"{missing:,} without a value are left out"
            notes.append(f"{metric.label[:1].upper() + metric.label[1:]}: {share}.")
    return notes


def refuse_unknown_times(query: SemanticQuery, rows: Sequence[Mapping[str, Value]], model: Model) -> None:
    """Raises NotPermitted for a measure that starts at the escalation where that time is unknown for every ticket it would rest on."""
    for name in query.metrics:
        metric = model.metric(name)
        if not metric.starts_at_escalation or not rows:
            continue
        used, missing, unknown = (total_of(rows, f"{name}__{c}") for c in ("n", "missing", "unknown_time"))
        if used == 0 and unknown > 0 and unknown == missing:
            raise NotPermitted(
                f"The {metric.label} cannot be computed: the time of escalation is unknown for all {unknown:,} escalated tickets "
                f"{_within(query.period)}.",
                "The source has only a flag. Ask for counts or rates, which count these tickets by creation.",
            )


def _within(period: Period | None) -> str:
    return "loaded" if period is None or period.kind == "all" else f"in {describe(period)}"


def _plain(name: str, values: Sequence[Any], clock: Clock) -> Sequence[Value]:
    """One column as people see it; most need no change, which their types tell at once."""
    if name in GRAINS:
        keys = {value: _grain_key(name, value, clock.week_start) for value in set(values) if value is not None}
        return [keys.get(value) for value in values]
    if float in set(map(type, values)) and any(map(ne, values, values)):  # only NaN differs from itself
        return [None if isinstance(value, float) and isnan(value) else value for value in values]
    return values


def _grain_key(grain: str, value: Any, week_start: str) -> Value:
    if grain == "weekday":
        return WEEKDAY_NAMES[int(value) - 1]
    if grain == "hour":
        return int(value)
    day = value.date() if isinstance(value, datetime) else value
    return key_of(grain, day, week_start)


def check_order(query: SemanticQuery, columns: Sequence[str]) -> None:
    """Raises UnknownName for an order by what is no column of the result."""
    for order in query.order:
        if order.column not in columns:
            raise UnknownName("column to order by", order.column, columns)


def ordered(rows: Sequence[Row], query: SemanticQuery, last: Callable[[Row], bool] | None = None) -> Sequence[Row]:
    """Rows in the order asked for: else by time, then by the first metric, the largest first. Equal ones by name, empty ones
    at the end, and what stands for the rest (`last`, where something does) after all that stand for themselves.
    """
    grains = [name for name in query.by if name in GRAINS]
    names = [name for name in query.by if name not in GRAINS]
    found = _by_names(rows, names)
    by_default = [*(Order(name, False) for name in grains), Order(query.metrics[0])] if query.by else []
    for order in (Order(name, False) for name in reversed(grains)):
        found = _sorted(found, rows, order)
    for order in reversed(query.order or by_default):
        found = _sorted(found, rows, order)
        if last is not None and order.column not in grains:
            found = [*(at for at in found if not last(rows[at])), *(at for at in found if last(rows[at]))]
    return rows_at(rows, found)


def _sorted(places: list[int], rows: Sequence[Row], order: Order) -> list[int]:
    """Places of rows in the order of one column, empty ones at the end, equal ones as they were."""
    values = column_of(rows, order.column)
    keys: Sequence[Any] = values
    if order.column == "weekday":
        keys = [None if value is None else WEEKDAY_NAMES.index(str(value)) for value in values]
    known = [at for at in places if values[at] is not None] if None in values else places
    found = sorted(known, key=keys.__getitem__, reverse=order.descending)
    return found if len(found) == len(places) else [*found, *(at for at in places if values[at] is None)]


def _by_names(rows: Sequence[Row], names: Sequence[str]) -> list[int]:
    """Places of rows in the order of names, the first one first, empty ones at the end, equal ones as they were: every row by one
    number, which its values' places make up, so that many rows of many dimensions are sorted once.
    """
    numbers = [0] * len(rows)
    for name in names:
        values = column_of(rows, name)
        words = {value: str(value) for value in set(values) if value is not None}
        order = {word: place for place, word in enumerate(sorted(set(words.values())))}
        places: dict[Value, int] = {value: order[word] for value, word in words.items()} | {None: len(order)}
        size = len(order) + 1
        numbers = [
            number * size + place for number, place in zip(numbers, map(places.__getitem__, values), strict=True)
        ]
    return sorted(range(len(rows)), key=numbers.__getitem__)
