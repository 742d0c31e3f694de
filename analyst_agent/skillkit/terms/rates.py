"""The words for differences of groups, the parts of a change and the course of rates and counts."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
    "share_of_escalations": Term(
        "share of all escalations", "Escalated tickets of the group divided by all escalated tickets of the period."
    ),
    "share_of_tickets": Term(
        "share of all tickets",
        "Tickets of the part divided by all tickets of the period that the conditions besides leave.",
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
}
