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
        "standardised_difference": Term(
            "standardised difference",
            "Difference from the rest among like tickets (the same category, area and channel, as far as recorded): "
            "Mantel-Haenszel risk difference (Greenland and Robins 1985).",
        ),
        "excess_of_combination": Term(
            "excess of the combination",
            "Rate of a combination less what its two parts add up to over the tickets that have neither (difference of differences).",
        ),
        "open_ticket_count": Term(
            "open tickets", "Tickets created in the period that were not resolved by the data's end."
        ),
        "known_issue_matches": Term(
            "tickets that match a known issue",
            "Tickets whose text or code holds evidence of the known issue, of those examined.",
        ),
        "change_from_length": Term(
            "part of the change from the length of the period",
            "Escalated tickets of the comparison period times how much longer the period is in days; the other parts are at one length.",
        ),
        "change_from_volume": Term(
            "part of the change from volume",
            "What more or fewer tickets alone would have changed: Shapley value of the number of tickets (Shorrocks 2013).",
        ),
        "change_from_mix": Term(
            "part of the change from mix",
            "What other shares of the cells in all tickets alone would have changed: Shapley value of the shares (Shorrocks 2013).",
        ),
        "change_from_rate": Term(
            "part of the change from the rate",
            "What other escalation rates within the cells alone would have changed: Shapley value of the rates (Shorrocks 2013).",
        ),
        "rate_change_from_mix": Term(
            "part of the rate's change from mix",
            "Change of the escalation rate that other shares of the cells alone would have made.",
        ),
        "rate_change_from_rate": Term(
            "part of the rate's change from the rates of the cells",
            "Change of the escalation rate that other rates within the cells alone would have made.",
        ),
        "time_to_resolution_median": Term(
            "median time to resolution, open tickets counted",
            "Time from escalation within which half are resolved, open ones counted as waiting until the data's end (Kaplan-Meier); "
            "a mean or median over the resolved alone leaves them out and is shorter.",
        ),
        "time_to_resolution_longer_than": Term(
            "time watched, with fewer than half resolved",
            "Where fewer than half are resolved as far as the data reach, the median time to resolution is longer than this.",
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
        "resolved_by_end_count": Term(
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
        "workaround_uptake": Term(
            "share of notes that mention the workaround",
            "Of the tickets that match the known issue and have a resolution note, the share whose notes mention its workaround.",
        ),
        "matches_before_fix": Term(
            "tickets that match before the fix",
            "Escalated tickets that match the known issue in the 12 weeks before the day it is marked as fixed.",
        ),
        "matches_since_fix": Term(
            "tickets that match since the fix",
            "Escalated tickets that match the known issue in the last 8 weeks, at the earliest from 14 days after the fix on.",
        ),
        "pace_since_fix": Term(
            "pace since the fix, of that before",
            "Accounts a week with a matching ticket since the fix over those before it; more than a tenth counts as going on.",
        ),
        "half_life_since_fix": Term(
            "half-life since the fix",
            "Time in which the weekly number halves after the fix, by Poisson regression on a level pace before and an exponential decay after it.",
        ),
        "time_to_half": Term(
            "time until below half", "Time from the fix until the weekly number stayed below half of its mean before."
        ),
        "matched_by_any": Term(
            "tickets that match any known issue",
            "Escalated tickets with evidence of at least one known issue, of those examined.",
        ),
        "last_seen": Term("last seen", "Day of the last ticket of the group within the time that was examined."),
        "accounts_touched": Term(
            "accounts touched", "Different accounts with an escalated ticket of the group in the period."
        ),
        "mean_of_equal_times_before": Term(
            "escalated tickets in as many days before, on average",
            "Escalated tickets of the group in the time before, divided by how many times as long as the period it is.",
        ),
        "first_seen": Term("first seen", "Day of the first ticket of the group within the time that was examined."),
        "similar_group_count": Term(
            "groups of similar escalated tickets",
            "Groups with an escalated ticket in the period: alike in meaning on average (cosine of at least 0.55, shared area, reason or printed code counting), joined by average linkage.",
        ),
        "tickets_of_one_account": Term(
            "escalated tickets of one account", "Escalated tickets of the group that come from the account with most."
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
        "numbers_moved": Term(
            "numbers that moved",
            "Numbers of the report that the report made before on the same days gave otherwise, as far as can be seen in them as shown.",
        ),
        "numbers_added": Term(
            "numbers that are new", "Numbers that the report made before on the same days did not give."
        ),
        "numbers_gone": Term(
            "numbers that are no longer there",
            "Numbers that the report made before on the same days gave and this one does not.",
        ),
        "recommendation_count": Term(
            "recommendations", "What answers and reports recommended for a period, each once."
        ),
    }
)
