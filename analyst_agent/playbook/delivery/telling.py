"""Telling the owner, and nobody else, of what failed. What the owner is told is kept in the outbox like every mail."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from itertools import groupby

from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery.posting import post_notice
from analyst_agent.playbook.delivery.records import Failure, Mail, Mailroom, Origin, Placed
from analyst_agent.state.outbox import STATES, Entry

_WHAT_TO_DO = {
    "in_doubt": "Ask the recipient, then: analyst outbox resolve {id} sent, or resend, or drop.",
    "refused": "Mend the reason, then: analyst outbox resolve {id} resend, or drop.",
    "failed": "When the reason is gone: analyst outbox resolve {id} resend, or drop.",
}


def tell_owner(room: Mailroom, failure: Failure, at: datetime) -> Placed | None:
    """Puts a mail about a failed run into the outbox, for the owner only; None where the settings name no owner.

    The same failure of the same run is told once.
    """
    if not room.settings.owner:
        return None
    start, end = failure.period
    last = end - timedelta(days=1)
    lines = [
        f"The playbook {failure.playbook} for {start} to {last} failed at its step {failure.step}.",
        "",
        one_line(failure.message),
        one_line(failure.hint),
        "",
        "Its recipients were told nothing. What it finished is kept; to go on from there:",
        f"  analyst playbook resume {failure.run}",
    ]
    mark = _mark(failure.step, failure.message)
    origin = Origin(failure.run, failure.playbook, "owner", failure.period, f"{failure.run} {mark}")
    mail = Mail(f"Failed: {failure.playbook}, {start} to {last}, step {failure.step}", "\n".join(lines), at)
    return post_notice(room, mail, origin, at)


def tell_of_entries(room: Mailroom, at: datetime) -> tuple[Placed, ...]:
    """Tells the owner of entries that were given up, refused or left in doubt, one mail for each run; each entry once."""
    if not room.settings.owner:
        return ()
    told = []
    for run, found in groupby(room.outbox.untold(), key=lambda entry: entry.run):
        entries = list(found)
        told.append(_tell_of(room, run, entries, at))
        room.outbox.told(entries, at)
    return tuple(told)


def _tell_of(room: Mailroom, run: str, entries: list[Entry], at: datetime) -> Placed:
    count = len(entries)
    lines = [f"{count} of the messages of {entries[0].playbook} (run {run}) did not get through for certain."]
    for one in entries:
        lines += [
            "",
            f"{one.recipient}: {one.state.replace('_', ' ')} ({STATES[one.state]})",
            f"  Subject: {one.subject}",
            f"  Message-ID: {one.message_id}",
            f"  Reason: {one_line(one.last_error)}",
            f"  {_WHAT_TO_DO[one.state].format(id=one.id[:8])}",
        ]
    day = date.fromisoformat(min(one.made_at for one in entries)[:10])
    mark = _mark(*(f"{one.id} {one.state} {one.changed_at}" for one in entries))
    origin = Origin(run, entries[0].playbook, "owner", (day, day), mark)
    title = f"Not delivered for certain: {entries[0].playbook}, {count} {'message' if count == 1 else 'messages'}"
    return post_notice(room, Mail(title, "\n".join(lines), at), origin, at)


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
