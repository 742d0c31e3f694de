"""A round of sending: what a dead process left, what is due, then what the owner must be told of.

An entry is claimed before its server is spoken to, marked `sending` before the step after which the server may have it, and
`sent` by its answer. So a process may end at any moment: what it had only claimed is surely not sent and is tried again; what
it was handing over is in doubt, and named so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.delivery import files
from analyst_agent.playbook.delivery.channels import AppriseTransport
from analyst_agent.playbook.delivery.posting import why_not
from analyst_agent.playbook.delivery.records import Handed, Mailroom, Outcome
from analyst_agent.playbook.delivery.smtp import SmtpTransport
from analyst_agent.playbook.delivery.telling import tell_of_entries
from analyst_agent.playbook.delivery.transport import ClaimLost, Transport
from analyst_agent.settings.delivery import mailbox
from analyst_agent.state.outbox import Entry, stamp
from analyst_agent.state.processes import this_process

Clock = Callable[[], datetime]
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
_REPLIES = 12
"""More replies than a server gives for one message, login included: a claim outlives them all."""


def deliver_due(room: Mailroom, clock: Clock, transports: Mapping[str, Transport] | None = None) -> Outcome:
    """Sends what is due, once each; several processes may do so at the same time.

    transports: by channel (`email`, `notify`); unset, those of the settings. A channel that is not set up is left alone, and
    `unsent_reason` says why. Raises WorkspaceError where the state database cannot be used.
    """
    delivery = _Round(room, clock, dict(transports or {}))
    try:
        delivery.note(recover(room, clock()), "in_doubt")
        delivery.send_due()
        if tell_of_entries(room, clock()):
            delivery.send_due()
    finally:
        delivery.close()
    return delivery.outcome()


def recover(room: Mailroom, now: datetime) -> list[str]:
    """Takes up what a process left that has ended or did not finish in its time, and what is in doubt where the settings
    resend. The ids of those that are in doubt from now on.
    """
    doubts = []
    for entry in room.outbox.abandoned(now):
        if entry.state == "claimed":
            why = "the process that was about to send it ended; the server did not get it"
            room.outbox.move(entry, "queued", now, "recovery", why, next_try_at=stamp(now), holder="", held_until="")
        else:
            why = "the process that was handing it over ended before the server's answer was written down"
            if room.outbox.move(entry, "in_doubt", now, "recovery", why, last_error=why, holder="", held_until=""):
                doubts.append(entry.id)
    if room.settings.in_doubt == "resend":
        for entry in room.outbox.listed(("in_doubt",)):
            if _resend(room, entry, now) and entry.id in doubts:
                doubts.remove(entry.id)
    return doubts


def wait_after(entry_id: str, attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time up to an hour, a quarter more or less so that entries
    do not come back together. The same for the same entry.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{entry_id}:{attempts}".encode()).digest()[:4], "big") / 2**32
    wait = min(FIRST_WAIT_S * 2.0 ** min(attempts - 1, 16), LONGEST_WAIT_S)
    return timedelta(seconds=wait * (0.75 + drawn / 2))


class _Round:
    """One round: the transports it opened and what it did."""

    def __init__(self, room: Mailroom, clock: Clock, transports: dict[str, Transport]) -> None:
        self._room, self._clock, self._transports = room, clock, transports
        self._missing: dict[str, str] = {}
        self._done: dict[str, list[str]] = {}

    def send_due(self) -> None:
        for entry in self._room.outbox.due(self._clock()):
            transport = self._transport(entry.channel)
            if transport is not None:
                self._send(entry, transport)

    def note(self, ids: Sequence[str], state: str) -> None:
        self._done.setdefault(state, []).extend(ids)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()

    def outcome(self) -> Outcome:
        done = {state: tuple(ids) for state, ids in self._done.items()}
        return Outcome(
            done.get("sent", ()), done.get("queued", ()), done.get("refused", ()), done.get("failed", ()),
            done.get("in_doubt", ()), " ".join(self._missing.values()),
        )  # fmt: skip

    def _transport(self, channel: str) -> Transport | None:
        if channel not in self._transports and channel not in self._missing:
            settings = self._room.settings
            try:
                self._transports[channel] = (
                    SmtpTransport(settings, self._room.root) if channel == "email" else AppriseTransport(settings)
                )
            except WorkspaceError as error:
                self._missing[channel] = f"{error.message} {error.hint}".strip()
        return self._transports.get(channel)

    def _send(self, entry: Entry, transport: Transport) -> None:
        outbox, now = self._room.outbox, self._clock()
        claimed = outbox.move(
            entry, "claimed", now, "delivery", "", attempts=entry.attempts + 1, first_try_at=entry.first_try_at or stamp(now),
            holder=this_process(), held_until=self._until(now),
        )  # fmt: skip
        if claimed is None:
            return  # another process was first, or somebody dropped it
        content = files.read(self._room.root, entry.path, entry.sha256)
        if isinstance(content, str):
            self._settle(claimed, "failed", content)
            return
        reason = self._why_not(claimed)
        if reason:
            self._settle(claimed, "refused", reason)
            return
        held = claimed

        def before_end() -> None:
            nonlocal held
            at = self._clock()
            moved = outbox.move(held, "sending", at, "delivery", held_until=self._until(at))
            if moved is None:
                raise ClaimLost
            held = moved

        try:
            handed = transport.hand_over(entry.recipient, content, before_end)
        except ClaimLost:
            return
        self._answered(held, handed)

    def _answered(self, entry: Entry, handed: Handed) -> None:
        if handed.outcome == "later":
            self._later(entry, handed.said)
        else:
            self._settle(entry, handed.outcome, handed.said)

    def _later(self, entry: Entry, said: str) -> None:
        now = self._clock()
        again = now + wait_after(entry.id, entry.attempts)
        if again > _give_up_at(self._room, entry):
            self._settle(entry, "failed", f"given up after {entry.attempts} attempts; the last: {said}")
            return
        self._settle(entry, "queued", said, next_try_at=stamp(again))

    def _settle(self, entry: Entry, state: str, said: str, **values: str) -> None:
        now = self._clock()
        error = "" if state == "sent" else said
        moved = self._room.outbox.move(
            entry, state, now, "delivery", said, last_error=error, holder="", held_until="", **values
        )
        if moved is None:
            return  # it took longer than its claim, and another process has said what became of it
        if state == "in_doubt" and self._room.settings.in_doubt == "resend" and _resend(self._room, moved, now):
            state = "queued"
        self.note((entry.id,), state)

    def _why_not(self, entry: Entry) -> str:
        """The settings may have changed since it was put there."""
        settings = self._room.settings
        sender = mailbox(settings.from_sender).rpartition("@")[2]
        if entry.channel == "email" and not entry.message_id.endswith(f"@{sender}>"):
            return "it was written for another sender than delivery.sender; run the playbook again"
        return why_not(settings, entry)

    def _until(self, now: datetime) -> str:
        return stamp(now + timedelta(seconds=_REPLIES * self._room.settings.timeout_s + FIRST_WAIT_S))


def _resend(room: Mailroom, entry: Entry, now: datetime) -> bool:
    """Queues an entry in doubt again, under its Message-ID; False where its time is over, so that it stays in doubt."""
    again = now + wait_after(entry.id, entry.attempts)
    if again > _give_up_at(room, entry):
        return False
    why = "resent under the same Message-ID: delivery.in_doubt"
    return room.outbox.move(entry, "queued", now, "delivery", why, next_try_at=stamp(again)) is not None


def _give_up_at(room: Mailroom, entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.first_try_at) + timedelta(hours=room.settings.retry_hours)
