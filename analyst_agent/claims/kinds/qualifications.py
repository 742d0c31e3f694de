"""Claims that say how the others are to be read: open, unclassified, unknown, imputed and censored tickets."""

from __future__ import annotations

from datetime import date

from analyst_agent.claims import formats
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.records import Request


def still_open(request: Request) -> str:
    """ "23 escalated tickets are still open, so mean times will rise"."""
    amount = _amount(request)
    if amount is None:
        return ""
    if amount == 0:
        return "No escalated ticket of these is still open"
    verb = formats.plural(amount, "ticket is", "tickets are")
    return f"{formats.count(amount)} escalated {verb} still open, so mean times will rise"


def unclassified(request: Request) -> str:
    """ "17 have no recorded cause"."""
    amount = _amount(request)
    if amount is None:
        return ""
    if amount == 0:
        return "Every escalated ticket has a recorded cause"
    return f"{formats.count(amount)} escalated {formats.plural(amount, 'ticket has', 'tickets have')} no recorded cause"


def unknown_time(request: Request) -> str:
    """ "For 307 the time of escalation is unknown; they count by creation"."""
    amount = _amount(request)
    if not amount:
        return ""
    they = formats.plural(amount, "it counts", "they count")
    noun = formats.plural(amount, "ticket")
    return f"For {formats.count(amount)} escalated {noun} the time of escalation is unknown; {they} by creation"


def imputed(request: Request) -> str:
    """ "Handle time is missing for 31; they count with the mean"."""
    amount = _amount(request)
    if not amount:
        return ""
    they = formats.plural(amount, "it counts", "they count")
    noun = formats.plural(amount, "ticket")
    return f"Handle time is missing for {formats.count(amount)} escalated {noun}; {they} with the mean of the others"


def censored(request: Request) -> str:
    """ "Tickets created from 26 October 2026 on may still escalate"."""
    stated = str(request.arguments.get("from_day", ""))
    try:
        shown = formats.day(date.fromisoformat(stated[:10]))
    except ValueError:
        shown = escaped(stated)
    return f"Tickets created from {shown} on may still escalate" if shown else "The youngest tickets may still escalate"


def _amount(request: Request) -> float | None:
    value = request.facts[0].value if request.facts else None
    return float(value) if formats.is_number(value) else None  # type: ignore[arg-type]
