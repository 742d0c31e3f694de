"""A mail server on loopback whose behaviour a test sets, a clock that a test moves, and a mailroom in an empty folder."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from analyst_agent.playbook.delivery import Attachment, Mail, Mailroom, Origin, Picture
from analyst_agent.settings.delivery import Delivery
from analyst_agent.state.outbox import Outbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
FIVE = tuple(f"{name}@example.com" for name in ("ana", "bo", "cy", "di", "ed"))
MAIL = Mail(
    "Escalations October 2026: 7.4 %, down 0.6 points, within noise",
    "7.4 % of tickets were escalated.\n.\nA line with a dot alone stands above.",
    datetime(2026, 11, 1, tzinfo=UTC),
    '<p>7.4 % of tickets were escalated, as in Zürich.</p><img src="cid:trend" alt="Twelve months">',
    (Picture("trend", PNG, "Twelve months"),),
    (Attachment("causes.csv", b"cause,count\r\nproduct_bug,171\r\n"),),
)
ORIGIN = Origin("r-1", "monthly_escalation_report", "send", (date(2026, 10, 1), date(2026, 11, 1)), "f" * 64)


@dataclass
class Clock:
    """The time that a test says it is."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


@dataclass
class Post:
    """An aiosmtpd handler: what it received, and what it answers. `rcpt` and `data` may give another answer than "250 OK"."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    rcpt: Callable[[str], str] = lambda _address: "250 OK"
    data: Callable[[str], str] = lambda _address: "250 OK: queued"
    reply_after_s: float = 0.0
    hangs_up_after_data: bool = False
    sessions: int = 0
    encrypted: list[bool] = field(default_factory=list)

    async def handle_EHLO(
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        [to] = envelope.rcpt_tos
        answer = self.data(to)
        if answer.startswith("250"):
            self.received.append((to, envelope.original_content))
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.reply_after_s:
            await asyncio.sleep(self.reply_after_s)
        if self.hangs_up_after_data:
            server.transport.abort()
        return answer

    def to(self, address: str) -> list[EmailMessage]:
        """The messages an address got, parsed."""
        return [parsed(content) for to, content in self.received if to == address]


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def serve(post: Post, port: int, **how: Any) -> Controller:
    """Starts the server; `stop` ends it."""
    controller = Controller(post, hostname="127.0.0.1", port=port, **how)
    controller.start()
    return controller


def room_at(folder: Path, port: int = 0, **settings: Any) -> Mailroom:
    """A mailroom whose settings name the server at a port; without one, with no server."""
    base = Delivery(
        sender="Escalation Analyst <analyst@example.com>", owner="owner@example.com", server="127.0.0.1" if port else "",
        port=port, security="none", domains=("example.com",), timeout_s=5.0,
    )  # fmt: skip
    return Mailroom(folder, Outbox(f"sqlite:///{folder / 'state.db'}"), replace(base, **settings))
