"""Words that change what is counted: none of them is passed over, whether or not it names a field."""

from __future__ import annotations

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import Context, understand
from tests.understanding.desks import brief, converse

COUNT = "query escalated_ticket_count"


def asked(question: str, context: Context) -> str:
    plan = understand(question, context)
    return " && ".join(brief(one) for one in (plan, *plan.then))


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "how many P1 tickets weren't escalated in Q3",
            "query ticket_count | priority=P1 | escalation_countmissingNone | Q3 2026",
        ),
        ("csat of tickets that were never escalated", "query mean_ticket_csat | escalation_countmissingNone"),
        ("cost of non-escalated tickets in Q3", "refuse"),
        ("when should a ticket not be escalated?", "knowledge"),
        (
            "handle time of escalated versus never escalated tickets",
            "query mean_ticket_handle_minutes | escalation_countpresentNone && query mean_ticket_handle_minutes | escalation_countmissingNone",
        ),
    ],
)
def test_what_was_never_escalated(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "how many escalations took longer than 3 days to resolve in Q3",
            f"{COUNT} | escalation_to_resolution_minutes>4320 | Q3 2026",
        ),
        ("tickets answered within 2 hours in August", "query ticket_count | first_response_minutes<=120 | August 2026"),
        (
            "how many tickets were not answered within 24h in August",
            "query ticket_count | first_response_minutes>1440 | August 2026",
        ),
        (
            "escalations not acknowledged within half an hour, August",
            f"{COUNT} | escalation_to_acknowledgement_minutes>30 | August 2026",
        ),
        ("must a P1 be answered within 30 minutes?", "knowledge"),
        ("escalations that took more than 60 minutes of handle time in Q3", f"{COUNT} | handle_minutes>60 | Q3 2026"),
    ],
)
def test_how_long_something_took(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "customers with at least 4 escalations in Q3",
            f"{COUNT} | by account | Q3 2026 | most escalated_ticket_count | having escalated_ticket_count >= 4",
        ),
        (
            "teams with fewer than 20 escalations in Q3",
            f"{COUNT} | by team | Q3 2026 | least escalated_ticket_count | having escalated_ticket_count < 20",
        ),
        (
            "regions with an escalation rate over 9 % in Q3",
            "query escalation_rate | by region | Q3 2026 | most escalation_rate | having escalation_rate > 0.09",
        ),
    ],
)
def test_what_a_group_must_have(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("what percent of P1 escalations came from EMEA in Q3", f"{COUNT} | by region | priority=P1 | region=EMEA | Q3 2026 | most escalated_ticket_count | share_of region"),
        ("share of escalations acknowledged within 15 minutes in Q3", f"{COUNT} | escalation_to_acknowledgement_minutes<=15 | Q3 2026 | share_of escalation_to_acknowledgement_minutes"),
        ("what portion of tickets did not escalate in Q3", "query ticket_count | escalation_countmissingNone | Q3 2026 | share_of escalation_count"),
    ],
)  # fmt: skip
def test_which_part_a_share_is_of(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("Which region has the highest cost, and which the most escalations? August please", 2),
        ("How many escalations were there and what did they cost? Only EMEA.", 1),
    ],
)
def test_days_and_names_behind_the_questions_hold_for_each(saas: Context, question: str, plan: int) -> None:
    whole = understand(question, saas)
    every = (whole, *whole.then)
    assert len(every) == plan
    assert len({(one.where, one.period) for one in every}) == 1
    assert every[0].where or not every[0].period_is_default


def test_of_those_counts_among_what_was_counted(saas: Context) -> None:
    ask = converse(saas)
    ask("how many escalations did we have in Q3")
    assert brief(ask("how many of those came from EMEA customers?")) == f"{COUNT} | region=EMEA | Q3 2026"


@pytest.mark.parametrize(
    ("question", "left"),
    [("cost in September plus a poem", "'a poem'"), ("escalation rate in Q3 and the weather", "weather")],
)
def test_what_is_none_of_ours_is_said_to_be_left_out(saas: Context, question: str, left: str) -> None:
    plan = understand(question, saas)
    assert plan.intent in (Intent.QUERY, Intent.SKILL)
    assert any(left in note for note in plan.notes)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Tickets wurden im Oktober eskaliert?", "German"),
        ("¿Cuántos tickets se escalaron en octubre?", "Spanish"),
        ("combien de tickets ont été escaladés en octobre", "French"),
    ],
)
def test_a_question_in_another_language_is_told_so(saas: Context, question: str, language: str) -> None:
    plan = understand(question, saas)
    assert plan.intent is Intent.REFUSE
    assert language in plan.reason


@pytest.mark.parametrize(
    "question", ["escalations in Los Angeles and San Jose", "the die cast rate", "de facto rate in Q3"]
)
def test_names_of_other_tongues_make_no_other_language(saas: Context, question: str) -> None:
    assert "in English only" not in understand(question, saas).reason
