"""A playbook's mails as files to look at: as HTML with its pictures inside, and as the message itself. Nothing is sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analyst_agent.playbook.delivery.message import message_bytes
from analyst_agent.playbook.page.html import html_of
from analyst_agent.playbook.page.pictures import pictures_of, renderer_at_hand
from analyst_agent.playbook.records import Report
from analyst_agent.playbook.running.runner import Scope, Telling, name_of
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.workspace import PRIVATE
from analyst_agent.workspace.playing import Play, label_of, preview
from analyst_agent.workspace.posting import NOBODY, digest_of, mail_of

FOLDER = "previews"
_CID = re.compile(r"cid:([\w.-]*\w)")


@dataclass(frozen=True, slots=True)
class Previewed:
    """A report as it would be mailed: to whom it is told within which scope, its subject, and its files, HTML first."""

    edition: str
    step: str
    subject: str
    files: tuple[Path, Path]


def preview_files(play: Play, tell: Telling) -> list[Path]:
    """Computes every edition and writes its reports below `.analyst/previews`; the paths, HTML first."""
    return [path for one in previewed(play, tell) for path in one.files]


def previewed(play: Play, tell: Telling, folder: Path | None = None) -> list[Previewed]:
    """Every edition's reports, written into the folder, `.analyst/previews` unless given."""
    into = folder or play.workspace.root / PRIVATE / FOLDER
    label = label_of(play.period, play.playbook)
    with renderer_at_hand():
        return [
            Previewed(
                name_of(scope),
                step,
                report.subject,
                _written(into / f"{play.playbook.name}-{label}-{number}-{step}", report, play),
            )
            for number, scope, step, report in _reports(play, tell)
        ]


def _reports(play: Play, tell: Telling) -> Iterator[tuple[int, Scope, str, Report]]:
    for number, (scope, results) in enumerate(preview(play, tell).items(), start=1):
        for step, report in results.items():
            if isinstance(report, Report):
                yield number, scope, step, report


def _written(path: Path, report: Report, play: Play) -> tuple[Path, Path]:
    pictures = pictures_of(report)
    html = html_of(report, play.playbook, pictures)
    page, message = path.with_suffix(".html"), path.with_suffix(".eml")
    write_whole(page, with_pictures(html, {one.cid: one.png for one in pictures}).encode())
    settings = play.workspace.settings
    mail = mail_of(report, play.playbook, settings)
    to = settings.delivery.owner or NOBODY
    name = f"<{digest_of(report)[:32]}@preview.invalid>"
    write_whole(message, message_bytes(mail, settings.delivery.from_sender, to, name))
    return page, message


def with_pictures(html: str, pictures: Mapping[str, bytes]) -> str:
    """The HTML with its pictures (PNG, by name) inside, for a browser, which knows no `cid:`."""

    def inside(found: re.Match[str]) -> str:
        png = pictures.get(found[1])
        return found[0] if png is None else f"data:image/png;base64,{base64.b64encode(png).decode()}"

    return _CID.sub(inside, html)
