"""What is delivered: a mail or a note, where it comes from, and what became of a round of sending."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from analyst_agent.settings.delivery import Delivery
from analyst_agent.state.outbox import Entry, Outbox

Deliver = Literal["outbox", "smtp"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within the HTML, which shows it by `<img src="cid:CID">`."""

    cid: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a mail."""

    name: str
    content: bytes
    content_type: str = "text/csv"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is addressed. date: what its Date header says, aware; it comes from the run, not from the clock."""

    subject: str
    text: str
    date: datetime
    html: str = ""
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a mail comes from. Everything but the run's id decides its Message-ID: the same report to the same recipient is the
    same message, whichever run made it. fingerprint: of what the report was computed from. period: its first day and the day
    after its last.
    """

    run: str
    playbook: str
    step: str
    period: tuple[date, date]
    fingerprint: str
    edition: str = ""

    def letter_id(self, channel: str, recipient: str) -> str:
        """32 hexadecimal digits: the name of the message to this recipient, the same for ever."""
        start, end = self.period
        parts = [
            self.playbook, self.step, self.edition, start.isoformat(), end.isoformat(), channel, recipient.lower(),
            self.fingerprint,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Everything that delivery works with. root: the workspace's folder, in which the outbox's files are."""

    root: Path
    outbox: Outbox
    settings: Delivery


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of the outbox after `post`. is_new: it was not there before. note: what happened to it, in words."""

    entry: Entry
    is_new: bool
    note: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What a server made of one message. `later` and `refused`: it surely does not have it; `in_doubt`: nobody can know."""

    outcome: Literal["sent", "later", "refused", "in_doubt"]
    said: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round of sending did: ids by what became of them. unsent_reason: why nothing could be tried, "" else."""

    sent: tuple[str, ...] = ()
    postponed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    in_doubt: tuple[str, ...] = ()
    unsent_reason: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost: what is postponed is tried again by itself."""
        return not (self.refused or self.failed or self.in_doubt or self.unsent_reason)


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed, as its owner is told: at which step, why, and what to do."""

    run: str
    playbook: str
    period: tuple[date, date]
    step: str
    message: str
    hint: str = ""
