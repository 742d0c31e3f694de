"""Conversations listed, shown and exported, within what may be seen now; and feedback that becomes draft cases."""

from __future__ import annotations

import json

import pytest
from markdown_it import MarkdownIt

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.evaluation.cases import read_suite
from analyst_agent.evaluation.drafts import draft_yaml
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse
from analyst_agent.workspace.remembering import drafts_of_feedback
from analyst_agent.workspace.sessions import (
    give_feedback,
    listed,
    opened,
    session_json,
    session_markdown,
    verify,
)

QUESTION = "escalation rate in October 2026"
HOSTILE = "rate <script>x</script> [pay](http://evil.example) | `x`\n# Heading ![i](http://evil.example/p.png)"


def test_a_conversation_is_listed_and_found_by_the_beginning_of_its_id(workspace: Workspace) -> None:
    converse(workspace, QUESTION, "monday-1")
    converse(workspace, "and for Enterprise?", "monday-1")
    converse(workspace, "how fast must a P1 be acknowledged?", "monday-2")
    assert {(one.conversation, one.turns, one.question) for one in listed(workspace)} == {
        ("monday-1", 2, QUESTION),
        ("monday-2", 1, "how fast must a P1 be acknowledged?"),
    }
    assert opened(workspace, "monday-1").turn(2).question == "and for Enterprise?"
    with pytest.raises(InvalidDefinition, match="begins 2 ids"):
        opened(workspace, "monday")
    with pytest.raises(UnknownName) as caught:
        opened(workspace, "mondax-1")
    assert caught.value.suggestions[0] == "monday-1"
    with pytest.raises(UnknownName, match="turn '9'"):
        opened(workspace, "monday-1").turn(9)


def test_the_export_tells_questions_answers_and_where_they_come_from(workspace: Workspace) -> None:
    answer = converse(workspace, QUESTION, "s")
    give_feedback(workspace, opened(workspace, "s"), None, "wrong", "Eve", "it was 12 %")
    verify(workspace, "s", 1, "Dana")
    text = session_markdown(opened(workspace, "s"), workspace)
    assert f"## 1. {QUESTION}" in text
    assert answer.answer in text
    assert f"answered, model offline, data generation {answer.generation}" in text
    assert "Verified by Dana on 20" in text
    assert "Said to be wrong by Eve on 20" in text
    assert "it was 12 %" in text


def test_nothing_somebody_typed_becomes_markup_in_the_export(workspace: Workspace) -> None:
    converse(workspace, HOSTILE, "[s](http://evil.example)")
    give_feedback(workspace, opened(workspace, "[s](http://evil.example)"), 1, "wrong", HOSTILE, HOSTILE)
    text = session_markdown(opened(workspace, "[s]("), workspace)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child.type for token in tokens for child in token.children or ()]
    assert not {"link_open", "image", "html_inline"} & set(inner)
    assert not {"html_block", "table_open", "fence"} & {token.type for token in tokens}
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", "h2"]


def test_turns_under_other_grants_or_scope_are_not_shown(workspace: Workspace) -> None:
    scoped = Workspace.open(workspace.root, restrictions=["region = EMEA"])
    converse(workspace, QUESTION, "s")
    converse(scoped, "escalation rate in September 2026", "s")
    converse(workspace, "mean CSAT in October 2026", "whole")
    give_feedback(workspace, opened(workspace, "s"), 1, "right", "Dana")
    session = opened(scoped, "s")
    assert [one.conversation for one in listed(scoped)] == ["s"]
    assert ([turn.number for turn in session.turns], session.withheld) == ([2], 1)
    told = session_markdown(session, scoped) + json.dumps(session_json(session, scoped))
    assert "October" not in told
    assert "Dana" not in told
    assert "1 turn was answered under other grants or another scope" in told
    assert drafts_of_feedback(scoped) == []
    with pytest.raises(UnknownName):
        opened(scoped, "whole")
    with pytest.raises(UnknownName):
        give_feedback(scoped, opened(scoped, "s"), 1, "wrong", "Eve")
    scoped.close()


def test_the_json_of_a_session_holds_whole_answers(workspace: Workspace) -> None:
    answer = converse(workspace, QUESTION, "s")
    give_feedback(workspace, opened(workspace, "s"), 1, "right", "Dana")
    [turn] = session_json(opened(workspace, "s"), workspace)["turns"]
    assert turn["answer"]["facts"][0]["value"] == answer.facts[0].value
    assert (turn["turn"], turn["today"], turn["verified"]) == (1, "2026-11-03", None)
    assert turn["feedback"]["verdict"] == "right"


def test_feedback_becomes_drafts_that_the_suite_reads(workspace: Workspace, tmp_path) -> None:
    converse(workspace, QUESTION, "Monday: [x]")
    converse(workspace, "and for Enterprise?", "Monday: [x]")
    converse(workspace, HOSTILE, "s")
    give_feedback(workspace, opened(workspace, "Monday: [x]"), 2, "wrong", "Dana")
    give_feedback(workspace, opened(workspace, "Monday: [x]"), 2, "right", "Dana")
    give_feedback(workspace, opened(workspace, "s"), 1, "wrong", "Eve: x", 'use "csat"\n  - id: injected')
    (tmp_path / "drafts").mkdir()
    file = tmp_path / "drafts" / "feedback.yml"
    file.write_text(draft_yaml(drafts_of_feedback(workspace)), encoding="utf-8")
    right, wrong = read_suite(file.parent).cases
    assert (right.id, right.tier, right.data) == ("feedback_monday_x_2", "draft", "demo")
    assert [turn.ask for turn in right.turns] == [QUESTION, "and for Enterprise?"]
    expect = right.turns[-1].expect
    assert expect is not None
    assert expect.period is not None
    assert (expect.period[0].isoformat(), expect.skills, expect.numbers) == ("2026-10-01", ("query_metrics",), ())
    assert '{"tier": "Enterprise"}, sql: ""}  # was 0.1' in file.read_text()
    assert wrong.turns[0].ask == " ".join(HOSTILE.split())
    assert wrong.about.endswith('use "csat" - id: injected')
    assert wrong.turns[0].expect is not None
    assert wrong.turns[0].expect.status == ("answered",)
