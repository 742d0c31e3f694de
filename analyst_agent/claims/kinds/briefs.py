"""Claims of a day's brief: what came, what is unusual, how many tickets need a person."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.kinds.opening import period_opening
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

_DONE = {"ticket_count": "created", "escalated_ticket_count": "escalated", "resolution_count": "resolved"}
_WHY = {
    "SLA due within a day": "due within a day",
    "over its SLA since yesterday": "over {its} SLA since yesterday",
    "over its SLA for longer": "over {its} SLA for longer",
    "not acknowledged": "not acknowledged",
    "escalated again": "escalated again",
}


def brief_opening(request: Request) -> str:
    """ "**2 November 2026**. 96 tickets were created (usual for a Monday: 101), 9 escalated (11), 88 resolved (97)"."""
    known = [fact for fact in request.facts if fact.metric in _DONE]
    if not known:
        return ""
    day = known[0].period.start if known[0].period else None
    weekday = formats.WEEKDAYS[day.weekday()] if day else "day"
    parts = []
    for place, fact in enumerate(known):
        amount = formats.count(float(fact.value or 0))
        verb = formats.plural(float(fact.value or 0), "ticket was ", "tickets were ") if place == 0 else ""
        parts.append(f"{amount} {verb}{_DONE[fact.metric]}{_usual(fact, weekday if place == 0 else '')}")
    only = request.wording.filtered(known[0].filters)
    return f"{period_opening(request.finding, only)} {', '.join(parts)}"


def unusual_day(request: Request) -> str:
    """ "Escalated tickets are more than usual for a Monday: 25 against 11, more than noise"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or fact.reference_value is None or fact.period is None or not fact.difference:
        return ""
    weekday = formats.WEEKDAYS[fact.period.start.weekday()]
    way = "more" if fact.difference > 0 else "fewer"
    name = formats.sentence(request.wording.metric(fact.metric))
    return f"{name}: {way} than usual for a {weekday}, {request.wording.number(fact)} against {_mean(fact)}: more than noise"


def needs_person(request: Request) -> str:
    """ "12 open escalated tickets need a person: 3 over their SLA, 4 due within a day, 5 not acknowledged"."""
    whole = next((fact for fact in request.facts if not fact.dimensions), None)
    if whole is None:
        return ""
    amount, of = float(whole.value or 0), float(whole.n or 0)
    if not of:
        return "No escalated ticket is open"
    if not amount:
        return f"None of {formats.count(of)} open escalated tickets needs a person today"
    parts = []
    for fact in request.facts:
        if fact.dimensions:
            why = _WHY.get(str(fact.dimensions.get("reason")), str(fact.dimensions.get("reason")))
            its = formats.plural(float(fact.value or 0), "its", "their")
            parts.append(f"{request.wording.number(fact)} {why.format(its=its)}")
    verb = formats.plural(amount, "needs", "need")
    return f"{formats.count(amount)} of {formats.count(of)} open escalated tickets {verb} a person: {formats.listed(parts)}"


def _usual(fact: Fact, weekday: str) -> str:
    if fact.reference_value is None:
        return ""
    return f" (usual for a {weekday}: {_mean(fact)})" if weekday else f" ({_mean(fact)})"


def _mean(fact: Fact) -> str:
    value = float(fact.reference_value or 0)
    return formats.count(round(value)) if value >= 10 else f"{value:.1f}"


KINDS: Mapping[str, Kind] = {
    "brief_opening": brief_opening,
    "unusual_day": unusual_day,
    "needs_person": needs_person,
}
OPENING = frozenset({"brief_opening", "needs_person"})
