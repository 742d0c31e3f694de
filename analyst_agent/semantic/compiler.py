"""A semantic query to one SQL tree: each measure aggregated at its own grain, joins many to one, ratios last; names come only from the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlglot import exp

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.assembly import assemble
from analyst_agent.semantic.clock_conditions import conditions_of
from analyst_agent.semantic.cohorts import summed, unjoined
from analyst_agent.semantic.counting import count_missing, count_of, everything, plainer
from analyst_agent.semantic.expressions import Environment, Scope, aggregate_argument
from analyst_agent.semantic.folding import Fold
from analyst_agent.semantic.fragments import cast_to, double, grain_expression, minutes_between, named
from analyst_agent.semantic.model import GRAINS, Metric, Model
from analyst_agent.semantic.overlapping import is_of_several, several_of
from analyst_agent.semantic.shortcuts import shortened
from analyst_agent.semantic.staging import can_be_staged, is_worth_staging, staged

KIND_NOTE = "escalations of that kind per all tickets"
ASSIGNED_NOTE = "as last assigned, not a cause"


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate that one SELECT computes: a metric's own, or a ratio's part."""

    metric: Metric
    by: tuple[str, ...]
    where: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query asks, checked: its metrics and dimensions without repeats, the measures they take, and what must be said of them."""

    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    measures: tuple[Measure, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL tree of a query, its result columns and what must be said about how it is to be read."""

    tree: exp.Query
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    def sql(self, dialect: str = "duckdb", pretty: bool = True) -> str:
        """The text for an engine."""
        return self.tree.sql(dialect=dialect, pretty=pretty)


def compile_query(model: Model, query: SemanticQuery, environment: Environment, fold: Fold | None = None) -> Compiled:
    """The tree for a query; `compare`, `top`, `share`, order and limit are the caller's. fold: values of a dimension counted as one.

    Raises UnknownName, NotGranted or NotPermitted, each naming what is wrong and what is valid.
    """
    plan = planned(model, query)
    groups: dict[tuple[str, tuple[str, ...], tuple[Filter, ...]], list[Metric]] = {}
    for measure in plan.measures:
        groups.setdefault((measure.metric.dataset, measure.by, measure.where), []).append(measure.metric)
    selects = [
        (group_by, _select(model, dataset, wanted, group_by, where, query, environment, fold))
        for (dataset, group_by, where), wanted in groups.items()
    ]
    tree, columns = assemble(plan.metrics, plan.by, selects)
    return Compiled(tree, columns, plan.notes)


def planned(model: Model, query: SemanticQuery) -> Plan:
    """What a query asks, checked against the model. Raises as compile_query does."""
    if not query.metrics:
        raise NotPermitted("No metric was named.", f"For example {next(iter(model.metrics))}.")
    metrics = tuple(model.metric(name) for name in dict.fromkeys(query.metrics))
    by = tuple(dict.fromkeys(query.by))
    for name in by:
        model.check_dimension(name)
    for one in query.where:
        model.check_condition(one.field)
    notes: list[str] = []
    measures: dict[str, Measure] = {}
    for metric in metrics:
        for part, is_denominator in _parts(model, metric):
            measure = _measure(model, metric, part, by, query.where, is_denominator, notes, query.overlapping)
            known = measures.get(part.name)
            if known is not None and known != measure:
                raise NotPermitted(
                    f"{part.name} beside {metric.name} would count different tickets here.", "Ask for them one by one."
                )
            measures[part.name] = measure
    return Plan(metrics, by, tuple(measures.values()), tuple(dict.fromkeys(notes)))


def _parts(model: Model, metric: Metric) -> list[tuple[Metric, bool]]:
    if not metric.is_ratio:
        return [(metric, False)]
    return [(model.metric(metric.numerator), False), (model.metric(metric.denominator), True)]


def _measure(
    model: Model, asked: Metric, part: Metric, by: tuple[str, ...], where: tuple[Filter, ...], is_denominator: bool, notes: list[str],
    overlapping: bool,
) -> Measure:  # fmt: skip
    """The dimensions and filters that a part takes: escalation attributes do not restrict the tickets that a rate is per."""
    scope = Scope(model, part.dataset)
    kept_by: list[str] = []
    for name in by:
        if name in GRAINS:
            kept_by.append(name)
            continue
        overlaps = overlapping and is_of_several(scope, name)
        role = model.check_field(name).role if overlaps else scope.role(name)
        if is_denominator and role == "escalation":
            notes.append(f"By {model.dimension_label(name)}: {KIND_NOTE}.")
            continue
        if part.dataset == "ticket" and role == "escalation" and not asked.is_ratio:
            raise NotPermitted(
                f"{asked.name} cannot be split by {name}: a ticket has one only once it is escalated.",
                "Ask for escalated_ticket_count, or escalation_rate, by it.",
            )
        if part.dataset == "ticket" and role == "outcome" and asked.is_ratio:
            raise NotPermitted(
                f"{asked.name} cannot be split by {name}: it is known only after the ticket was handled.",
                "Split by what a ticket has when it is created, such as product_area or tier.",
            )
        if not overlaps:
            scope.reach(name, asked.name)
        if part.dataset == "ticket" and role == "assigned":
            notes.append(f"By {model.dimension_label(name)}: {ASSIGNED_NOTE}.")
        kept_by.append(name)
    kept_where: list[Filter] = []
    for one in where:
        if is_denominator and scope.is_of_some(one.field):
            notes.append(f"Where {model.dimension_label(one.field)} is given: {KIND_NOTE}.")
            continue
        kept_where.append(one)
    return Measure(part, tuple(kept_by), tuple(kept_where))


def _select(
    model: Model, dataset: str, metrics: list[Metric], by: tuple[str, ...], where: tuple[Filter, ...], query: SemanticQuery,
    environment: Environment, fold: Fold | None,
) -> exp.Select:  # fmt: skip
    """One SELECT over one dataset: dimensions, the metrics' aggregates and their companions."""
    scope = Scope(model, dataset)
    scope.several = several_of(scope, by, where)
    own = where if scope.several is None else tuple(one for one in where if one not in scope.several.where)
    aggregates = aggregates_of(scope, metrics, query, environment)
    conditions = [
        *time_bounds(scope, model.datasets[dataset].time, environment),
        *conditions_of(scope, own, environment),
        *scope.restricted(environment.restrictions),
    ]
    return grouped(scope, by, aggregates, conditions, environment, fold)


def aggregates_of(
    scope: Scope, metrics: Sequence[Metric], query: SemanticQuery, environment: Environment
) -> dict[str, exp.Expression]:
    """What the metrics aggregate over the scope's dataset, with their companions, by name."""
    over = environment if environment.imputed_over is None else replace(environment, bounds=environment.imputed_over)
    imputed = time_bounds(scope, scope.model.datasets[scope.dataset].time, over)
    aggregates: dict[str, exp.Expression] = {}
    for metric in metrics:
        aggregates |= _aggregates(metric, scope, environment, imputed, query)
    return aggregates


def grouped(
    scope: Scope, by: tuple[str, ...], aggregates: dict[str, exp.Expression], conditions: Sequence[exp.Expression],
    environment: Environment, fold: Fold | None = None,
) -> exp.Select:  # fmt: skip
    """The aggregates by dimension, in the way that is least work. scope: in which aggregates and conditions were resolved."""
    model, dataset = scope.model, scope.dataset
    outer = Scope(model, dataset, several=scope.several)
    dims = {name: _dimension(name, outer, model.datasets[dataset].time, environment, fold) for name in by}
    if by and is_worth_staging(outer, by, dims) and can_be_staged(aggregates):
        return staged(outer, scope, dims, aggregates, conditions)
    scope.paths |= outer.paths
    select = exp.Select()
    for name, node in (dims | aggregates).items():
        select.select(named(node, name), copy=False)
    shortened(scope.complete(select, conditions))
    if by:
        select.group_by(*(exp.Literal.number(number + 1) for number in range(len(by))), copy=False)
    parts = unjoined(model, select)
    return select if parts is None else summed(parts, by)


def _dimension(name: str, scope: Scope, time: str, environment: Environment, fold: Fold | None) -> exp.Expression:
    """The SQL of what splits: a field, values beyond the first N as one, or a unit of local time."""
    if name in GRAINS:
        return grain_expression(environment.local_time(scope.column(time)), name, environment.week_start)
    node = scope.field(name)
    return fold.apply(node) if fold is not None and name == fold.dimension else node


def time_bounds(scope: Scope, time: str, environment: Environment) -> list[exp.Expression]:
    """The half-open period on a dataset's time field, as UTC instants; nothing where all time is asked."""
    if environment.bounds is None:
        return []
    if not time:
        raise NotPermitted(f"No time places {scope.dataset}s in a period.", "Leave the period out.")
    column = scope.column(time)
    start, end = (timestamp(b) for b in environment.bounds)
    return [exp.GTE(this=column, expression=start), exp.LT(this=column.copy(), expression=end)]


def timestamp(moment: datetime) -> exp.Expression:
    """A typed literal."""
    return cast_to(exp.Literal.string(moment.strftime("%Y-%m-%d %H:%M:%S")), "TIMESTAMP")


def _aggregates(
    metric: Metric, scope: Scope, environment: Environment, bounds: Sequence[exp.Expression], query: SemanticQuery
) -> dict[str, exp.Expression]:
    """The metric's value and companions: n it rests on, missing ones left out, the numerator of a share, open and unknown times."""
    tree = scope.parse(metric.expression)
    argument = aggregate_argument(metric, tree, scope)
    value = plainer(environment.functions(tree, scope, bounds, query.cost_per_hour))
    columns: dict[str, exp.Expression] = {metric.name: value}
    if argument is None:
        columns[f"{metric.name}__n"] = value.copy() if metric.is_count else everything()
    else:
        shown = environment.functions(argument, scope, bounds, query.cost_per_hour)
        is_imputed = bool(metric.missing_of) and metric.unit == "currency"
        columns[f"{metric.name}__n"] = everything() if is_imputed else count_of(shown)
        columns[f"{metric.name}__missing"] = count_missing(shown)
        if metric.unit == "ratio":
            columns[f"{metric.name}__numerator"] = exp.Sum(this=shown)
    if metric.counts_open:
        columns[f"{metric.name}__open"] = count_missing(scope.field("resolved_at"))
    if metric.dataset == "escalated_ticket":
        columns[f"{metric.name}__unknown_time"] = count_missing(scope.field("escalated_at"))
    return columns


def compile_rows(
    model: Model,
    dataset: str,
    fields: Sequence[str],
    where: Sequence[Filter],
    environment: Environment,
    limit: int | None,
    share: float | None = None,
) -> Compiled:
    """The tree that lists objects of a dataset with the named fields, oldest first by its time field. share: only those of about
    that part of the tickets, the same ones every time and on every engine.
    """
    scope = Scope(model, dataset)
    select = exp.Select()
    for name in fields:
        scope.reach(name, "the list")
        select.select(named(scope.field(name), name), copy=False)
    time = model.datasets[dataset].time
    conditions = [
        *time_bounds(scope, time, environment),
        *conditions_of(scope, where, environment),
        *scope.restricted(environment.restrictions),
        *([] if share is None else [_drawn(scope, share)]),
    ]
    shortened(scope.complete(select, conditions))
    order = [scope.column(name) for name in (time, model.datasets[dataset].primary_key[0]) if name]
    select.order_by(*order, copy=False)
    return Compiled(select if limit is None else select.limit(limit, copy=False), tuple(fields), ())


def _drawn(scope: Scope, share: float) -> exp.Expression:
    """Whether a ticket is in a sample: the first eight digits of the MD5 of its id, which no time or text has a part in."""
    digest = exp.MD5(this=cast_to(scope.field("ticket_id"), "VARCHAR"))
    return exp.LT(this=digest, expression=exp.Literal.string(f"{min(int(share * 16**8), 16**8 - 1):08x}"))


def compile_values(
    model: Model, dataset: str, name: str, where: Sequence[Filter], environment: Environment, limit: int
) -> Compiled:
    """The tree that lists the values of a dataset's category, most frequent first."""
    scope = Scope(model, dataset)
    value = cast_to(scope.field(name), "VARCHAR")
    select = exp.Select().select(named(value, "value"), named(exp.Count(this=exp.Star()), "uses"), copy=False)
    present = [Filter(name, "present"), *where]
    scope.complete(select, [*scope.conditions(present), *scope.restricted(environment.restrictions)])
    select.group_by(exp.Literal.number(1), copy=False)
    uses = exp.Ordered(this=exp.Literal.number(2), desc=True)
    select.order_by(uses, exp.Literal.number(1), copy=False).limit(limit, copy=False)
    return Compiled(select, ("value", "uses"), ())


def compile_lag(model: Model, quantile: float, environment: Environment) -> Compiled:
    """The tree of the days within which a share of the escalations with a known time came after creation."""
    scope = Scope(model, "escalated_ticket")
    minutes = minutes_between(scope.column("created_at"), scope.column("escalated_at"))
    lag = exp.PercentileCont(this=minutes, expression=double(quantile))
    select = exp.Select().select(named(exp.Div(this=lag, expression=exp.Literal.number("1440.0")), "days"), copy=False)
    return Compiled(scope.complete(select, scope.restricted(environment.restrictions)), ("days",), ())


__all__ = ["Compiled", "Environment", "compile_lag", "compile_query", "compile_rows", "compile_values"]
