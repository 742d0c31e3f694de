"""A question of a server is answered once, also where its process dies between keeping the answer and saying so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analyst_agent.agent.events import Event
from analyst_agent.errors import NotPermitted
from analyst_agent.state.asks import DONE, END, RUNNING, STEP, STOPPED, TEXT, Ask, NewAsk
from analyst_agent.workspace import Workspace, asking
from analyst_agent.workspace.asking import perform

QUESTION = "How many tickets were escalated in October 2026?"


def begun(workspace: Workspace, question: str = QUESTION) -> Ask:
    return workspace.asks.begin(NewAsk("c1", question, "local", "Dana"))[0]


def test_an_answer_is_told_step_by_step_and_kept_as_a_turn(workspace: Workspace) -> None:
    ask = begun(workspace)
    perform(workspace, workspace.asks, ask)
    events = workspace.asks.events(ask.id)
    [turn] = workspace.conversations.turns("c1")
    assert [e.kind for e in events][:1] == [STEP]
    assert events[-1].kind == END
    assert events[-1].content == {"state": DONE, "turn": turn.number}
    assert "".join(e.content["text"] for e in events if e.kind == TEXT) == turn.answer["answer"]


def test_an_answer_kept_by_a_process_that_died_before_it_said_so_is_not_given_twice(workspace: Workspace) -> None:
    ask = begun(workspace)
    perform(workspace, workspace.asks, ask)
    # The same question again, as after the death of its process: still running, its turn kept, its line in the audit.
    second = workspace.asks.begin(NewAsk("c1", QUESTION, "local", "Dana"))[0]
    answer = dict(workspace.conversations.turns("c1")[0].answer)
    kept = workspace.conversations.add(
        "c1", QUESTION, "answered", None, answer, workspace.fingerprint, workspace.clock.today, second.id
    )
    perform(workspace, workspace.asks, second)
    assert len(workspace.conversations.turns("c1")) == 2
    assert workspace.asks.events(second.id)[-1].content == {"state": DONE, "turn": kept}


def test_the_line_in_the_audit_is_there_once_whether_or_not_it_was_written_before(workspace: Workspace) -> None:
    ask = begun(workspace)
    perform(workspace, workspace.asks, ask)
    perform(workspace, workspace.asks, ask)
    lost = workspace.asks.begin(NewAsk("c2", QUESTION, "local", "Dana"))[0]
    answer = dict(workspace.conversations.turns("c1")[0].answer)
    workspace.conversations.add(
        "c2", QUESTION, "answered", None, answer, workspace.fingerprint, workspace.clock.today, lost.id
    )
    perform(workspace, workspace.asks, lost)
    lines = [line.content for line in workspace.audit.lines()]
    assert [sum(line.get("ask") == one.id for line in lines) for one in (ask, lost)] == [1, 1]
    assert len(lines) == 2


def test_nothing_of_a_question_that_was_stopped_is_kept(workspace: Workspace, monkeypatch) -> None:
    ask = begun(workspace)

    def stopped(*given: object, before_keeping, **_: object) -> Iterator[Event]:
        workspace.asks.finish(ask.id, STOPPED, {})
        before_keeping()
        yield from ()

    monkeypatch.setattr(asking, "converse_events", stopped)
    perform(workspace, workspace.asks, ask)
    assert workspace.conversations.turns("c1") == []
    assert workspace.asks.get(ask.id).state == STOPPED
    assert [line.content for line in workspace.audit.lines()] == []


def test_what_goes_wrong_is_raised_and_nothing_is_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = begun(workspace)

    def failing(*_: object, **__: object) -> Iterator[Event]:
        raise NotPermitted("That is too much.", "Ask for less.")
        yield

    monkeypatch.setattr(asking, "converse_events", failing)
    with pytest.raises(NotPermitted, match="too much"):
        perform(workspace, workspace.asks, ask)
    assert workspace.asks.get(ask.id).state == RUNNING
    assert workspace.conversations.turn_of(ask.conversation, ask.id) is None
