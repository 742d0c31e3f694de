"""Several splits from one reading: where one splits by all that the others do, and more, theirs are sums over its groups."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from analyst_agent.records import SemanticQuery
from analyst_agent.semantic.fragments import column, named, part
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.staging import can_be_staged, combined

SPLIT = "split"
By = tuple[str, ...]


def gathered(model: Model, queries: Sequence[SemanticQuery]) -> list[list[SemanticQuery]]:
    """The queries that one statement may answer, the finest split of each first: those split alike, and those split by a part of
    it that ask of the same objects, so that no more has to be read for them.
    """
    asked = {repr(query): set(_objects(model, query)) for query in queries}
    alike: dict[By, list[SemanticQuery]] = {}
    for query in queries:
        alike.setdefault(query.by, []).append(query)
    found: list[list[SemanticQuery]] = []
    for by in sorted(alike, key=len, reverse=True):
        own = set[Hashable]().union(*(asked[repr(query)] for query in alike[by]))
        finer = (
            one
            for one in found
            if set(by) < set(one[0].by) and own <= set[Hashable]().union(*(asked[repr(query)] for query in one))
        )
        into = min(finer, key=lambda one: len(one[0].by), default=None)
        if into is None:
            found.append(alike[by])
        else:
            into += alike[by]
    return found


def _objects(model: Model, query: SemanticQuery) -> Iterator[Hashable]:
    """Of what a query asks: each dataset with the conditions and the period."""
    for name in query.metrics:
        metric = model.metric(name)
        for one in (metric.numerator, metric.denominator) if metric.is_ratio else (name,):
            yield model.metric(one).dataset, repr((query.where, query.period))


@dataclass(frozen=True, slots=True)
class Stage:
    """What the finest split computes once for all. base: its aggregates; over: each column that is wanted, over its groups."""

    base: Mapping[str, exp.Expression]
    over: Mapping[str, exp.Expression]


def stage_of(aggregates: Mapping[str, exp.Expression], name: str) -> Stage | None:
    """The aggregates as those of a first stage of that name and what is made of them; None where the whole does not follow from
    its parts (medians, distinct values).
    """
    if not can_be_staged(aggregates):
        return None
    parts: dict[exp.Expression, str] = {}
    over = {wanted: combined(tree.copy(), name, parts) for wanted, tree in aggregates.items()}
    return Stage({number: node for node, number in parts.items()}, over)


def rolled_up(stage: Stage, name: str, splits: Sequence[By], is_finest_asked: bool = True) -> exp.Query:
    """Every split over the rows of the stage, its place in `split` and what it does not split by empty. splits: the finest, which
    are the rows of the stage as they are, first; where it is not asked for, it gives no rows, but the columns their types.
    """
    finest = splits[0]
    whole: exp.Query | None = None
    for place, by in enumerate(splits):
        select = exp.Select().select(named(exp.Literal.number(place), SPLIT), copy=False)
        # In parentheses it keeps the type of the first part; a bare one is taken for the empty number of a merged part.
        empty = exp.paren(exp.Null(), copy=False)
        select.select(*(named(column(name, one) if one in by else empty.copy(), one) for one in finest), copy=False)
        values = {wanted: tree.copy() if place else _as_it_is(tree) for wanted, tree in stage.over.items()}
        select.select(*(named(node, wanted) for wanted, node in values.items()), copy=False)
        select.from_(part(name), copy=False)
        if not place and not is_finest_asked:
            select.where(exp.false(), copy=False)
        if place and by:
            select.group_by(*(column(name, one) for one in by), copy=False)
        whole = select if whole is None else exp.union(whole, select, distinct=False, copy=False)
    return cast(exp.Query, whole)


def _as_it_is(tree: exp.Expression) -> exp.Expression:
    """The expression of one group: an aggregate over it alone is its value."""
    return cast(exp.Expression, tree.transform(lambda node: node.this if isinstance(node, exp.AggFunc) else node))
