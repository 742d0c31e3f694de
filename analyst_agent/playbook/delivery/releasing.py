"""What a person decides of an entry: that it may be sent, that it was, that it is sent again, or that it is not."""

from __future__ import annotations

from datetime import datetime

from analyst_agent import ways
from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.playbook.delivery.records import Mailroom
from analyst_agent.state.outbox import BAD, STATES, Entry, stamp

DECISIONS = {"sent": "sent", "resend": "queued", "drop": "dropped"}


def approve(room: Mailroom, name: str, by: str, at: datetime, note: str = "") -> Entry:
    """Releases an entry that waits (`held`, or `outbox`): it is queued. Raises UnknownName or InvalidDefinition."""
    entry = room.outbox.find(name)
    if entry.state == "queued":
        return entry
    if entry.state not in ("held", "outbox"):
        hint = ways.DECIDE if entry.state in BAD else "There is nothing to approve."
        raise InvalidDefinition(f"{entry.id[:8]} is {entry.state}: {STATES[entry.state]}.", hint)
    return _move(room, entry, "queued", by, at, note or "approved")


def resolve(room: Mailroom, name: str, decision: str, by: str, at: datetime, note: str = "") -> Entry:
    """Says what becomes of an entry: `sent` (it arrived, where that was in doubt), `resend` (under its Message-ID), or `drop`.

    Raises UnknownName, or InvalidDefinition where the entry's state does not allow it.
    """
    if decision not in DECISIONS:
        raise UnknownName("decision", decision, DECISIONS)
    entry = room.outbox.find(name)
    return _move(room, entry, DECISIONS[decision], by, at, note)


def _move(room: Mailroom, entry: Entry, state: str, by: str, at: datetime, note: str) -> Entry:
    fresh = {"first_try_at": "", "next_try_at": stamp(at), "told_at": ""} if state == "queued" else {}
    moved = room.outbox.move(entry, state, at, by, note, **fresh)
    if moved is None:
        raise WorkspaceError(f"{entry.id[:8]} is being changed by another process.", "Look at it and decide again.")
    return moved
