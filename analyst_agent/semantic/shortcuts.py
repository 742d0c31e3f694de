"""Reaching escalated tickets directly where a query only goes through the tickets to find them."""

from __future__ import annotations

from sqlglot import exp

from analyst_agent.semantic.cohorts import ESCALATED, TICKET
from analyst_agent.semantic.fragments import column

KEY = "ticket_id"
_DEMANDING = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In)


def shortened(select: exp.Select) -> exp.Select:
    """The SELECT, changed in place: without the join of tickets where nothing but their key is used, on the way from an escalation
    or a resolution to an escalated ticket that a condition demands. Every escalated ticket is one of the tickets.
    """
    joins = {join.this.alias: join for join in select.args.get("joins") or ()}
    if not {TICKET, ESCALATED} <= set(joins) or not _is_demanded(select):
        return select
    used = [found for found in select.find_all(exp.Column) if found.table == TICKET]
    key = joins[TICKET].args["on"].this
    if any(found.name != KEY for found in used) or key.table != select.args["from_"].this.alias:
        return select
    joins[ESCALATED].args["on"].this.replace(key.copy())
    select.set("joins", [join for alias, join in joins.items() if alias != TICKET])
    for found in list(select.find_all(exp.Column)):
        if found.table == TICKET:
            found.replace(column(ESCALATED, KEY))
    return select


def _is_demanded(select: exp.Select) -> bool:
    """Whether a condition holds only where there is an escalated ticket."""
    where = select.args.get("where")
    for one in (
        where.this.flatten() if where is not None and isinstance(where.this, exp.And) else [where and where.this]
    ):
        tested = one.this.this if isinstance(one, exp.Not) and isinstance(one.this, exp.Is) else None
        value = tested if tested is not None else one.this if isinstance(one, _DEMANDING) else None
        if isinstance(value, exp.Column) and value.table == ESCALATED:
            return True
    return False
