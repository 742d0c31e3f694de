"""Killed at random moments and run again: each recipient has one whole mail, or the outbox says that it cannot know."""

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

from analyst_agent.playbook.delivery import Mailroom, deliver_due, resolve
from tests.playbook.delivery.post import FIVE, Clock, Post, parsed, room_at
from tests.rounds import rounds

KILLS = int(os.environ.get("KILLS") or rounds(6, 12))


class Killer:
    """Runs `killed.py`, whose children start at once because everything is imported already."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.playbook.delivery.killed"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, folder: Path, kill_after_s: float | None = None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(folder), self._port, kill_after_s]), file=self._process.stdin, flush=True)
        ended: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert not ended["failed"]
        return ended

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.mark.repeated
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks")
def test_killed_at_random_moments_each_mail_arrives_once_or_is_named_in_doubt(
    server: tuple[Post, int], tmp_path: Path
) -> None:
    inbox, port = server
    inbox.reply_after_s = 0.02
    killer, draw = Killer(port), random.Random(20261102)
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        whole_s = killer.run(folder)["seconds"]
    sent_when_killed, states = Counter[int](), Counter[str]()
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        inbox.received.clear()
        killer.run(folder, draw.uniform(0, 1.05 * whole_s))
        room = room_at(folder, port, owner="")
        sent_when_killed[len(room.outbox.listed(("sent",)))] += 1
        killer.run(folder)
        states.update(one.state for one in room.outbox.listed())
        check(room, inbox)
        room.outbox.close()
    killer.close()
    assert set(states) <= {"sent", "in_doubt"}
    assert states["in_doubt"] <= KILLS  # one process hands one message over at a time
    assert len(sent_when_killed) >= (3 if KILLS >= 40 else 2), (
        sent_when_killed
    )  # it was killed before, between and after


def check(room: Mailroom, inbox: Post) -> None:
    entries = room.outbox.listed()
    assert {one.recipient for one in entries} == set(FIVE[:3])
    for one in entries:
        content = (room.root / one.path).read_bytes()
        got = [message for to, message in inbox.received if to == one.recipient]
        assert set(got) <= {content}
        if one.state == "sent":
            assert len(got) == 1
            continue
        assert len(got) <= 1
        assert "before the server's answer was written down" in one.last_error
        resolve(room, one.id, "resend", "Dana", Clock().now)
    deliver_due(room, Clock())
    assert {one.state for one in room.outbox.listed()} == {"sent"}
    for one in entries:
        again = [parsed(message)["Message-ID"] for to, message in inbox.received if to == one.recipient]
        assert set(again) == {one.message_id}
        assert len(again) <= (1 if one.state == "sent" else 2)
