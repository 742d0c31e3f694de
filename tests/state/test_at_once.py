"""Processes that open a new state database at the same moment all find it usable, and lose nothing they write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from analyst_agent.state.audit import Audit
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.feedback import FeedbackStore

OPEN = """
import sys
from analyst_agent.state.audit import Audit
from analyst_agent.state.conversations import Conversations
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.feedback import FeedbackStore
from pathlib import Path
print("ready", flush=True)
input()
for number in range(5):
    url = sqlite_url(Path(sys.argv[1]) / str(number))
    Conversations(url)
    Audit(url).add({}, "")
    FeedbackStore(url).add("a", 1, "right", "Dana")
"""


def test_six_processes_make_the_same_databases(tmp_path: Path) -> None:
    """`database is locked` (the switch to WAL does not wait) or `table already exists`, in one of a few first questions."""
    for number in range(5):
        (tmp_path / str(number) / ".analyst").mkdir(parents=True)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in processes:
        _, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
    for number in range(5):
        url = sqlite_url(tmp_path / str(number))
        assert (len(Audit(url).lines()), len(FeedbackStore(url).history())) == (6, 6)
