"""Putting mails and notes into the outbox. The file is written first, then the entry; the same message is never there twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery import files
from analyst_agent.playbook.delivery.message import message_bytes, subject_line
from analyst_agent.playbook.delivery.records import Deliver, Mail, Mailroom, Origin, Placed
from analyst_agent.settings.delivery import Delivery, mailbox, may_write_to
from analyst_agent.state.outbox import Entry, Letter

_NOBODY_ASKED = ("outbox", "held")


def post(
    room: Mailroom, mail: Mail, recipients: Sequence[str], origin: Origin, *, at: datetime, deliver: Deliver = "outbox"
) -> tuple[Placed, ...]:
    """Puts a mail into the outbox, one entry for each recipient (an address or `Name <address>`), in their order.

    deliver: `outbox` leaves it there until somebody approves it; `smtp` queues it (with delivery.approval it waits for that).
    An entry that is there already is not made again: where it is not sent or queued yet, it takes the new content and is
    released; else nothing happens, and its note says so. A recipient outside the allowed domains, or a mail that is too large,
    is put there as refused. Raises WorkspaceError (not set up for SMTP, a file that cannot be written) or InvalidDefinition (an
    address that is none) before anything is put there.
    """
    check_ready(room.settings, deliver)
    addressed: dict[str, tuple[str, str]] = {}
    for to in recipients:
        bare = mailbox(to)
        addressed.setdefault(bare.lower(), (bare, to))
    return tuple(_post_one(room, mail, bare, to, origin, at, deliver) for bare, to in addressed.values())


def post_note(
    room: Mailroom, note: Mail, channels: Sequence[str], origin: Origin, *, at: datetime, deliver: Deliver = "outbox"
) -> tuple[Placed, ...]:
    """Puts a note (subject and text) into the outbox for channels that the settings name. As `post`; raises UnknownName."""
    check_ready(room.settings, deliver, "notify")
    for name in channels:
        if name not in room.settings.channels:
            raise UnknownName("channel", name, room.settings.channels, "They are named in [delivery.channels].")
    placed = []
    for name in dict.fromkeys(channels):
        letter_id = origin.letter_id("notify", name)
        message_id = _message_id(letter_id, room.settings)
        plain = Mail(note.subject, note.text, note.date)
        content = message_bytes(plain, room.settings.from_sender, _channel_address(name), message_id)
        letter = _letter(letter_id, message_id, origin, "notify", name, note.subject, content)
        placed.append(_place(room, letter, content, at, deliver, ""))
    return tuple(placed)


def check_ready(settings: Delivery, deliver: Deliver, channel: Literal["email", "notify"] = "email") -> None:
    """Raises WorkspaceError where something is to be sent and the settings do not say how."""
    if deliver not in ("outbox", "smtp"):
        raise UnknownName("way to deliver", deliver, ("outbox", "smtp"))
    missing = "channels" if channel == "notify" else "server"
    if deliver == "smtp" and not getattr(settings, missing):
        raise WorkspaceError(
            f"Nothing can be sent: delivery.{missing} is not set.",
            "Set [delivery] in analyst.toml (docs/delivery.md), or deliver to the outbox.",
        )


def post_notice(room: Mailroom, mail: Mail, origin: Origin, at: datetime) -> Placed:
    """Puts a mail to the owner into the outbox, queued where there is a server. It needs no approval."""
    deliver: Deliver = "smtp" if room.settings.server else "outbox"
    owner = room.settings.owner
    return _post_one(room, mail, mailbox(owner), owner, origin, at, deliver, is_notice=True)


def _post_one(
    room: Mailroom, mail: Mail, bare: str, to: str, origin: Origin, at: datetime, deliver: Deliver, is_notice: bool = False
) -> Placed:  # fmt: skip
    letter_id = origin.letter_id("email", bare)
    message_id = _message_id(letter_id, room.settings)
    content = message_bytes(mail, room.settings.from_sender, to, message_id)
    letter = _letter(letter_id, message_id, origin, "email", bare, mail.subject, content, is_notice)
    return _place(room, letter, content, at, deliver, why_not(room.settings, letter))


def why_not(settings: Delivery, letter: Letter) -> str:
    """Why the settings do not let a mail be sent, "" where they do."""
    if letter.channel == "email" and not may_write_to(settings.domains, letter.recipient):
        allowed = ", ".join(settings.domains) or "none"
        return f"{letter.recipient} is outside the allowed domains ({allowed}): delivery.domains"
    if letter.size > settings.size_limit:
        return f"{letter.size / 1e6:.1f} MB are more than delivery.size_limit_mb = {settings.size_limit_mb:g}"
    return ""


def _place(room: Mailroom, letter: Letter, content: bytes, at: datetime, deliver: Deliver, refusal: str) -> Placed:
    wanted = "outbox"
    if deliver == "smtp":
        waits = room.settings.approval and not letter.is_notice
        wanted = "refused" if refusal else "held" if waits else "queued"
    there = room.outbox.get(letter.id)
    if there is None:
        files.write(room.root, letter.path, content)
        if room.outbox.add(letter, wanted, at, letter.run, refusal if wanted == "refused" else ""):
            return Placed(_known(room, letter.id), True, refusal if wanted == "refused" else wanted)
        there = _known(room, letter.id)
    return _again(room, there, letter, content, at, wanted, refusal)


def _again(
    room: Mailroom, there: Entry, letter: Letter, content: bytes, at: datetime, wanted: str, refusal: str
) -> Placed:
    is_other = there.sha256 != letter.sha256
    if there.state not in _NOBODY_ASKED:
        other = "; what was computed now differs from it and is not sent" if is_other else ""
        return Placed(there, False, f"is {there.state} since {there.changed_at[:16]}Z and not put there again{other}")
    state = there.state if wanted == "outbox" else wanted
    if not is_other and state == there.state:
        return Placed(there, False, f"is {there.state} already")
    files.write(room.root, letter.path, content)
    error = refusal if state == "refused" else ""
    values = {**asdict(letter), "is_notice": int(letter.is_notice), "last_error": error}
    note = "written anew" if is_other else error
    moved = room.outbox.move(there, state, at, letter.run, note, next_try_at=there.next_try_at, **values)
    if moved is None:
        return Placed(_known(room, letter.id), False, "is being changed by another process")
    if there.path != moved.path:
        (room.root / there.path).unlink(missing_ok=True)
    return Placed(moved, False, error or f"is {state} now" + (", written anew" if is_other else ""))


def _known(room: Mailroom, letter_id: str) -> Entry:
    found = room.outbox.get(letter_id)
    if found is None:
        raise WorkspaceError("An entry of the outbox has gone.", "Somebody changed the state database; run again.")
    return found


def _letter(
    letter_id: str, message_id: str, origin: Origin, channel: str, recipient: str, subject: str, content: bytes,
    is_notice: bool = False,
) -> Letter:  # fmt: skip
    digest = files.digest_of(content)
    path = files.path_of(origin.playbook, origin.period[0].isoformat(), recipient, letter_id, digest)
    return Letter(
        letter_id, message_id, origin.run, origin.playbook, origin.step, origin.edition, channel, recipient,
        subject_line(subject), path, digest, len(content), is_notice,
    )  # fmt: skip


def _message_id(letter_id: str, settings: Delivery) -> str:
    return f"<{letter_id}@{mailbox(settings.from_sender).rpartition('@')[2]}>"


def _channel_address(name: str) -> str:
    """A To header for the file of a note: it goes to no mailbox."""
    line = one_line(name).replace("<", "").replace(">", "")
    if not line:
        raise InvalidDefinition(f"{name!r} cannot name a channel.", "Name it with letters.")
    return f"{line} <notify@unset.invalid>"
