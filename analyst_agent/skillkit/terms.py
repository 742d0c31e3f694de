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
        "cohort_rate_slope": Term(
            "steady change of the cohort escalation rate",
            "Slope of the cohort escalation rate over time, by weighted least squares with the dispersion the weeks show.",
        ),
        "escalated_ticket_count_slope": Term(
            "steady change of escalated tickets",
            "Slope of escalated tickets a day over time, relative to their mean; tested as the slope of the rate is.",
        ),
        "ticket_count_slope": Term(
            "steady change of tickets created",
            "Slope of tickets created a day over time, relative to their mean; tested as the slope of the rate is.",
        ),
        "moving_average_rate": Term(
            "moving average of the escalation rate",
            "Escalated tickets of a unit of time and the ones before it, three in all, divided by the tickets created in them.",
        ),
        "moving_average_count": Term(
            "moving average of escalated tickets",
            "Mean of the escalated tickets of a unit of time and the ones before it, three in all.",
        ),
        "change_window_days": Term(
            "days within which the change lies",
            "Length of the 95 % confidence set of the day on which the level changed (Siegmund 1988).",
        ),
        "month_end_rate_difference": Term(
            "cohort rate at month end against other days",
            "Cohort escalation rate of tickets created on a month's last three working days less that of its other days.",
        ),
        "month_end_volume_ratio": Term(
            "tickets at month end against usual",
            "Tickets created on a month's last three working days over what its weekdays let expect, less one.",
        ),
        "forecast_escalated_count": Term(
            "forecast of escalated tickets",
            "Expected number, no recorded one: the smoothed level of past weeks, times what each weekday holds; the range "
            "is a 95 % prediction interval.",
        ),
        "expected_ticket_count": Term(
            "tickets expected",
            "Tickets that the weekdays and the weeks around let expect.",
        ),
        "recorded_count": Term(
            "tickets with a value recorded",
            "Tickets, or escalated tickets, for which the field named is filled.",
        ),
        "resolved_ticket_count": Term(
            "tickets resolved by the data's end",
            "Tickets created in the period that have a time of resolution by the data's end.",
        ),
        "twin_ticket_count": Term(
            "tickets that are copies of another",
            "Tickets with another one of the same time of creation, account, category, area and subject; each copy counts once.",
        ),
        "unknown_time_count": Term(
            "escalated tickets whose time of escalation is unknown",
            "Escalated tickets whose time of escalation is not recorded; they count by creation.",
        ),
    }
)
