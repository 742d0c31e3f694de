"""Several queries of one split in one statement: a dataset is read once, and each query's measures are taken of the rows it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import compress
from typing import Any

from sqlglot import exp

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.assembly import MERGED, final_columns, merged_rows
from analyst_agent.semantic.clock_conditions import conditions_of
from analyst_agent.semantic.compiler import (
    Compiled,
    Measure,
    aggregates_of,
    grouped,
    planned,
    time_bounds,
)
from analyst_agent.semantic.counting import everything
from analyst_agent.semantic.expressions import Environment, Scope
from analyst_agent.semantic.filtering import all_of, any_of, only_where
from analyst_agent.semantic.fragments import column, named, part, plain_alias
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.rollup import SPLIT, By, rolled_up, stage_of

Bounds = tuple[datetime, datetime]
ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Share:
    """One query's part of a statement: its columns, and where each stands in a row of the statement.

    present: places of counts of which one is above 0 in the rows of this query; none where every row is one of them.
    split: where a row says which split it is of, and the split of this query; None where there is one.
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    present: tuple[int, ...]
    notes: tuple[str, ...]
    split: tuple[int, int] | None = None

    def of(self, stored: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        """The query's own columns, with its own rows, of those of the statement."""
        conditions: list[Iterable[Any]] = []
        if self.split is not None:
            at, number = self.split
            conditions.append(value == number for value in stored[at])
        if self.present:
            conditions.append(map(any, zip(*(stored[at] for at in self.present), strict=True)))
        if not conditions:
            return [stored[at] for at in self.places]
        own = list(map(all, zip(*conditions, strict=True)))
        return [tuple(compress(stored[at], own)) for at in self.places]


@dataclass(frozen=True, slots=True)
class Together:
    """The statement, and each query's part of it in the order of the queries."""

    compiled: Compiled
    shares: tuple[Share, ...]


@dataclass(slots=True)
class _Part:
    """The SELECT over one dataset. columns: the column of each measure and companion of each query, by place and name; what
    is the same for two is one column. rows: the columns that count the rows of each query. stage: the finest of several splits,
    which the SELECT reads under its name.
    """

    select: exp.Query
    columns: dict[tuple[int, str], str]
    rows: list[list[str]]
    stage: tuple[str, exp.Select] | None = None


def compile_together(
    model: Model, queries: Sequence[SemanticQuery], environments: Sequence[Environment], through: By = ()
) -> Together | None:
    """One tree for queries of the same dimensions, or of some of those of the first, each with its own environment; None where
    they cannot share one: those whose rate is per something coarser than what it is split by, whose groups overlap, or whose
    values do not follow from those of a finer split. through: the finest split, where no query asks for it. Raises as
    compile_query does.
    """
    if any(query.overlapping for query in queries):
        return None
    plans = [planned(model, query) for query in queries]
    by = through or plans[0].by
    if through and any(m.by != by for query in queries for m in planned(model, replace(query, by=by)).measures):
        return None
    if any(not set(plan.by) <= set(by) or any(m.by != plan.by for m in plan.measures) for plan in plans):
        return None
    splits = list(dict.fromkeys((by, *(plan.by for plan in plans))))
    datasets = list(dict.fromkeys(measure.metric.dataset for plan in plans for measure in plan.measures))
    parts = []
    for dataset in datasets:
        measures = [[one for one in plan.measures if one.metric.dataset == dataset] for plan in plans]
        one = _part(model, dataset, splits, measures, queries, environments)
        if one is None:
            return None
        parts.append(one)
    keys = by if len(splits) == 1 else (SPLIT, *by)
    found: dict[exp.Expression, str] = {_own(name): name for name in keys}
    shares = []
    for place, plan in enumerate(plans):
        value = partial(_value, parts, place)
        columns: dict[str, exp.Expression] = {name: _own(name) for name in plan.by}
        for metric in plan.metrics:
            columns |= final_columns(metric, value)
        first = (*plan.by, *(metric.name for metric in plan.metrics))
        columns = {name: columns[name] for name in (*first, *columns)}
        present = [_known(_own(name)) for one in parts for name in one.rows[place]] if plan.by else []
        counts = ((ROWS if not number else f"{ROWS}_{number + 1}", node) for number, node in enumerate(present))
        for name, node in (*columns.items(), *counts):
            found.setdefault(node, name if not place else f"{name}_of_{place + 1}")
        at = list(found)
        places = tuple(at.index(node) for node in columns.values())
        split = None if len(splits) == 1 else (at.index(_own(SPLIT)), splits.index(plan.by))
        shares.append(Share(tuple(columns), places, tuple(at.index(node) for node in present), plan.notes, split))
    tree = _joined(parts, keys)
    tree.select(*(named(node.copy(), name) for node, name in found.items()), copy=False)
    return Together(Compiled(tree, tuple(found.values()), ()), tuple(shares))


def _part(
    model: Model, dataset: str, splits: Sequence[By], measures: Sequence[Sequence[Measure]], queries: Sequence[SemanticQuery],
    environments: Sequence[Environment],
) -> _Part | None:  # fmt: skip
    """What all queries demand of the rows is in WHERE; what only one demands goes with its aggregates. None where several splits
    cannot be made of the first.
    """
    scope, time = Scope(model, dataset), model.datasets[dataset].time
    asked: list[tuple[int, tuple[Filter, ...], list[Measure]]] = []
    for place, own in enumerate(measures):
        for where in dict.fromkeys(measure.where for measure in own):
            asked.append((place, where, [measure for measure in own if measure.where == where]))
    demands = [
        [*time_bounds(scope, time, environments[place]), *conditions_of(scope, where, environments[place])]
        for place, where, _ in asked
    ]
    shared = [node for node in demands[0] if all(node in others for others in demands)]
    aggregates: dict[str, exp.Expression] = {}
    known: dict[exp.Expression, str] = {}
    columns: dict[tuple[int, str], str] = {}
    rows: list[list[str]] = [[] for _ in queries]
    for (place, _, own), demand in zip(asked, demands, strict=True):
        condition = all_of([node for node in demand if node not in shared])
        wanted = aggregates_of(scope, [one.metric for one in own], queries[place], environments[place])
        for name, tree in (*wanted.items(), (ROWS, everything())):
            taken = only_where(tree, condition)
            if taken not in known:
                known[taken] = f"{dataset}_{len(known) + 1}"
                aggregates[known[taken]] = taken.copy()
            if name == ROWS:
                rows[place].append(known[taken])
            else:
                columns[place, name] = known[taken]
    spans = [environments[place].bounds for place, _, _ in asked]
    span = _span(spans)
    whole = replace(environments[0], bounds=span)
    conditions = [*shared, *scope.restricted(whole.restrictions)]
    if len(shared) < max(map(len, demands)):
        conditions += [node for node in time_bounds(scope, time, whole) if node not in shared]
        stretches = _stretches(spans)
        if span is None or any(len(demand) != 2 for demand in demands):
            conditions += any_of([all_of([node for node in demand if node not in shared]) for demand in demands])
        elif len(stretches) > 1:
            within = [replace(environments[0], bounds=one) for one in stretches]
            conditions += any_of([all_of(time_bounds(scope, time, one)) for one in within])
    if len(splits) == 1:
        return _Part(grouped(scope, splits[0], aggregates, conditions, whole), columns, rows)
    name = f"finest_of_{dataset}"
    stage = stage_of(aggregates, name)
    if stage is None:
        return None
    finest = grouped(scope, splits[0], dict(stage.base), conditions, whole)
    is_asked = any(query.by == splits[0] for query in queries)
    return _Part(rolled_up(stage, name, splits, is_asked), columns, rows, (name, finest))


def _value(parts: Sequence[_Part], place: int, name: str) -> exp.Expression | None:
    """The column of the merged rows that holds a measure or companion of one query."""
    return next((_own(part.columns[place, name]) for part in parts if (place, name) in part.columns), None)


def _known(node: exp.Expression) -> exp.Expression:
    """A count of rows, 0 where a dataset has none of the group."""
    return exp.Coalesce(this=node, expressions=[exp.Literal.number(0)])


def _own(name: str) -> exp.Expression:
    return column(MERGED, name)


def _joined(parts: Sequence[_Part], by: Sequence[str]) -> exp.Select:
    """The SELECT from the parts, one row a group, without its columns."""
    tree = exp.Select()
    for number, one in enumerate(parts):
        if one.stage is not None:
            tree.with_(plain_alias(one.stage[0]), as_=one.stage[1], copy=False)
        tree.with_(plain_alias(f"part_{number}"), as_=one.select, copy=False)
    if len(parts) == 1:
        return tree.from_(part("part_0", MERGED), copy=False)
    values = [[name for name in one.select.named_selects if name not in by] for one in parts]
    tree.with_(plain_alias(MERGED), as_=merged_rows(range(len(parts)), values, by), copy=False)
    return tree.from_(part(MERGED), copy=False)


def _span(bounds: Sequence[Bounds | None]) -> Bounds | None:
    """From the first instant of all to the last; None where one has no bounds."""
    known = [one for one in bounds if one is not None]
    return (min(a for a, _ in known), max(b for _, b in known)) if len(known) == len(bounds) else None


def _stretches(bounds: Sequence[Bounds | None]) -> list[Bounds]:
    """The bounds in order of time, those that follow or overlap one another as one."""
    found: list[Bounds] = []
    for start, end in sorted({one for one in bounds if one is not None}):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
