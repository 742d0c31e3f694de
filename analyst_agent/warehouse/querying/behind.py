"""The single objects behind a number: found by what the number says of itself, and listed only where they add up to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Period, Value
from analyst_agent.semantic.listing import Cell, Side, sides_of
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.semantic.period_labels import key_of
from analyst_agent.semantic.periods import Clock, spine
from analyst_agent.warehouse.querying.spine import WEEKDAY_NAMES

SHARES = {"share_of_escalations": "escalated_ticket_count", "share_of_tickets": "ticket_count"}
"""Shares of a whole that only skills tell: the metric whose objects they divide."""
ESCALATED = "escalated_ticket_count"
RESTS_ON = {
    "deviation_from_overall": "ticket_count",
    "standardised_difference": "ticket_count",
    "excludable_difference": "ticket_count",
    "cost_per_escalated_ticket": "escalated_ticket_count",
    "cost_per_day": "escalated_ticket_count",
    "share_of_cost": "escalated_ticket_count",
    "time_to_resolution_median": "escalated_ticket_count",
    "time_to_resolution_longer_than": "escalated_ticket_count",
    "imputed_handle_time_count": "escalated_ticket_count",
}
"""Numbers that only skills compute: the metric whose objects they are computed of."""
CALENDAR = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as an answer told it, with what finds its objects. n: how many it rests on; missing: how many it leaves out.

    tickets: ids of those it is made of, where they were chosen by what is written in them; () where the rest finds them. apart:
    of a row for all other values of a dimension, the values that have rows of their own.
    """

    metric: str
    value: Value
    dimensions: Mapping[str, Value]
    where: tuple[Filter, ...]
    period: Period | None
    n: int | None = None
    missing: int | None = None
    tickets: tuple[str, ...] = ()
    apart: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    @property
    def split(self) -> dict[str, Value]:
        """The dimensions that no condition fixes."""
        fixed = {one.field for one in self.where if one.op == "="}
        return {name: value for name, value in self.dimensions.items() if name not in fixed}


@dataclass(frozen=True, slots=True)
class Behind:
    """One list behind a number. name: counted, of (what a rate is per), measured, missing or rests (what it is computed of); count: how many objects it has;
    expected: how many the number says, None where it does not.
    """

    name: str
    side: Side
    cell: Cell
    count: int
    expected: int | None

    @property
    def adds_up(self) -> bool:
        """Whether the list is what the number says."""
        return self.expected is None or self.expected == self.count


def cell_of(one: Numbered, model: Model, clock: Clock, condition: Callable[[Filter], Filter]) -> Cell:
    """Where the number stands. condition: a filter with the value as it is stored. Raises NotPermitted for what no field of the model is."""
    fields: list[tuple[str, Value]] = []
    others: list[tuple[str, tuple[Value, ...]]] = []
    if one.tickets:
        return Cell()
    hours: list[tuple[str, int]] = []
    period = one.period
    for name, value in one.split.items():
        if name in CALENDAR:
            period = _unit(period, name, value, clock)
        elif name in GRAINS:
            hours.append((name, WEEKDAY_NAMES.index(str(value)) + 1 if name == "weekday" else int(value or 0)))
        elif name in one.apart:
            others.append((name, tuple(_stored(name, each, model, condition) for each in one.apart[name])))
        else:
            fields.append((name, _stored(name, value, model, condition)))
    return Cell(tuple(fields), tuple(others), tuple(hours), period)


def _stored(name: str, value: Value, model: Model, condition: Callable[[Filter], Filter]) -> Value:
    model.check_field(name)
    stored: Value | tuple[Value, ...] = value if value is None else condition(Filter(name, "=", value)).value
    if isinstance(stored, tuple):
        raise NotPermitted(f"{name} {value!r} stands for several stored values.", "Ask for one of them.")
    return stored


def sides_behind(one: Numbered, model: Model, where: tuple[Filter, ...]) -> list[tuple[str, Side, int | None]]:
    """Name, side and expected number of objects of each list. Raises UnknownName or NotPermitted where the number has none."""
    if one.tickets:
        return [_of_ids(one, model)]
    by = tuple(one.split)
    if one.metric in SHARES:
        [top] = sides_of(model, SHARES[one.metric], by, where)
        return [("counted", top, _part(one)), ("of", replace(top, by=()), one.n)]
    if one.metric in RESTS_ON:
        [side] = sides_of(model, RESTS_ON[one.metric], by, where)
        return [("rests", side, one.n)]
    metric = model.metric(one.metric)
    sides = sides_of(model, one.metric, by, where)
    if metric.is_ratio:
        return [("counted", sides[0], _part(one)), ("of", sides[1], one.n)]
    expected = {
        "all": _whole(one.value) if metric.is_count else one.n,
        "counted": _whole(one.value),
        "fulfilled": _part(one),
        "measured": one.n,
        "missing": one.missing,
    }
    names = {"all": "counted", "fulfilled": "counted", "measured": "of" if metric.unit == "ratio" else "measured"}
    return [(names.get(side.taken, side.taken), side, expected[side.taken]) for side in sides]


def _of_ids(one: Numbered, model: Model) -> tuple[str, Side, int]:
    """The list of tickets that a number names itself: it counts them where it is their number or their part of a whole."""
    named = Filter("ticket_id", "in", one.tickets)
    [side] = sides_of(model, ESCALATED, (), (named,))
    said = _part(one) if one.metric in SHARES else _whole(one.value)
    return "counted" if said == len(one.tickets) else "rests", side, len(one.tickets)


def _part(one: Numbered) -> int | None:
    """How many of those that a rate rests on it counts."""
    if one.n is None or not isinstance(one.value, (int, float)):
        return None
    return round(one.value * one.n)


def _whole(value: Value) -> int | None:
    return int(value) if isinstance(value, (int, float)) and float(value).is_integer() else None


def _unit(period: Period | None, grain: str, value: Value, clock: Clock) -> Period:
    """The unit of time that a value names, as far as it lies within the number's period."""
    whole = period or Period(clock.data_start or date(1970, 1, 1), (clock.data_end or clock.today))
    for unit in spine(whole, grain, clock):  # type: ignore[arg-type]
        if key_of(grain, unit.start, clock.week_start) == value:
            return unit
    raise NotPermitted(f"{value!r} is no {grain} of the number's period.", "Ask the question again.")
