"""A server in a process of its own, to be ended or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2

from tests.house.checkout import ROOT
from tests.server.conftest import free_port


class ServerProcess:
    """`analyst serve` in a workspace; use as a context, at whose end nothing of it is left."""

    def __init__(self, root: Path, *options: str, port: int = 0, env: Mapping[str, str] | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "analyst_agent.cli.main", "serve", "--port", str(self.port), *options]
        own = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        self.process = subprocess.Popen(
            command, cwd=root, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        until(self._answers, "the server answers")

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        """Ends it in the middle of whatever it does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def end(self, how: int = signal.SIGTERM) -> float:
        """Asks it to end; the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(60)
        return time.monotonic() - began

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.process.stderr and self.process.stderr.read().decode()
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False


def until(holds: Callable[[], bool], what: str, within_s: float = 90) -> None:
    """Waits until something holds; fails where it does not in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.05)
