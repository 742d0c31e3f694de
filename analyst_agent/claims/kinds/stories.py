"""Claims about one ticket: what happened to it, who held it, its SLA, what bears on it, and how similar ones ended."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.escape import cited, delimited, escaped, identified
from analyst_agent.claims.records import Kind, Request


def ticket_opening(request: Request) -> str:
    """ "Ticket T-1 was escalated 3 times and resolved after 4.8 days"."""
    times, age = request.of("ticket_escalation_count"), request.of("ticket_age_minutes")
    if times is None or age is None:
        return ""
    amount = float(times.value or 0)
    often = {0.0: "was not escalated", 1.0: "was escalated once"}.get(
        amount, f"was escalated {formats.count(amount)} times"
    )
    took = request.wording.number(age)
    end = f"is still open after {took}" if request.arguments.get("is_open") else f"was resolved after {took}"
    return f"**Ticket {escaped(str(request.arguments.get('ticket', '')))}** {often} and {end}"


def held(request: Request) -> str:
    """ "It was held by Blue for 7.5 h, then by Desk for 42 h; longest by Desk"."""
    if not request.facts:
        return ""
    parts = [f"{request.name_of(fact, 'team')} for {request.wording.number(fact)}" for fact in request.facts]
    text = f"It was held by {', then by '.join(parts[:6])}"
    if len(parts) > 6:
        text += ", and by others after that"
    longest = max(request.facts, key=lambda fact: float(fact.value or 0))
    return f"{text}; longest by {request.name_of(longest, 'team')}" if len(parts) > 2 else text


def sla_of_ticket(request: Request) -> str:
    """ "It was resolved 3.2 h after the time its SLA set"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or not formats.is_number(fact.value):
        return ""
    over = float(fact.value or 0)
    shown = formats.duration(abs(over))
    is_open = bool(request.arguments.get("is_open"))
    if over > 0:
        return f"It {'is' if is_open else 'was'} {shown} over the time its SLA set"
    if is_open:
        return f"At the data's end {shown} were left of the time its SLA set"
    return f"It was resolved {shown} within the time its SLA set"


def known_issue_of_ticket(request: Request) -> str:
    """ "Its text matches the known issue KI-12: "Exports time out" (in progress)"."""
    document, title, status = (str(request.arguments.get(key) or "") for key in ("document", "title", "status"))
    stands = f" ({delimited(status)})" if status else ""
    return f"Its text matches the known issue {identified(document)}: {cited(title)}{stands}"


def policy_of_ticket(request: Request) -> str:
    """ "The policy "Refunds and credits" ("Full months") covers it"."""
    name, heading = (str(request.arguments.get(key) or "") for key in ("document", "heading"))
    where = f"{cited(name)} ({cited(heading)})" if heading and heading != name else cited(name)
    if request.arguments.get("covers"):
        return f"The policy {where} covers it"
    return f"No policy covers it; the closest is {where}"


def similar_tickets(request: Request) -> str:
    """ "Of 5 similar resolved tickets 3 ended with refund and 2 with fix"."""
    if not request.facts:
        return ""
    first, n = request.facts[0], request.facts[0].n
    of = f"Of {formats.count(float(n))} similar resolved tickets " if n else ""
    parts = [f"{request.wording.number(fact)} ended with {request.name_of(fact, 'resolution_type')}" for fact in request.facts]  # fmt: skip
    if n == 1:
        return f"One similar resolved ticket ended with {request.name_of(first, 'resolution_type')}"
    return f"{of}{formats.listed(parts)}"


KINDS: Mapping[str, Kind] = {
    "ticket_opening": ticket_opening,
    "held": held,
    "sla_of_ticket": sla_of_ticket,
    "known_issue_of_ticket": known_issue_of_ticket,
    "policy_of_ticket": policy_of_ticket,
    "similar_tickets": similar_tickets,
}
OPENING = frozenset({"ticket_opening"})
