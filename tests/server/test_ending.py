"""A server that cannot begin says why in a sentence; one that is ended in the middle of an answer ends at once, in a sentence too."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from analyst_agent.cli import main
from analyst_agent.workspace.starting import make_workspace
from tests.agent.model_server import model_server
from tests.rounds import cases
from tests.server.conftest import LEFT_BEHIND
from tests.server.process import ServerProcess, until


def _serve(*options: str) -> int | str | None:
    """How `analyst serve` ends where it cannot begin."""
    with pytest.raises(SystemExit) as ended:
        main.run(["serve", *options])
    return ended.value.code


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace, the current folder."""
    make_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_port_in_use(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert _serve("--port", port) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.splitlines()[0]) == (
        "",
        f"analyst: Cannot listen on 127.0.0.1:{port}: Address already in use.",
    )
    assert "--port" in said.err


def test_a_broken_workspace_file(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "analyst.toml").write_text("[workspace\n")
    assert _serve() == 2
    assert capsys.readouterr().err.startswith("analyst: analyst.toml is not valid TOML: ")


def test_a_state_database_that_is_none(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / ".analyst").mkdir(exist_ok=True)
    (workspace / ".analyst" / "state.db").write_bytes(b"no database " * 1000)
    assert _serve() == 1
    assert capsys.readouterr().err.startswith("analyst: The state database cannot be used: ")


@pytest.mark.parametrize("how", cases([signal.SIGTERM], [signal.SIGINT]))
def test_ended_in_the_middle_of_an_answer(demo_workspace: Path, tmp_path: Path, how: signal.Signals) -> None:
    root, gate = tmp_path / "demo", threading.Event()
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)

    def slow(handler: BaseHTTPRequestHandler) -> None:
        gate.wait(60)

    with model_server(slow) as model, ThreadPoolExecutor(1) as pool:
        env = {"OPENAI_API_KEY": "local", "OPENAI_BASE_URL": model.url}
        with ServerProcess(root, env=env) as server:
            asked = {"question": "What drove escalations last month?", "model": "openai:m"}
            waiting = pool.submit(httpx2.post, f"{server.url}/api/v1/ask", json=asked, timeout=90)
            until(lambda: len(model.asked) > 0, "the model is asked")
            assert server.end(how) < 10
            out, err = server.process.communicate(timeout=30)
            gate.set()
        assert (waiting.result().status_code, waiting.result().json()["state"]) == (202, "running")
    assert (server.process.returncode, err) == (0, b"")
    assert out.decode().splitlines()[-1] == "Ended. Questions that wait for the next start: 1."
