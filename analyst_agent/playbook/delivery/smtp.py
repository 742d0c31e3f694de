"""Handing messages to a mail server, so that at every failure it is known whether the server can have the message."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path

from analyst_agent.errors import WorkspaceError
from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery.records import Handed
from analyst_agent.settings.delivery import Delivery, filled, mailbox

_PIECE = 65_536
"""Bytes sent within one timeout."""
_LOGIN = (530, 534, 535, 538)
"""Codes that are about our login or its protection, not about the message (RFC 4954)."""


class SmtpTransport:
    """One connection for a round, one recipient for each message. Once the server cannot be reached, the round tries no more.

    Raises WorkspaceError for settings that cannot work: no server, a variable or certificate file that is missing.
    """

    def __init__(self, settings: Delivery, root: Path) -> None:
        if not settings.server:
            raise WorkspaceError("delivery.server is not set.", "Set [delivery] in analyst.toml (docs/delivery.md).")
        self._settings = settings
        self._sender = mailbox(settings.sender)
        self._user = filled(settings.user, "delivery.user")
        self._password = filled(settings.password, "delivery.password")
        self._context = None
        if settings.security != "none":
            self._context = _context(root / settings.ca_file if settings.ca_file else None)
        self._open: smtplib.SMTP | None = None
        self._unreachable = ""

    def hand_over(self, recipient: str, content: bytes, before_end: Callable[[], None]) -> Handed:
        """See Transport. The deciding step is the dot that ends the message: without it a server must discard what it got."""
        if self._unreachable:
            return Handed("later", self._unreachable)
        try:
            smtp = self._connection()
        except OSError as error:  # smtplib's and ssl's errors are of this kind
            self._unreachable = f"{self._settings.server}: {_words(error)}"
            return Handed("later", self._unreachable)
        try:
            refused = self._begin(smtp, recipient, content)
        except OSError as error:
            self._drop()
            return Handed("later", _words(error))
        if refused is not None:
            return refused
        try:
            before_end()
        except BaseException:
            self._drop()
            raise
        return self._end(smtp)

    def close(self) -> None:
        """Says good-bye and forgets that the server could not be reached."""
        if self._open is not None:
            with contextlib.suppress(OSError):  # everything was answered before; the connection is of no more use
                self._open.quit()
            self._drop()
        self._unreachable = ""

    def _begin(self, smtp: smtplib.SMTP, recipient: str, content: bytes) -> Handed | None:
        """Everything up to the dot; what the server said where it does not want the message."""
        size = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        for step, taken in (
            (partial(smtp.mail, self._sender, size), (250,)),
            (partial(smtp.rcpt, recipient), (250, 251)),
            (partial(smtp.docmd, "DATA"), (354,)),
        ):
            code, said = step()
            if code not in taken:
                self._start_over(smtp, code)
                is_for_good = 500 <= code < 600 and code not in _LOGIN
                return Handed("refused" if is_for_good else "later", _reply(code, said))
        stuffed = re.sub(rb"(?m)^\.", b"..", content)  # RFC 5321, 4.5.2
        for start in range(0, len(stuffed), _PIECE):  # the timeout is for one call, however much it sends
            smtp.send(stuffed[start : start + _PIECE])
        return None

    def _end(self, smtp: smtplib.SMTP) -> Handed:
        try:
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except OSError as error:
            self._drop()
            return Handed("in_doubt", f"the message was handed over, then: {_words(error)}")
        if 200 <= code < 300:
            return Handed("sent", _reply(code, said))
        self._start_over(smtp, code)
        if 400 <= code < 600:
            return Handed("refused" if code >= 500 else "later", _reply(code, said))
        return Handed("in_doubt", f"the message was handed over and answered by {_reply(code, said)}")

    def _connection(self) -> smtplib.SMTP:
        if self._open is not None:
            try:
                if self._open.noop()[0] == 250:
                    return self._open
            except OSError:
                pass  # the server has closed it since the last message
            self._drop()
        self._open = self._connected()
        return self._open

    def _connected(self) -> smtplib.SMTP:
        one = self._settings
        name = self._sender.rpartition("@")[2]  # ours, instead of one that the system would have to look up
        if one.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                one.server, one.server_port, name, timeout=one.timeout_s, context=self._context
            )
        else:
            smtp = smtplib.SMTP(one.server, one.server_port, name, timeout=one.timeout_s)
        try:
            if one.security == "starttls":
                smtp.starttls(context=self._context)
            smtp.ehlo_or_helo_if_needed()
            if self._user:
                smtp.login(self._user, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _start_over(self, smtp: smtplib.SMTP, code: int) -> None:
        """Leaves the connection ready for the next message, or drops it."""
        if code in (421, -1):
            self._drop()
            return
        try:
            smtp.rset()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise WorkspaceError(
            f"delivery.ca_file cannot be used: {_words(error)}.", "Name a file in PEM form."
        ) from error


def _reply(code: int, said: bytes) -> str:
    return f"{code} {one_line(said.decode('utf-8', 'replace'))}"[:300]


def _words(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _reply(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return one_line(f"{error.strerror or error or type(error).__name__}")[:300]
