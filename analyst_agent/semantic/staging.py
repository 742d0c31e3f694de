"""Aggregating in two stages where a dimension is dear: first by the keys it is made of (an account's id, a reason code), then by itself over the few groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from analyst_agent.semantic.cohorts import unjoined
from analyst_agent.semantic.counting import count_of, is_whole
from analyst_agent.semantic.expressions import Scope
from analyst_agent.semantic.filtering import aggregate_in, filtered, outermost
from analyst_agent.semantic.fragments import cast_to, column, named
from analyst_agent.semantic.model import GRAINS

MANY_OTHERS = 3


def is_worth_staging(outer: Scope, by: Sequence[str], dims: Mapping[str, exp.Expression]) -> bool:
    """Whether a dimension is read from a directory (many rows to one account or agent) or worked out of codes, and none needs single rows.

    outer: the scope in which the dimensions were resolved. Time grains would need as many groups as there are hours, unless
    they are whole days or more, which go by as they are.
    """
    if any(name in GRAINS for name in by):
        return False
    links = outer.model.relationships
    ends = [path[-1].one for path in outer.paths.values()]
    if any(len(path) != 1 for path in outer.paths.values()) or any(r.many in ends for r in links):
        return False
    plain = {node.name for node in _own_columns(outer, dims)}
    times = {f.expression.split(".")[-1] for f in outer.model.datasets[outer.dataset].fields.values() if f.kind == "time"}  # fmt: skip
    carried = {name for names in outer.model.datasets[outer.dataset].carries.values() for name in names if name.endswith("_at")}  # fmt: skip
    if plain & (times | carried):
        return False
    if any(_is_finer(outer, by, path[-1].one) for path in outer.paths.values()):
        return False
    codes = any((found := outer.find(name)) is not None and found.special == "root_cause" for name in by)
    return bool(outer.paths) or codes


def _is_finer(outer: Scope, by: Sequence[str], directory: str) -> bool:
    """Whether going by the keys of a directory (each account) beside several other dimensions would make nearly as many groups as
    there are rows, so that the first stage saves nothing.
    """
    known = [found for name in by if (found := outer.find(name)) is not None]
    return sum(one.dataset != directory for one in known) >= MANY_OTHERS


def can_be_staged(aggregates: Mapping[str, exp.Expression]) -> bool:
    """Whether every aggregate of the whole follows from those of its parts: counts, sums, means, extremes."""
    found = [aggregate_in(node)[0] for tree in aggregates.values() for node in outermost(tree)]
    return all(
        isinstance(node, (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)) and not isinstance(node.this, exp.Distinct)
        for node in found
    )


def staged(
    outer: Scope, inner: Scope, dims: Mapping[str, exp.Expression], aggregates: Mapping[str, exp.Expression],
    conditions: Sequence[exp.Expression],
) -> exp.Select:  # fmt: skip
    """The SELECT in two stages. inner: the scope in which aggregates and conditions were resolved; the first stage goes by its dataset's name."""
    keys = dict.fromkeys(node.name for node in _own_columns(outer, dims))
    first = exp.Select().select(*(named(column(outer.dataset, key), key) for key in keys), copy=False)
    parts: dict[exp.Expression, str] = {}
    second = {name: combined(tree, outer.dataset, parts) for name, tree in aggregates.items()}
    first.select(*(named(node.copy(), name) for node, name in parts.items()), copy=False)
    inner.complete(first, conditions)
    first.group_by(*(exp.Literal.number(number + 1) for number in range(len(keys))), copy=False)
    select = exp.Select()
    for name, node in {**dims, **second}.items():
        select.select(named(node, name), copy=False)
    outer.several = None  # the first stage has read them
    outer.complete(select, [])
    source = (unjoined(outer.model, first) or first).subquery(copy=False)
    source.set("alias", exp.TableAlias(this=exp.Identifier(this=outer.dataset, quoted=True)))
    select.set("from_", exp.From(this=source))
    return select.group_by(*(exp.Literal.number(number + 1) for number in range(len(dims))), copy=False)


def _own_columns(outer: Scope, dims: Mapping[str, exp.Expression]) -> list[exp.Column]:
    """The columns of the dataset itself that the dimensions, and the joins they need, are made of."""
    found = [c for node in dims.values() for c in node.find_all(exp.Column) if c.table == outer.dataset]
    links = [path[-1] for path in outer.paths.values()]
    return [*found, *(column(outer.dataset, link.many_column) for link in links)]


def combined(tree: exp.Expression, stage: str, parts: dict[exp.Expression, str]) -> exp.Expression:
    """The expression, changed in place, over the groups of a first stage. parts: what that has to compute, with its columns' names;
    what is needed more is added.
    """

    def part(aggregate: exp.AggFunc, condition: exp.Expression | None) -> exp.Column:
        return column(stage, parts.setdefault(filtered(aggregate, condition), f"__{len(parts)}"))

    def count(node: exp.Count, condition: exp.Expression | None) -> exp.Expression:
        return cast_to(exp.Sum(this=part(node, condition)), "BIGINT")

    def rewrite(node: exp.AggFunc, condition: exp.Expression | None) -> exp.Expression:
        if isinstance(node, exp.Count):
            return count(node, condition)
        if isinstance(node, exp.Avg):
            values = node.this if is_whole(node.this) else cast_to(node.this, "DOUBLE")
            known = exp.Nullif(this=count(count_of(node.this), condition), expression=exp.Literal.number(0))
            return exp.Div(this=cast_to(exp.Sum(this=part(exp.Sum(this=values), condition)), "DOUBLE"), expression=known)  # fmt: skip
        kind = next((k for k in (exp.Min, exp.Max) if isinstance(node, k)), exp.Sum)
        return kind(this=part(node, condition))

    for node in outermost(tree):
        new = rewrite(*aggregate_in(node))
        if node.parent is None:
            return new
        node.replace(new)
    return tree
