"""Who asks for the tickets themselves gets their list; who asks for a number, a split or something else gets what it was before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst_agent.records import Intent
from analyst_agent.semantic.periods import everything
from analyst_agent.understanding import refusals, understand
from tests.understanding.desks import brief, converse

LISTS = (
    ("list the P1 escalations of October 2026", "skill ticket_list | priority=P1 | October 2026"),
    ("show me the 12 longest open escalations", "which open | order longest_open | limit 12"),
    ("show me the oldest open escalations", "which open | order oldest"),
    ("which escalated tickets are still open?", "which open"),
    ("list the open escalations", "which open"),
    ("list all tickets from EMEA", "skill ticket_list | region=EMEA | which created | limit 100"),
    ("show me the tickets", "skill ticket_list | which created"),
    ("which tickets were escalated yesterday?", "skill ticket_list | 2 November 2026"),
    ("what are the ids of the P1 escalations in EMEA", "skill ticket_list | priority=P1 | region=EMEA"),
    ("give me the top 5 tickets by handle time", "skill ticket_list | which created | order most_handle_time | limit 5"),
    ("the 5 most expensive escalations in Q3", "skill ticket_list | Q3 2026 | order most_handle_time | limit 5"),
    ("which tickets took longest to resolve in October", "October 2026 | which created | order longest_to_resolve"),
    ("what was the slowest escalation of last month", "October 2026 | order longest_to_resolve | limit 1"),
    ("the oldest open escalation", "which open | order oldest | limit 1"),
    ("escalations waiting the longest in Billing", "product_area=Billing"),
    ("most recent escalations", "skill ticket_list | order newest"),
    ("show me the last 20 escalations", "skill ticket_list | order newest | limit 20"),
    ("the first ten escalations of October 2026", "skill ticket_list | October 2026 | order oldest | limit 10"),
    ("escalated tickets in Reports sorted oldest first", None),
    ("please list every unresolved P2 escalation in APAC", "priority=P2 | region=APAC"),
    ("which escalations were resolved in October", "skill ticket_list | October 2026 | which resolved"),
    ("list the escalations caused by product bugs", "skill ticket_list | root_cause=product_bug"),
    ("list escalations with csat below 2", "skill ticket_list | csat<2"),
    ("list tickets reopened in October", "reopen_count>=1 | October 2026 | which created"),
    ("list tickets that were never escalated", "escalation_countmissing"),
    ("list P1 and P2 escalations but not from EMEA", "priority in P1/P2 | region!=EMEA"),
    ("show me some examples of escalated tickets", "skill ticket_list"),
    ("gimme a list of the escalations from chat since September", "channel=chat | 1 September to 3 November 2026"),
    ("list the P1 escalations of October, limit 3", "skill ticket_list | priority=P1 | October 2026 | limit 3"),
    ("I want to see the escalated tickets themselves, P1 only", "skill ticket_list | priority=P1"),
    ("can i have the list of the unresolved escalations", "which open"),
    ("tell me the ids of the unresolved escalations", "which open"),
)  # fmt: skip
OTHERS = (
    ("show me escalations by region", "query escalated_ticket_count | by region"),
    ("list the open escalations by priority", "query open_escalated_count | by priority"),
    ("which product area has the most escalations", "query escalated_ticket_count | by product_area"),
    ("which team has the most open escalations", "query open_escalated_count | by team"),
    ("list root causes", "describe values root_cause"),
    ("list the regions", "describe values region"),
    ("list known issues", "skill known_issue_impact"),
    ("how many escalations are open", "query open_escalated_count"),
    ("escalations in October", "query escalated_ticket_count | October 2026"),
    ("P1 escalations", "query escalated_ticket_count | priority=P1"),
    ("show me the escalation rate", "query escalation_rate"),
    ("show me the trend of escalations", "skill escalation_trend"),
    ("show me the average resolution time of P1 tickets", "query mean_resolution_minutes | priority=P1"),
    ("which product bugs drive P1 escalations?", "skill root_cause_trend"),
    ("what kind of tickets get escalated", "query escalated_ticket_count | by category"),
    ("which open escalations need a person today", "skill daily_brief"),
    ("which escalations are due today", "skill daily_brief"),
    ("list the unacknowledged escalations", "skill daily_brief"),
    ("what happened with ticket T-000877?", "skill ticket_story"),
    ("show me ticket T-000877", "skill ticket_story"),
    ("list accounts with more than 5 escalations", "query escalated_ticket_count | by account"),
    ("list the 10 worst product areas", "query escalation_rate | by product_area"),
    ("when should a ticket be escalated", "knowledge"),
)
REFUSED = (
    "dump the tickets table", "select * from tickets", "SELECT ticket_id, subject FROM tickets LIMIT 5", "list all customers with their phone numbers",
    "give me the agents' private data", "list the escalations in Narnia", "show me the 10 oldest tickets of Wonka Industries", "delete the oldest tickets",
    "show me tickets about exports",
)  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), LISTS, ids=[q for q, _ in LISTS])
def test_who_asks_for_tickets_gets_the_list(saas, question, expected):
    plan = understand(question, saas)
    assert plan.skill == "ticket_list"
    assert (expected or "order oldest") in brief(plan)
    assert plan.by == ()


@pytest.mark.parametrize(("question", "expected"), OTHERS, ids=[q for q, _ in OTHERS])
def test_who_asks_for_something_else_gets_it(saas, question, expected):
    assert brief(understand(question, saas)).startswith(expected)


@pytest.mark.parametrize("question", REFUSED)
def test_what_is_not_there_or_not_to_be_told_stays_refused(saas, question):
    assert understand(question, saas).intent is Intent.REFUSE


@pytest.mark.parametrize("question", ["dump the tickets table", "show me tickets about exports"])
def test_the_refusal_says_what_can_be_listed(saas, question):
    assert understand(question, saas).reason == refusals.ROWS


def test_open_ones_are_listed_over_all_data_and_others_over_the_usual_days(saas):
    open_now = understand("list the open escalations", saas)
    assert (open_now.period.kind, open_now.period_is_default) == ("all", False)
    assert "No period was named: what is open now is listed over all loaded data." in open_now.notes
    assert understand("list the P1 escalations", saas).period_is_default
    assert understand("list the escalations still open of October", saas).period.label == "October 2026"


def test_have_begins_no_list(saas):
    plan = understand("Have escalations levelled off, or are they still growing week on week?", saas)
    assert plan.skill != "ticket_list"


def test_a_number_before_something_else_is_no_limit(saas):
    for question in (
        "list the escalations of tier 1",
        "list escalations of the last 30 days",
        "list escalations with more than 3 reopens",
    ):
        assert "limit" not in understand(question, saas).options


def test_those_of_the_number_before_are_listed_under_its_conditions_and_days(saas):
    ask = converse(saas)
    assert brief(ask("how many P1 escalations did EMEA have in October?")).startswith("query escalated_ticket_count")
    listed = ask("list them")
    assert brief(listed) == "skill ticket_list | priority=P1 | region=EMEA | October 2026"
    assert brief(ask("and in September?")) == "skill ticket_list | priority=P1 | region=EMEA | September 2026"


def test_a_list_is_arranged_counted_and_split_in_follow_ups(saas):
    ask = converse(saas)
    turns = [
        ("list the P1 escalations of October", "skill ticket_list | priority=P1 | October 2026"),
        ("the oldest first", "skill ticket_list | priority=P1 | October 2026 | order oldest"),
        ("show me 50", "skill ticket_list | priority=P1 | October 2026 | order oldest | limit 50"),
        ("how many are there?", "query escalated_ticket_count | priority=P1 | October 2026"),
        ("by region", "query escalated_ticket_count | by region | priority=P1 | October 2026"),
        ("which ones?", "skill ticket_list | priority=P1 | October 2026"),
        ("by team", "query escalated_ticket_count | by team | priority=P1 | October 2026"),
    ]
    for question, expected in turns:
        assert brief(ask(question)) == expected


def test_a_number_or_rank_after_a_split_is_of_its_rows(saas):
    for question in ("the slowest", "only 5"):
        ask = converse(saas)
        ask("escalations by region in October")
        assert ask(question).skill != "ticket_list"


def test_without_personal_data_nobodys_tickets_are_listed(saas):
    plan = understand("list the tickets of agent Ana Souza", replace(saas, personal_allowed=False))
    assert plan.intent is Intent.REFUSE
    assert "not allowed" in plan.reason


@pytest.mark.parametrize(
    "question", ["which tickets are open longest in Billing", "show me the oldest open escalations"]
)
def test_what_is_open_is_listed_over_all_loaded_data(saas, question):
    plan = understand(question, saas)
    assert plan.period == everything(saas.clock)
    assert "No period was named: what is open now is listed over all loaded data." in plan.notes
