"""A model that takes its time holds up nobody but who asked it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from tests.agent.model_server import model_server
from tests.server.conftest import LEFT_BEHIND, serving

MANY = 60


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opens the model server's mouth."""
    made = threading.Event()
    yield made
    made.set()


def test_many_who_wait_for_a_slow_model_keep_nobody_else_waiting(
    demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    monkeypatch.setenv("OPENAI_API_KEY", "local")

    def slow(handler: BaseHTTPRequestHandler) -> None:
        gate.wait(60)

    with model_server(slow) as model, serving(root) as served:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        with httpx2.Client(
            base_url=f"{served.url}/api/v1", timeout=60, limits=httpx2.Limits(max_connections=100)
        ) as api:
            slow_ones = [
                api.post("/asks", json={"question": "What drove escalations last month?", "model": "openai:m"}).json()
                for _ in range(MANY)
            ]
            with ExitStack() as streams:
                for one in slow_ones:
                    streams.enter_context(api.stream("GET", f"/asks/{one['ask']}/events"))
                answered = api.post("/ask", json={"question": "How many tickets were escalated in October 2026?"})
                assert answered.json()["status"] == "answered"
                assert api.get("/sessions").status_code == 200
                states = [api.get(f"/asks/{one['ask']}").json()["state"] for one in slow_ones]
                assert set(states) == {"running"}
            for one in slow_ones:
                assert api.post(f"/asks/{one['ask']}/stop").json()["state"] == "stopped"
        gate.set()
