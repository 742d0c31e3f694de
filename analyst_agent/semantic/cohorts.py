"""Counting tickets beside those of them that were escalated without joining the two: escalated tickets carry what tickets are split by."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from analyst_agent.semantic.counting import everything
from analyst_agent.semantic.fragments import cast_to, column, named
from analyst_agent.semantic.model import Model

TICKET, ESCALATED = "ticket", "escalated_ticket"


def unjoined(model: Model, select: exp.Select) -> exp.Union | None:
    """Two SELECTs of the same columns instead of one over tickets joined to escalated tickets, whose sums are its counts.

    None where the join does more than say which tickets were escalated, or where more is asked of tickets than the escalated
    ones carry: every escalated ticket is exactly one of the tickets and holds their values.
    """
    if ESCALATED not in model.datasets or not _only_counts(model, select):
        return None
    tickets, escalated = select.copy(), select.copy()
    for one in (tickets, escalated):
        one.set("joins", [join for join in one.args["joins"] if join.this.alias != ESCALATED])
    source = escalated.args["from_"].this
    source.set("this", exp.to_identifier(model.datasets[ESCALATED].source))
    for one, counted in ((tickets, False), (escalated, True)):
        for node in [projection.unalias() for projection in one.selects]:
            if (count := _counted(node)) is not None:
                if _is_of_escalated(count) is not counted:
                    node.replace(exp.Literal.number(0))
                elif counted:
                    count.replace(everything())
        _drop_unused_joins(one)
    return exp.union(tickets, escalated, distinct=False, copy=False)


def _drop_unused_joins(select: exp.Select) -> None:
    """Takes out, in place, the directories that nothing refers to any more: joined many to one, they neither add nor remove rows."""
    kept = list[exp.Join]()
    for join in reversed(select.args["joins"]):
        others = select.copy()
        others.set("joins", [one.copy() for one in kept])
        if any(found.table == join.this.alias for found in others.find_all(exp.Column)):
            kept.insert(0, join)
    select.set("joins", kept)


def summed(union: exp.Union, by: Collection[str]) -> exp.Select:
    """The union as one row a group. by: the columns that split it; all others are counts."""
    select = exp.Select()
    for projection in union.selects:
        name = projection.alias
        own = column("parts", name)
        select.select(named(own if name in by else cast_to(exp.Sum(this=own), "BIGINT"), name), copy=False)
    select.from_(union.subquery("parts", copy=False), copy=False)
    if by:
        select.group_by(*(exp.Literal.number(number + 1) for number in range(len(by))), copy=False)
    return select


def _only_counts(model: Model, select: exp.Select) -> bool:
    source = select.args["from_"].this
    joins = [join for join in select.args.get("joins") or () if join.this.alias == ESCALATED]
    if source.alias != TICKET or len(joins) != 1:
        return False
    nodes = [projection.unalias() for projection in select.selects]
    counts = [count for node in nodes if (count := _counted(node)) is not None]
    others = [node for node in nodes if _counted(node) is None]
    if any(node.find(exp.AggFunc, exp.Subquery) for node in others):
        return False
    if not all(_is_of_escalated(node) or _is_of_tickets(node) for node in counts):
        return False
    carried = model.datasets[ESCALATED].carries.get(TICKET, ())
    aside = {id(found) for node in (*counts, *joins) for found in node.find_all(exp.Column)}
    return all(
        found.table != ESCALATED and (found.table != TICKET or found.name in carried)
        for found in select.find_all(exp.Column)
        if id(found) not in aside
    )


def _counted(node: exp.Expr) -> exp.Count | None:
    """The count that a column is, with or without a filter."""
    count = node.this if isinstance(node, exp.Filter) else node
    return count if isinstance(count, exp.Count) else None


def _is_of_escalated(node: exp.Count) -> bool:
    return isinstance(node.this, exp.Column) and (node.this.table, node.this.name) == (ESCALATED, "ticket_id")


def _is_of_tickets(node: exp.Count) -> bool:
    """Whether it counts tickets, all of them or those that have a value of a column."""
    return isinstance(node.this, exp.Star) or (isinstance(node.this, exp.Column) and node.this.table != ESCALATED)
