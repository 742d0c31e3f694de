"""A run killed at random moments and gone on with: one mail, whole, with the right numbers, or a doubt that is named.

`make kills` kills 40 runs, a usual run of the tests a few.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analyst_agent.workspace import Workspace
from tests.playbook.delivery.post import Post, free_port, parsed, serve
from tests.playbook.running.small import NAME, workspace_at
from tests.rounds import rounds

KILLS = int(os.environ.get("KILLS") or rounds(4, 8))


class Killer:
    """Runs `killed.py`, whose children begin at once because everything heavy is imported already."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.playbook.running.killed"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, folder: Path, kill_after_s: float | None = None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(folder), kill_after_s]), file=self._process.stdin, flush=True)
        ended: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert not ended["failed"]
        return ended

    def close(self) -> None:
        self._process.communicate(timeout=30)


def tables_of(message: bytes) -> dict[str, str]:
    """The attached tables of a mail by name."""
    return {str(part.get_filename()): str(part.get_content()) for part in parsed(message).iter_attachments()}


@pytest.mark.repeated
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks")
def test_killed_at_random_moments_one_mail_arrives_whole_or_the_doubt_is_named(
    demo_workspace: Path, tmp_path: Path
) -> None:
    inbox, port = Post(), free_port()
    controller = serve(inbox, port)
    killer, draw = Killer(), random.Random(20261103)
    killer.run(workspace_at(demo_workspace, tmp_path / "first", port))
    whole_s = killer.run(workspace_at(demo_workspace, tmp_path / "second", port))["seconds"]
    right = {tuple(tables_of(message).items()) for _, message in inbox.received}
    assert len(right) == 1
    done_when_killed, states = Counter[int](), Counter[str]()
    try:
        for number in range(KILLS):
            folder = workspace_at(demo_workspace, tmp_path / str(number), port)
            inbox.received.clear()
            killer.run(folder, draw.uniform(0.1, 1.02) * whole_s)
            workspace = Workspace.open(folder)
            begun = workspace.runs.listed(NAME)
            done_when_killed[len(workspace.runs.get(begun[0].id).steps) if begun else -1] += 1
            killer.run(folder)
            [entry] = workspace.outbox.listed()
            [run] = workspace.runs.listed(NAME)
            assert run.state == "done"
            states[entry.state] += 1
            story = (
                number,
                entry.state,
                entry.last_error,
                [parsed(message)["Message-ID"] for _, message in inbox.received],
            )
            assert len(inbox.received) == 1 if entry.state == "sent" else entry.state == "in_doubt", story
            for _, message in inbox.received:
                assert tuple(tables_of(message).items()) in right
                assert parsed(message)["Message-ID"] == entry.message_id
            workspace.close()
    finally:
        killer.close()
        controller.stop()
    assert set(states) <= {"sent", "in_doubt"}
    assert states["sent"] >= KILLS - 3
    assert len(done_when_killed) >= (3 if KILLS >= 40 else 2), done_when_killed  # before, between and after its steps
