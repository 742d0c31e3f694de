"""The words for satisfaction, and accounts over time."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
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
    "weeks_without_ticket": Term("weeks without a ticket", "Calendar weeks after that of the account's last ticket."),
    "expected_tickets": Term(
        "tickets to be expected in that time",
        "Tickets of the account up to its last, times what all other accounts filed since over what they filed until then.",
    ),
    "arr": Term("annual recurring revenue", "Annual recurring revenue of the account, as recorded."),
    "arr_at_stake": Term("annual recurring revenue at stake", "Sum of the revenue of the accounts that fell silent."),
}
