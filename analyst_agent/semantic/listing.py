"""Which single objects a number is made of (of a count those counted, of a rate those above and below its line, of a mean those
measured), and the first of some objects in an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from analyst_agent.records import Filter, Order, Period, SemanticQuery, Value
from analyst_agent.semantic.clock_conditions import conditions_of
from analyst_agent.semantic.compiler import Compiled, planned, time_bounds
from analyst_agent.semantic.expressions import Environment, Scope, aggregate_argument
from analyst_agent.semantic.fragments import grain_expression, named
from analyst_agent.semantic.model import Metric, Model

Taken = Literal["all", "counted", "measured", "missing", "fulfilled"]
"""Of the objects of a metric's dataset: all; those that a COUNT counts; those with a value, those without, those for which it is 1."""
MEASURED = "measured"
"""The column with the value that a mean is taken of."""


@dataclass(frozen=True, slots=True)
class Side:
    """One list of objects behind a number: of which metric, split by which dimensions, under which conditions, and which of them."""

    metric: Metric
    by: tuple[str, ...]
    where: tuple[Filter, ...]
    taken: Taken


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number stands: its values of the fields that split (None where nothing is recorded), its hour and weekday (ISO, from
    1) where these split, and its period, that of the unit of time where one splits. others: of a row that stands for all other
    values of a field, the values that have rows of their own.
    """

    fields: tuple[tuple[str, Value], ...] = ()
    others: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    clock: tuple[tuple[str, int], ...] = ()
    period: Period | None = None


def sides_of(model: Model, metric: str, by: Sequence[str], where: Sequence[Filter]) -> list[Side]:
    """The lists behind a metric's number, the counted ones first; of a rate then what they are per, of a mean then what is left out.

    Raises UnknownName, NotGranted or NotPermitted as a query for it does.
    """
    plan = planned(model, SemanticQuery((metric,), tuple(by), tuple(where)))
    return [
        Side(measure.metric, measure.by, measure.where, taken)
        for measure in plan.measures
        for taken in _taken(measure.metric, model)
    ]


def _taken(metric: Metric, model: Model) -> tuple[Taken, ...]:
    tree = Scope(model, metric.dataset).parse(metric.expression)
    if isinstance(tree, exp.Count):
        return ("all",) if isinstance(tree.this, exp.Star) else ("counted",)
    if metric.unit == "currency":
        return ("all", "missing")
    if metric.unit == "ratio":
        return ("fulfilled", "measured", "missing")
    return ("measured", "missing")


def compile_side(
    model: Model, side: Side, cell: Cell, environment: Environment, fields: Sequence[str], rows: tuple[int, int] | None
) -> Compiled:
    """The tree that lists a side's objects with the named fields (those that it has), oldest first, and where something is measured
    its value. rows: the first one and how many; None for their number alone.
    """
    scope = Scope(model, side.metric.dataset)
    dataset = model.datasets[side.metric.dataset]
    shown = [name for name in fields if scope.find(name) is not None]
    select, argument = exp.Select(), _argument(side, scope, environment)
    if rows is None:
        select.select(named(exp.Count(this=exp.Star(), big_int=True), "rows"), copy=False)
        columns: tuple[str, ...] = ("rows",)
    else:
        select.select(*(named(scope.field(name), name) for name in shown), copy=False)
        columns = tuple(shown)
        if argument is not None and side.taken == "measured" and side.metric.unit != "ratio":
            select.select(named(argument.copy(), MEASURED), copy=False)
            columns = (*columns, MEASURED)
    conditions = [
        *time_bounds(scope, dataset.time, environment),
        *conditions_of(scope, side.where, environment),
        *scope.restricted(environment.restrictions),
        *_of_cell(side, cell, scope, environment),
        *_of_taken(side.taken, argument),
    ]
    scope.complete(select, conditions)
    if rows is None:
        return Compiled(select, columns, ())
    order = [scope.column(name) for name in (dataset.time, dataset.primary_key[0]) if name]
    select.order_by(*order, copy=False)
    first, most = rows
    return Compiled(select.limit(most, copy=False).offset(first, copy=False), columns, ())


def compile_first(
    model: Model,
    dataset: str,
    fields: Sequence[str],
    where: Sequence[Filter],
    environment: Environment,
    order: Sequence[Order],
    limit: int,
) -> Compiled:
    """The tree that lists the first objects of a dataset in the order of fields of theirs, those without a value last and those alike
    by their key. Which they are is found from what orders and limits them alone; the named fields are read of these few only.
    """
    key = model.datasets[dataset].primary_key[0]
    chosen, scope = exp.Select(), Scope(model, dataset)
    chosen.select(named(scope.column(key), key), copy=False)
    conditions = [
        *time_bounds(scope, model.datasets[dataset].time, environment),
        *conditions_of(scope, where, environment),
        *scope.restricted(environment.restrictions),
    ]
    places = _places(scope, order, key)
    scope.complete(chosen, conditions)
    chosen.order_by(*places, copy=False).limit(limit, copy=False)
    select, shown = exp.Select(), Scope(model, dataset)
    for name in fields:
        shown.reach(name, "the list")
        select.select(named(shown.field(name), name), copy=False)
    places = _places(shown, order, key)
    shown.complete(select, [exp.In(this=shown.column(key), query=exp.Subquery(this=chosen))])
    return Compiled(select.order_by(*places, copy=False), tuple(fields), ())


def _places(scope: Scope, order: Sequence[Order], key: str) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    for one in order:
        scope.reach(one.column, "the list")
        found.append(exp.Ordered(this=scope.field(one.column), desc=one.descending, nulls_first=False))
    return [*found, exp.Ordered(this=scope.column(key), desc=False, nulls_first=False)]


def _argument(side: Side, scope: Scope, environment: Environment) -> exp.Expression | None:
    """What the metric counts or measures of one object; None for a plain count of objects."""
    tree = scope.parse(side.metric.expression)
    if isinstance(tree, exp.Count):
        inside = None if isinstance(tree.this, exp.Star) else tree.this.copy()
    else:
        inside = aggregate_argument(side.metric, tree, scope)
    return None if inside is None else environment.functions(inside, scope, (), None)


def _of_taken(taken: Taken, argument: exp.Expression | None) -> list[exp.Expression]:
    if argument is None or taken == "all":
        return []
    if taken == "fulfilled":
        return [exp.EQ(this=argument, expression=exp.Literal.number(1))]
    empty = exp.Is(this=argument, expression=exp.Null())
    return [empty if taken == "missing" else exp.Not(this=empty)]


def _of_cell(side: Side, cell: Cell, scope: Scope, environment: Environment) -> list[exp.Expression]:
    filters = [Filter(n, "missing") if v is None else Filter(n, "=", v) for n, v in cell.fields if n in side.by]
    found = scope.conditions(filters)
    found += [_none_of(scope, name, values) for name, values in cell.others if name in side.by]
    time = scope.model.datasets[scope.dataset].time
    for grain, number in cell.clock:
        local = environment.local_time(scope.column(time))
        unit = grain_expression(local, grain, environment.week_start)
        found.append(exp.EQ(this=unit, expression=exp.Literal.number(number)))
    return found


def _none_of(scope: Scope, name: str, values: Sequence[Value]) -> exp.Expression:
    """None of the values, one of which may be that nothing is recorded (None)."""
    told = tuple(value for value in values if value is not None)
    named = scope.conditions([Filter(name, "not in", told)]) if told else []
    if None in values:
        [present] = scope.conditions([Filter(name, "present")])
        return exp.And(this=exp.paren(named[0]), expression=present) if named else present
    [missing] = scope.conditions([Filter(name, "missing")])
    return exp.paren(exp.Or(this=exp.paren(named[0]), expression=missing)) if named else exp.true()
