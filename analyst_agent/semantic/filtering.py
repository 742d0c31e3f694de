"""Aggregates of some rows only: AGG(x) FILTER (WHERE condition), and conditions put together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import cast

from sqlglot import exp


def all_of(conditions: Sequence[exp.Expression]) -> exp.Expression | None:
    """A condition that holds where all of these do; None where there is none."""
    copies = [node.copy() for node in conditions]
    return reduce(lambda left, right: exp.And(this=left, expression=right), copies) if copies else None


def any_of(conditions: Sequence[exp.Expression | None]) -> list[exp.Expression]:
    """The one condition that holds where any of these does; nothing where one of them is none and so always holds."""
    known = [exp.paren(node.copy(), copy=False) for node in conditions if node is not None]
    if len(known) < len(conditions):
        return []
    distinct: list[exp.Expression] = list(dict.fromkeys(known))
    return [exp.paren(reduce(lambda left, right: exp.Or(this=left, expression=right), distinct), copy=False)]


def only_where(tree: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    """A copy of the expression with each aggregate over the rows that fulfil the condition; over all where there is none."""
    tree = tree.copy()
    if condition is None:
        return tree
    for node in outermost(tree):
        new = filtered(cast(exp.AggFunc, node.copy()), condition)
        if node.parent is None:
            return new
        node.replace(new)
    return tree


def filtered(aggregate: exp.AggFunc, condition: exp.Expression | None) -> exp.Expression:
    """The aggregate over the rows that fulfil the condition. Rows that have a value are counted by it, without a filter."""
    node = cast(exp.Expression, aggregate)
    if isinstance(aggregate, exp.Count) and isinstance(aggregate.this, exp.Star) and isinstance(condition, exp.Not):
        known = condition.this.unnest()
        if isinstance(known, exp.Is) and isinstance(known.expression, exp.Null) and isinstance(known.this, exp.Column):
            return exp.Count(this=known.this.copy(), big_int=True)
    return node if condition is None else exp.Filter(this=node, expression=exp.Where(this=condition.copy()))


def outermost(tree: exp.Expression) -> list[exp.Expression]:
    """The aggregates of a SELECT itself, with their filters; not those of a scalar subquery in it."""
    kinds = (exp.Filter, exp.AggFunc)
    found = tree.walk(prune=lambda node: isinstance(node, (exp.Subquery, *kinds)))
    return [cast(exp.Expression, node) for node in found if isinstance(node, kinds)]


def aggregate_in(node: exp.Expression) -> tuple[exp.AggFunc, exp.Expression | None]:
    """The aggregate of a node that `outermost` gave, and its condition."""
    if isinstance(node, exp.Filter):
        return cast(exp.AggFunc, node.this), cast(exp.Expression, node.expression.this)
    return cast(exp.AggFunc, node), None


def without_filters(tree: exp.Query) -> exp.Query:
    """The tree, changed in place, with every filter as a CASE within its aggregate, for engines that know no FILTER."""
    for node in list(tree.find_all(exp.Filter)):
        aggregate, condition = aggregate_in(node)
        taken = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this.copy()
        new = aggregate.copy()
        new.set("this", exp.Case(ifs=[exp.If(this=condition, true=taken)]))
        node.replace(new)
    return tree
