"""The words for agents, teams and the hand-overs between them."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
    "held_ticket_count": Term(
        "tickets held",
        "Tickets created in the period: of teams by the one that held a ticket when it was first escalated, else the last assigned; of agents by the last assigned, without escalated tickets that came from another team.",
    ),
    "held_escalated_count": Term(
        "escalated tickets held", "Of the tickets held, those escalated at any time up to the data's end."
    ),
    "held_escalation_rate": Term(
        "escalation rate of the tickets held", "Escalated tickets held divided by tickets held, of all compared."
    ),
    "expected_escalated_count": Term(
        "escalated tickets expected of the mix of tickets",
        "What a team or agent would have if each kind of its tickets escalated as often as it does overall (indirect standardisation).",
    ),
    "adjusted_escalation_rate": Term(
        "escalation rate adjusted for the mix of tickets",
        "Escalated tickets divided by those expected of the mix, times the overall rate; a ticket counts for the team that held it when first escalated.",
    ),
    "shrunken_escalation_rate": Term(
        "shrunken escalation rate",
        "The adjusted rate drawn towards the overall rate by as much as it is uncertain (gamma-Poisson empirical Bayes, Clayton and Kaldor 1987).",
    ),
    "control_limits": Term(
        "control limits",
        "Between these the adjusted rate stays in 95 of 100 cases where only chance and alike accounts are at work (funnel plot, Spiegelhalter 2005).",
    ),
    "wider_control_limits": Term(
        "99.8 % control limits", "The same for 998 of 1,000 cases (funnel plot, Spiegelhalter 2005)."
    ),
    "between_units_spread": Term(
        "spread between them beyond chance and mix",
        "Standard deviation of the true ratios of observed to expected escalations, as a part of the overall rate.",
    ),
    "handed_over_count": Term(
        "escalated tickets now with somebody else",
        "Escalated tickets that are assigned to another team, or an agent of another team, than they were first escalated from.",
    ),
    "compared_count": Term("compared", "Agents or teams with at least one ticket in the period."),
    "judged_count": Term(
        "with enough tickets to be judged",
        "Those with at least the minimum sample of tickets, and of such tickets at others, from enough accounts.",
    ),
    "within_limits_count": Term(
        "without a difference shown",
        "Those judged whose adjusted rate is within chance after the correction for scanning.",
    ),
    "waited_minutes": Term(
        "waiting time in all",
        "Sum over the escalated tickets of a path of the minutes from escalation to acknowledgement (to resolution where none is recorded).",
    ),
    "expected_wait_minutes": Term(
        "waiting time expected of the priorities",
        "Mean waiting time of all hand-offs of the same priorities, weighted as the path has them.",
    ),
    "handed_on_minutes": Term(
        "mean time until handed on",
        "Mean time from an escalation to the next one of the same ticket, by the path of the first.",
    ),
    "ping_pong_count": Term(
        "tickets that came back",
        "Escalated tickets that a later escalation sends to a team that had had them before, and not to the one they come from.",
    ),
    "ping_pong_share": Term("share that came back", "Tickets that came back divided by all escalated tickets."),
    "resolved_ticket_count": Term(
        "tickets resolved", "Tickets whose own resolution time falls in the period, whenever they were created."
    ),
    "backlog_change": Term(
        "change of the backlog",
        "Tickets created in the period minus tickets resolved in it; above 0 the backlog grew.",
    ),
}
