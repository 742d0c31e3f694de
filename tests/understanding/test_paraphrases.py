"""Classes of wording that somebody fresh was misread in: each with examples of its own, none of them from a list of questions."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import Context, understand
from tests.understanding.desks import SAAS, brief, desk

TEAMS = ("Front A", "Front B", "Billing desk", "Platform")
COUNT = "query escalated_ticket_count"


@pytest.fixture(scope="module")
def flow() -> Context:
    """A desk whose tickets begin as new and go from team to team."""
    values = {
        **SAAS,
        "status": ("new", "open", "pending", "closed"),
        "team": TEAMS,
        "from_team": TEAMS,
        "to_team": TEAMS,
    }
    return desk(values, date(2026, 11, 3))


def asked(question: str, context: Context) -> str:
    plan = understand(question, context)
    return " && ".join(brief(one) for one in (plan, *plan.then))


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("we are closing the quarter with finance, how many escalations in September?", f"{COUNT} | September 2026"),
        ("healthcare keeps asking me: how many tickets were escalated in October?", f"{COUNT} | October 2026"),
        ("before our review with retail, what was the escalation rate in Q3?", "query escalation_rate | Q3 2026"),
        ("our billing team wants to know how many tickets came in October", "query ticket_count | October 2026"),
        (
            "I am preparing slides for the public sector board - escalation rate in August",
            "query escalation_rate | August 2026",
        ),
        ("escalation rate in August, retail is asking", "query escalation_rate | August 2026"),
        ("how many escalations in October for my call with healthcare", f"{COUNT} | October 2026"),
        ("for the September review with finance: how many escalations?", f"{COUNT} | September 2026"),
        (
            "I have a meeting with retail tomorrow, how many tickets did we get in October?",
            "query ticket_count | October 2026",
        ),
        ("open question: how many escalations in October?", f"{COUNT} | October 2026"),
    ],
)
def test_why_somebody_asks_limits_nothing(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many escalations in October for finance", f"{COUNT} | industry=Finance | October 2026"),
        (
            "I need the escalation rate of Healthcare in October",
            "query escalation_rate | industry=Healthcare | October 2026",
        ),
        (
            "we had trouble with Billing in October, how many escalations were there?",
            f"{COUNT} | product_area=Billing | October 2026",
        ),
        ("escalations for the Reports in October", f"{COUNT} | product_area=Reports | October 2026"),
        (
            "support in EMEA is asking for help, how many escalations there in October?",
            f"{COUNT} | region=EMEA | October 2026",
        ),
        (
            "before my call with Initech, how many tickets did they open in Q3?",
            "query ticket_count | account=Initech | Q3 2026",
        ),
        ("I have a call about T-4 at ten, what happened with it?", "skill ticket_story | ticket T-4"),
    ],
)
def test_what_is_asked_about_stays_a_condition(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


def test_what_was_taken_for_the_occasion_is_said(saas: Context) -> None:
    plan = understand("as healthcare asked me, how many escalations in October?", saas)
    assert "Taken as why you ask, not as a condition: 'as healthcare asked me'." in plan.notes


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many new tickets in October", "query ticket_count | October 2026"),
        ("new Enterprise tickets per week in Q3", "query ticket_count | by week | tier=Enterprise | Q3 2026"),
        ("tickets with status new in October", "query ticket_count | status=new | October 2026"),
        ("number of tickets closed in October", "query resolution_count | October 2026"),
        ("how many tickets did we close in Q3", "query resolution_count | Q3 2026"),
        (
            "closed tickets created in October by region",
            "query ticket_count | by region | status=closed | October 2026",
        ),
        ("tickets opened versus tickets closed in Q3", "query ticket_count resolution_count | Q3 2026"),
        (
            "which region needed the most time until resolved",
            "query mean_resolution_minutes | by region | most mean_resolution_minutes",
        ),
        ("time needed to resolve by tier in Q3", "query mean_resolution_minutes | by tier | Q3 2026"),
        ("how long did we need to resolve escalations in October", "query mean_resolution_minutes | October 2026"),
        ("how long until escalated tickets were resolved in Q3", "query mean_resolution_minutes | Q3 2026"),
        ("how long until escalation in Q3", "query mean_time_to_escalation | Q3 2026"),
        ("average time in September", "clarify"),
        ("how long did it take in September?", "clarify"),
    ],
)
def test_what_was_done_is_no_state(flow: Context, question: str, plan: str) -> None:
    assert asked(question, flow) == plan


def test_asked_for_a_time_only_times_are_offered(saas: Context) -> None:
    plan = understand("mean time in October?", saas)
    assert plan.intent is Intent.CLARIFY
    units = {saas.model.metrics[name].unit for choice in plan.choices if choice.plan for name in choice.plan.metrics}
    assert units == {"minutes"}


@pytest.mark.parametrize(
    ("question", "cost"),
    [
        ("suppose one hour is 64, what did escalations cost in October?", 64),
        ("if an agent hour cost us 52 euros, what did October's escalations cost?", 52),
        ("assume 71 an hour: cost of escalations in Q3", 71),
        ("say we pay 65 per hour, how expensive were escalations in October", 65),
        ("what did escalations cost in October if we calculate with 90 an hour", 90),
        ("imagine an hour is worth 75 dollars; what did escalations cost in October?", 75),
        ("cost of escalations in October with 58 as the hourly rate", 58),
        ("an hour of a specialist costs about 84.50 EUR, what did escalations cost in Q3?", 84.5),
    ],
)
def test_a_price_that_is_only_supposed_counts(saas: Context, question: str, cost: float) -> None:
    plan = understand(question, saas)
    assert (plan.skill or plan.metrics[0], plan.cost_per_hour) in (
        ("cost_of_escalations", cost),
        ("estimated_cost", cost),
    )
    assert not plan.then


@pytest.mark.parametrize(
    "question",
    [
        "tickets with more than 20 replies per hour in October",
        "escalations by hour in October",
        "which hours see over 30 tickets",
    ],
)
def test_a_number_beside_an_hour_is_no_price(saas: Context, question: str) -> None:
    assert understand(question, saas).cost_per_hour is None


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("Oct 2026, reports: how many escalations", f"{COUNT} | product_area=Reports | October 2026"),
        ("for reports: how many escalations in October", f"{COUNT} | product_area=Reports | October 2026"),
        ("mobile; escalation rate in Q3", "query escalation_rate | product_area=Mobile | Q3 2026"),
        ("mobile / Q3: escalation rate", "query escalation_rate | product_area=Mobile | Q3 2026"),
        ("access: number of tickets in October", "query ticket_count | category=access | October 2026"),
    ],
)
def test_a_heading_names_a_value(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many tickets were escalated two times or more in Q3", f"{COUNT} | escalation_count>=2 | Q3 2026"),
        ("how many tickets were escalated at least 3 times in Q3", f"{COUNT} | escalation_count>=3 | Q3 2026"),
        ("how many tickets got escalated exactly twice in Q3", f"{COUNT} | escalation_count=2 | Q3 2026"),
        ("share of escalated tickets that were escalated a second time in Q3", "query re_escalation_rate | Q3 2026"),
        ("what share of tickets got escalated twice or more in Q3", "query re_escalation_rate | Q3 2026"),
        ("how many times was something escalated in October", "query escalation_event_count | October 2026"),
        (
            "how many times were Billing tickets escalated in October",
            "query escalation_event_count | product_area=Billing | October 2026",
        ),
    ],
)
def test_how_often_one_ticket_was_escalated(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many escalations in October came from the customer who asked for it", "trigger=customer | October 2026"),
        ("how many escalations were raised by the customer in October", "trigger=customer | October 2026"),
        ("escalations that a VIP demanded in Q3", "trigger=vip | Q3 2026"),
        ("how many tickets were escalated because the customer insisted in Q3", "trigger=customer | Q3 2026"),
        ("escalations requested by customers in Q3", "trigger=customer | Q3 2026"),
        ("escalations at the request of a VIP in Q3", "trigger=vip | Q3 2026"),
    ],
)
def test_who_wanted_it_is_the_trigger(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == f"{COUNT} | {plan}"


@pytest.mark.parametrize(
    "question",
    [
        "how many escalations Front A -> Billing desk in October",
        "handovers from Front A to Billing desk in October",
        "Front A to Billing desk hand-offs in October",
        "how many tickets went from Front A to the Billing desk in October",
        "escalations Front A → Billing desk, October",
        "from Front A to Billing desk, how many in October",
    ],
)
def test_a_way_from_team_to_team(flow: Context, question: str) -> None:
    assert asked(question, flow) == f"{COUNT} | from_team=Front A | to_team=Billing desk | October 2026"


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("escalation rate in September by creation date", "query cohort_escalation_rate | September 2026"),
        (
            "escalation rate by region in Q3, counted when they were created",
            "query cohort_escalation_rate | by region | Q3 2026",
        ),
        ("what share of the tickets opened in August ended up escalated", "query cohort_escalation_rate | August 2026"),
        ("escalated tickets in September by date of creation", "query cohort_escalated_count | September 2026"),
        (
            "tickets from September, how many of them were escalated by now",
            "query cohort_escalated_count | September 2026",
        ),
        ("rate for September on a created-at basis", "query cohort_escalation_rate | September 2026"),
        ("tickets created in September by region", "query ticket_count | by region | September 2026"),
    ],
)
def test_counted_by_the_day_of_creation(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "skill"),
    [
        ("newer customers vs long-time ones", "customer_journey"),
        ("do newer accounts escalate more than the long-time ones?", "customer_journey"),
        ("escalations over the course of 2026", "escalation_trend"),
        ("put the priorities side by side", "segment_comparison"),
        ("P1 to P4 next to each other for Q3", "segment_comparison"),
        ("channels compared like with like in Q3", "segment_comparison"),
        ("compare the regions, adjusted for what they ask about", "segment_comparison"),
        ("escalations of October by cause, and why they happen", "root_cause_trend"),
        ("what caused escalations in Q3, by cause", "root_cause_trend"),
        ("does it matter how people contacted us? escalations by channel, Q2 2026", "segment_comparison"),
        ("are we keeping up: closed versus opened in October", "team_load"),
        ("do we close as many tickets as we open", "team_load"),
        ("share of escalations in percent due to a policy gap in October", "root_cause_trend"),
        ("the share due to training gaps in percent, Q3 2026", "root_cause_trend"),
    ],
)
def test_the_skill_that_is_meant(saas: Context, question: str, skill: str) -> None:
    plan = understand(question, saas)
    assert plan.skill == skill
    assert not any(one.field in ("status", "is_open") for one in plan.where)


def test_a_reason_in_other_words_is_the_cause(saas: Context) -> None:
    plan = understand("do Sign-on tickets escalate because our people were not trained? Q3", saas)
    assert brief(plan) == "skill root_cause_trend | product_area=Sign-on | root_cause=training_gap | Q3 2026"


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("hi, I am new here. what can I ask?", "describe capabilities"),
        ("hello there, how does this work?", "describe capabilities"),
        ("thanks! what else can I ask?", "describe capabilities"),
        ("good morning, which questions can you answer?", "describe capabilities"),
        ("can i get the numbers for Reports please", "clarify"),
        ("what hours does the second line work on a sunday?", "knowledge"),
        ("what do we promise P1 customers for the first response?", "knowledge"),
    ],
)
def test_talk_requests_and_norms_are_told_apart(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize("question", ["Which segments escalate more?", "Do any customer segments differ?"])
def test_segments_are_any_groups_where_no_account_has_one_of_its_own(question: str):
    without = desk({name: values for name, values in SAAS.items() if name != "segment"}, date(2026, 11, 3))
    plan = understand(question, without)
    assert (plan.skill, plan.by) == ("segment_comparison", ())
    assert any("segment" in note for note in plan.notes)
    assert understand(question, desk(SAAS, date(2026, 11, 3))).by == ("segment",)
