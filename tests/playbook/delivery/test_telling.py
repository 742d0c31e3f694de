"""The owner, and only the owner, is told of failures; once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from analyst_agent.playbook.delivery import Failure, Mailroom, deliver_due, post, tell_owner
from tests.playbook.delivery.post import FIVE, MAIL, NOON, ORIGIN, Clock, Post, room_at

FAILURE = Failure(
    "r-1", "monthly_escalation_report", (date(2026, 10, 1), date(2026, 11, 1)), "cost",
    "The block took more than 60 seconds.\r\nBcc: x@evil.example", "Give it more: limits.seconds.",
)  # fmt: skip


def test_a_failed_run_is_told_to_the_owner_once(room: Mailroom, inbox: Post, clock: Clock) -> None:
    first = tell_owner(room, FAILURE, NOON)
    again = tell_owner(room, FAILURE, NOON)
    assert first is not None
    assert again is not None
    assert (first.is_new, again.is_new) == (True, False)
    deliver_due(room, clock)
    [(to, _)] = inbox.received
    [message] = inbox.to("owner@example.com")
    assert to == "owner@example.com"
    assert message["Subject"] == "Failed: monthly_escalation_report, 2026-10-01 to 2026-10-31, step cost"
    assert "The block took more than 60 seconds. Bcc: x@evil.example" in message.get_content()
    assert "analyst playbook resume r-1" in message.get_content()


def test_another_failure_of_the_run_is_told_too(room: Mailroom) -> None:
    tell_owner(room, FAILURE, NOON)
    other = tell_owner(room, replace(FAILURE, message="Out of memory."), NOON)
    assert other is not None
    assert other.is_new


def test_the_owner_needs_no_approval_and_no_server(tmp_path: Path, server: tuple[Post, int], clock: Clock) -> None:
    waiting = tell_owner(room_at(tmp_path), FAILURE, NOON)
    assert waiting is not None
    assert waiting.entry.state == "outbox"
    sent = tell_owner(room_at(tmp_path, server[1], approval=True), FAILURE, NOON)
    assert sent is not None
    assert sent.entry.state == "queued"


def test_without_an_owner_nobody_is_told_until_one_is_named(room: Mailroom, inbox: Post, clock: Clock) -> None:
    nobody = replace(room, settings=replace(room.settings, owner=""))
    assert tell_owner(nobody, FAILURE, NOON) is None
    inbox.rcpt = lambda to: "250 OK" if to.startswith("owner") else "550 no"
    post(nobody, MAIL, FIVE, ORIGIN, at=NOON, deliver="smtp")
    deliver_due(nobody, clock)
    assert inbox.received == []
    deliver_due(room, clock)
    assert [to for to, _ in inbox.received] == ["owner@example.com"]
    assert inbox.to("owner@example.com")[0].get_content().count("550 no") == 5


def test_a_mail_to_the_owner_that_fails_tells_nobody(room: Mailroom, inbox: Post, clock: Clock) -> None:
    inbox.rcpt = lambda _to: "550 no"
    tell_owner(room, FAILURE, NOON)
    deliver_due(room, clock)
    clock.forward(hours=1)
    deliver_due(room, clock)
    assert [one.is_notice for one in room.outbox.listed()] == [True]


def test_each_run_is_told_of_in_a_mail_of_its_own(room: Mailroom, inbox: Post, clock: Clock) -> None:
    inbox.rcpt = lambda to: "250 OK" if to.startswith("owner") else "550 no"
    post(room, MAIL, FIVE[:2], ORIGIN, at=NOON, deliver="smtp")
    post(room, MAIL, FIVE[:1], replace(ORIGIN, run="r-2", fingerprint="0"), at=NOON, deliver="smtp")
    deliver_due(room, clock)
    told = [message["Subject"].rpartition(", ")[2] for message in inbox.to("owner@example.com")]
    assert sorted(told) == ["1 message", "2 messages"]
