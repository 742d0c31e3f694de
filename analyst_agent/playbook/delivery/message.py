"""From a mail to the bytes of one message. The same mail to the same recipient gives the same bytes, on every machine."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from analyst_agent.errors import InvalidDefinition
from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery.records import Mail
from analyst_agent.settings.delivery import mailbox

_POLICY = policy.SMTP.clone(max_line_length=78)
_CID = re.compile(r"[\w.-]+")
_SHOWN_CID = re.compile(r"""["'(]cid:([^"')]*)["')]""")
LONGEST_SUBJECT = 250
"""Characters; a longer one is cut, since some servers refuse the message for it."""


def message_bytes(mail: Mail, sender: str, to: str, message_id: str) -> bytes:
    """One message with CRLF line ends, in ASCII only: plain text beside HTML with its pictures, then the attachments.

    sender, to: `Name <address>` or an address. message_id: with its angle brackets. Raises InvalidDefinition for an address
    that is none, a content type that is none, and a picture that is missing.
    """
    _check_pictures(mail)
    message = EmailMessage(_POLICY)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    message["Subject"] = subject_line(mail.subject)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable and base64 only: then no line is long, none starts with a boundary, and no server need be asked for 8 bits.
    message.set_content(_lines(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(_lines(mail.html), subtype="html", cte="quoted-printable")
        page = list(message.iter_parts())[1]
        assert isinstance(page, EmailMessage)
        for picture in mail.pictures:
            page.add_related(
                picture.png, "image", "png", cid=f"<{picture.cid}>", filename=f"{picture.cid}.png",
                disposition="inline", headers=[f"Content-Description: {one_line(picture.alt)[:200]}"],
            )  # fmt: skip
    for one in mail.attachments:
        main, _, sub = one.content_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[\w.+-]+", one.content_type):
            raise InvalidDefinition(f"{one.content_type[:50]!r} is no content type.", "For example text/csv.")
        params = {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(one.content, main, sub, filename=file_name(one.name), params=params)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        # "=_" cannot occur in a quoted-printable or base64 body. Left to itself the library draws a random boundary.
        part.set_boundary(f"=_{number}_{message_id.strip('<>').partition('@')[0]}")
    head, empty, body = message.as_bytes().partition(b"\r\n\r\n")
    # The library likes to break the line before the first word, which some programs then show as a space.
    return head.replace(b"\r\nSubject:\r\n ", b"\r\nSubject: ") + empty + body


def subject_line(text: str) -> str:
    """A subject as one line of visible characters."""
    line = one_line(text)
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def file_name(text: str) -> str:
    """A file name without path, control characters or a leading dot."""
    name = re.sub(r'[\\/:*?"<>|]', "-", one_line(text)).lstrip(".")[:120]
    return name or "file"


def _address(text: str) -> Address:
    """Address header that cannot hold anything else: the name is one visible line, the address is checked."""
    bare = mailbox(text)
    name = one_line(text.rpartition("<")[0]).strip(' "') if "<" in text else ""
    return Address(name, addr_spec=bare)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _check_pictures(mail: Mail) -> None:
    there = [picture.cid for picture in mail.pictures]
    for cid in there:
        if not _CID.fullmatch(cid) or there.count(cid) > 1:
            raise InvalidDefinition(
                f"{cid[:50]!r} cannot name a picture.", "Letters, digits, dots; each once in a mail."
            )
    missing = sorted(set(_SHOWN_CID.findall(mail.html)) - set(there))
    if missing:
        raise InvalidDefinition(f"The mail shows a picture {missing[0][:50]!r} that it does not hold.", "Add it.")
