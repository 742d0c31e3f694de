"""A conversation is read from its turns: what is under discussion, what waits for a choice, and numbers behind a policy question."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Intent, Status
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse, thread_of


def test_a_follow_up_survives_a_restart(workspace: Workspace) -> None:
    converse(workspace, "escalation rate in October 2026", "s")
    workspace.close()
    again = Workspace.open(workspace.root)
    answer = converse(again, "and for Enterprise?", "s")
    again.close()
    assert answer.plan is not None
    assert answer.plan.metrics == ("escalation_rate",)
    assert Filter("tier", "=", "Enterprise") in answer.plan.where
    assert answer.period is not None
    assert answer.period.start.isoformat() == "2026-10-01"


def test_numbers_stay_under_discussion_behind_a_policy_question(workspace: Workspace) -> None:
    converse(workspace, "escalation rate in October 2026", "s")
    converse(workspace, "how fast must a P1 be acknowledged?", "s")
    thread = thread_of(workspace.conversations.turns("s"))
    assert thread.previous is not None
    assert thread.previous.intent is Intent.KNOWLEDGE
    assert thread.discussed is not None
    assert thread.discussed.metrics == ("escalation_rate",)


def test_a_refused_question_leaves_what_was_discussed(workspace: Workspace) -> None:
    converse(workspace, "escalation rate in October 2026", "s")
    assert converse(workspace, "what will the weather be?", "s").status is Status.REFUSED
    thread = thread_of(workspace.conversations.turns("s"))
    assert thread.previous is not None
    assert thread.previous.metrics == ("escalation_rate",)
    assert tuple(one.question for one in thread.earlier) == (
        "escalation rate in October 2026",
        "what will the weather be?",
    )


def test_conversations_do_not_mix(workspace: Workspace) -> None:
    converse(workspace, "escalation rate in October 2026", "one")
    assert thread_of(workspace.conversations.turns("two")).previous is None


def test_an_endless_id_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotPermitted):
        converse(workspace, "escalations", "x" * 201)
