"""Against a real server on loopback: whatever it does, the question ends in an answer, and in time."""

from __future__ import annotations

import json
import re
import time

import pytest

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.calling import Patience
from analyst_agent.agent.models import open_model
from analyst_agent.records import Answer, Status
from analyst_agent.workspace import Workspace
from tests.agent.asking import IMPATIENT, QUESTION, UNSURE, desk_with, doubtful
from tests.agent.model_server import Reply, Server, breaks_off, closes, dribbles, hangs, model_server, says, sends

BUSY = json.dumps({"error": {"message": "Slow down.", "type": "rate_limit", "code": "rate_limit"}})
BROKEN = json.dumps({"error": {"message": "Internal error.", "type": "server_error"}})
MOST_S = 0.8
"""The budget of seconds in these tests; what the answer itself takes comes on top."""


@pytest.fixture(scope="module", autouse=True)
def imported(workspace: Workspace) -> None:
    """The first client takes seconds to import, which is no part of what is measured."""
    with pytest.MonkeyPatch.context() as patch, model_server(says("[c1]")) as server:
        ask(workspace, server, patch, model_seconds=60.0)


def ask(
    workspace: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch, question: str = QUESTION, patience: Patience = IMPATIENT, **settings: object
) -> Answer:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    desk = desk_with(workspace, **{"model_seconds": MOST_S, **settings})
    analyst = Analyst(desk, "openai:m", open_model, patience)
    return analyst.ask(question, reading=doubtful(analyst, question) if question == UNSURE else None)


GIVEN_UP: dict[str, tuple[Reply, int]] = {
    "429": (sends(429, BUSY), 2),
    "429 that asks for more than anybody waits": (sends(429, BUSY, Retry_After="600"), 1),
    "500": (sends(500, BROKEN), 2),
    "503 with a page": (sends(503, "<html>Bad gateway</html>"), 2),
    "a page instead of JSON": (sends(200, "<html>Welcome</html>"), 1),
    "JSON of another form": (sends(200, '{"hello": ["world"]}'), 1),
    "no choice": (sends(200, '{"id": "x", "choices": []}'), 1),
    "nothing at all": (sends(200, ""), 1),
    "half an answer": (breaks_off, 2),
    "a closed connection": (closes, 2),
    "hangs": (hangs, 1),
    "dribbles": (dribbles, 1),
    "401": (sends(401, BROKEN), 1),
}


@pytest.mark.parametrize("name", GIVEN_UP)
def test_a_server_that_fails_leads_to_the_offline_answer_in_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    reply, tries = GIVEN_UP[name]
    offline = workspace.analyst().ask(QUESTION)
    begun = time.monotonic()
    with model_server(reply) as server:
        answer = ask(workspace, server, monkeypatch)
    assert time.monotonic() - begun < MOST_S + 1.5
    assert answer.status is Status.ANSWERED
    assert [f.value for f in answer.facts] == [f.value for f in offline.facts]
    assert answer.answer.endswith(offline.answer)
    assert re.fullmatch(r"openai:m did not answer: .+\. The offline model answered\.", str(answer.usage.fallback))
    assert "The offline model answered." in answer.answer.splitlines()[0]
    assert answer.usage.model == "offline"
    assert len(server.asked) >= tries


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with model_server(sends(status, BUSY, Retry_After="0.05"), says("In short: [c1]")) as server:
        answer = ask(workspace, server, monkeypatch)
    assert len(server.asked) == 2
    assert answer.usage.fallback is None
    assert answer.usage.model == "openai:m"


def test_retry_after_is_honoured(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server(sends(429, BUSY, Retry_After="0.4"), says("[c1]")) as server:
        begun = time.monotonic()
        answer = ask(workspace, server, monkeypatch, patience=Patience(1, 0.01, 0.5))
        assert time.monotonic() - begun >= 0.4
    assert answer.usage.fallback is None


def test_a_call_to_an_unknown_tool_comes_back_with_the_known_ones(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = (says("", ("make_coffee", "{}")), says("", ("escalation_trend", "{}")), says("[c1]"))
    with model_server(*replies) as server:
        answer = ask(workspace, server, monkeypatch, UNSURE)
    assert "make_coffee is not a valid tool" in json.dumps(server.asked[1]["messages"])
    assert answer.skills == ("escalation_trend",)
    assert answer.usage.fallback is None


def test_a_model_that_only_calls_unknown_tools_gets_the_default_text(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_server(says("", ("make_coffee", "{}"))) as server:
        answer = ask(workspace, server, monkeypatch, UNSURE, model_calls=3)
    assert len(server.asked) == 3
    assert answer.facts
    assert "The budget of 3 model calls for an answer is used up." in str(answer.usage.fallback)


def test_a_huge_answer_gives_way_to_the_default_text(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server(says("[c1] and so on. " * 200_000)) as server:
        answer = ask(workspace, server, monkeypatch)
    assert answer.status is Status.ANSWERED
    assert len(answer.answer) < 20_000
    assert "more than any answer needs" in str(answer.usage.fallback)


def test_broken_arguments_are_read_where_they_can_be(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = (says("", ("escalation_trend", '{{"grain": "month",}}')), says("[c1]"))
    with model_server(*replies) as server:
        answer = ask(workspace, server, monkeypatch, UNSURE)
    assert answer.skills == ("escalation_trend",)
    assert any("no valid JSON" in one for one in answer.usage.mended)


def test_the_second_model_answers_where_the_first_fails(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server(sends(500, BROKEN), sends(500, BROKEN), says("[c1]")) as server:
        answer = ask(workspace, server, monkeypatch, fallback_model="openai:second")
    assert [body["model"] for body in server.asked] == ["m", "m", "second"]
    assert answer.usage.model == "openai:second"
    assert "openai:m did not answer" in str(answer.usage.fallback)
    assert str(answer.usage.fallback).endswith("openai:second answered.")


def test_a_first_model_that_hangs_leaves_time_for_the_second(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_server(hangs, says("[c1]")) as server:
        answer = ask(workspace, server, monkeypatch, fallback_model="openai:second")
    assert answer.usage.model == "openai:second"
    assert [body["model"] for body in server.asked] == ["m", "second"]


def test_when_both_fail_the_offline_model_answers_and_both_reasons_are_said(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_server(sends(401, BROKEN)) as server:
        answer = ask(workspace, server, monkeypatch, fallback_model="openai:second")
    assert answer.usage.model == "offline"
    for name in ("openai:m did not answer", "openai:second did not answer", "The offline model answered."):
        assert name in str(answer.usage.fallback)


def test_the_question_is_the_last_of_what_can_be_cached(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server(says("[c1]")) as server:
        ask(workspace, server, monkeypatch)
        ask(workspace, server, monkeypatch, "What did escalations cost us last month?")
    first, second = server.asked
    assert first["messages"][0] == second["messages"][0]
    assert first["tools"] == second["tools"]
    assert first["messages"][1]["content"] == f"Question: {QUESTION}"


def test_a_server_that_takes_no_temperature_is_asked_without_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = {"error": {"message": "Unsupported value: 'temperature' does not support 0.", "type": "invalid_request"}}
    with model_server(sends(400, json.dumps(refusal)), says("[c1]")) as server:
        answer = ask(workspace, server, monkeypatch, model_seconds=30.0)
    assert [body.get("temperature") for body in server.asked] == [0.0, None]
    assert answer.usage.fallback is None
