"""A process that posts and sends three mails in a child of its own, and kills that child after the time it is told.

One JSON line in (folder, port, seconds until the kill or null), one out (whether it was killed, seconds it took).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from analyst_agent.playbook.delivery import deliver_due, post
from tests.playbook.delivery.post import FIVE, MAIL, ORIGIN, room_at
from tests.playbook.killing import answer


def deliver(folder: str, port: int) -> None:
    """What a run does at its last step; run again, it does what is left of it."""
    room = room_at(Path(folder), port, owner="")
    post(room, MAIL, FIVE[:3], ORIGIN, at=datetime.now(UTC), deliver="smtp")
    deliver_due(room, lambda: datetime.now(UTC))


if __name__ == "__main__":
    answer(deliver)
