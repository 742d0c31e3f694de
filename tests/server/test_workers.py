"""Several processes behind one port, or several servers on one state database, are one server to whoever asks."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from analyst_agent.state.asks import DONE, RUNNING, Asks
from analyst_agent.state.audit import Audit
from analyst_agent.state.conversations import Conversations
from analyst_agent.state.database import sqlite_url
from tests.agent.model_server import model_server, says
from tests.server.conftest import LEFT_BEHIND
from tests.server.process import ServerProcess, until
from tests.server.staff import PASSWORD, client, hire, token_of
from tests.state.postgres import postgres_databases

pytestmark = pytest.mark.thorough
QUESTION = "How many tickets were escalated in October 2026?"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Callable[[], str]]:
    with postgres_databases() as make:
        yield make


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, demo_workspace: Path, tmp_path: Path) -> tuple[Path, str]:
    """A workspace with accounts, and the URL of its state."""
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    url = sqlite_url(root)
    if request.param == "postgres":
        url = str(request.getfixturevalue("postgres")())
        file = root / "analyst.toml"
        file.write_text(file.read_text().replace("[workspace]", f'[workspace]\nstate_url = "{url}"'))
    hire(root)
    return root, url


def _children(process: int) -> set[int]:
    """The processes that serve: children of the one that began them, without its own helpers."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if int(stat[1]) == process and stat[0] != "Z" and b"spawn_main" in command:
            found.add(int(entry.name))
    return found


def test_two_servers_on_one_state_are_one_to_who_asks(shared: tuple[Path, str]) -> None:
    root, url = shared
    with ServerProcess(root) as one, ServerProcess(root) as two:
        with client(one.url) as browser:
            browser.post("/sign-in", data={"login": "cy", "password": PASSWORD})
            secret = browser.cookies["analyst_session"]
        with client(two.url) as browser:
            browser.cookies.set("analyst_session", secret, domain="127.0.0.1", path="/")
            assert browser.get("/account").status_code == 200, "who signed in at one is known to the other"
        token = token_of(root, "cy")
        with client(one.url, token) as first, client(two.url, token) as second:
            begun = first.post("/api/v1/asks", json={"question": QUESTION}, headers={"idempotency-key": "k"}).json()
            again = second.post("/api/v1/asks", json={"question": QUESTION}, headers={"idempotency-key": "k"}).json()
            assert again["ask"] == begun["ask"]
            told = second.get(f"/api/v1/asks/{begun['ask']}/events").text
            assert told.count("event: end") == 1, "a question of one is followed at the other"
            follow = second.post(
                "/api/v1/ask", json={"question": "and in September?", "conversation": begun["conversation"]}
            )
            assert follow.json()["period"]["start"] == "2026-09-01"
            turns = first.get(f"/api/v1/sessions/{begun['conversation']}").json()["turns"]
            assert [turn["question"] for turn in turns] == [QUESTION, "and in September?"]
        with client(two.url) as browser:
            browser.cookies.set("analyst_session", secret, domain="127.0.0.1", path="/")
            browser.post("/sign-out")
        with client(one.url) as browser:
            browser.cookies.set("analyst_session", secret, domain="127.0.0.1", path="/")
            assert browser.get("/account").status_code == 303, "who signed out at one is signed out at the other"
    audit = Audit(url)
    assert [line.content["question"] for line in audit.lines() if "question" in line.content] == [
        QUESTION,
        "and in September?",
    ]
    audit.close()


def test_what_a_killed_server_was_at_the_other_answers_once(shared: tuple[Path, str]) -> None:
    root, url = shared
    gate, speak = threading.Event(), says("ok")

    def slow(handler: BaseHTTPRequestHandler) -> None:
        if gate.wait(120):
            speak(handler)

    with model_server(slow) as model:
        env = {"OPENAI_API_KEY": "local", "OPENAI_BASE_URL": model.url}
        with ServerProcess(root, env=env) as one, ServerProcess(root, env=env) as two:
            token = token_of(root, "cy")
            with client(one.url, token) as program:
                question = {"question": "What drove escalations last month?", "model": "openai:m"}
                names = [program.post("/api/v1/asks", json=question).json()["ask"] for _ in range(5)]
            until(lambda: len(model.asked) >= 5, "all wait for the model")
            one.kill()
            gate.set()
            asks = Asks(url)
            until(lambda: RUNNING not in {asks.get(name).state for name in names}, "the other answers them")
            with client(two.url, token) as program:
                assert {program.get(f"/api/v1/asks/{name}").json()["state"] for name in names} == {DONE}
    conversations, audit = Conversations(url), Audit(url)
    assert [len(conversations.turns(asks.get(name).conversation)) for name in names] == [1] * 5
    assert sorted(line.content["ask"] for line in audit.lines() if "ask" in line.content) == sorted(names)
    for store in (asks, conversations, audit):
        store.close()


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks at processes by /proc")
def test_workers_share_the_port_are_replaced_and_end_together(shared: tuple[Path, str]) -> None:
    root, url = shared
    token = token_of(root, "cy")
    with ServerProcess(root, "--workers", "2") as server:
        until(lambda: len(_children(server.process.pid)) == 2, "two processes serve")
        asks = Asks(url)
        holders: set[str] = set()

        def has_both() -> bool:
            with client(server.url, token) as program:  # a new connection, which either may take
                reply = program.post("/api/v1/asks", json={"question": QUESTION})
            if reply.status_code == 202:
                holders.add(asks.get(reply.json()["ask"]).holder)
            return len(holders) == 2

        until(has_both, "both take questions")
        killed = min(_children(server.process.pid))
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(_children(server.process.pid) - {killed}) == 2, "the killed one is replaced")
        with client(server.url, token) as program:
            assert program.get("/api/v1/sessions").status_code == 200
        until(lambda: asks.running() == [], "what the killed one was at is answered")
        children = _children(server.process.pid)
        server.end()
        assert server.process.returncode == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(server.url)
        asks.close()


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks at processes by /proc")
def test_workers_do_not_outlive_who_began_them(demo_workspace: Path, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    with ServerProcess(root, "--workers", "2") as server:
        until(lambda: len(_children(server.process.pid)) == 2, "two processes serve")
        children = _children(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(30)
        until(lambda: not any(_lives(child) for child in children), "its processes end")


def _lives(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
