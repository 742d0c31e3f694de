"""A server killed in the middle of answers: after a restart every question has exactly one answer, and the audit one line of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from analyst_agent.state.asks import AGAIN, DONE, END, RUNNING, Asks
from analyst_agent.state.audit import Audit
from analyst_agent.state.conversations import Conversations
from analyst_agent.state.database import sqlite_url
from tests.agent.model_server import model_server, says
from tests.rounds import rounds
from tests.server.conftest import LEFT_BEHIND
from tests.server.process import ServerProcess, until

TEN = 10
QUESTION = "What drove escalations last month?"
QUICK = ("How many tickets were escalated in October 2026?", "escalation rate by region in October 2026", QUESTION)
KILLS = int(os.environ.get("KILLS") or rounds(1, 5))
WAYS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT) if KILLS > 1 else (signal.SIGKILL,)


@pytest.fixture
def root(demo_workspace: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "demo"
    shutil.copytree(demo_workspace, copied, ignore=LEFT_BEHIND)
    return copied


def _begin(server: ServerProcess, question: str, model: str = "", key: str = "", conversation: str = "") -> str:
    body = {"question": question, **({"model": model} if model else {})}
    body |= {"conversation": conversation} if conversation else {}
    headers = {"idempotency-key": key} if key else {}
    reply = httpx2.post(f"{server.url}/api/v1/asks", json=body, headers=headers, timeout=60)
    return str(reply.raise_for_status().json()["ask"])


def _check_once(root: Path, names: list[str]) -> None:
    """Each question is done, by one turn, told to its end once, with one line in the audit; no conversation has more."""
    url = sqlite_url(root)
    asks, conversations, audit = Asks(url), Conversations(url), Audit(url)
    found = [asks.get(name) for name in names]
    assert {one.state for one in found} == {DONE}
    for one in found:
        turn = conversations.turn_of(one.conversation, one.id)
        assert turn is not None
        assert (turn.question, turn.number) == (one.question, one.turn)
        kinds = Counter(event.kind for event in asks.events(one.id))
        assert kinds[END] == 1
    for conversation, asked in Counter(one.conversation for one in found).items():
        assert [turn.number for turn in conversations.turns(conversation)] == list(range(1, asked + 1))
    lines = Counter(line.content.get("ask") for line in audit.lines())
    assert {name: lines[name] for name in names} == dict.fromkeys(names, 1)
    for store in (asks, conversations, audit):
        store.close()


def _are_done(root: Path, names: list[str]) -> bool:
    asks = Asks(sqlite_url(root))
    states = [asks.get(name).state for name in names]
    asks.close()
    return RUNNING not in states


@dataclass(frozen=True)
class Restarted:
    """Ten questions that a server took and the next one answered, and what a page that followed the first of them was told."""

    root: Path
    names: list[str]
    again: str
    followed: str


@pytest.fixture(scope="module", params=WAYS, ids=lambda how: how.name)
def restarted(
    request: pytest.FixtureRequest, demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Restarted:
    """A server is ended or killed while ten questions wait for a model, and begun anew on the same port."""
    root = tmp_path_factory.mktemp("restarted") / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    gate, speak = threading.Event(), says("ok")

    def slow(handler: BaseHTTPRequestHandler) -> None:
        if gate.wait(120):
            speak(handler)

    with model_server(slow) as model:
        try:
            env = {"OPENAI_API_KEY": "local", "OPENAI_BASE_URL": model.url}
            with ServerProcess(root, env=env) as server:
                names = [_begin(server, QUESTION, "openai:m", key=f"k{number}") for number in range(TEN)]
                until(lambda: len(model.asked) >= TEN, "all ten wait for the model")
                asks = Asks(sqlite_url(root))
                seen = asks.events(names[0])[-1].number
                if request.param == signal.SIGKILL:
                    server.kill()
                else:
                    assert server.end(request.param) < 30, "who ends waits for no answer"
            assert {asks.get(name).state for name in names} == {RUNNING}
            asks.close()
        finally:
            gate.set()
        with ServerProcess(root, port=server.port, env=env) as server:
            again = _begin(server, QUESTION, "openai:m", key="k0")
            events, headers = f"{server.url}/api/v1/asks/{names[0]}/events", {"last-event-id": str(seen)}
            followed = httpx2.get(events, headers=headers, timeout=90).text
            until(lambda: _are_done(root, names), "the next process answers them")
    return Restarted(root, names, again, followed)


@pytest.mark.repeated
def test_ten_questions_that_wait_for_a_model_are_answered_once_after_a_restart(restarted: Restarted) -> None:
    asks = Asks(sqlite_url(restarted.root))
    assert all(Counter(event.kind for event in asks.events(name))[AGAIN] == 1 for name in restarted.names)
    asks.close()
    _check_once(restarted.root, restarted.names)


@pytest.mark.repeated
def test_a_page_that_follows_a_question_over_the_kill_sees_it_end(restarted: Restarted) -> None:
    lines = restarted.followed.splitlines()
    kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert (kinds[0], kinds[-1], kinds.count(END)) == (AGAIN, END, 1)
    assert restarted.again == restarted.names[0], "the same question, sent again, is not begun again"


@pytest.mark.thorough
def test_killed_at_random_moments_again_and_again_nothing_is_lost_or_doubled(root: Path) -> None:
    """The kills fall before, between and after the turn, its audit line and the end of the question."""
    draw, names = random.Random(20261103), []
    for kill in range(KILLS):
        with ServerProcess(root) as server:
            talk = f"talk{kill}"
            names += [
                _begin(server, QUICK[number % len(QUICK)], conversation=talk if number < 3 else "")
                for number in range(TEN)
            ]
            time.sleep(draw.uniform(0, 1.5))
            server.kill()
    with ServerProcess(root):
        until(lambda: _are_done(root, names), "the last process answers what is left", 180)
    assert len(set(names)) == KILLS * TEN
    _check_once(root, names)
