"""Expressions of the model resolved from one dataset's point of view: which alias a column has, which joins it needs, what a condition means."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import sqlglot
from sqlglot import exp

from analyst_agent.errors import InvalidDefinition, NotPermitted
from analyst_agent.records import Filter
from analyst_agent.semantic.filters import typed
from analyst_agent.semantic.model import Field, Metric, Model, Relationship, normal_code
from analyst_agent.settings import WEEKDAYS

FUNCTIONS = {"MINUTES_BETWEEN", "DATA_END", "PERIOD_MEAN", "COST_PER_HOUR"}
_REFUSED = (exp.Subquery, exp.Select, exp.Window, exp.Command, exp.DDL, exp.DML)


@dataclass(frozen=True, slots=True)
class Environment:
    """What a query needs to know besides itself: the period's UTC bounds, the clock's zone, the data's end, costs and mandatory restrictions."""

    bounds: tuple[datetime, datetime] | None = None
    zone: str = "UTC"
    week_start: str = "monday"
    data_end: datetime | None = None
    cost_per_hour: float = 45.0
    default_handle_minutes: float = 30.0
    restrictions: tuple[Filter, ...] = ()

    def functions(
        self, tree: exp.Expression, scope: Scope, bounds: Sequence[exp.Expression], cost_per_hour: float | None
    ) -> exp.Expression:
        """The expression with the model's own functions replaced by SQL and its names resolved in the scope."""

        def expand(node: exp.Expression) -> exp.Expression:
            if not isinstance(node, exp.Anonymous):
                return node
            name, arguments = str(node.this).upper(), node.expressions
            if name == "MINUTES_BETWEEN":
                return _minutes_between(arguments[0], arguments[1])
            if name == "DATA_END":
                end = self.data_end or datetime(1970, 1, 1)
                return exp.cast(exp.Literal.string(end.isoformat(sep=" ")), "TIMESTAMP")
            if name == "COST_PER_HOUR":
                rate = self.cost_per_hour if cost_per_hour is None else cost_per_hour
                return exp.cast(exp.Literal.number(repr(float(rate))), "DOUBLE")
            if name == "PERIOD_MEAN":
                return self._period_mean(arguments[0], scope, bounds)
            return node

        return scope.resolve(tree.copy().transform(expand), scope.dataset)

    def _period_mean(self, argument: exp.Expression, scope: Scope, bounds: Sequence[exp.Expression]) -> exp.Expression:
        """The mean over the whole period, whatever the query filters or splits by, so that parts add up to the whole."""
        inner = Scope(scope.model, scope.dataset)
        mean = exp.Avg(this=inner.resolve(argument.copy(), scope.dataset))
        default = exp.cast(exp.Literal.number(repr(float(self.default_handle_minutes))), "DOUBLE")
        select = exp.Select().select(exp.Coalesce(this=mean, expressions=[default]))
        table = exp.to_table(scope.model.datasets[scope.dataset].source)
        select = select.from_(exp.alias_(table, scope.dataset, quoted=True))
        conditions = [*(b.copy() for b in bounds), *inner.conditions(self.restrictions)]
        for join in inner.joins():
            select = select.join(join)
        for node in conditions:
            select = select.where(node)
        return select.subquery()


@dataclass(slots=True)
class Scope:
    """Names as seen from one dataset; remembers which others must be joined, always many to one."""

    model: Model
    dataset: str
    paths: dict[str, tuple[Relationship, ...]] = field(default_factory=dict)

    def find(self, name: str) -> Field | None:
        """The field of that name nearest to this dataset along many-to-one paths."""
        base = self.model.datasets[self.dataset]
        if name in base.fields:
            return base.fields[name]
        for carried in base.carries:
            if carried in self.model.datasets and name in self.model.datasets[carried].fields:
                return self.model.datasets[carried].fields[name]
        for other in _reachable(self.model, self.dataset):
            if name in self.model.datasets[other].fields:
                return self.model.datasets[other].fields[name]
        return None

    def role(self, name: str) -> str:
        """When the field's value is known, or `many` where this dataset has several values of it."""
        found = self.find(name)
        return found.role if found else "many"

    def reach(self, name: str, asked: str) -> None:
        """Raises NotPermitted where the field has several values per object, naming what can be asked instead."""
        if self.find(name) is None:
            owner = self.model.check_field(name).dataset
            raise NotPermitted(
                f"{asked} cannot be split by {name}: one {self.dataset.replace('_', ' ')} may have several.",
                f"Ask for a metric of {owner.replace('_', ' ')}s by it, or filter by it.",
            )

    def field(self, name: str) -> exp.Expression:
        """The SQL of a reachable field."""
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        node = self.resolve(self.parse(found.expression), found.dataset)
        return _root_cause(node, self, found) if found.special == "root_cause" else node

    def column(self, name: str) -> exp.Expression:
        """A physical column of the dataset itself."""
        return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(self.dataset, quoted=True))

    def parse(self, text: str) -> exp.Expression:
        """An expression of the model file as a tree; only plain scalar and aggregate expressions are accepted."""
        return _parsed(text).copy()

    def resolve(self, tree: exp.Expression, home: str) -> exp.Expression:
        """The tree with every `dataset.column` given its alias here and every bare field name replaced by its expression."""

        def rewrite(node: exp.Expression) -> exp.Expression:
            if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
                return node
            table, name = node.table, node.name
            if not table:
                found = self.model.datasets[home].fields[name]
                return exp.paren(self.resolve(self.parse(found.expression), found.dataset))
            if table not in self.model.datasets:
                return node
            alias = self._alias(table, name)
            return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(alias, quoted=True))

        return tree.transform(rewrite)

    def _alias(self, table: str, column: str) -> str:
        base = self.model.datasets[self.dataset]
        if table == self.dataset or column in base.carries.get(table, ()):
            return self.dataset
        path = _reachable(self.model, self.dataset).get(table)
        if path is None:
            raise InvalidDefinition(f"{table}.{column} cannot be reached from {self.dataset}.", "Check relationships.")
        for number, link in enumerate(path):
            self.paths.setdefault(link.one, path[: number + 1])
        return table

    def joins(self) -> list[exp.Join]:
        """Left joins of everything referred to so far, nearest first."""
        found = []
        for name, path in sorted(self.paths.items(), key=lambda item: (len(item[1]), item[0])):
            link = path[-1]
            table = exp.alias_(exp.to_table(self.model.datasets[name].source), name, quoted=True)
            on = exp.EQ(this=_column(link.many, link.many_column), expression=_column(name, link.one_column))
            found.append(exp.Join(this=table, on=on, side="LEFT"))
        return found

    def conditions(self, where: Sequence[Filter]) -> list[exp.Expression]:
        """SQL of filters; several on the same many side share one semi-join, so that one object must fulfil them all."""
        found: list[exp.Expression] = []
        many: dict[str, list[Filter]] = {}
        for one in where:
            known = self.find(one.field)
            if known is not None:
                found.append(condition(self.field(one.field), typed(one, known), known))
            else:
                many.setdefault(self.model.check_field(one.field).dataset, []).append(one)
        for dataset, filters in many.items():
            found.append(self._semi_join(dataset, filters))
        return found

    def _semi_join(self, dataset: str, filters: list[Filter]) -> exp.Expression:
        link = next((r for r in self.model.relationships if r.many == dataset and r.one == "ticket"), None)
        own = next((r for r in self.model.relationships if r.many == self.dataset and r.one == "ticket"), None)
        if link is None or (own is None and self.dataset != "ticket"):
            raise NotPermitted(f"{filters[0].field} cannot filter {self.dataset}.", "Filter by a field of the ticket.")
        inner = Scope(self.model, dataset)
        select = exp.Select().select(_column(dataset, link.many_column))
        select = select.from_(exp.alias_(exp.to_table(self.model.datasets[dataset].source), dataset, quoted=True))
        conditions = inner.conditions(filters)
        for join in inner.joins():
            select = select.join(join)
        for node in conditions:
            select = select.where(node)
        key = _column(self.dataset, own.many_column if own else link.one_column)
        return exp.In(this=key, query=select.subquery())


def condition(node: exp.Expression, one: Filter, known: Field) -> exp.Expression:
    """The SQL of one typed filter. "Not" keeps objects without a value, so that a value and its negation add up to all."""
    null = exp.Is(this=node.copy(), expression=exp.Null())
    if one.op == "missing":
        return null
    if one.op == "present":
        return exp.Not(this=null)
    if one.op == "contains":
        lowered = exp.Lower(this=node)
        return exp.GT(this=exp.StrPosition(this=lowered, substr=_literal(str(one.value).lower(), known)), expression=exp.Literal.number(0))
    if one.op in ("in", "not in"):
        inside = exp.In(this=node, expressions=[_literal(v, known) for v in one.value])
        return inside if one.op == "in" else exp.paren(exp.or_(exp.Not(this=inside), null))
    if one.op == "between":
        low, high = (_literal(v, known) for v in one.value)
        return exp.and_(exp.GTE(this=node, expression=low), exp.LTE(this=node.copy(), expression=high))
    if one.op == "!=":
        return exp.paren(exp.or_(exp.NEQ(this=node, expression=_literal(one.value, known)), null))
    kind = {"=": exp.EQ, ">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE}[one.op]
    return kind(this=node, expression=_literal(one.value, known))


def grain_expression(column: exp.Expression, grain: str, environment: Environment) -> exp.Expression:
    """The local day, week, month, quarter or year a time falls in (a date), its hour (0-23) or ISO weekday (1 = Monday)."""
    local = column
    if environment.zone != "UTC":
        aware = exp.AtTimeZone(this=exp.paren(column), zone=exp.Literal.string("UTC"))
        local = exp.AtTimeZone(this=exp.paren(aware), zone=exp.Literal.string(environment.zone))
    if grain == "hour":
        return exp.Extract(this=exp.var("HOUR"), expression=local)
    if grain == "weekday":
        return exp.Extract(this=exp.var("ISODOW"), expression=local)
    if grain == "week" and environment.week_start != "monday":
        days = exp.Interval(this=exp.Literal.string(str(7 - WEEKDAYS.index(environment.week_start))), unit=exp.var("DAY"))
        moved = exp.TimestampTrunc(this=exp.paren(exp.Add(this=local, expression=days)), unit=exp.var("WEEK"))
        return exp.cast(exp.Sub(this=moved, expression=days.copy()), "DATE")
    return exp.cast(exp.TimestampTrunc(this=local, unit=exp.var(grain.upper())), "DATE")


def aggregate_argument(metric: Metric, tree: exp.Expression, scope: Scope) -> exp.Expression | None:
    """What a mean, median, quantile or sum is taken of; None for counts."""
    if metric.missing_of:
        return scope.parse(metric.missing_of)
    for node in tree.walk():
        if isinstance(node, exp.Count):
            return None
        if isinstance(node, exp.AggFunc):
            return node.this.copy()
    raise InvalidDefinition(f"Metric {metric.name} aggregates nothing.", "Use COUNT, SUM, AVG, MEDIAN or QUANTILE_CONT.")


@cache
def _parsed(text: str) -> exp.Expression:
    tree = sqlglot.parse_one(text, dialect="duckdb")
    for node in tree.walk():
        if isinstance(node, _REFUSED) or (isinstance(node, exp.Anonymous) and str(node.this).upper() not in FUNCTIONS):
            raise InvalidDefinition(f"{text!r} holds {node.sql()!r}, which a model may not use.", "Use plain expressions.")
    return tree


def _reachable(model: Model, start: str) -> dict[str, tuple[Relationship, ...]]:
    """Datasets reachable many to one, nearest first, each with its path."""
    found: dict[str, tuple[Relationship, ...]] = {start: ()}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for link in model.relationships:
            if link.many == here and link.one not in found:
                found[link.one] = (*found[here], link)
                queue.append(link.one)
    del found[start]
    return found


def _root_cause(recorded: exp.Expression, scope: Scope, known: Field) -> exp.Expression:
    """The recorded cause, else that of the reason code, else `unclassified`."""
    owner = scope.model.datasets[known.dataset].fields["reason_code"]
    code = scope.resolve(scope.parse(owner.expression), owner.dataset)
    tidy = _normal(recorded.copy())
    names = [exp.Literal.string(c) for c in scope.model.root_causes]
    stated = exp.Case(
        ifs=[exp.If(this=exp.In(this=tidy, expressions=names), true=tidy.copy())],
        default=exp.Nullif(this=exp.Trim(this=recorded.copy()), expression=exp.Literal.string("")),
    )
    by_cause: dict[str, list[str]] = {}
    for name, cause in scope.model.reason_codes.items():
        by_cause.setdefault(cause, []).append(normal_code(name))
    arms = [
        exp.If(this=exp.In(this=_normal(code.copy()), expressions=[exp.Literal.string(n) for n in sorted(group)]), true=exp.Literal.string(cause))
        for cause, group in by_cause.items()
    ]  # fmt: skip
    rest = exp.Literal.string("unclassified")
    mapped: list[exp.Expression] = [exp.Case(ifs=arms)] if arms else []
    return exp.Coalesce(this=stated, expressions=[*mapped, rest])


def _normal(node: exp.Expression) -> exp.Expression:
    lowered: exp.Expression = exp.Lower(this=exp.Trim(this=node))
    for mark in (" ", "-"):
        lowered = exp.Replace(this=lowered, expression=exp.Literal.string(mark), replacement=exp.Literal.string("_"))
    return lowered


def _minutes_between(start: exp.Expression, end: exp.Expression) -> exp.Expression:
    micros = exp.DateDiff(this=end, expression=start, unit=exp.var("MICROSECOND"))
    return exp.Div(this=exp.cast(micros, "DOUBLE"), expression=exp.Literal.number("60000000.0"))


def _literal(value: object, known: Field) -> exp.Expression:
    if known.kind == "time":
        return exp.cast(exp.Literal.string(str(value)), "TIMESTAMP")
    if known.kind == "number":
        return exp.convert(value)
    return exp.Literal.string(str(value))


def local_to_utc(text: str, zone: str) -> str:
    """A local wall time as naive UTC text."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(sep=" ")


def _column(table: str, name: str) -> exp.Expression:
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))
