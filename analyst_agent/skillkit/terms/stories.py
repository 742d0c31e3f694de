"""The words for single tickets, what is usual and what waits for a person."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
    "twin_ticket_count": Term(
        "tickets that are copies of another",
        "Tickets with another one of the same time of creation, account, category, area and subject; each copy counts once.",
    ),
    "unknown_time_count": Term(
        "escalated tickets whose time of escalation is unknown",
        "Escalated tickets whose time of escalation is not recorded; they count by creation.",
    ),
    "ticket_escalation_count": Term("escalations of the ticket", "Single escalations of one ticket."),
    "ticket_age_minutes": Term(
        "time from creation to resolution",
        "From the ticket's creation to its resolution at or after the first escalation; to the data's end while it is open.",
    ),
    "held_minutes": Term(
        "time held by a team",
        "From the escalation that brought the ticket to the team, or its creation, to the next one, its resolution or the data's end.",
    ),
    "minutes_over_sla": Term(
        "time over the SLA",
        "From the time the SLA set for the ticket to its resolution, or the data's end while it is open; below zero: before it.",
    ),
    "minutes_since_creation": Term("time since creation", "From the ticket's creation to the event."),
    "resolution_minutes_of_ticket": Term(
        "time from escalation to resolution", "From the first escalation of one ticket to its resolution."
    ),
    "similar_ticket_count": Term(
        "similar resolved tickets",
        "Resolved escalated tickets among the five most alike in words, by how they were resolved.",
    ),
    "usual_count": Term(
        "usual number for that weekday",
        "Mean of the same weekday over the eight weeks before, days without data left out.",
    ),
    "waiting_minutes": Term("time waiting", "From the escalation to the data's end, for a ticket that is still open."),
    "listed_ticket_count": Term("listed tickets", "Tickets in the list, of all that it could show."),
    "minutes_since_creation_of_ticket": Term(
        "time from creation to resolution",
        "From the ticket's creation to its resolution, or to the data's end while it is open.",
    ),
    "handle_minutes_of_ticket": Term("handle time of the ticket", "Minutes that agents worked on one ticket."),
    "needs_person_count": Term(
        "open escalated tickets that need a person",
        "Open escalated tickets that nobody acknowledged, whose SLA time has passed or passes within a day, or that were escalated again.",
    ),
}
