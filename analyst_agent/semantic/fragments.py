"""Pieces of SQL that do not depend on where a query starts: conditions, time grains, root causes, durations, typed literals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from sqlglot import exp

from analyst_agent.records import Filter
from analyst_agent.semantic.model import Field, normal_code
from analyst_agent.settings import WEEKDAYS

UNCLASSIFIED = "unclassified"
_COMPARISONS: dict[str, Callable[..., exp.Expression]] = {
    "=": exp.EQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}
NEGATIONS = ("!=", "not in", "missing")


def condition(node: exp.Expression, one: Filter, known: Field) -> exp.Expression:
    """The SQL of one typed filter. "Not" keeps objects without a value, so that a value and its negation add up to all."""
    null = exp.Is(this=node.copy(), expression=exp.Null())
    if one.op == "missing":
        return null
    if one.op == "present":
        return exp.Not(this=null)
    if one.op == "contains":
        lowered = exp.Lower(this=node)
        return exp.GT(
            this=exp.StrPosition(this=lowered, substr=literal(str(one.value).lower(), known)),
            expression=exp.Literal.number(0),
        )
    if one.op == "in" and all(isinstance(value, tuple) for value in one.value):  # days, as in_utc has them
        return exp.paren(reduce(_either, [_within(node, first, last, known) for first, last in one.value]), copy=False)
    if one.op in ("in", "not in"):
        inside = exp.In(this=node, expressions=[literal(v, known) for v in one.value])
        return inside if one.op == "in" else exp.Paren(this=exp.Or(this=exp.Not(this=inside), expression=null))
    if one.op == "between":
        first, last = one.value
        return _within(node, first, last, known)
    if one.op == "!=":
        return exp.Paren(this=exp.Or(this=exp.NEQ(this=node, expression=literal(one.value, known)), expression=null))
    return _COMPARISONS[one.op](this=node, expression=literal(one.value, known))


def _within(node: exp.Expression, first: object, last: object, known: Field) -> exp.Expression:
    low, high = (literal(value, known) for value in (first, last))
    return exp.And(
        this=exp.GTE(this=node.copy(), expression=low), expression=exp.LTE(this=node.copy(), expression=high)
    )


def _either(one: exp.Expression, other: exp.Expression) -> exp.Expression:
    return exp.Or(this=one, expression=other)


def affirmed(one: Filter) -> Filter:
    """What a negated filter denies: `!=` becomes `=`, `not in` becomes `in`, `missing` becomes `present`."""
    return Filter(one.field, {"!=": "=", "not in": "in", "missing": "present"}[one.op], one.value)


def grain_expression(local: exp.Expression, grain: str, week_start: str) -> exp.Expression:
    """The day, week, month, quarter or year a local time falls in (a date), its hour (0-23) or ISO weekday (1 = Monday)."""
    if grain == "hour":
        return exp.Extract(this=exp.var("HOUR"), expression=local)
    if grain == "weekday":
        return exp.Extract(this=exp.var("ISODOW"), expression=local)
    if grain == "week" and week_start != "monday":
        days = exp.Interval(this=exp.Literal.string(str(7 - WEEKDAYS.index(week_start))), unit=exp.var("DAY"))
        moved = exp.TimestampTrunc(
            this=exp.paren(exp.Add(this=local, expression=days), copy=False), unit=exp.var("WEEK")
        )
        return cast_to(exp.Sub(this=moved, expression=days.copy()), "DATE")
    return cast_to(exp.TimestampTrunc(this=local, unit=exp.var(grain.upper())), "DATE")


def root_cause(
    recorded: exp.Expression, keys: tuple[exp.Expression, exp.Expression], causes: Sequence[str], codes: dict[str, str]
) -> exp.Expression:
    """The recorded cause in its stored spelling, else that of the reason code, else `unclassified`.

    keys: of the recorded cause and of the reason code, as model.normal_code has them; the derived tables hold both.
    """
    cause_key, reason_key = keys
    names = [exp.Literal.string(c) for c in (*causes, UNCLASSIFIED)]
    stated = exp.Case(
        ifs=[exp.If(this=exp.In(this=cause_key, expressions=names), true=cause_key.copy())], default=recorded
    )
    by_cause: dict[str, list[str]] = {}
    for name, cause in codes.items():
        by_cause.setdefault(cause, []).append(normal_code(name))
    arms = [
        exp.If(
            this=exp.In(this=reason_key.copy(), expressions=[exp.Literal.string(n) for n in sorted(group)]),
            true=exp.Literal.string(cause),
        )
        for cause, group in by_cause.items()
    ]
    mapped: list[exp.Expression] = [exp.Case(ifs=arms)] if arms else []
    return exp.Coalesce(this=stated, expressions=[*mapped, exp.Literal.string(UNCLASSIFIED)])


def minutes_between(start: exp.Expression, end: exp.Expression) -> exp.Expression:
    """Minutes from start to end, with fractions."""
    micros = exp.DateDiff(this=end, expression=start, unit=exp.var("MICROSECOND"))
    return exp.Div(this=cast_to(micros, "DOUBLE"), expression=exp.Literal.number("60000000.0"))


def cast_to(node: exp.Expression, kind: str) -> exp.Expression:
    """The expression as a type; as it is where it is a cast to that type. sqlglot's own would parse the type's name each time."""
    to = exp.DataType.Type[kind]
    if isinstance(node, exp.Cast) and node.to.this == to:
        return node
    return exp.Cast(this=node, to=exp.DataType(this=to, nested=False))


def double(value: float) -> exp.Expression:
    """A typed literal."""
    return cast_to(exp.Literal.number(repr(float(value))), "DOUBLE")


def literal(value: object, known: Field) -> exp.Expression:
    """A value in its field's type."""
    if known.kind == "time":
        return cast_to(exp.Literal.string(str(value)), "TIMESTAMP")
    if known.kind == "number":
        number = exp.Literal.number(str(value).lstrip("-"))
        return exp.Neg(this=number) if str(value).startswith("-") else number
    return exp.Literal.string(str(value))


def column(table: str, name: str) -> exp.Column:
    """A quoted column of an aliased table."""
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=exp.Identifier(this=table, quoted=True))


def named(node: exp.Expression, name: str) -> exp.Alias:
    """The expression under a quoted name."""
    return exp.Alias(this=node, alias=exp.Identifier(this=name, quoted=True))


def part(name: str, alias: str = "") -> exp.Table:
    """A part of the query itself (WITH), by its plain name."""
    node = exp.Table(this=exp.Identifier(this=name, quoted=False))
    if alias:
        node.set("alias", plain_alias(alias))
    return node


def plain_alias(name: str) -> exp.TableAlias:
    """The name under which a part of the query is known."""
    return exp.TableAlias(this=exp.Identifier(this=name, quoted=False))


def table(source: str, alias: str) -> exp.Alias | exp.Table:
    """A table of the model under the name of its dataset."""
    return exp.Table(
        this=exp.Identifier(this=source, quoted=False),
        alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=True)),
    )
