"""Notes through Apprise, to a server on loopback: sent once, only to allowed services, and every failure named a doubt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from analyst_agent.playbook.delivery import Mailroom, deliver_due, post_note
from tests.playbook.delivery.post import MAIL, NOON, ORIGIN, Clock, room_at


class Hook:
    """What a web hook got, and what it answers."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def room(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Mailroom:
    monkeypatch.setenv("HOOK", hook.address)
    return room_at(tmp_path, channels={"leads": "json://${HOOK}/"}, services=("json://127.0.0.1",))


def test_a_note_is_sent_once_and_kept_like_a_mail(room: Mailroom, hook: Hook, clock: Clock) -> None:
    [one] = post_note(room, MAIL, ["leads", "leads"], ORIGIN, at=NOON, deliver="smtp")
    assert (one.entry.channel, one.entry.recipient, one.entry.state) == ("notify", "leads", "queued")
    assert hook.address.encode() not in (room.root / one.entry.path).read_bytes()
    assert len(deliver_due(room, clock).sent) == 1
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON, deliver="smtp")
    assert deliver_due(room, clock).sent == ()
    [got] = hook.got
    assert got["title"] == MAIL.subject
    assert "".join(got["message"].split()) == "".join(MAIL.text.split())


def test_the_outbox_keeps_a_note_until_it_is_asked_for(room: Mailroom, hook: Hook, clock: Clock) -> None:
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON)
    deliver_due(room, clock)
    assert hook.got == []


def test_what_apprise_calls_a_failure_is_a_doubt_that_says_why(room: Mailroom, hook: Hook, clock: Clock) -> None:
    hook.status = 500
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON, deliver="smtp")
    assert len(deliver_due(room, clock).in_doubt) == 1
    [entry] = [one for one in room.outbox.listed() if not one.is_notice]
    assert "whether the service got the note, it does not say" in entry.last_error


@pytest.mark.parametrize(
    ("services", "allowed"),
    [
        ((), False), (("slack",), False), (("json://127.0.0.2",), False), (("json://127.0.0",), False), (("jsons",), False),
        (("json",), True), (("json://127.0.0.1",), True),
    ],
)  # fmt: skip
def test_only_allowed_services_are_notified(
    tmp_path: Path, hook: Hook, clock: Clock, services: tuple[str, ...], allowed: bool
) -> None:
    room = room_at(tmp_path, channels={"leads": f"json://{hook.address}"}, services=services)
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON, deliver="smtp")
    outcome = deliver_due(room, clock)
    assert (len(outcome.sent), len(outcome.refused), len(hook.got)) == ((1, 0, 1) if allowed else (0, 1, 0))


@pytest.mark.parametrize("smuggled", [", json://127.0.0.1:9/second", " json://127.0.0.1:9", "\njson://127.0.0.1:9"])
def test_a_second_url_in_a_variable_is_not_notified(
    room: Mailroom, hook: Hook, clock: Clock, monkeypatch: pytest.MonkeyPatch, smuggled: str
) -> None:
    monkeypatch.setenv("HOOK", hook.address + smuggled)
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON, deliver="smtp")
    deliver_due(room, clock)
    assert len(hook.got) <= 1


def test_a_variable_that_is_missing_is_waited_for(
    room: Mailroom, hook: Hook, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK")
    post_note(room, MAIL, ["leads"], ORIGIN, at=NOON, deliver="smtp")
    assert len(deliver_due(room, clock).postponed) == 1
    assert "HOOK" in room.outbox.listed()[0].last_error
