"""Which dimension segments are compared by, and which of them was asked about."""

from __future__ import annotations

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Filter
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.context import SkillContext

OF_ACCOUNTS = ("tier", "segment", "region", "plan")
OF_TICKETS = ("category", "channel", "priority", "product_area")


def dimension_to_compare(context: SkillContext, focus: str | None) -> str:
    """The dimension that has the focus among its values, customer types first; without a focus the first that is filled."""
    filled = [name for name in (*OF_ACCOUNTS, *OF_TICKETS) if context.has(name)]
    if focus is None:
        if not filled:
            raise NotPermitted(
                "The data have no dimension by which tickets could be compared.", "Load accounts or categories."
            )
        return filled[0]
    others = [name for name in context.model.dimensions() if name not in filled and name != "account"]
    values: list[str] = []
    for name in (*filled, *others, *(n for n in ("account",) if n in context.model.dimensions())):
        known = context.queries.values(name)
        if any(value.lower() == focus.lower() for value in known):
            return name
        values += known
    raise UnknownName("segment", focus, values)


def own_filter_as_focus(
    dimension: str, where: tuple[Filter, ...], focus: str | None
) -> tuple[tuple[Filter, ...], str | None]:
    """A filter on one value of the compared dimension leaves nothing to compare with: it names the focus instead."""
    own = [one for one in where if one.field == dimension and one.op == "=" and one.value is not None]
    if not own:
        return where, focus
    return tuple(one for one in where if one not in own), focus or str(own[0].value)


def checked_focus(context: SkillContext, dimension: str, focus: str | None, *, of_tickets: bool = True) -> str | None:
    """The focus as stored. Raises where the dimension cannot split tickets (of_tickets: escalated or not) or does not have
    that value.
    """
    context.model.check_dimension(dimension)
    known = context.model.dimensions().get(dimension)
    if of_tickets and known is not None and known.role == "escalation":
        raise NotPermitted(
            f"Escalation rates cannot be compared by {known.label}: a ticket has one only once it is escalated.",
            "Ask for the root causes, or compare by what a ticket has when it is created, such as category or tier.",
        )
    if focus is None or dimension in GRAINS:
        return focus
    stored = context.queries.values(dimension)
    found = next((value for value in stored if value.lower() == focus.lower()), None)
    if found is None:
        raise UnknownName(f"value of {dimension}", focus, stored)
    return found


def checked_value(context: SkillContext, dimension: str, value: str) -> str:
    """A value of a dimension as stored. Raises UnknownName with the values there are."""
    if dimension in GRAINS:
        return value
    stored = (*context.queries.values(dimension), *context.model.root_causes)
    known = stored if dimension == "root_cause" else context.queries.values(dimension)
    found = next((one for one in known if one.lower().replace("_", " ") == value.lower().replace("_", " ")), None)
    if found is None:
        raise UnknownName(f"value of {dimension}", value, known)
    return found
