"""Expressions of the model resolved from one dataset's point of view: which alias a column has, which joins it needs, what a filter means."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import cast

import sqlglot
from sqlglot import exp

from analyst_agent.errors import InvalidDefinition, NotPermitted
from analyst_agent.records import Filter
from analyst_agent.semantic.filters import typed
from analyst_agent.semantic.fragments import (
    NEGATIONS,
    UNCLASSIFIED,
    affirmed,
    cast_to,
    column,
    condition,
    double,
    minutes_between,
    root_cause,
    table,
)
from analyst_agent.semantic.model import Field, Metric, Model, Relationship
from analyst_agent.semantic.overlapping import Several, value_of, with_each
from analyst_agent.semantic.zones import local_time

FUNCTIONS = {"MINUTES_BETWEEN", "DATA_END", "PERIOD_MEAN", "COST_PER_HOUR"}
_ALLOWED = (
    exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.PercentileCont, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Cast,
    exp.And, exp.Or, exp.Lower, exp.Upper, exp.Trim, exp.Abs, exp.Round, exp.Greatest, exp.Least,
)  # fmt: skip
_REFUSED = (exp.Subquery, exp.Select, exp.Window, exp.Command, exp.DDL, exp.DML)


@dataclass(frozen=True, slots=True)
class Environment:
    """What a query needs to know besides itself: the period's UTC bounds, the clock's zone, the data's end, costs and mandatory restrictions.

    imputed_over: bounds of the period whose mean stands for what is missing, where it is not the query's own.
    """

    bounds: tuple[datetime, datetime] | None = None
    zone: str = "UTC"
    week_start: str = "monday"
    data_end: datetime | None = None
    cost_per_hour: float = 45.0
    default_handle_minutes: float = 30.0
    restrictions: tuple[Filter, ...] = ()
    imputed_over: tuple[datetime, datetime] | None = None
    data_start: datetime | None = None

    def local_time(self, column: exp.Expression) -> exp.Expression:
        """A time column as wall time."""
        known = self.data_start is not None and self.data_end is not None
        return local_time(column, self.zone, self.bounds, (self.data_start, self.data_end) if known else None)  # type: ignore[arg-type]

    def functions(
        self, tree: exp.Expression, scope: Scope, bounds: Sequence[exp.Expression], cost_per_hour: float | None
    ) -> exp.Expression:
        """The expression with the model's own functions replaced by SQL and its names resolved in the scope."""

        def expand(node: exp.Expression) -> exp.Expression:
            if not isinstance(node, exp.Anonymous):
                return node
            name, arguments = str(node.this).upper(), node.expressions
            if name == "MINUTES_BETWEEN":
                return minutes_between(arguments[0], arguments[1])
            if name == "DATA_END":
                end = self.data_end or datetime(1970, 1, 1)
                return cast_to(exp.Literal.string(end.isoformat(sep=" ")), "TIMESTAMP")
            if name == "COST_PER_HOUR":
                return double(self.cost_per_hour if cost_per_hour is None else cost_per_hour)
            if name == "PERIOD_MEAN":
                return self._period_mean(arguments[0], scope, bounds)
            return node

        return scope.resolve(tree.transform(expand, copy=False), scope.dataset)

    def _period_mean(self, argument: exp.Expression, scope: Scope, bounds: Sequence[exp.Expression]) -> exp.Expression:
        """The mean over the whole period, whatever the query filters or splits by, so that parts add up to the whole."""
        inner = Scope(scope.model, scope.dataset)
        mean = exp.Avg(this=inner.resolve(argument.copy(), scope.dataset))
        select = exp.Select().select(
            exp.Coalesce(this=mean, expressions=[double(self.default_handle_minutes)]), copy=False
        )
        return inner.complete(select, [*(b.copy() for b in bounds), *inner.restricted(self.restrictions)]).subquery(
            copy=False
        )


@dataclass(slots=True)
class Scope:
    """Names as seen from one dataset; remembers which others must be joined, always many to one. several: what its objects are
    split by of which one may have several values.
    """

    model: Model
    dataset: str
    paths: dict[str, tuple[Relationship, ...]] = field(default_factory=dict)
    several: Several | None = None
    reachable: dict[str, tuple[Relationship, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.reachable = _reachable(self.model, self.dataset)

    def find(self, name: str) -> Field | None:
        """The field of that name nearest to this dataset along many-to-one paths."""
        base = self.model.datasets[self.dataset]
        if name in base.fields:
            return base.fields[name]
        for carried in base.carries:
            if carried in self.model.datasets and name in self.model.datasets[carried].fields:
                return self.model.datasets[carried].fields[name]
        for other in self.reachable:
            if name in self.model.datasets[other].fields:
                return self.model.datasets[other].fields[name]
        return None

    def role(self, name: str) -> str:
        """When the field's value is known, or `many` where this dataset has several values of it."""
        found = self.find(name)
        return found.role if found else "many"

    def is_of_some(self, name: str) -> bool:
        """Whether only some objects of this dataset have the field at all: what an escalation has, seen from all tickets."""
        found = self.find(name)
        of_escalated = found is not None and self.model.datasets[found.dataset].object == "escalated_ticket"
        return of_escalated and self.model.datasets[self.dataset].object != "escalated_ticket"

    def reach(self, name: str, asked: str) -> None:
        """Raises NotPermitted where the field has several values per object, naming what can be asked instead."""
        if self.find(name) is None:
            owner = self.model.check_field(name).dataset
            metrics = [m.name for m in self.model.metrics.values() if m.dataset == owner]
            raise NotPermitted(
                f"{asked} cannot be split by {name}: one {self.dataset.replace('_', ' ')} may have several.",
                f"Ask for {' or '.join(metrics[:2]) or f'{owner}s'} by it, or filter by it.",
            )

    def field(self, name: str) -> exp.Expression:
        """The SQL of a reachable field; empty where the object it belongs to is absent, also when its expression has a default."""
        if self.several is not None and name in self.several.names:
            return value_of(self, name)
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        parsed = self.parse(found.expression)
        has_default = found.special == "root_cause" or isinstance(parsed, exp.Case)
        node = self.resolve(parsed, found.dataset)
        if found.special == "root_cause":
            keys = [self.resolve(column(found.dataset, k), found.dataset) for k in ("root_cause_key", "reason_key")]
            node = root_cause(node, (keys[0], keys[1]), self.model.root_causes, dict(self.model.reason_codes))
        if has_default and found.dataset in self.paths:
            key = column(found.dataset, self.model.datasets[found.dataset].primary_key[0])
            absent = exp.Is(this=key, expression=exp.Null())
            return exp.Case(ifs=[exp.If(this=exp.Not(this=absent), true=node)])
        return node

    def column(self, name: str) -> exp.Expression:
        """A physical column of the dataset itself."""
        return column(self.dataset, name)

    def parse(self, text: str) -> exp.Expression:
        """An expression of the model file as a tree; only plain scalar and aggregate expressions are accepted."""
        return _parsed(text).copy()

    def resolve(self, tree: exp.Expression, home: str) -> exp.Expression:
        """The tree, changed in place, with every `dataset.column` given its alias here, every bare field name replaced by its expression
        and times between two columns written out."""

        def rewrite(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Anonymous) and str(node.this).upper() == "MINUTES_BETWEEN":
                start, end = (self.resolve(one.copy(), home) for one in node.expressions)
                return minutes_between(start, end)
            if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
                return node
            name, owner = node.name, node.table
            if not owner:
                found = self.model.datasets[home].fields[name]
                return exp.paren(self.resolve(self.parse(found.expression), found.dataset), copy=False)
            if owner not in self.model.datasets:
                return node
            return column(self._alias(owner, name), name)

        return tree.transform(rewrite, copy=False)

    def _alias(self, owner: str, name: str) -> str:
        base = self.model.datasets[self.dataset]
        if owner == self.dataset or name in base.carries.get(owner, ()):
            return self.dataset
        path = self.reachable.get(owner)
        if path is None:
            raise InvalidDefinition(f"{owner}.{name} cannot be reached from {self.dataset}.", "Check relationships.")
        for number, link in enumerate(path):
            self.paths.setdefault(link.one, path[: number + 1])
        return owner

    def complete(self, select: exp.Select, conditions: Sequence[exp.Expression]) -> exp.Select:
        """The SELECT, changed in place, with this dataset as FROM, a left join for all that was referred to (nearest first), and WHERE."""
        select.from_(table(self.model.datasets[self.dataset].source, self.dataset), copy=False)
        for name, path in sorted(self.paths.items(), key=lambda item: (len(item[1]), item[0])):
            link = path[-1]
            on = exp.EQ(this=column(link.many, link.many_column), expression=column(name, link.one_column))
            one = table(self.model.datasets[name].source, name)
            select.append("joins", exp.Join(this=one, on=on, side="LEFT"))
        if conditions:
            select.where(*conditions, copy=False)
        if self.several is not None:
            with_each(select, self, Scope(self.model, self.several.link.many), self.several)
        return select

    def restricted(self, restrictions: Sequence[Filter]) -> list[exp.Expression]:
        """SQL of mandatory restrictions. A row that reaches the field past its ticket (a resolution by its own agent) must also
        belong to a ticket within them.
        """
        found = self.conditions(restrictions)
        link = next((r for r in self.model.relationships if r.many == self.dataset and r.one == "ticket"), None)
        past = [one for one in restrictions if self._is_past_ticket(one.field)]
        if link is not None and past:
            key = self.column(link.many_column)
            found.append(_inside(self.model, "ticket", link.one_column, past, key))
        return found

    def _is_past_ticket(self, name: str) -> bool:
        known = self.find(name)
        path = self.reachable.get(known.dataset, ()) if known is not None else ()
        if not path or any(link.one == "ticket" for link in path):
            return False
        return path[0].many_column not in self.model.datasets[self.dataset].carries.get("ticket", ())

    def conditions(self, where: Sequence[Filter], within: Sequence[Filter] = ()) -> list[exp.Expression]:
        """SQL of filters; several on the same many side share one semi-join, so that one object must fulfil them all.

        Where all that is said of a many side is negative, objects with none that fulfils the opposite are meant: a filter and its
        negation add up to all. A dataset that tickets refer to (accounts, agents) is filtered by the tickets that do, of those `within`.
        """
        found: list[exp.Expression] = []
        many: dict[str, list[Filter]] = {}
        for one in where:
            known = self.find(one.field)
            if known is not None:
                found.append(condition(self.field(one.field), typed(one, known), known))
            else:
                many.setdefault(self.model.check_field(one.field).dataset, []).append(one)
        links = self.model.relationships
        referring = next((r for r in links if r.many == "ticket" and r.one == self.dataset), None)
        if many and referring is not None and not any(r.many == self.dataset and r.one == "ticket" for r in links):
            filters = [one for group in many.values() for one in group]
            key = self.column(referring.one_column)
            return [*found, _inside(self.model, "ticket", referring.many_column, filters, key, within)]
        for dataset, filters in many.items():
            if all(one.op in NEGATIONS for one in filters):
                found += [exp.Not(this=self._semi_join(dataset, [affirmed(one)])) for one in filters]
            else:
                found.append(self._semi_join(dataset, filters))
        return found

    def _semi_join(self, dataset: str, filters: list[Filter]) -> exp.Expression:
        link = next((r for r in self.model.relationships if r.many == dataset and r.one == "ticket"), None)
        own = next((r for r in self.model.relationships if r.many == self.dataset and r.one == "ticket"), None)
        if link is None or (own is None and self.dataset != "ticket"):
            raise NotPermitted(f"{filters[0].field} cannot filter {self.dataset}.", "Filter by a field of the ticket.")
        key = self.column(own.many_column if own else link.one_column)
        return _inside(self.model, dataset, link.many_column, filters, key)


def _inside(
    model: Model, dataset: str, key: str, filters: Sequence[Filter], outer: exp.Expression, within: Sequence[Filter] = ()
) -> exp.Expression:  # fmt: skip
    """The outer key is among those of the dataset's rows that fulfil the filters and the restrictions `within`."""
    inner = Scope(model, dataset)
    select = exp.Select().select(column(dataset, key), copy=False)
    conditions = [*inner.conditions(filters), *inner.restricted(within)]
    return exp.In(this=outer, query=inner.complete(select, conditions).subquery(copy=False))


def declared_values(known: Field, model: Model) -> tuple[str, ...]:
    """Values that a field can take whether or not a row has them: the model's root causes, the outcomes of a CASE."""
    if known.special == "root_cause":
        return (*model.root_causes, UNCLASSIFIED)
    tree = _parsed(known.expression)
    if not isinstance(tree, exp.Case):
        return ()
    outcomes = [*(branch.args["true"] for branch in tree.args["ifs"]), tree.args.get("default")]
    return tuple(node.name for node in outcomes if isinstance(node, exp.Literal) and node.is_string)


def aggregate_argument(metric: Metric, tree: exp.Expression, scope: Scope) -> exp.Expression | None:
    """What a mean, median, quantile or sum is taken of; None for counts."""
    if metric.missing_of:
        return scope.parse(metric.missing_of)
    for node in tree.walk():
        if isinstance(node, exp.Count):
            return None
        if isinstance(node, exp.AggFunc):
            argument: exp.Expression = node.this.copy()
            return argument
    raise InvalidDefinition(
        f"Metric {metric.name} aggregates nothing.", "Use COUNT, SUM, AVG, MEDIAN or QUANTILE_CONT."
    )


@cache
def _parsed(text: str) -> exp.Expression:
    try:
        [tree] = sqlglot.parse(text, dialect="duckdb")
    except (sqlglot.ParseError, ValueError) as error:
        raise InvalidDefinition(f"{text!r} is not one expression.", "Correct it; see docs/semantic.md.") from error
    if not isinstance(tree, exp.Condition):
        raise InvalidDefinition(f"{text!r} is no expression.", "Use plain expressions.")
    for node in tree.walk():
        known = isinstance(node, _ALLOWED) or (isinstance(node, exp.Anonymous) and str(node.this).upper() in FUNCTIONS)
        if isinstance(node, _REFUSED) or (isinstance(node, exp.Func) and not known):
            raise InvalidDefinition(
                f"{text!r} holds {node.sql()!r}, which a model may not use.", "Use plain expressions."
            )
    return cast(exp.Expression, tree)


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
