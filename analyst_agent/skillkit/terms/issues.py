"""The words for known issues before and after their fix, and what is new."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
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
}
