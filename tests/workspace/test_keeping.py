"""A line in the audit for each answer, without personal data; an answer is given also where nothing can be kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Answer, Status, Usage
from analyst_agent.settings import Settings
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.auditing import audit_lines
from analyst_agent.workspace.conversing import converse
from analyst_agent.workspace.keeping import audit_content

QUESTION = "escalation rate in October 2026 for Enterprise tickets, mail ana@example.com, password: hunter2"


def test_a_line_tells_who_asked_what_and_how_it_was_answered(workspace: Workspace) -> None:
    answer = converse(workspace, "escalation rate in October 2026 for Enterprise tickets", "s", by="Dana")
    [line] = audit_lines(workspace)
    assert (line["who"], line["conversation"], line["turn"], line["status"]) == ("Dana", "s", 1, "answered")
    [tool] = line["tools"]
    assert tool["name"] == "query_metrics"
    assert tool["arguments"]["metrics"] == ["escalation_rate"]
    assert tool["arguments"]["where"] == ["tier = Enterprise"]
    assert line["queries"] == [q.id for q in answer.queries] != []
    assert line["generation"] == answer.generation != ""
    assert (line["model"], line["fallback"], line["cost"]) == ("offline", None, None)
    assert line["seconds"] == answer.usage.seconds > 0


def test_personal_data_secrets_and_answers_are_not_in_the_audit(workspace: Workspace) -> None:
    answer = converse(workspace, QUESTION, "s")
    written = repr(audit_lines(workspace))
    assert "[email]" in written
    assert "[secret]" in written
    assert "ana@example" not in written
    assert "hunter2" not in written
    assert answer.answer[:40] not in written


def test_refusals_and_questions_back_have_lines_too(workspace: Workspace) -> None:
    for question in ("what will the weather be?", "Enterprise", "escalation rate in 2031"):
        converse(workspace, question)
    assert [line["status"] for line in audit_lines(workspace)] == ["refused", "clarify", "refused"]


def test_tokens_cost_what_the_settings_say() -> None:
    answer = Answer("q", Status.ANSWERED, "a", usage=Usage("openai:x", "why", 2_000, 500, 1.5))
    free = audit_content("q", answer, 1, "Dana", Settings())
    paid = audit_content(
        "q", answer, 1, "Dana", replace(Settings(), input_price=3.0, output_price=15.0, currency="EUR")
    )
    assert free["cost"] is None
    assert paid["cost"] == pytest.approx(0.0135)
    assert (paid["currency"], paid["fallback"], paid["input_tokens"], paid["output_tokens"]) == (
        "EUR",
        "why",
        2_000,
        500,
    )


def test_an_answer_is_not_lost_where_the_audit_cannot_be_written(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.root / ".analyst" / "state.db")) as state, state:
        state.execute("CREATE TABLE audit_lines (number INTEGER PRIMARY KEY, at TEXT)")
    answer = converse(workspace, "escalation rate in October 2026", "s")
    [told] = [c for c in answer.caveats if c.code == "not_audited"]
    assert told.text.startswith("No line could be added to the audit")
    assert told.text.split(":")[0] in answer.answer
    assert answer.facts
    assert [turn.question for turn in workspace.conversations.turns("s")] == ["escalation rate in October 2026"]


def test_an_answer_is_given_where_nothing_can_be_kept_at_all(workspace: Workspace) -> None:
    nowhere = replace(workspace.settings, state_url=f"sqlite:///{workspace.root / 'none' / 'state.db'}")
    lost = Workspace(workspace.root, nowhere)
    answer = converse(lost, "escalation rate in October 2026")
    lost.close()
    assert answer.status is Status.ANSWERED
    assert answer.facts
    assert {c.code for c in answer.caveats} >= {"not_kept", "not_audited", "not_looked_up"}


def test_lines_of_another_scope_withhold_what_was_asked_and_of_a_caller_are_not_there(workspace: Workspace) -> None:
    scoped = Workspace.open(workspace.root, restrictions=["region = EMEA"])
    converse(workspace, "escalation rate in October 2026", by="Whole")
    converse(scoped, "escalation rate in September 2026", by="Part")
    whole, part = audit_lines(workspace), audit_lines(scoped)
    scoped.close()
    assert [(line["who"], line["question"]) for line in part] == [("Part", "escalation rate in September 2026")]
    assert [(line["who"], line["question"] is None) for line in whole] == [("Whole", False), ("Part", True)]
    assert whole[1]["tools"] is None


def test_lines_are_told_from_a_day_on(workspace: Workspace) -> None:
    converse(workspace, "escalation rate in October 2026")
    assert len(audit_lines(workspace, date(2020, 1, 1))) == 1
    assert audit_lines(workspace, date(2999, 1, 1)) == []
