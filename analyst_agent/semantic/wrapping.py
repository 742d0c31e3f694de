"""Exact quantiles where an engine has none as an aggregate (BigQuery, Trino): the values are gathered per group, and interpolated one level up."""

from __future__ import annotations

from sqlglot import exp

WRAPPED = ("bigquery", "trino")


def wrap_quantiles(tree: exp.Query, dialect: str) -> exp.Query:
    """The tree with every SELECT that aggregates a median or quantile turned into one over the gathered values of its groups."""
    if dialect not in WRAPPED:
        return tree
    while True:
        select = next((s for s in tree.find_all(exp.Select) if _own_quantiles(s)), None)
        if select is None:
            return tree
        outer = _wrapped(select, dialect)
        if select is tree:
            tree = outer
        else:
            select.replace(outer)


def quantile_of(node: exp.Expression) -> exp.Expression | None:
    """The share of a quantile node, 0.5 for a median; None for anything else."""
    if isinstance(node, exp.Median):
        return exp.Literal.number("0.5")
    if isinstance(node, exp.PercentileCont):
        share: exp.Expression = node.expression
        return share.unnest().this if isinstance(share.unnest(), exp.Cast) else share
    return None


def _own_quantiles(select: exp.Select) -> list[exp.Expression]:
    found = (n for p in select.expressions for n in p.find_all(exp.Median, exp.PercentileCont))
    return [node for node in found if node.find_ancestor(exp.Select) is select]


def _wrapped(select: exp.Select, dialect: str) -> exp.Select:
    inner = select.copy()
    with_ = inner.args.get("with_")
    inner.set("with_", None)
    outer = exp.Select()
    projections: list[exp.Expr] = []
    for number, projection in enumerate(inner.expressions):
        name = projection.alias_or_name
        kept = exp.column(name, quoted=True)
        asked = list(projection.find_all(exp.Median, exp.PercentileCont))
        if not asked:
            projections.append(projection)
            outer.select(exp.alias_(kept, name, quoted=True), copy=False)
            continue
        final = projection.unalias().copy()
        for place, node in enumerate(list(final.find_all(exp.Median, exp.PercentileCont))):
            gathered = f"values_{number}_{place}"
            projections.append(exp.alias_(_gather(node.this, dialect), gathered, quoted=True))
            share = quantile_of(node)
            assert share is not None
            interpolated = _interpolate(exp.column(gathered, quoted=True), share, dialect)
            if node is final:
                final = interpolated
            else:
                node.replace(interpolated)
        outer.select(exp.alias_(final, name, quoted=True), copy=False)
    inner.set("expressions", projections)
    outer.from_(inner.subquery("gathered", copy=False), copy=False)
    if with_ is not None:
        outer.set("with_", with_)
    return outer


def _gather(value: exp.Expression, dialect: str) -> exp.Expression:
    if dialect == "bigquery":
        return exp.ArrayAgg(this=exp.IgnoreNulls(this=value.copy()))
    present = exp.Where(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())))
    return exp.Anonymous(
        this="ARRAY_SORT", expressions=[exp.Filter(this=exp.ArrayAgg(this=value.copy()), expression=present)]
    )


def _interpolate(values: exp.Expression, share: exp.Expression, dialect: str) -> exp.Expression:
    """Linear between the two neighbours at share * (n - 1), as percentile_cont of the SQL standard."""
    if dialect == "bigquery":
        window = exp.Window(
            this=exp.Anonymous(this="PERCENTILE_CONT", expressions=[exp.column("v"), share.copy()]), over="OVER"
        )
        unnest = exp.Unnest(expressions=[values], alias=exp.TableAlias(columns=[exp.to_identifier("v")]))
        return exp.Select().select(window).from_(unnest).limit(1).subquery()
    count = exp.Anonymous(this="CARDINALITY", expressions=[values.copy()])
    last = exp.Sub(this=count, expression=exp.Literal.number(1))
    place = exp.Mul(this=exp.cast(share.copy(), "DOUBLE"), expression=exp.paren(last))
    lower = exp.cast(exp.Floor(this=place.copy()), "BIGINT")
    low = _element(values, lower)
    high = _element(values, exp.cast(exp.Ceil(this=place.copy()), "BIGINT"))
    fraction = exp.paren(exp.Sub(this=place.copy(), expression=exp.Floor(this=place.copy())))
    step = exp.paren(exp.Sub(this=high, expression=low.copy()))
    return exp.paren(exp.Add(this=low, expression=exp.Mul(this=fraction, expression=step)))


def _element(values: exp.Expression, place: exp.Expression) -> exp.Expression:
    first = exp.Add(this=place, expression=exp.Literal.number(1))
    return exp.Anonymous(this="ELEMENT_AT", expressions=[values.copy(), first])
