"""How the SELECTs of a query, one per dataset and grain, meet in one result: the same grain by UNION ALL, a coarser one by what it shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from sqlglot import exp

from analyst_agent.semantic.fragments import cast_to, column, named, part, plain_alias
from analyst_agent.semantic.model import GRAINS, Metric

COMPANIONS = ("n", "missing", "numerator", "open", "unknown_time")
MERGED = "merged"


def assemble(
    metrics: Sequence[Metric], by: tuple[str, ...], selects: Sequence[tuple[tuple[str, ...], exp.Select]]
) -> tuple[exp.Query, tuple[str, ...]]:
    """The tree and its columns. Groups of the full grain meet in UNION ALL and GROUP BY; a coarser one (the tickets that a rate by
    root cause is per) is joined on the dimensions it shares, for every value of a shared time grain.
    """
    values = [[c for c in select.named_selects if c not in by] for _, select in selects]
    full = [i for i, (dims, _) in enumerate(selects) if dims == by]
    if not by:
        full = full[:1]  # each gives exactly one row: nothing has to be matched
    coarse = [i for i in range(len(selects)) if i not in full]
    query = exp.Select()
    for i, (_, select) in enumerate(selects):
        query.with_(plain_alias(f"part_{i}"), as_=select, copy=False)
    merged = f"part_{full[0]}"
    if len(full) > 1:
        merged = MERGED
        query.with_(plain_alias(MERGED), as_=merged_rows(full, values, by), copy=False)
    keys = MERGED
    query_from = part(merged, MERGED if merged != MERGED else "")
    if any(name in GRAINS for i in coarse for name in selects[i][0]):
        keys = "cells"
        query.with_(
            plain_alias("cells"), as_=_cells(by, merged, [(f"part_{i}", selects[i][0]) for i in coarse]), copy=False
        )
        query.from_(part("cells"), copy=False)
        _left_join(query, query_from, _same(keys, MERGED, by))
    else:
        query.from_(query_from, copy=False)
    for i in coarse:
        _left_join(query, part(f"part_{i}"), _same(keys, f"part_{i}", selects[i][0]))
    origin = {v: (MERGED if i in full else f"part_{i}") for i in range(len(selects)) for v in values[i]}

    def value(name: str) -> exp.Expression | None:
        return column(origin[name], name) if name in origin else None

    final = {name: node for metric in metrics for name, node in final_columns(metric, value).items()}
    asked = [metric.name for metric in metrics]
    columns = [*asked, *(name for name in final if name not in asked)]
    query.select(*(named(column(keys, d), d) for d in by), *(named(final[name], name) for name in columns), copy=False)
    return query, (*by, *columns)


def _left_join(query: exp.Select, other: exp.Expression, on: exp.Expression) -> None:
    query.append("joins", exp.Join(this=other, on=on, side="LEFT"))


def merged_rows(full: Sequence[int], values: Sequence[Sequence[str]], by: Sequence[str]) -> exp.Select:
    """The parts `part_i` of the same dimensions as one row a group. full: their numbers; values: the other columns of each."""
    union: exp.Query = _branch(full[0], full, values, by)
    for i in full[1:]:
        union = exp.union(union, _branch(i, full, values, by), distinct=False, copy=False)
    merged = exp.Select().select(*(_bare(d) for d in by), copy=False)
    merged.select(*(named(exp.Max(this=_bare(v)), v) for i in full for v in values[i]), copy=False)
    merged.from_(union.subquery(plain_alias("rows_of_all"), copy=False), copy=False)
    if by:
        merged.group_by(*(exp.Literal.number(number + 1) for number in range(len(by))), copy=False)
    return merged


def _branch(i: int, full: Sequence[int], values: Sequence[Sequence[str]], by: Sequence[str]) -> exp.Select:
    branch = exp.Select().select(*(_bare(d) for d in by), copy=False)
    for j in full:
        branch.select(*(_bare(v) if j == i else named(exp.Null(), v) for v in values[j]), copy=False)
    return branch.from_(part(f"part_{i}"), copy=False)


def _cells(by: Sequence[str], merged: str, coarse: Sequence[tuple[str, tuple[str, ...]]]) -> exp.Query:
    """Every cell that occurs, and each kind that occurs at every time for which there are tickets to be per."""
    union: exp.Query = exp.Select().select(*(_bare(d) for d in by), copy=False).from_(part(merged), copy=False)
    for below, dims in coarse:
        others = [d for d in by if d not in GRAINS]
        kinds = (
            exp.Select()
            .select(*(_bare(d) for d in others), copy=False)
            .distinct(copy=False)
            .from_(part(merged), copy=False)
        )
        cells = exp.Select().select(*(column(below if d in GRAINS else "kinds", d) for d in by), copy=False)
        cells.from_(part(below), copy=False)
        shared = [d for d in dims if d not in GRAINS]
        cells.join(kinds.subquery(plain_alias("kinds"), copy=False), on=_same(below, "kinds", shared), copy=False)
        union = exp.union(union, cells, distinct=True, copy=False)
    return union


def final_columns(metric: Metric, value: Callable[[str], exp.Expression | None]) -> dict[str, exp.Expression]:
    """The columns of one metric in the result. value: of a measure or companion by name, None where there is no such."""

    def count(name: str) -> exp.Expression:
        return exp.Coalesce(this=value(name), expressions=[exp.Literal.number(0)])

    if metric.is_ratio:
        top, bottom = count(metric.numerator), count(metric.denominator)
        divisor = exp.Nullif(this=bottom.copy(), expression=exp.Literal.number(0))
        found = {
            metric.name: exp.Div(this=cast_to(top.copy(), "DOUBLE"), expression=divisor),
            f"{metric.name}__n": bottom,
            f"{metric.name}__numerator": top,
            f"{metric.name}__denominator": bottom.copy(),
        }
        unknown = f"{metric.numerator}__unknown_time"
        return found | ({f"{metric.name}__unknown_time": count(unknown)} if value(unknown) is not None else {})
    own = value(metric.name)
    if own is None:
        raise KeyError(metric.name)
    found = {metric.name: count(metric.name) if metric.is_additive else own}
    for companion in COMPANIONS:
        name = f"{metric.name}__{companion}"
        if value(name) is not None:
            found[name] = count(name)
    return found


def _same(one: str, other: str, names: Sequence[str]) -> exp.Expression:
    pairs: list[exp.Expression] = [exp.NullSafeEQ(this=column(one, n), expression=column(other, n)) for n in names]
    return reduce(lambda left, right: exp.And(this=left, expression=right), pairs) if pairs else exp.true()


def _bare(name: str) -> exp.Column:
    return exp.Column(this=exp.Identifier(this=name, quoted=True))
