"""One message: the same bytes each time, readable by a mail program, and nothing in it that a text could put there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.delivery.message import LONGEST_SUBJECT, file_name, message_bytes
from analyst_agent.playbook.delivery.records import Attachment, Mail, Picture
from tests.playbook.delivery.post import MAIL, PNG, parsed

SENDER, TO, ID = "Escalation Analyst <analyst@example.com>", "Ana Lopez <ana@example.com>", "<abc@example.com>"


def made(mail: Mail = MAIL, to: str = TO) -> bytes:
    return message_bytes(mail, SENDER, to, ID)


def test_a_mail_program_finds_text_page_pictures_and_files():
    message = parsed(made())
    assert (message["From"], message["To"], message["Message-ID"]) == (SENDER, TO, ID)
    assert message["Subject"] == MAIL.subject
    assert (message["Date"].datetime, message["Auto-Submitted"]) == (MAIL.date, "auto-generated")
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "text/csv"
    ]  # fmt: skip
    body = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert body is not None
    assert page is not None
    assert body.get_content().splitlines() == MAIL.text.splitlines()
    assert "Zürich" in page.get_content()
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content(), picture.get_content_disposition()) == (
        "<trend>",
        PNG,
        "inline",
    )
    assert picture["Content-Description"] == "Twelve months"
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("causes.csv", MAIL.attachments[0].content)


def test_the_same_mail_is_the_same_bytes_in_every_process():
    code = (
        "import sys, hashlib; from tests.playbook.delivery.test_message import made;"
        "sys.stdout.write(hashlib.sha256(made()).hexdigest())"
    )
    told = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(told) == 1
    assert made() == made()


def test_every_line_ends_in_crlf_is_ascii_and_not_too_long():
    content = made(replace(MAIL, text="ä" * 5000 + "\rx\r\ny\n" + "long " * 3000, html="<p>" + "x" * 20_000 + "</p>"))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_a_boundary_does_not_stand_in_a_body():
    content = made(replace(MAIL, text=f"--=_0_abc--\n--=_1_abc\n{MAIL.text}", html="--=_2_abc--"))
    message = parsed(content)
    assert len(list(message.walk())) == 6 + 1
    assert message.get_body(("plain",)).get_content().startswith("--=_0_abc--\r\n--=_1_abc")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: x@evil.example", "\nBcc: x@evil.example", "\rBcc: x", "\u2028Bcc: x", "\x0bBcc: x"]
)
def test_a_line_break_in_a_subject_or_a_file_adds_no_header(evil: str):
    mail = replace(
        MAIL,
        subject=f"Rate{evil}",
        pictures=(Picture("trend", PNG, f"alt{evil}"),),
        attachments=(Attachment(f"a{evil}.csv", b"x"),),
    )
    message = parsed(made(mail))
    assert all(part["Bcc"] is None for part in message.walk())
    assert message["Subject"].startswith("Rate Bcc: x")


@pytest.mark.parametrize("evil", ["\u2028Bcc: x", "\x0bBcc: x", "\x00", ", x@evil.example", '"', "\u202e"])
def test_a_name_is_never_more_than_a_name(evil: str):
    message = parsed(made(to=f"Ana{evil} <ana@example.com>"))
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.com"]
    assert message["Bcc"] is None


def test_what_turns_a_line_around_is_not_in_a_subject():
    subject = parsed(made(replace(MAIL, subject="Rate \u202e% 4.7\u202c \u200bdown\x1b[31m")))["Subject"]
    assert subject == "Rate % 4.7 down[31m"


@pytest.mark.parametrize("length", range(60, 100))
def test_a_subject_begins_with_its_first_letter_however_long(length: int):
    subject = ("Escalations " * 9)[:length].strip()
    assert parsed(made(replace(MAIL, subject=subject)))["Subject"] == subject


def test_long_addresses_are_kept_whole():
    domain = ".".join(["support-operations"] * 6) + ".example.com"
    content = message_bytes(MAIL, f"A <a@{domain}>", f"{'b' * 60}@{domain}", f"<{'0' * 32}@{domain}>")
    message = parsed(content)
    assert [a.addr_spec for a in (*message["From"].addresses, *message["To"].addresses)] == [
        f"a@{domain}",
        f"{'b' * 60}@{domain}",
    ]
    assert f"<{'0' * 32}@{domain}>".encode() in content
    assert b"=?" not in content.partition(b"\r\n\r\n")[0]


def test_a_subject_keeps_its_letters_and_a_very_long_one_is_cut():
    assert parsed(made(replace(MAIL, subject="Eskalationen März: 7,4 % – Δ 日本")))["Subject"].endswith(
        "März: 7,4 % – Δ 日本"
    )
    assert len(parsed(made(replace(MAIL, subject="x" * 999)))["Subject"]) == LONGEST_SUBJECT


@pytest.mark.parametrize(
    "to",
    [
        "", "ana", "ana@", "@example.com", "ana@example.com, bo@example.com", "ana@example.com\r\nBcc: x@evil.example",
        "Ana\r\nBcc: x <ana@example.com>", "Ana\nBcc: x <ana@example.com>", "Ana <ana@example.com> <bo@example.com>", "a b@example.com", "ana@exa mple.com", "ana@-x.com", "änä@example.com",
        "<ana@example.com", "ana@example..com", f"{'x' * 65}@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(to: str):
    with pytest.raises(InvalidDefinition, match="no e-mail address"):
        made(to=to)


def test_a_domain_in_other_letters_is_written_as_the_server_knows_it():
    assert parsed(made(to="ana@exämple.com"))["To"] == "ana@xn--exmple-cua.com"


def test_a_page_shows_only_pictures_that_are_there():
    with pytest.raises(InvalidDefinition, match="cause"):
        made(replace(MAIL, html='<img src="cid:cause">'))
    with pytest.raises(InvalidDefinition, match="cannot name"):
        made(replace(MAIL, pictures=(Picture("trend>\r\nBcc: x", PNG, ""),)))
    with pytest.raises(InvalidDefinition, match="cannot name"):
        made(replace(MAIL, pictures=MAIL.pictures * 2))


def test_a_mail_may_be_text_alone():
    message = parsed(made(Mail("s", "only text", datetime(2026, 11, 1, tzinfo=UTC))))
    assert (message.get_content_type(), message.get_content()) == ("text/plain", "only text\r\n")


@pytest.mark.parametrize(
    ("given", "kept"), [("../../etc/x.csv", "-..-etc-x.csv"), (".bashrc", "bashrc"), ("a\r\nb", "a b"), ("", "file")]
)
def test_a_file_name_has_no_path(given: str, kept: str):
    assert file_name(given) == kept
