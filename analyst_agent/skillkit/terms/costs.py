"""The words for what escalations cost and what could be saved."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
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
    "reduction": Term("part that would be avoided", "The part of the escalations of a group that would not happen."),
    "saved_per_month": Term(
        "saved a month at most",
        "That part of the group's cost, for a month of 30.4 days: the whole handling of the avoided escalations.",
    ),
    "saved_net_per_month": Term(
        "saved a month net",
        "The same less the handling that as many tickets take which are not escalated: an avoided escalation still has to be answered.",
    ),
}
