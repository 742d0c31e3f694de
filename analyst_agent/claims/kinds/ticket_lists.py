"""The claim a list of tickets opens with: how many are listed of how many, and in which order."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.kinds.opening import period_opening
from analyst_agent.claims.records import Kind, Request

_NOUNS = {
    "open": ("open escalated ticket", "open escalated tickets"),
    "created": ("ticket", "tickets"),
}
_ESCALATED = ("escalated ticket", "escalated tickets")
_ORDERS = {
    "newest": "the newest first",
    "oldest": "the oldest first",
    "longest_open": "the longest open first",
    "longest_to_resolve": "the longest to resolve first",
    "fastest_to_resolve": "the fastest to resolve first",
    "most_handle_time": "the most handle time first",
}


def ticket_list(request: Request) -> str:
    """ "**October 2026** (1 to 31 October). 20 of 328 escalated tickets, the newest first"."""
    shown = request.of("listed_ticket_count")
    whole = next((fact for fact in request.facts if fact is not shown), None)
    if whole is None or shown is None:
        return ""
    count, listed = float(whole.value or 0), float(shown.value or 0)
    noun = formats.plural(count, *_NOUNS.get(str(request.arguments.get("which")), _ESCALATED))
    only = request.wording.filtered(whole.filters)
    if not count:
        where = f" {formats.during(whole.period)}" if whole.period else ""
        return f"There are no {noun}{where}{f' (only {only})' if only else ''}"
    of = f"{formats.count(listed)} of " if listed < count else ""
    order = _ORDERS.get(str(request.arguments.get("order")), "") if listed > 1 else ""
    text = f"{of}{formats.count(count)} {noun}{f', {order}' if order else ''}"
    return f"{period_opening(request.finding, only)} {text}"


KINDS: Mapping[str, Kind] = {"ticket_list": ticket_list}
OPENING = frozenset({"ticket_list"})
