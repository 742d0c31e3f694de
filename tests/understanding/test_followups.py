"""Conversations: each question leans on the last answered plan, or does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst_agent.records import Choice, Intent
from analyst_agent.understanding import understand
from tests.understanding.desks import brief, converse

CAUSES, SEGMENTS = "skill root_cause_trend", "skill segment_comparison"
CONVERSATIONS = {
    "the leader's morning": [
        ("What drove escalations last month?", f"{CAUSES} | October 2026"),
        ("and for Enterprise?", f"{CAUSES} | tier=Enterprise | October 2026"),
        ("do they escalate more than others?", f"{SEGMENTS} | by tier | about Enterprise | October 2026"),
        ("how fast must a P1 be acknowledged?", "knowledge"),
        ("which month was worst this year?", "query escalation_rate | by month | 1 January to 3 November 2026 | most escalation_rate"),
        ("what will the weather be?", "refuse"),
        ("escalation rate in 2031?", "query escalation_rate | 2031"),
    ],
    "a comparison turned over": [
        ("Do Enterprise customers escalate more?", f"{SEGMENTS} | by tier | about Enterprise"),
        ("and in EMEA?", f"{SEGMENTS} | by tier | about Enterprise | region=EMEA"),
        ("and Starter?", f"{SEGMENTS} | by tier | about Starter | region=EMEA"),
        ("now by region", f"{SEGMENTS} | by region"),
        ("why?", CAUSES),
    ],
    "filters come, change and go": [
        ("how many P1 tickets from EMEA in Q3 came by phone?", "query ticket_count | priority=P1 | region=EMEA | channel=phone | Q3 2026"),
        ("and P2?", "query ticket_count | region=EMEA | channel=phone | priority=P2 | Q3 2026"),
        ("also P3", "query ticket_count | region=EMEA | channel=phone | priority in P2/P3 | Q3 2026"),
        ("without EMEA", "query ticket_count | channel=phone | priority in P2/P3 | region!=EMEA | Q3 2026"),
        ("all regions", "query ticket_count | channel=phone | priority in P2/P3 | Q3 2026"),
        ("same for CSAT", "query mean_csat | channel=phone | priority in P2/P3 | Q3 2026"),
    ],
    "splits, courses and orders": [
        ("escalations by region and tier last quarter", "query escalated_ticket_count | by region tier | Q3 2026"),
        ("and the cost?", "query estimated_cost | by region tier | Q3 2026"),
        ("at 80 dollars an hour", "query estimated_cost | by region tier | Q3 2026 | at 80"),
        ("now by product area", "query estimated_cost | by product_area | Q3 2026 | at 80"),
        ("only Enterprise", "query estimated_cost | by product_area | tier=Enterprise | Q3 2026 | at 80"),
        ("as a trend", "query estimated_cost | by week | tier=Enterprise | Q3 2026 | at 80"),
        ("what about Q2?", "query estimated_cost | by week | tier=Enterprise | Q2 2026 | at 80"),
        ("top 3", "query estimated_cost | by week | tier=Enterprise | Q2 2026 | most estimated_cost | first 3 | at 80"),
    ],
    "people and periods": [
        ("csat by team last quarter", "query mean_csat | by team | Q3 2026"),
        ("and by agent?", "query mean_csat | by agent | Q3 2026"),
        ("bottom 5", "query mean_csat | by agent | Q3 2026 | least mean_csat | first 5"),
        ("compare with Q1", "query mean_csat | by agent | Q3 2026 | vs Q1 2026 | least mean_csat | first 5"),
        ("not chat", "query mean_csat | by agent | channel!=chat | Q3 2026 | vs Q1 2026 | least mean_csat | first 5"),
    ],
    "the month before": [
        ("What drove escalations last month?", f"{CAUSES} | October 2026"),
        ("and the month before?", f"{CAUSES} | September 2026"),
        ("how does that compare to August?", f"{CAUSES} | September 2026 | vs August 2026"),
        ("only P1", f"{CAUSES} | priority=P1 | September 2026 | vs August 2026"),
        ("show it over time", "query escalated_ticket_count escalation_rate | by week | priority=P1 | September 2026 | vs August 2026"),
        ("now as a rate", "query escalation_rate | by week | priority=P1 | September 2026 | vs August 2026"),
    ],
    "days and weeks": [
        ("how many tickets last week?", "query ticket_count | 26 October to 1 November 2026 (week 44)"),
        ("and escalations?", "query escalated_ticket_count | 26 October to 1 November 2026 (week 44)"),
        ("per day", "query escalated_ticket_count | by day | 26 October to 1 November 2026 (week 44)"),
        ("and the week before?", "query escalated_ticket_count | by day | 19 to 25 October 2026 (week 43)"),
        ("split by channel", "query escalated_ticket_count | by channel | 19 to 25 October 2026 (week 43)"),
        ("what about phone?", "query escalated_ticket_count | channel=phone | 19 to 25 October 2026 (week 43)"),
    ],
    "documents, then data": [
        ("how fast must a P1 be acknowledged?", "knowledge"),
        ("and a P2?", "knowledge"),
        ("and how fast were P1s acknowledged last month?", "query mean_minutes_to_acknowledge | priority=P1 | October 2026"),
        ("what about P3", "query mean_minutes_to_acknowledge | priority=P3 | October 2026"),
    ],
    "what to do": [
        ("escalations in Billing", "query escalated_ticket_count | product_area=Billing"),
        ("is it getting worse?", f"{CAUSES} | product_area=Billing"),
        ("does this match a known bug?", f"{CAUSES} | product_area=Billing"),
        ("thanks, great", "smalltalk"),
        ("and for Reports?", f"{CAUSES} | product_area=Reports"),
    ],
    "a new question owes nothing to the last": [
        ("escalation rate for Enterprise in EMEA in Q2", "query escalation_rate | tier=Enterprise | region=EMEA | Q2 2026"),
        ("mean csat by channel in September", "query mean_csat | by channel | September 2026"),
        ("how many tickets did we receive yesterday?", "query ticket_count | 2 November 2026"),
        ("what drove escalations in August?", f"{CAUSES} | August 2026"),
        ("how long does it take to resolve P1 escalations?", "query mean_resolution_minutes | priority=P1"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation(saas, name):
    ask = converse(saas)
    turns = CONVERSATIONS[name]
    assert [(q, brief(ask(q))) for q, _ in turns] == turns


def test_a_value_named_after_a_document_question_takes_the_place_of_the_old_one(saas):
    ask = converse(saas)
    ask("how fast must a P1 be acknowledged?")
    assert ask("and a P2?").knowledge_query == "how fast must a P2 be acknowledged?"


def test_a_value_in_two_dimensions_stays_in_the_one_under_discussion(saas):
    ask = converse(saas)
    ask("escalation rate by plan last month")
    plan = ask("only Enterprise")
    assert [(f.field, f.value) for f in plan.where] == [("plan", "Enterprise")]
    assert plan.notes == ()


def test_a_value_in_two_dimensions_is_taken_in_model_order_and_said(saas):
    plan = understand("escalation rate for Enterprise", saas)
    assert [f.field for f in plan.where] == ["tier"]
    assert any("plan" in note and "tier" in note for note in plan.notes)


def test_a_course_over_a_single_month_is_widened_and_said(saas):
    ask = converse(saas)
    ask("What drove escalations last month?")
    plan = ask("by month")
    assert (plan.period.start.isoformat(), plan.period.end.isoformat()) == ("2025-11-01", "2026-11-01")
    assert any("widened" in note for note in plan.notes)


@pytest.mark.parametrize("reply", ["2", "the second", "second one", "option 2", "TEXT", "2."])
def test_a_choice_is_taken_by_number_place_or_text(saas, reply):
    asked = understand("what was the rate last month?", saas)
    assert asked.intent is Intent.CLARIFY
    said = asked.choices[1].text.upper() if reply == "TEXT" else reply
    assert understand(said, replace(saas, pending=asked.choices)) == asked.choices[1].plan


def test_a_choice_without_a_plan_is_understood_from_its_text(saas):
    pending = (Choice("escalation rate by region"), Choice("tickets by region"))
    assert understand("2", replace(saas, pending=pending)).metrics == ("ticket_count",)


def test_another_question_instead_of_a_choice_is_answered(saas):
    asked = understand("what was the rate last month?", saas)
    assert understand("how many tickets last month?", replace(saas, pending=asked.choices)).metrics == ("ticket_count",)


@pytest.mark.parametrize(
    "question",
    ["what was the rate last month?", "Enterprise", "last month", "quality score by agent", "bugs by month", "where are escalations worst?",
     "enterprise customers on the pro plan", "who escalates the most?", "P1 in Q3"],
)  # fmt: skip
def test_each_choice_is_a_question_that_is_understood_to_its_plan(saas, question):
    asked = understand(question, saas)
    assert asked.intent is Intent.CLARIFY
    assert 2 <= len(asked.choices) <= 4
    for choice in asked.choices:
        again = understand(choice.text, saas)
        assert brief(again) == brief(choice.plan)
        assert (again.period.start, again.period.end) == (choice.plan.period.start, choice.plan.period.end)


def test_a_skill_found_by_meaning_keeps_its_conditions_days_and_price_over_follow_ups(saas):
    ask = converse(saas)
    turns = [
        ("what did escalations cost in September?", "skill cost_of_escalations | September 2026"),
        ("at 70 an hour?", "skill cost_of_escalations | September 2026 | at 70"),
        ("now by region", "skill cost_of_escalations | by region | September 2026 | at 70"),
        ("only Enterprise", "skill cost_of_escalations | by region | tier=Enterprise | September 2026 | at 70"),
        ("how does that compare to August?",
         "skill cost_of_escalations | by region | tier=Enterprise | September 2026 | vs August 2026 | at 70"),
    ]  # fmt: skip
    assert [(q, brief(ask(q))) for q, _ in turns] == turns


def test_a_skill_called_in_a_follow_up_is_under_the_conditions_under_discussion(saas):
    ask = converse(saas)
    ask("escalation rate for Enterprise in Q3")
    plan = ask("and which of these accounts have gone quiet on us since then?")
    assert brief(plan) == "skill customer_journey | tier=Enterprise | Q3 2026"


def test_parts_of_one_question_that_no_one_plan_holds_follow_one_another(saas):
    plan = understand("What drove escalations last month and do Enterprise customers escalate more?", saas)
    assert [brief(one) for one in (plan, *plan.then)] == [
        "skill root_cause_trend | October 2026",
        "skill segment_comparison | by tier | about Enterprise | October 2026",
    ]


def test_a_follow_up_leans_on_the_first_part(saas):
    ask = converse(saas)
    ask("What drove escalations last month and how many tickets were there?")
    plan = ask("and the month before?")
    assert (brief(plan), plan.then) == ("skill root_cause_trend | September 2026", ())


def test_a_further_number_is_not_split_by_what_the_first_part_compares(saas):
    plan = understand("Do Enterprise customers escalate more and how many tickets did we get in October?", saas)
    assert [brief(one) for one in plan.then] == ["query ticket_count | October 2026"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How are the teams doing and how many tickets did we get in October?",
            ["skill team_load | October 2026", "query ticket_count | October 2026"],
        ),
        (
            "Which escalations are due today, and who approves a refund?",
            ["skill daily_brief", "knowledge"],
        ),
    ],
)
def test_no_part_is_lost_where_the_whole_sounds_like_one_skill(saas, question, expected):
    plan = understand(question, saas)
    assert [brief(one) for one in (plan, *plan.then)] == expected
