"""The bar of a load: on a terminal's error stream, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyst_agent.settings import FILE_NAME

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
RUN = "from analyst_agent.cli.main import run; run()"


def load(folder: Path, *more: str) -> tuple[str, str]:
    """Output, and what a terminal in place of the error stream showed."""
    (folder / FILE_NAME).write_text("[workspace]\n", encoding="utf-8")
    (folder / "tickets.csv").write_text(
        "ticket_id,created_at\n" + "".join(f"T{i},2025-01-01\n" for i in range(1200)), encoding="utf-8"
    )
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "load", "tickets.csv", *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm", "COLUMNS": "150"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        out, _ = process.communicate(timeout=120)
    os.close(ours)
    assert process.returncode == 0, shown
    return out, shown.decode("utf-8", "replace")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_a_terminal_sees_the_file_and_the_phase(tmp_path: Path) -> None:
    out, shown = load(tmp_path)
    assert "1,200" in out
    assert "tickets.csv" in shown
    assert "%" in shown
    assert "switching to the new data" in shown
    assert "switching" not in out


def test_json_shows_no_bar(tmp_path: Path) -> None:
    out, shown = load(tmp_path, "--json")
    assert '"rows_read": 1200' in out
    assert shown == ""
