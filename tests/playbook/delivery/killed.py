"""A process that posts and sends three mails in a child of its own, and kills that child after the time it is told.

One JSON line in (folder, port, seconds until the kill or null), one out (whether it was killed, seconds it took).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from analyst_agent.playbook.delivery import deliver_due, post
from tests.playbook.delivery.post import FIVE, MAIL, ORIGIN, room_at


def deliver(folder: Path, port: int) -> None:
    """What a run does at its last step; run again, it does what is left of it."""
    room = room_at(folder, port, owner="")
    post(room, MAIL, FIVE[:3], ORIGIN, at=datetime.now(UTC), deliver="smtp")
    deliver_due(room, lambda: datetime.now(UTC))


def in_a_child(folder: Path, port: int, kill_after_s: float | None) -> dict[str, float | bool]:
    began = monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            deliver(folder, port)
            code = 0
        finally:
            os._exit(code)
    if kill_after_s is not None:
        sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    return {"killed": ended == -signal.SIGKILL, "failed": ended > 0, "seconds": monotonic() - began}


if __name__ == "__main__":
    for line in sys.stdin:
        told_folder, told_port, told_s = json.loads(line)
        print(json.dumps(in_a_child(Path(told_folder), told_port, told_s)), flush=True)
