"""A playbook's mails as files to look at: as HTML with its pictures inside, and as the message itself. Nothing is sent."""

from __future__ import annotations

import base64
from pathlib import Path

from analyst_agent.playbook.delivery import Picture
from analyst_agent.playbook.delivery.message import message_bytes
from analyst_agent.playbook.page.html import html_of
from analyst_agent.playbook.page.pictures import pictures_of, renderer_at_hand
from analyst_agent.playbook.records import Report
from analyst_agent.playbook.running.runner import Telling
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.workspace import PRIVATE
from analyst_agent.workspace.playing import Play, label_of, preview
from analyst_agent.workspace.posting import NOBODY, digest_of, mail_of

FOLDER = "previews"


def preview_files(play: Play, tell: Telling) -> list[Path]:
    """Computes every edition and writes its reports below `.analyst/previews`; the paths, HTML first."""
    folder = play.workspace.root / PRIVATE / FOLDER
    made: list[Path] = []
    with renderer_at_hand():
        for number, results in enumerate(preview(play, tell).values(), start=1):
            for step, report in results.items():
                if isinstance(report, Report):
                    stem = f"{play.playbook.name}-{label_of(play.period, play.playbook)}-{number}-{step}"
                    made += _written(folder / stem, report, play)
    return made


def _written(path: Path, report: Report, play: Play) -> list[Path]:
    pictures = pictures_of(report)
    html = html_of(report, play.playbook, pictures)
    page, message = path.with_suffix(".html"), path.with_suffix(".eml")
    write_whole(page, _with_pictures(html, pictures).encode())
    settings = play.workspace.settings
    mail = mail_of(report, play.playbook, settings)
    to = settings.delivery.owner or NOBODY
    name = f"<{digest_of(report)[:32]}@preview.invalid>"
    write_whole(message, message_bytes(mail, settings.delivery.from_sender, to, name))
    return [page, message]


def _with_pictures(html: str, pictures: tuple[Picture, ...]) -> str:
    """The HTML with its pictures inside, for a browser, which knows no `cid:`."""
    for one in pictures:
        html = html.replace(f"cid:{one.cid}", f"data:image/png;base64,{base64.b64encode(one.png).decode()}")
    return html
