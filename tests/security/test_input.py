"""Questions and conversation ids of any characters and length are answered or refused, never a fault."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Status
from analyst_agent.workspace.conversing import converse

LAST_MONTH = "How many tickets last month?"


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\udcff\udcfe how many tickets?", "\x00", "\x1b[31m how many \u202e tickets?", "(" * 20_000, "EMEA and " * 2_000, "a" * 50_000],
)  # fmt: skip
def test_any_question_gets_an_answer(hostile, question):
    answer = converse(hostile(), question)
    assert answer.status in (Status.ANSWERED, Status.CLARIFY, Status.REFUSED)
    assert answer.answer.isprintable() or "\n" in answer.answer


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "' OR 1=1 --", "two words", "\x1b[31mred\n\u202e", "x" * 200, "été"]
)
def test_any_short_id_names_a_conversation_of_its_own(hostile, name):
    workspace = hostile()
    first = converse(workspace, LAST_MONTH, name)
    second = converse(workspace, "and in APAC?", first.conversation)
    assert (first.status, second.status) == (Status.ANSWERED, Status.ANSWERED)
    assert [f.field for f in second.plan.where] == ["region"]
    assert first.conversation.isprintable()
    assert not list(workspace.root.glob("**/passwd*"))


def test_a_very_long_id_is_refused(hostile):
    with pytest.raises(NotPermitted, match="5,000 characters"):
        converse(hostile(), LAST_MONTH, "x" * 5_000)
