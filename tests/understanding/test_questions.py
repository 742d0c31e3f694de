"""Single questions over three vocabularies: none of the words is tied to one of them."""

from __future__ import annotations

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import understand
from tests.understanding.desks import brief, converse
from tests.understanding.questions import ALL

PAYMENT_DESK = [
    ("do Advanced merchants escalate more?", "skill segment_comparison | by tier | about Advanced"),
    ("escalation rate by merchant tier in March 2026", "query escalation_rate | by tier | March 2026"),
    (
        "top categories of escalations in Q1 2026",
        "query escalated_ticket_count | by category | Q1 2026 | most escalated_ticket_count",
    ),
    ("Is foundation worse than advanced", "skill segment_comparison | by tier | about Foundation"),
    (
        "how many payments tickets did L2 handle last quarter",
        "query ticket_count | category=Payments | support_level=L2 | Q1 2026",
    ),
    ("API integrations P1 tickets", "query ticket_count | category=API Integrations | priority=P1"),
    ("account acess tickets by region", "query ticket_count | by region | category=Account Access"),
    ("mean time to escalation last month", "query mean_time_to_escalation | May 2026"),
    (
        "what drove escalations among Fashion merchants in May 2026",
        "skill root_cause_trend | industry=Fashion | May 2026",
    ),
    ("escalation rate in Europe", "query escalation_rate | region=UK & Europe"),
    ("escalations in the uk and europe", "query escalated_ticket_count | region=UK & Europe"),
    ("escalation rate for Liberty", "query escalation_rate | account=The Liberty Corporation"),
    ("tickets in asia pacific", "query ticket_count | region=Asia-Pacific"),
    ("which merchants have the most tickets", "query ticket_count | by account | most ticket_count"),
    ("average csat for Alex Mercer", "query mean_csat | agent=Alex Mercer"),
    ("resolution time by support tier", "query mean_resolution_minutes | by support_level"),
    ("escalations in sporting goods", "query escalated_ticket_count | industry=Sporting Goods"),
    ("Enterprise escalation rate", "refuse"),
    ("tickets in APAC", "query ticket_count | region=Asia-Pacific"),
    ("escalations in Billing", "refuse"),
]
INCIDENT_DESK = [
    ("escalation rate of Category 55 in April 2016", "query escalation_rate | category=Category 55 | April 2016"),
    ("which categories escalate most", "query escalation_rate | by category | most escalation_rate"),
    (
        "do moderate priority incidents escalate more?",
        "skill segment_comparison | by priority | about 3 - Moderate",
    ),
    ("escalation rate for priority 3", "query escalation_rate | priority=3 - Moderate"),
    ("phone vs self-service", "skill segment_comparison | by channel | about Phone"),
    ("phone against selfservice", "skill segment_comparison | by channel | about Phone"),
    ("how many incidents came by phone in March 2016", "query ticket_count | channel=Phone | March 2016"),
    (
        "Category 55 and category 26 incidents per month",
        "query ticket_count | by month | category in Category 55/Category 26",
    ),
    ("critical incidents by assignment group", "query ticket_count | by team | priority=1 - Critical"),
    ("group 70's escalation rate", "query escalation_rate | team=Group 70"),
    (
        "top 10 groups by escalated incidents",
        "query escalated_ticket_count | by team | most escalated_ticket_count | first 10",
    ),
    (
        "is high priority escalated more often than low priority",
        "skill segment_comparison | by priority | about 2 - High",
    ),
    ("category 99", "refuse"),
    ("incidents with status awaiting user info", "query ticket_count | status=Awaiting User Info"),
]


@pytest.mark.parametrize(("question", "expected"), ALL, ids=[q for q, _ in ALL])
def test_a_question_of_a_support_leader(saas, question, expected):
    assert brief(understand(question, saas)) == expected


@pytest.mark.parametrize(("question", "expected"), PAYMENT_DESK, ids=[q for q, _ in PAYMENT_DESK])
def test_the_same_on_a_desk_of_merchants(payments, question, expected):
    assert brief(understand(question, payments)) == expected


@pytest.mark.parametrize(("question", "expected"), INCIDENT_DESK, ids=[q for q, _ in INCIDENT_DESK])
def test_the_same_on_a_log_of_incidents(incidents, question, expected):
    assert brief(understand(question, incidents)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How many tickets were escalated to Tier 2 in Q3 2026?",
            ["query escalated_ticket_count | to_team=Tier 2 | Q3 2026"],
        ),
        (
            "What share of September's escalations comes down to policy gaps?",
            ["skill root_cause_trend | September 2026"],
        ),
        ("What was the first contact resolution rate in October 2026?", ["refuse"]),
        (
            "For May 2026: how many tickets were escalated and what was the median resolution time?",
            ["query escalated_ticket_count median_resolution_minutes | May 2026"],
        ),
        (
            "What did escalations cost us in October 2026, and between which teams do tickets get handed over most?",
            ["skill cost_of_escalations | October 2026", "skill team_load | October 2026"],
        ),
        ("plan comparison: which plan escalates the most", ["skill segment_comparison | by plan"]),
        ("When should my people NOT escalate a ticket?", ["knowledge"]),
        ("Compare them", ["refuse"]),
        (
            "Are escalations getting worse? show 2025 month by month",
            ["skill escalation_trend | 2025 | grain month"],
        ),
    ],
)
def test_what_a_fresh_reader_got_wrong_answers_to(saas, question, expected) -> None:
    plan = understand(question, saas)
    assert [brief(one) for one in (plan, *plan.then)] == expected


def test_a_question_asked_back_is_answered_by_the_beginning_of_a_choice(saas) -> None:
    ask = converse(saas)
    asked = ask("What was the rate for Mobile in September 2026?")
    assert asked.intent is Intent.CLARIFY
    assert brief(ask("the escalation rate")) == "query escalation_rate | product_area=Mobile | September 2026"
