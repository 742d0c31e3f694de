"""A semantic query to one SQL tree: each measure aggregated at its own grain, joins many to one, ratios last; names come only from the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.expressions import Environment, Scope, aggregate_argument, condition, grain_expression
from analyst_agent.semantic.model import GRAINS, Metric, Model

KIND_NOTE = "escalations of that kind per all tickets"
ASSIGNED_NOTE = "as last assigned, not a cause"
COMPANIONS = ("n", "missing", "numerator", "open", "unknown_time")


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate that one SELECT computes: a metric's own, or a ratio's part."""

    metric: Metric
    by: tuple[str, ...]
    where: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL tree of a query, its result columns and what must be said about how it is to be read."""

    tree: exp.Query
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    def sql(self, dialect: str = "duckdb", pretty: bool = True) -> str:
        """The text for an engine."""
        return self.tree.sql(dialect=dialect, pretty=pretty)


def compile_query(model: Model, query: SemanticQuery, environment: Environment) -> Compiled:
    """The tree for a query. Raises UnknownName, NotGranted or NotPermitted, each naming what is wrong and what is valid."""
    if not query.metrics:
        raise NotPermitted("No metric was named.", f"For example {next(iter(model.metrics))}.")
    metrics = [model.metric(name) for name in dict.fromkeys(query.metrics)]
    by = tuple(dict.fromkeys(query.by))
    for name in by:
        model.check_dimension(name)
    for one in query.where:
        model.check_field(one.field)
    notes: list[str] = []
    measures: dict[str, Measure] = {}
    for metric in metrics:
        for part, is_denominator in _parts(model, metric):
            measure = _measure(model, metric, part, by, query.where, is_denominator, notes)
            known = measures.get(part.name)
            if known is not None and known != measure:
                raise NotPermitted(
                    f"{part.name} beside {metric.name} would count different tickets here.", "Ask for them one by one."
                )
            measures[part.name] = measure
    groups: dict[tuple[str, tuple[str, ...], tuple[Filter, ...]], list[Metric]] = {}
    for measure in measures.values():
        groups.setdefault((measure.metric.dataset, measure.by, measure.where), []).append(measure.metric)
    selects = [
        (group_by, _select(model, dataset, wanted, group_by, where, query, environment))
        for (dataset, group_by, where), wanted in groups.items()
    ]
    tree, columns = _assemble(metrics, by, selects)
    return Compiled(tree, columns, tuple(dict.fromkeys(notes)))


def _parts(model: Model, metric: Metric) -> list[tuple[Metric, bool]]:
    if not metric.is_ratio:
        return [(metric, False)]
    return [(model.metric(metric.numerator), False), (model.metric(metric.denominator), True)]


def _measure(
    model: Model, asked: Metric, part: Metric, by: tuple[str, ...], where: tuple[Filter, ...], is_denominator: bool, notes: list[str]
) -> Measure:  # fmt: skip
    """The dimensions and filters that a part takes: escalation attributes do not restrict the tickets that a rate is per."""
    scope = Scope(model, part.dataset)
    kept_by: list[str] = []
    for name in by:
        if name in GRAINS:
            kept_by.append(name)
            continue
        role = scope.role(name)
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
        scope.reach(name, asked.name)
        if part.dataset == "ticket" and role == "assigned":
            notes.append(f"By {model.dimension_label(name)}: {ASSIGNED_NOTE}.")
        kept_by.append(name)
    kept_where: list[Filter] = []
    for one in where:
        if is_denominator and scope.role(one.field) == "escalation":
            notes.append(f"Where {model.dimension_label(one.field)} is given: {KIND_NOTE}.")
            continue
        kept_where.append(one)
    return Measure(part, tuple(kept_by), tuple(kept_where))


def _select(
    model: Model, dataset: str, metrics: list[Metric], by: tuple[str, ...], where: tuple[Filter, ...], query: SemanticQuery,
    environment: Environment,
) -> exp.Select:  # fmt: skip
    """One SELECT over one dataset: dimensions, the metrics' aggregates and their companions."""
    scope = Scope(model, dataset)
    time = model.datasets[dataset].time
    select = exp.Select()
    groups: list[exp.Expression] = []
    for name in by:
        node = grain_expression(scope.column(time), name, environment) if name in GRAINS else scope.field(name)
        select = select.select(exp.alias_(node, name, quoted=True))
        groups.append(node)
    bounds = time_bounds(scope, time, environment)
    for metric in metrics:
        for column, node in _aggregates(metric, scope, environment, bounds, query).items():
            select = select.select(exp.alias_(node, column, quoted=True))
    select = select.from_(exp.alias_(exp.to_table(model.datasets[dataset].source), dataset, quoted=True))
    conditions = [*bounds, *scope.conditions(where), *scope.conditions(environment.restrictions)]
    for join in scope.joins():
        select = select.join(join)
    for node in conditions:
        select = select.where(node)
    for number in range(len(groups)):
        select = select.group_by(exp.Literal.number(number + 1))
    return select


def time_bounds(scope: Scope, time: str, environment: Environment) -> list[exp.Expression]:
    """The half-open period on a dataset's time field, as UTC instants; nothing where all time is asked."""
    if environment.bounds is None:
        return []
    column = scope.column(time)
    start, end = (timestamp(b) for b in environment.bounds)
    return [exp.GTE(this=column, expression=start), exp.LT(this=column.copy(), expression=end)]


def timestamp(moment: datetime) -> exp.Expression:
    """A typed literal."""
    return exp.cast(exp.Literal.string(moment.strftime("%Y-%m-%d %H:%M:%S")), "TIMESTAMP")


def _aggregates(
    metric: Metric, scope: Scope, environment: Environment, bounds: Sequence[exp.Expression], query: SemanticQuery
) -> dict[str, exp.Expression]:
    """The metric's value and companions: n it rests on, missing ones left out, the numerator of a share, open and unknown times."""
    tree = scope.parse(metric.expression)
    argument = aggregate_argument(metric, tree, scope)
    value = environment.functions(tree, scope, bounds, query.cost_per_hour)
    columns: dict[str, exp.Expression] = {metric.name: value}
    everything = exp.Count(this=exp.Star())
    if argument is None:
        columns[f"{metric.name}__n"] = value.copy() if metric.is_count else everything
    else:
        shown = environment.functions(argument, scope, bounds, query.cost_per_hour)
        present = exp.Count(this=shown)
        if metric.missing_of and metric.unit == "currency":
            columns[f"{metric.name}__n"] = everything.copy()
        else:
            columns[f"{metric.name}__n"] = present.copy()
        columns[f"{metric.name}__missing"] = exp.Sub(this=everything.copy(), expression=present.copy())
        if metric.unit == "ratio":
            columns[f"{metric.name}__numerator"] = exp.Sum(this=shown.copy())
    if metric.counts_open:
        columns[f"{metric.name}__open"] = _count_null(scope.field("resolved_at"))
    if metric.dataset == "escalated_ticket":
        columns[f"{metric.name}__unknown_time"] = _count_null(scope.field("escalated_at"))
    return columns


def _count_null(node: exp.Expression) -> exp.Expression:
    is_null = exp.Is(this=node, expression=exp.Null())
    return exp.Count(this=exp.Case(ifs=[exp.If(this=is_null, true=exp.Literal.number(1))]))


def _assemble(
    metrics: list[Metric], by: tuple[str, ...], selects: list[tuple[tuple[str, ...], exp.Select]]
) -> tuple[exp.Query, tuple[str, ...]]:
    """Groups of the full grain meet in UNION ALL and GROUP BY; coarser ones (a rate's tickets) are joined on what they share."""
    inner = [s.named_selects for _, s in selects]
    values = [[c for c in names if c not in by] for names in inner]
    full = [i for i, (dims, _) in enumerate(selects) if dims == by]
    coarse = [i for i, (dims, _) in enumerate(selects) if dims != by]
    query = exp.Select()
    for i, (_, select) in enumerate(selects):
        query = query.with_(f"part_{i}", as_=select)
    if len(full) == 1:
        source: exp.Expression = exp.alias_(exp.to_table(f"part_{full[0]}"), "merged")
    else:
        branches = [_branch(i, full, values, by) for i in full]
        union = branches[0]
        for branch in branches[1:]:
            union = exp.union(union, branch, distinct=False)  # type: ignore[assignment]
        merged = exp.Select().select(*[_ident(d) for d in by])
        for i in full:
            merged = merged.select(*[exp.alias_(exp.Max(this=_ident(v)), v, quoted=True) for v in values[i]])
        merged = merged.from_(union.subquery("rows_of_all"))
        for number in range(len(by)):
            merged = merged.group_by(exp.Literal.number(number + 1))
        query = query.with_("merged", as_=merged)
        source = exp.to_table("merged")
    query = query.from_(source)
    for i in coarse:
        shared = [d for d in by if d in selects[i][0]]
        on = exp.and_(*[_same(f"part_{i}", d) for d in shared]) if shared else exp.true()
        query = query.join(exp.to_table(f"part_{i}"), on=on, join_type="left")
    where_from = {v: ("merged" if i in full else f"part_{i}") for i in range(len(selects)) for v in values[i]}
    query = query.select(*[exp.alias_(exp.column(exp.to_identifier(d, quoted=True), table="merged"), d, quoted=True) for d in by])
    final = {name: node for metric in metrics for name, node in _final(metric, where_from).items()}
    asked = [metric.name for metric in metrics]
    columns = [*asked, *(name for name in final if name not in asked)]
    for name in columns:
        query = query.select(exp.alias_(final[name], name, quoted=True))
    return query, (*by, *columns)


def _branch(i: int, full: list[int], values: list[list[str]], by: tuple[str, ...]) -> exp.Select:
    branch = exp.Select().select(*[_ident(d) for d in by])
    for j in full:
        branch = branch.select(*[_ident(v) if j == i else exp.alias_(exp.Null(), v, quoted=True) for v in values[j]])
    return branch.from_(f"part_{i}")


def _final(metric: Metric, where_from: dict[str, str]) -> dict[str, exp.Expression]:
    """The columns of one metric in the result."""

    def get(name: str) -> exp.Expression:
        return exp.column(exp.to_identifier(name, quoted=True), table=where_from[name])

    def count(name: str) -> exp.Expression:
        return exp.Coalesce(this=get(name), expressions=[exp.Literal.number(0)])

    if metric.is_ratio:
        top, bottom = count(metric.numerator), count(metric.denominator)
        ratio = exp.Div(this=exp.cast(top.copy(), "DOUBLE"), expression=exp.Nullif(this=bottom.copy(), expression=exp.Literal.number(0)))
        found = {
            metric.name: ratio,
            f"{metric.name}__n": bottom,
            f"{metric.name}__numerator": top,
            f"{metric.name}__denominator": bottom.copy(),
        }
        unknown = f"{metric.numerator}__unknown_time"
        return found | ({f"{metric.name}__unknown_time": count(unknown)} if unknown in where_from else {})
    found = {metric.name: count(metric.name) if metric.is_count else get(metric.name)}
    for companion in COMPANIONS:
        name = f"{metric.name}__{companion}"
        if name in where_from:
            found[name] = count(name)
    return found


def _same(table: str, name: str) -> exp.Expression:
    one = exp.column(exp.to_identifier(name, quoted=True), table="merged")
    other = exp.column(exp.to_identifier(name, quoted=True), table=table)
    return exp.NullSafeEQ(this=one, expression=other)


def _ident(name: str) -> exp.Expression:
    return exp.column(exp.to_identifier(name, quoted=True))


def compile_rows(
    model: Model, dataset: str, fields: Sequence[str], where: Sequence[Filter], environment: Environment, limit: int | None
) -> Compiled:
    """The tree that lists objects of a dataset with the named fields, oldest first by its time field."""
    scope = Scope(model, dataset)
    select = exp.Select().from_(exp.alias_(exp.to_table(model.datasets[dataset].source), dataset, quoted=True))
    for name in fields:
        scope.reach(name, "the list")
        select = select.select(exp.alias_(scope.field(name), name, quoted=True))
    time = model.datasets[dataset].time
    conditions = [*time_bounds(scope, time, environment), *scope.conditions(tuple(where)), *scope.conditions(environment.restrictions)]
    for join in scope.joins():
        select = select.join(join)
    for node in conditions:
        select = select.where(node)
    select = select.order_by(scope.column(time), scope.column(model.datasets[dataset].primary_key[0]))
    if limit is not None:
        select = select.limit(limit)
    return Compiled(select, tuple(fields), ())


__all__ = ["Compiled", "Environment", "compile_query", "compile_rows", "condition"]
