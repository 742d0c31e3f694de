"""The events on the way to an answer: in order, with the same answer at the end, and nothing told that is not bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.events import Calling, Delta, Done, Event, Found, Understood, Wording, told
from analyst_agent.agent.scripted_model import ScriptedModel, calls
from analyst_agent.records import Answer, Status
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse, converse_events
from tests.agent.asking import IMPATIENT, QUESTION, UNSURE, doubtful


def events(workspace: Workspace, question: str, *script: Any) -> list[Event]:
    model = ScriptedModel(script=list(script))
    analyst = Analyst(workspace.desk, "scripted:test", lambda _: model, IMPATIENT)
    return list(analyst.stream(question, reading=doubtful(analyst, question) if question == UNSURE else None))


def kinds(found: Sequence[Event]) -> list[type]:
    return [type(e) for e in found if not isinstance(e, Delta)]


def same(one: Answer, other: Answer) -> bool:
    return _untimed(one) == _untimed(other)


def _untimed(answer: Answer) -> Answer:
    queries = tuple(replace(q, milliseconds=0.0) for q in answer.queries)
    return replace(answer, usage=replace(answer.usage, seconds=0.0), queries=queries, conversation="")


def test_a_sure_plan_is_found_before_the_model_words_it(workspace: Workspace) -> None:
    found = events(workspace, QUESTION, "[c1]")
    assert kinds(found) == [Understood, Calling, Found, Wording, Done]
    assert found[1] == Calling("root_cause_trend", {"period": "2026-10-01..2026-10-31"})
    assert isinstance(found[2], Found)
    assert found[2].claim_count > 5


def test_an_unsure_plan_is_called_by_the_model(workspace: Workspace) -> None:
    found = events(workspace, UNSURE, calls("escalation_trend"), "[c1]")
    assert kinds(found) == [Understood, Wording, Calling, Found, Done]
    failed = events(workspace, UNSURE, calls("query_metrics", metrics=["happiness"]), "[c1]")
    assert next(e for e in failed if isinstance(e, Found)) == Found("query_metrics", 0, "Unknown metric 'happiness'.")


def test_offline_and_plain_replies_have_events_too(workspace: Workspace) -> None:
    assert kinds(list(workspace.analyst().stream(QUESTION))) == [Understood, Calling, Found, Done]
    assert kinds(list(workspace.analyst().stream("thanks!"))) == [Understood, Done]


@pytest.mark.parametrize("script", [["[c1]"], ["[c1]\n\nUp 97.3 %.", "[c1]\n\nUp 97.3 %."], [""]])
def test_the_answer_is_the_one_without_a_stream_and_its_parts_are_its_text(
    workspace: Workspace, script: list[str]
) -> None:
    found = events(workspace, QUESTION, *script)
    assert isinstance(found[-1], Done)
    answer = found[-1].answer
    plain = Analyst(workspace.desk, "scripted:test", lambda _: ScriptedModel(script=script), IMPATIENT).ask(QUESTION)
    assert same(answer, plain)
    assert "".join(e.text for e in found if isinstance(e, Delta)) == answer.answer
    assert len([e for e in found if isinstance(e, Delta)]) > 3


def test_what_is_unbound_is_never_told_before_it_is_marked(workspace: Workspace) -> None:
    found = events(workspace, QUESTION, "[c1]\n\nUp 97.3 %.", "[c1]\n\nUp 97.3 %.")
    first = next(i for i, e in enumerate(found) if isinstance(e, Delta))
    assert found[first - 1] == Wording("scripted:test", again=True)
    text = "".join(e.text for e in found if isinstance(e, Delta))
    assert "[unverified: Up 97.3 %.]" in text
    repaired = events(workspace, QUESTION, "[c1]\n\nUp 97.3 %.", "[c1]")
    assert not any("97.3" in e.text for e in repaired if isinstance(e, Delta))


def test_a_conversation_streams_its_kept_turn(demo_copy: Workspace) -> None:
    found = list(converse_events(demo_copy, QUESTION, "monday"))
    assert isinstance(found[-1], Done)
    assert found[-1].answer.conversation == "monday"
    assert "".join(e.text for e in found if isinstance(e, Delta)) == found[-1].answer.answer
    assert len(demo_copy.conversations.turns("monday")) == 1
    after = converse(demo_copy, "and in September?", "monday")
    assert after.status is Status.ANSWERED
    assert after.period is not None
    assert after.period.label == "September 2026"


def test_an_answer_without_text_is_only_done() -> None:
    empty = Answer("?", Status.ANSWERED, "")
    assert list(told(empty)) == [Done(empty)]
