"""Conditions on the clock: weekday, hour and business hours, in local time, of each metric's own time, as a split by them has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Filter
from analyst_agent.semantic.definitions import BUSINESS_HOURS, CLOCK
from analyst_agent.semantic.expressions import Environment, Scope
from analyst_agent.semantic.filters import typed
from analyst_agent.semantic.fragments import condition, grain_expression
from analyst_agent.settings import WEEKDAYS

INSIDE, OUTSIDE = "inside", "outside"
_FIRST_HOUR, _HOUR_AFTER, _LAST_DAY = 9, 17, 5
"""Business hours: from 09:00 up to 17:00, Monday to Friday."""


def conditions_of(scope: Scope, where: Sequence[Filter], environment: Environment) -> list[exp.Expression]:
    """SQL of a query's filters, those on the clock among them.

    Raises UnknownName or NotPermitted for a weekday, hour or word that there is not, and for objects that have no time.
    """
    clock = [one for one in where if one.field in CLOCK]
    others = tuple(one for one in where if one.field not in CLOCK)
    return [*scope.conditions(others, environment.restrictions), *(_on_clock(one, scope, environment) for one in clock)]


def _on_clock(one: Filter, scope: Scope, environment: Environment) -> exp.Expression:
    time = scope.model.datasets[scope.dataset].time
    if not time:
        raise NotPermitted(f"No time places {scope.dataset}s on a {one.field}.", "Leave that condition out.")
    local = environment.local_time(scope.column(time))
    known = replace(CLOCK[one.field], kind="number")
    if one.field == BUSINESS_HOURS:
        return condition(_business_hours(local), replace(one, value=_each(one, _inside)), replace(known, kind="text"))
    node = grain_expression(local, one.field, environment.week_start)
    numbers = replace(one, value=_each(one, _day if one.field == "weekday" else _hour))
    return condition(node, typed(numbers, known), known)


def _business_hours(local: exp.Expression) -> exp.Expression:
    """Inside or outside; empty where the time is unknown."""
    day, hour = (grain_expression(local.copy(), grain, "monday") for grain in ("weekday", "hour"))
    inside = exp.and_(
        exp.LTE(this=day, expression=exp.Literal.number(_LAST_DAY)),
        exp.GTE(this=hour, expression=exp.Literal.number(_FIRST_HOUR)),
        exp.LT(this=hour.copy(), expression=exp.Literal.number(_HOUR_AFTER)),
    )
    unknown = exp.If(this=exp.Is(this=local.copy(), expression=exp.Null()), true=exp.Null())
    arms = [unknown, exp.If(this=inside, true=exp.Literal.string(INSIDE))]
    return exp.Case(ifs=arms, default=exp.Literal.string(OUTSIDE))


def _each(one: Filter, read: object) -> object:
    """The values of a filter, each as `read` has it."""
    assert callable(read)
    if one.op in ("missing", "present"):
        return None
    values = one.value if isinstance(one.value, (tuple, list)) else (one.value,)
    found = tuple(read(value) for value in values)
    return found if isinstance(one.value, (tuple, list)) else found[0]


def _day(value: object) -> int:
    said = str(value).strip().lower()
    if said in WEEKDAYS:
        return WEEKDAYS.index(said) + 1
    if said in [str(number) for number in range(1, 8)]:
        return int(said)
    raise UnknownName("weekday", str(value), [day.capitalize() for day in WEEKDAYS])


def _hour(value: object) -> int:
    said = str(value).strip()
    if said in [str(number) for number in range(24)]:
        return int(said)
    raise NotPermitted(f"{value!r} is no hour of the day.", "Give a whole number from 0 to 23.")


def _inside(value: object) -> str:
    said = str(value).strip().lower()
    if said in (INSIDE, OUTSIDE):
        return said
    raise UnknownName("value of business_hours", str(value), (INSIDE, OUTSIDE))
