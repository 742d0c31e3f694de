"""The parts of a report as one message: what the page shows is what the message holds."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

from analyst_agent.playbook.delivery import Attachment, Mail, message_bytes
from analyst_agent.playbook.page.attachments import csv_files
from analyst_agent.playbook.page.html import html_of
from analyst_agent.playbook.page.pictures import pictures_of
from analyst_agent.playbook.page.plain import text_of
from tests.playbook.page.reports import FIXED, PLAYBOOK


def test_a_report_goes_into_a_message_whole() -> None:
    pictures = pictures_of(FIXED)
    page, text, files = html_of(FIXED, PLAYBOOK, pictures), text_of(FIXED, PLAYBOOK), csv_files(FIXED)
    attached = tuple(Attachment(name, content) for name, content in files)
    mail = Mail(FIXED.subject, text, datetime(2026, 11, 2, 8, tzinfo=UTC), page, pictures, attached)
    raw = message_bytes(mail, "Reports <reports@example.com>", "vp@example.com", "<1@example.com>")
    read = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in read.walk()}
    assert parts["text/html"].get_content().splitlines() == page.splitlines()
    assert parts["text/plain"].get_content().splitlines() == text.splitlines()
    assert parts["image/png"].get_content() == pictures[0].png
    names = [part.get_filename() for part in read.iter_attachments() if part.get_content_type() == "text/csv"]
    assert names == [name for name, _ in files]
