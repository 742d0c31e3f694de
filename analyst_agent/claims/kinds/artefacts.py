"""Claims about what is likely an artefact of the extract or of recording, each with the counts that show it."""

from __future__ import annotations

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import judged, value_and_reference
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

_EVIDENCE = 6


def cut_off(request: Request) -> str:
    """ "Likely a cut-off of the extract: 274 tickets were created from 1 June 2016 to 18 February 2017, 1.0 a day, after ..." """
    text = _edge(request)
    return f"Likely a cut-off of the extract, not a calmer desk: {text}" if text else ""


def extract_begins(request: Request) -> str:
    """The same at the beginning: a few old tickets before the extract holds all."""
    text = _edge(request)
    return f"The extract likely begins after its first tickets: {text}" if text else ""


def gap(request: Request) -> str:
    """ "Likely a gap in the data: 0 tickets were created from 1 to 14 July 2026, where 640 would be expected"."""
    if len(request.facts) < 2 or request.facts[0].period is None:
        return ""
    count, expected = request.facts[:2]
    return (
        f"Likely a gap in the data, or a closed desk: {_created(request, count)} {_when(count)}, "
        f"where {request.wording.number(expected)} would be expected"
    )


def load(request: Request) -> str:
    """ "A load of tickets: 1,204 were created on 3 March 2026, where 240 would be expected; their rate ... unchanged"."""
    if len(request.facts) < 3 or request.facts[0].period is None:
        return ""
    count, expected, rate = request.facts[:3]
    text = (
        f"A load of tickets: {request.wording.number(count)} were created {_when(count)}, where "
        f"{request.wording.number(expected)} would be expected"
    )
    if not formats.is_number(rate.value) or not formats.is_number(rate.reference_value):
        return text
    now, other = value_and_reference(rate, request.wording)
    if rate.significant:
        return (
            f"{text}; their cohort escalation rate differs too, {now} against {other}: {judged(rate, request.wording)}"
        )
    return (
        f"{text}; their cohort escalation rate is {now} against {other}: {judged(rate, request.wording)}, "
        "so it is the volume that rose"
    )


def copies(request: Request) -> str:
    """ "Of 2,408 tickets examined there, 1,204 repeat another in time, account, category and subject: likely loaded twice"."""
    fact = request.of("twin_ticket_count")
    if fact is None or not formats.is_number(fact.value) or not fact.n:
        return ""
    return (
        f"Of {formats.count(fact.n)} tickets examined there, {request.wording.number(fact)} repeat another in time of creation, "
        "account, category and subject: likely loaded twice"
    )


def recording_begins(request: Request) -> str:
    """ "Escalations were likely not recorded before 1 March 2026: 0 of 4,020 tickets created ... were escalated, against ..." """
    return _recording(request, "Escalations were likely not recorded before {after}")


def recording_ends(request: Request) -> str:
    """The same at the end."""
    return _recording(request, "Escalations are likely no longer recorded from {start} on")


def recording_gap(request: Request) -> str:
    """The same in between."""
    return _recording(request, "Escalations were likely not recorded for a while")


def field_begins(request: Request) -> str:
    """ "Reason code was likely not recorded before 1 March 2026: filled for 0 of 120 ... against 300 of 310 ..." """
    return _field(request, "was likely not recorded before {after}")


def field_ends(request: Request) -> str:
    """The same at the end."""
    return _field(request, "is likely no longer recorded from {start} on")


def unfinished(request: Request) -> str:
    """ "Of 258 tickets created from 29 to 30 June 2026 only 1 is resolved, against 1,600 of 1,650 before: they may still escalate ..." """
    if len(request.facts) != _EVIDENCE:
        return ""
    resolved, tickets, rate, resolved_before, tickets_before, rate_before = request.facts
    shown = request.wording.number
    one = formats.plural(float(resolved.value or 0), "is", "are")
    return (
        f"Tickets created from {_start(tickets)} on may still escalate and are censored: {shown(resolved)} of {shown(tickets)} "
        f"{one} resolved, against {shown(resolved_before)} of {shown(tickets_before)} before; their cohort escalation rate of "
        f"{shown(rate)}, against {shown(rate_before)}, will rise"
    )


def _edge(request: Request) -> str:
    if len(request.facts) != _EVIDENCE or request.facts[0].period is None:
        return ""
    count, per_day, other, other_per_day, rate, other_rate = request.facts
    shown = request.wording.number
    text = (
        f"{_created(request, count)} {_when(count)}, {shown(per_day)} a day, against {shown(other)} {_when(other)}, "
        f"{shown(other_per_day)} a day"
    )
    if not formats.is_number(rate.value) or not formats.is_number(other_rate.value):
        return text
    return f"{text}, while the cohort escalation rate is {shown(rate)} against {shown(other_rate)}"


def _recording(request: Request, opening: str) -> str:
    if len(request.facts) != 4:
        return ""
    escalated, tickets, other, other_tickets = request.facts
    shown = request.wording.number
    said = opening.format(start=_start(tickets), after=_after(tickets))
    return (
        f"{said}: {shown(escalated)} of {shown(tickets)} tickets created {_when(tickets)} were escalated, against "
        f"{shown(other)} of {shown(other_tickets)} {_when(other_tickets)}"
    )


def _field(request: Request, said: str) -> str:
    if len(request.facts) != 4:
        return ""
    recorded, whole, other, other_whole = request.facts
    shown = request.wording.number
    name = formats.sentence(request.wording.dimension(str(request.arguments.get("field", "field"))))
    noun = "escalated tickets" if whole.metric == "escalated_ticket_count" else "tickets"
    said = said.format(start=_start(whole), after=_after(whole))
    return (
        f"{name} {said}: filled for {shown(recorded)} of {shown(whole)} {noun} {_when(whole)}, against {shown(other)} of "
        f"{shown(other_whole)} {_when(other_whole)}"
    )


def _created(request: Request, fact: Fact) -> str:
    total = float(fact.value or 0)
    return f"{formats.count(total)} {formats.plural(total, 'ticket was', 'tickets were')} created"


def _when(fact: Fact) -> str:
    """Its days in full: a month's name would hide where an edge lies."""
    if fact.period is None:
        return ""
    days = formats.days_of(fact.period)
    return f"from {days}" if " to " in days else f"on {days}"


def _start(fact: Fact) -> str:
    return formats.day(fact.period.start) if fact.period else ""


def _after(fact: Fact) -> str:
    return formats.day(fact.period.end) if fact.period else ""


KINDS: dict[str, Kind] = {
    "cut_off": cut_off,
    "extract_begins": extract_begins,
    "gap": gap,
    "load": load,
    "copies": copies,
    "recording_begins": recording_begins,
    "recording_ends": recording_ends,
    "recording_gap": recording_gap,
    "field_begins": field_begins,
    "field_ends": field_ends,
    "unfinished": unfinished,
}
