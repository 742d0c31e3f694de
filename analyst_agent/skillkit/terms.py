"""What skills compute beyond the metrics of the semantic model: the words people read for it, and its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Term:
    """label: as in the middle of a sentence. definition: one sentence, the formula in words and, where there is one, its source."""

    label: str
    definition: str


# To add a term: one line here; its name is the `metric` of the facts that carry it.
TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "share_of_escalations": Term(
            "share of all escalations", "Escalated tickets of the group divided by all escalated tickets of the period."
        ),
        "deviation_from_overall": Term(
            "deviation from the overall rate",
            "Escalation rate of the group minus that of all tickets of the period, in points.",
        ),
        "excludable_difference": Term(
            "largest difference not excluded",
            "The larger end of the 95 % interval of the difference from the rest: larger differences are excluded.",
        ),
        "known_issue_matches": Term(
            "tickets that match a known issue",
            "Tickets whose text or code holds evidence of the known issue, of those examined.",
        ),
        "imputed_handle_time_count": Term(
            "escalated tickets without a handle time",
            "Escalated tickets without a handle time; each counts with the mean of the known ones of the period.",
        ),
        "inferred_cause_count": Term(
            "tickets without a recorded cause that read like it",
            "Escalated tickets without a recorded root cause whose text is most like tickets with that cause, or that a person or a "
            "model labelled so; not in the recorded counts.",
        ),
        "inferred_cause_confidence": Term(
            "confidence of inferred causes",
            "Mean chance that the cause named is the right one, calibrated by cross-validation on tickets with a known cause (Platt scaling).",
        ),
        "inferred_cause_precision": Term(
            "inferred causes that were right in cross-validation",
            "Of the tickets with a known cause that are answered when read from those of other accounts, the share named right.",
        ),
        "inferred_cause_audited_accuracy": Term(
            "inferred causes that an audit found right",
            "Of a random sample of tickets without a recorded cause that people labelled, the share of inferred causes that agree.",
        ),
        "inferred_examined_count": Term(
            "tickets without a recorded cause that were read",
            "Escalated tickets of the period without a recorded root cause whose text was read.",
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
        "waiting_minutes": Term(
            "time waiting", "From the escalation to the data's end, for a ticket that is still open."
        ),
        "needs_person_count": Term(
            "open escalated tickets that need a person",
            "Open escalated tickets that nobody acknowledged, whose SLA time has passed or passes within a day, or that were escalated again.",
        ),
    }
)
