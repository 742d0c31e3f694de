"""Claims about what is new: a group that appeared or grew, that none did, and a burst of one account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import judged
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact


def emerging(request: Request) -> str:
    """ ""export, timeout": new in Reports, 10 escalated tickets from 8 accounts, first seen on 21 September 2026; none ..." """
    count = request.of("escalated_ticket_count")
    if count is None or not formats.is_number(count.value) or not formats.is_number(count.reference_value):
        return ""
    area = request.arguments.get("area")
    where = f" in {request.wording.value('product_area', area)}" if area else ""
    tickets = float(count.value or 0)
    text = f"{_named(request, count)}: {'growing' if count.reference_value else 'new'}{where}, "
    text += f"{formats.count(tickets)} escalated {formats.plural(tickets, 'ticket')}"
    accounts = request.of("accounts_touched")
    if accounts is not None and formats.is_number(accounts.value):
        amount = float(accounts.value or 0)
        text += f" from {formats.count(amount)} {formats.plural(amount, 'account')}"
    seen = request.of("first_seen")
    if seen is not None and not count.reference_value:
        text += f", first seen on {formats.day(date.fromisoformat(str(seen.value)))}"
    when = f" {formats.during(count.reference_period)}" if count.reference_period else " before"
    before = (
        f"against {formats.score(count.reference_value or 0)} in as many days on average{when}"
        if count.reference_value
        else f"none{when}"
    )
    return f"{text}, {before}: {judged(count, request.wording)}"


def emerging_none(request: Request) -> str:
    """ "Nothing new stands out: 114 escalated tickets in 17 groups, none more than noise"."""
    count, groups = request.of("escalated_ticket_count"), request.of("similar_group_count")
    if count is None or groups is None:
        return ""
    tickets, amount = float(count.value or 0), float(groups.value or 0)
    return (
        f"Nothing new stands out: {formats.count(tickets)} escalated {formats.plural(tickets, 'ticket')} in "
        f"{formats.count(amount)} {formats.plural(amount, 'group')}, none more than noise"
    )


def emerging_burst(request: Request) -> str:
    """ ""invoice, wrong": 14 of 15 tickets come from one account, so this is a burst of one customer, not a trend"."""
    fact = request.of("tickets_of_one_account")
    if fact is None or not formats.is_number(fact.value) or not fact.n:
        return ""
    amount = float(fact.value or 0)
    some = f"all {formats.count(amount)}" if amount == fact.n else f"{formats.count(amount)} of {formats.count(fact.n)}"
    return f"{_named(request, fact)}: {some} tickets come from one account, which is a burst, not a trend"


def emerging_beside_table(request: Request) -> str:
    """What the row of a group does not say: whether it is new, and that it is more than noise."""
    count = request.of("escalated_ticket_count")
    if count is None or not formats.is_number(count.reference_value):
        return emerging(request)
    state = "growing" if count.reference_value else "new"
    return f"{_named(request, count)}: {state}, {judged(count, request.wording)}"


def _named(request: Request, fact: Fact) -> str:
    names = [request.wording.value(name, value) for name, value in fact.dimensions.items() if value is not None]
    return " in ".join(names) or "These tickets"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {"emerging": emerging, "emerging_none": emerging_none, "emerging_burst": emerging_burst}
)
BESIDE_TABLE: Mapping[str, Kind] = MappingProxyType({"emerging": emerging_beside_table})
OF_PATTERNS = frozenset({"emerging"})
