"""Real `analyst` processes for the tests of crashes and of many at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

# Generous: a shared machine may stand still for a while. No test passes or fails by how long something took.
PATIENCE_S = 120.0
_RUN = "from analyst_agent.cli.main import run; run()"


def analyst(workspace: Path, *arguments: str, prelude: str = "") -> subprocess.Popen[str]:
    """Starts `analyst ...` in a workspace; `prelude` is Python that runs before it in the same process."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{prelude}\n{_RUN}", *arguments],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, output and error stream."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def until(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Waits until something is seen on disk, or the process has ended."""
    deadline = monotonic() + PATIENCE_S
    while not seen() and process.poll() is None:
        assert monotonic() < deadline, "waited in vain"
        sleep(0.002)
