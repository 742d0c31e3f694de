"""What a fresh support leader asked, single questions and conversations of three turns."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.understanding import Context, understand
from tests.understanding.desks import brief, converse, desk
from tests.understanding.leader import (
    CONVERSATIONS,
    HELPDESK,
    HELPDESK_QUESTIONS,
    INCIDENT_LOG,
    INCIDENT_QUESTIONS,
    MERCHANT_QUESTIONS,
    MERCHANTS,
    MORE_QUESTIONS,
)


@pytest.fixture(scope="module")
def helpdesk() -> Context:
    return desk(HELPDESK, date(2026, 11, 3))


@pytest.fixture(scope="module")
def merchants() -> Context:
    return desk(MERCHANTS, date(2026, 7, 1))


@pytest.fixture(scope="module")
def incident_log() -> Context:
    return desk(INCIDENT_LOG, date(2016, 6, 15))


@pytest.mark.parametrize(("question", "expected"), [*HELPDESK_QUESTIONS, *MORE_QUESTIONS])
def test_a_question_to_a_helpdesk(helpdesk, question, expected):
    assert brief(understand(question, helpdesk)) == expected


@pytest.mark.parametrize(("question", "expected"), MERCHANT_QUESTIONS)
def test_a_question_to_a_desk_of_merchants(merchants, question, expected):
    assert brief(understand(question, merchants)) == expected


@pytest.mark.parametrize(("question", "expected"), INCIDENT_QUESTIONS)
def test_a_question_to_a_log_of_incidents(incident_log, question, expected):
    assert brief(understand(question, incident_log)) == expected


@pytest.mark.parametrize("turns", CONVERSATIONS, ids=[turns[0][0] for turns in CONVERSATIONS])
def test_a_conversation(helpdesk, turns):
    ask = converse(helpdesk)
    assert [brief(ask(question)) for question, _ in turns] == [expected for _, expected in turns]


def test_a_value_unknown_to_the_field_under_discussion_is_named_with_those_there_are(helpdesk):
    ask = converse(helpdesk)
    ask("escalation rate by region last quarter")
    assert ask("and in the US?").reason == "I know no region called 'US'; there are EMEA, AMER, APAC and LATAM."


def test_a_day_of_the_week_limits_the_number_and_its_time_is_said(helpdesk):
    plan = understand("escalations on Fridays since August", helpdesk)
    assert [(f.field, f.value) for f in plan.where] == [("weekday", ("Friday",))]
    assert [note for note in plan.notes if "an escalation's is when the ticket was escalated" in note]


def test_what_is_open_counts_all_data_and_says_so(helpdesk):
    plan = understand("how many escalations are still open?", helpdesk)
    assert not plan.period_is_default
    assert plan.notes == ("No period was named: what is open now is counted over all loaded data.",)
