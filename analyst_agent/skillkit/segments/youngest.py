"""How far the youngest tickets, which may still escalate, can mislead."""

from __future__ import annotations

import math
from datetime import date, timedelta

from analyst_agent.records import Fact, Filter, Statement
from analyst_agent.skillkit.inquiry import TICKETS, Inquiry
from analyst_agent.skillkit.segments.compared import contributions

YOUNGEST = 0.95
RESOLVED = "ticket_resolved_at"


def youngest(inquiry: Inquiry, cohort: Fact) -> list[Statement]:
    """From which day on tickets are younger than the time within which 95 % of escalations come."""
    last, lag = inquiry.context.queries.last_day, inquiry.context.queries.escalation_lag_days()
    if lag is None:
        return _still_open(inquiry, cohort)
    if last is None:
        return []
    day = max(last - timedelta(days=math.ceil(lag)), inquiry.period.start)
    if day >= inquiry.period.end:
        return []
    text = f"Tickets created from {day.isoformat()} on may still escalate; rates of the newest days will rise."
    inquiry.book.caveat(text, "censored", (cohort.id,))
    return [Statement("censored", (cohort.id,), {"from_day": day.isoformat()})]


def _still_open(inquiry: Inquiry, cohort: Fact) -> list[Statement]:
    """Where no time of escalation is known: how many tickets are open, and from which day on nearly all of them were created."""
    if RESOLVED not in inquiry.context.model.filterable():
        return []
    asked = Filter(RESOLVED, "missing")
    counted = contributions(inquiry, TICKETS, ("day",), (asked,), accounts=False)
    days = sorted((str(day), sums.total) for (day,), sums in counted.sums.items() if day is not None and sums.total)
    still_open, created = sum(total for _, total in days), int(cohort.n or 0)
    if not still_open or still_open >= created:
        return []
    left = still_open * YOUNGEST
    from_day = days[0][0]
    for day, total in reversed(days):
        if left <= 0:
            break
        left, from_day = left - total, day
    fact = inquiry.book.add("open_ticket_count", still_open, "count", inquiry.period, source=counted.result, n=created)
    text = f"Tickets that are still open, most of them created from {date.fromisoformat(from_day[:10])} on, may still escalate."
    inquiry.book.caveat(text, "open_tickets", (fact.id,))
    return [Statement("open_tickets", (fact.id,), {"from_day": from_day[:10]})]
