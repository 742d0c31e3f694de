"""Reports of playbooks put into the workspace's outbox as mails and notes, for the recipients of one edition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from analyst_agent.playbook.delivery import (
    Attachment,
    Deliver,
    Mail,
    Mailroom,
    Origin,
    Picture,
    Placed,
    post,
    post_note,
)
from analyst_agent.playbook.page.attachments import csv_files
from analyst_agent.playbook.page.html import html_of
from analyst_agent.playbook.page.pictures import pictures_of
from analyst_agent.playbook.page.plain import text_of
from analyst_agent.playbook.records import Playbook, Posted, Recipient, Report
from analyst_agent.playbook.running.stored import to_stored
from analyst_agent.records import Finding, Period
from analyst_agent.settings import Settings

HOUR = time(8)
"""Of the Date header: a report is dated to the morning after its period, whenever it is made."""
NOBODY = "Nobody yet <nobody@unset.invalid>"
"""Whom a mail without recipients is written to where the settings name no owner: it is kept, and no server takes it."""


@dataclass(frozen=True, slots=True)
class OutboxPost:
    """Puts reports of a run into the outbox. Everything in a mail comes from the report: the same report, the same bytes."""

    room: Mailroom
    playbook: Playbook
    period: Period
    settings: Settings
    run: str
    edition: str
    deliver: Deliver

    def mail(
        self, step: str, report: Report, recipients: Sequence[Recipient], findings: Mapping[str, Finding]
    ) -> Posted:
        """An entry for each recipient; for the owner, and only kept, where there is none."""
        told = [f"{one.name} <{one.address}>" if one.name else one.address for one in recipients]
        deliver: Deliver = self.deliver if told else "outbox"
        placed = post(
            self.room,
            mail_of(report, self.playbook, self.settings),
            told or [self.settings.delivery.owner or NOBODY],
            self._origin(step, report),
            at=datetime.now(UTC),
            deliver=deliver,
        )
        return _posted(placed)

    def notify(self, step: str, report: Report, channels: Sequence[str]) -> Posted:
        """An entry for each channel."""
        note = Mail(report.subject, text_of(report, self.playbook), date_of(report.period, self.settings))
        placed = post_note(
            self.room, note, channels, self._origin(step, report), at=datetime.now(UTC), deliver=self.deliver
        )
        return _posted(placed)

    def _origin(self, step: str, report: Report) -> Origin:
        days = (self.period.start, self.period.end)
        return Origin(self.run, self.playbook.name, step, days, digest_of(report), self.edition)


class NoPost:
    """Posts nothing: of a preview."""

    def mail(
        self, step: str, report: Report, recipients: Sequence[Recipient], findings: Mapping[str, Finding]
    ) -> Posted:
        """Says so."""
        return Posted(quiet="A preview sends nothing.")

    def notify(self, step: str, report: Report, channels: Sequence[str]) -> Posted:
        """Says so."""
        return Posted(quiet="A preview sends nothing.")


def mail_of(report: Report, playbook: Playbook, settings: Settings) -> Mail:
    """The report as a mail: HTML with its pictures, the same in plain text, each table as CSV."""
    pictures = pictures_of(report)
    return Mail(
        report.subject,
        text_of(report, playbook),
        date_of(report.period, settings),
        html_of(report, playbook, pictures),
        tuple(Picture(one.cid, one.png, one.alt) for one in pictures),
        tuple(Attachment(name, content) for name, content in csv_files(report)),
    )


def date_of(period: Period, settings: Settings) -> datetime:
    """What the Date header of a report on a period says."""
    return datetime.combine(period.end, HOUR, settings.zone)


def digest_of(report: Report) -> str:
    """The mark of a report's contents: the same report to the same recipient is the same message, whatever kept a model from
    wording it.
    """
    told = to_stored(replace(report, wording_note=""))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _posted(placed: Sequence[Placed]) -> Posted:
    return Posted(tuple(one.entry.id for one in placed), tuple(one.entry.id for one in placed if not one.is_new))
