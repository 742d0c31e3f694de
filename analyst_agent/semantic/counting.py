"""Counts of what an object has, written by the column that says so: an engine counts a column's values for a fraction of what a CASE costs."""

from __future__ import annotations

from typing import cast

from sqlglot import exp


def everything() -> exp.Count:
    """All rows, the same tree as COUNT(*) in the model's text."""
    return exp.Count(this=exp.Star(), big_int=True)


def count_of(node: exp.Expression) -> exp.Count:
    """The rows for which the expression has a value. What it is worked out of (CASE WHEN a IS NULL THEN NULL WHEN ... THEN 1 ELSE 0 END) stands for it."""
    told_by = _told_by(node)
    if isinstance(told_by, exp.Star):
        return everything()
    return exp.Count(this=told_by.copy(), big_int=True)


def count_missing(node: exp.Expression) -> exp.Expression:
    """The rows for which the expression has none."""
    return exp.Sub(this=everything(), expression=count_of(node))


def plainer(tree: exp.Expression) -> exp.Expression:
    """COUNT(CASE WHEN a IS NULL THEN 1 END) and COUNT(CASE WHEN a IS NOT NULL THEN 1 END) by the values of a; anything else as it is."""
    if not isinstance(tree, exp.Count) or isinstance(tree.this, exp.Distinct):
        return tree
    case = tree.this
    if isinstance(case, exp.Case) and case.this is None and len(case.args["ifs"]) == 1 and not case.args.get("default"):
        [arm] = case.args["ifs"]
        if _is_literal(arm.args["true"]):
            tested = _tested(arm.this)
            if tested is not None:
                return count_missing(tested)
            if isinstance(arm.this, exp.Not) and (tested := _tested(arm.this.this)) is not None:
                return count_of(tested)
    return tree


def is_whole(node: exp.Expression) -> bool:
    """Whether the expression can be nothing but a whole number or missing: a CASE of such literals. Its sums are exact without a conversion."""
    case = node.unnest()
    if not isinstance(case, exp.Case):
        return False
    outcomes = [*(arm.args["true"] for arm in case.args["ifs"]), case.args.get("default")]
    return all(
        one is None or isinstance(one, exp.Null) or (isinstance(one, exp.Literal) and one.is_int) for one in outcomes
    )


def _told_by(node: exp.Expression) -> exp.Expression:
    """What has a value exactly where the expression has one: itself, the column its CASE asks for first, or * where it always has."""
    node = cast(exp.Expression, node.unnest())
    if not isinstance(node, exp.Case) or node.this is not None or not _is_literal(node.args.get("default")):
        return node
    first, *rest = node.args["ifs"]
    if not all(_is_literal(arm.args["true"]) for arm in rest):
        return node
    if _is_literal(first.args["true"]):
        return exp.Star()
    tested = _tested(first.this)
    return tested if tested is not None and isinstance(first.args["true"], exp.Null) else node


def _tested(condition: exp.Expression) -> exp.Expression | None:
    """What `... IS NULL` asks of; None for any other condition."""
    test = condition.unnest()
    if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null):
        return cast(exp.Expression, test.this.unnest())
    return None


def _is_literal(node: object) -> bool:
    return isinstance(node, exp.Literal)
