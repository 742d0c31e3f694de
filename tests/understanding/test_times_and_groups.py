"""Times of the day and week, times asked in units, rates per so many, statistics that there are not, and events without a date."""

from __future__ import annotations

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import Context, understand
from analyst_agent.understanding.clock_times import find_phrases
from tests.understanding.desks import brief

COUNT = "query escalated_ticket_count"
WORKING = "weekday in Monday/Tuesday/Wednesday/Thursday/Friday"
WEEKEND = "weekday in Saturday/Sunday"
NIGHT = "hour in 22/23/0/1/2/3/4/5"


def asked(question: str, context: Context) -> str:
    plan = understand(question, context)
    return " && ".join(brief(one) for one in (plan, *plan.then))


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("at weekends", [("weekday", ("Saturday", "Sunday"))]),
        ("monday mornings", [("weekday", ("Monday",)), ("hour", (6, 7, 8, 9, 10, 11))]),
        ("mon-fri", [("weekday", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))]),
        ("friday to sunday", [("weekday", ("Friday", "Saturday", "Sunday"))]),
        ("outside of office hours", [("business_hours", "outside")]),
        ("during our business hours", [("business_hours", "inside")]),
        ("out-of-hours tickets", [("business_hours", "outside")]),
        ("between 9am and 5pm", [("hour", tuple(range(9, 17)))]),
        ("from 22:00 to 6:00", [("hour", (22, 23, 0, 1, 2, 3, 4, 5))]),
        ("1-5pm", [("hour", (13, 14, 15, 16))]),
        ("after 6pm", [("hour", (18, 19, 20, 21, 22, 23))]),
        ("before 8am", [("hour", tuple(range(8)))]),
        ("between 12am and 12pm", [("hour", tuple(range(12)))]),
        ("between 9:30 and 17:00", [None]),
        ("5 working days", []),
        ("by weekday", []),
        ("which weekday", []),
        ("this morning", []),
        ("between 50 and 100", []),
    ],
)  # fmt: skip
def test_a_phrase_for_a_time_of_the_week(text: str, conditions: list[object]) -> None:
    found = [one.condition and (one.condition.field, one.condition.value) for one in find_phrases(text)]
    assert found == conditions


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many tickets were escalated at night in Q3", f"{COUNT} | {NIGHT} | Q3 2026"),
        ("share of escalations on weekends in Q3", f"{COUNT} | {WEEKEND} | Q3 2026 | share_of weekday"),
        ("escalations on working days by team in Q3", f"{COUNT} | by team | {WORKING} | Q3 2026"),
        ("escalations per working day in August", f"{COUNT} | by day | {WORKING} | August 2026"),
        ("how many P1 came in on Saturdays in Q3", "query ticket_count | priority=P1 | weekday in Saturday | Q3 2026"),
        ("escalation rate on weekdays vs weekends in Q3", f"query escalation_rate | {WORKING} | Q3 2026 && query escalation_rate | {WEEKEND} | Q3 2026"),
        ("compare csat on weekends and weekdays, Q3", f"query mean_csat | {WEEKEND} | Q3 2026 && query mean_csat | {WORKING} | Q3 2026"),
        ("escalations overnight and on weekends in Q3", f"{COUNT} | {NIGHT} | Q3 2026 && {COUNT} | {WEEKEND} | Q3 2026"),
        ("what drove weekend escalations in Q3", f"{COUNT} | by root_cause | {WEEKEND} | Q3 2026"),
        ("escalation rate of tickets created on a Monday in Q3", "query cohort_escalation_rate | weekday in Monday | Q3 2026"),
        ("escalations by weekday in Q3", f"{COUNT} | by weekday | Q3 2026"),
        ("escalations last weekend", f"{COUNT} | 31 October to 1 November 2026"),
        ("how many escalations on Monday", f"{COUNT} | 2 November 2026"),
        ("who is on call at night", "knowledge"),
        ("escalations between 9:30 and 17:00 in Q3", "refuse"),
        ("escalations resolved within 5 working days in Q3", "refuse"),
    ],
)  # fmt: skip
def test_a_time_of_the_week_limits_the_number(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("average days to resolve for P1 vs P2 in Q3", "query mean_resolution_minutes | by priority | priority in P1/P2 | Q3 2026"),
        ("mean days to close escalated chat tickets in Q3", "query mean_resolution_minutes | channel=chat | Q3 2026"),
        ("median hours to resolve by team in Q3", "query median_resolution_minutes | by team | Q3 2026"),
        ("closing time by region in Q3", "query mean_resolution_minutes | by region | Q3 2026"),
        ("average hours to first response by channel in Q3", "query mean_first_response_minutes | by channel | Q3 2026"),
        ("how soon are P1s answered in Q3", "query mean_first_response_minutes | priority=P1 | Q3 2026"),
        ("how long does it take before a ticket gets escalated", "query mean_time_to_escalation"),
        ("which team needs the fewest hours to resolve in Q3", "query mean_resolution_minutes | by team | Q3 2026 | least mean_resolution_minutes"),
        ("how many tickets take more than 3 days to close in Q3", "query ticket_count | creation_to_resolution_minutes>4320 | Q3 2026"),
        ("how many escalations took 3 days to resolve in Q3", "refuse"),
    ],
)  # fmt: skip
def test_a_time_asked_in_units_is_that_time(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("escalations per 100 tickets by channel in Q3", "query escalation_rate | by channel | Q3 2026"),
        ("how many escalations per 1,000 tickets in Q3", "query escalation_rate | Q3 2026"),
        ("reopenings per 100 escalations in Q3", "query reopen_rate | Q3 2026"),
        ("SLA breaches per 100 tickets in Q3", "refuse"),
        ("how many escalations per agent in Q3", f"{COUNT} | by agent | Q3 2026"),
        ("escalations per day in August", f"{COUNT} | by day | August 2026"),
        ("ratio of P1 to P2 escalations in Q3", f"{COUNT} | by priority | priority in P1/P2 | Q3 2026"),
        ("are we meeting our SLA on P2s in Q3", "query sla_breach_rate | priority=P2 | Q3 2026"),
        ("what is our SLA for P1?", "knowledge"),
        ("standard deviation of resolution time in Q3", "refuse"),
        ("p95 resolution time in Q3", "refuse"),
        ("p90 resolution time in Q3", "query p90_resolution_minutes | Q3 2026"),
        ("total handle time in Q3", "refuse"),
        ("correlation between handle time and csat", "refuse"),
        ("how many escalated tickets have no csat in Q3", f"{COUNT} | csatmissingNone | Q3 2026"),
        ("areas with an escalation rate above 9 percent in Q3", "query escalation_rate | by product_area | Q3 2026 | most escalation_rate | having escalation_rate > 0.09"),
    ],
)  # fmt: skip
def test_a_rate_per_so_many_and_what_there_is_no_measure_of(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


def test_the_size_of_what_a_rate_is_per_is_said(saas: Context) -> None:
    assert "8 % are 80 per 1,000 tickets" in " ".join(understand("escalations per 1,000 tickets in Q3", saas).notes)


@pytest.mark.parametrize(
    ("question", "event"),
    [
        ("did escalations go down after release 31.3", "release 31.3"),
        ("escalations since the reorg", "the reorg"),
        ("did things get better after we launched the new portal?", "we launched the new portal"),
        ("since the price increase in June, have billing escalations gone up?", "the price increase"),
        ("escalation rate before and after the migration", "the migration"),
        ("how many P1 tickets since Black Friday", "Black Friday"),
    ],
)
def test_an_event_without_a_date_is_refused_by_name(saas: Context, question: str, event: str) -> None:
    plan = understand(question, saas)
    assert plan.intent is Intent.REFUSE
    assert repr(event) in plan.reason


@pytest.mark.parametrize(
    "question",
    [
        "how many tickets have been escalated since August?",
        "has the escalation rate improved since Q1",
        "how long until first response for P1 tickets in Q3",
        "which customers have gone quiet after being escalated?",
        "how many escalations were resolved after 3 days in Q3",
        "how many tickets since the beginning of the year",
        "did csat fall after an escalation",
    ],
)
def test_dates_spans_and_steps_of_a_ticket_are_no_events(saas: Context, question: str) -> None:
    assert understand(question, saas).intent is not Intent.REFUSE


def test_what_is_new_since_an_event_is_told_and_the_event_named(saas: Context) -> None:
    plan = understand("did new kinds of complaints start after the release?", saas)
    assert plan.skill == "emerging_issues"
    assert any("'the release'" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("did reopen rates go up between August and September 2026?", "query reopen_rate | September 2026 | vs August 2026"),
        ("how many escalations between August and September 2026", f"{COUNT} | August to September 2026"),
        ("is handle time lower than a year ago", "query mean_handle_minutes | vs 4 October to 2 November 2025"),
        ("csat compared to the same month last year", "query mean_csat | vs October 2025"),
        ("tickets before and after 1 October 2026", "query ticket_count | 2 October to 3 November 2026 | vs 30 August to 1 October 2026"),
        ("trend of sla breach rate over the last 6 months", "query sla_breach_rate | by month | May to October 2026"),
        ("first response time trend this year", "query mean_first_response_minutes | by month | 1 January to 3 November 2026"),
        ("how many tickets came in and how many escalated in Q3, by priority?", "query ticket_count escalated_ticket_count | by priority | Q3 2026"),
        ("resolution time for tickets escalated by customers in Q3", "query mean_resolution_minutes | trigger=customer | Q3 2026"),
        ("which areas take longer than 30 hours to resolve in Q3", "query mean_resolution_minutes | by product_area | Q3 2026 | most mean_resolution_minutes | having mean_resolution_minutes > 1800"),
        ("what fraction of escalated tickets were never resolved in Q3", f"{COUNT} | is_open=open | Q3 2026 | share_of is_open"),
        ("customers with 10 or more tickets but no escalations in Q3", "refuse"),
    ],
)  # fmt: skip
def test_ends_of_a_range_a_year_ago_and_a_last_split(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan
