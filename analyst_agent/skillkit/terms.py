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
        "unknown_time_count": Term(
            "escalated tickets whose time of escalation is unknown",
            "Escalated tickets whose time of escalation is not recorded; they count by creation.",
        ),
        "share_of_cost": Term(
            "share of the cost", "Estimated cost of the group divided by that of all escalated tickets of the period."
        ),
        "cost_per_escalated_ticket": Term(
            "cost per escalated ticket", "Estimated cost divided by the number of escalated tickets."
        ),
        "cost_per_hour": Term("cost per hour", "What an hour of handling is taken to cost: as asked, else as set."),
        "cost_per_day": Term(
            "cost per day",
            "Estimated cost of the escalated tickets divided by the days of the period that the data cover.",
        ),
        "cost_change_per_day": Term(
            "change of the cost per day",
            "Cost per day less that of the comparison period; the groups add up to the whole.",
        ),
        "cost_from_volume": Term(
            "change of cost from the number of tickets",
            "Change of escalated tickets per day times the mean of both periods' cost per ticket (Shapley value of two factors).",
        ),
        "cost_from_handling": Term(
            "change of cost from the cost of each",
            "Change of the cost per ticket times the mean of both periods' escalated tickets per day (Shapley value of two factors).",
        ),
        "reviewed_count": Term(
            "reviewed escalated tickets", "Escalated tickets that are marked as necessary or as not necessary."
        ),
        "unnecessary_share_of_cost": Term(
            "share of the reviewed cost that was not necessary",
            "Cost of the tickets marked as not necessary divided by that of all that are marked, either way.",
        ),
        "avoidable_cost_strict": Term(
            "cost avoidable by the marks",
            "The reviewed tickets' share of cost marked as not necessary, applied to all: those not reviewed are taken to be alike.",
        ),
        "avoidable_cost_wide": Term(
            "cost avoidable at the widest",
            "All cost of training, documentation and process causes, that of tickets that match a known issue with a workaround, and of the rest the share marked as not necessary.",
        ),
        "removable_cost": Term(
            "cost of causes that support can remove", "Cost of training gaps, documentation gaps and process failures."
        ),
        "workaround_cost": Term(
            "cost with a documented workaround",
            "Tickets of other causes that match a known issue with a workaround, at the mean cost of their cause.",
        ),
        "reduction": Term(
            "part that would be avoided", "The part of the escalations of a group that would not happen."
        ),
        "saved_per_month": Term(
            "saved a month at most",
            "That part of the group's cost, for a month of 30.4 days: the whole handling of the avoided escalations.",
        ),
        "saved_net_per_month": Term(
            "saved a month net",
            "The same less the handling that as many tickets take which are not escalated: an avoided escalation still has to be answered.",
        ),
        "rated_count": Term("rated tickets", "Tickets with a satisfaction score."),
        "low_csat_share": Term(
            "share of low scores",
            "Ratings of 1 or 2 divided by all ratings; scores are ordinal, so it stands beside the mean.",
        ),
        "csat_response_rate": Term(
            "share of tickets that are rated", "Tickets with a satisfaction score divided by all tickets of the group."
        ),
        "csat_difference_within": Term(
            "difference of the mean score within kinds of tickets",
            "Mean of the differences within each kind of ticket, weighted by n1 n2 / (n1 + n2) (Cochran 1954).",
        ),
        "account_count": Term("accounts", "Accounts with a ticket created in the period."),
        "repeat_account_count": Term(
            "accounts with several escalated tickets",
            "Accounts with two or more escalated tickets among those created in the period.",
        ),
        "repeat_share": Term(
            "share of escalated tickets of such accounts",
            "Escalated tickets of accounts with several divided by all escalated tickets.",
        ),
        "expected_escalations": Term(
            "escalated tickets that its volume gives",
            "Tickets of the account times the cohort escalation rate of all other accounts.",
        ),
        "steady_account_count": Term(
            "accounts with a steady flow of tickets",
            "Accounts with eight tickets or more in the year up to the period's end.",
        ),
        "silent_account_count": Term(
            "accounts that fell silent",
            "Accounts with a steady flow whose silence is less likely than 5 % at their own rate, corrected for all accounts.",
        ),
        "weeks_without_ticket": Term(
            "weeks without a ticket", "Calendar weeks after that of the account's last ticket."
        ),
        "expected_tickets": Term(
            "tickets to be expected in that time",
            "Tickets of the account up to its last, times what all other accounts filed since over what they filed until then.",
        ),
        "arr": Term("annual recurring revenue", "Annual recurring revenue of the account, as recorded."),
        "arr_at_stake": Term(
            "annual recurring revenue at stake", "Sum of the revenue of the accounts that fell silent."
        ),
    }
)
