"""Into the outbox: a file and an entry for each recipient, once, and only what the settings allow is queued."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.playbook.delivery import Mailroom, Placed, approve, deliver_due, post, post_note
from tests.playbook.delivery.post import FIVE, MAIL, NOON, ORIGIN, Clock, Post, parsed, room_at


def states(placed: tuple[Placed, ...]) -> list[str]:
    return [one.entry.state for one in placed]


def test_without_a_server_a_mail_is_written_and_kept(tmp_path: Path):
    room = room_at(tmp_path, sender="", owner="", domains=())
    [one] = post(room, MAIL, ["Ana <ana@example.com>"], ORIGIN, at=NOON)
    assert (one.entry.state, one.is_new, one.entry.recipient) == ("outbox", True, "ana@example.com")
    content = (tmp_path / one.entry.path).read_bytes()
    assert len(content) == one.entry.size
    assert parsed(content)["Message-ID"] == one.entry.message_id
    assert one.entry.message_id.endswith("@unset.invalid>")
    assert one.entry.path.startswith("outbox/2026-10-01_monthly-escalation-report_ana-example-com_")
    assert stat.S_IMODE(os.stat(tmp_path / one.entry.path).st_mode) == 0o600
    assert deliver_due(room, Clock()).sent == ()


def test_smtp_without_a_server_is_said_before_anything_is_written(tmp_path: Path):
    room = room_at(tmp_path)
    with pytest.raises(WorkspaceError, match="server is not set"):
        post(room, MAIL, FIVE, ORIGIN, at=NOON, deliver="smtp")
    with pytest.raises(UnknownName):
        post(room, MAIL, FIVE, ORIGIN, at=NOON, deliver="pigeon")  # type: ignore[arg-type]
    assert room.outbox.listed() == []


def test_one_wrong_address_keeps_all_from_being_put_there(room: Mailroom):
    with pytest.raises(InvalidDefinition, match="no e-mail address"):
        post(room, MAIL, [*FIVE, "nobody"], ORIGIN, at=NOON, deliver="smtp")
    assert room.outbox.listed() == []


def test_the_same_mail_is_put_there_once(room: Mailroom):
    first = post(room, MAIL, FIVE, ORIGIN, at=NOON, deliver="smtp")
    again = post(
        room, MAIL, ["Ana Lopez <Ana@EXAMPLE.com>", *FIVE], replace(ORIGIN, run="r-2"), at=NOON, deliver="smtp"
    )
    assert [one.is_new for one in (*first, *again)] == [True] * 5 + [False] * 5
    assert {one.entry.id for one in first} == {one.entry.id for one in again}
    assert again[0].note == "is queued since 2026-11-02T12:00Z and not put there again; " + (
        "what was computed now differs from it and is not sent"
    )  # it is addressed to "Ana Lopez" now
    assert again[1].note == "is queued since 2026-11-02T12:00Z and not put there again"
    assert len(list((room.root / "outbox").iterdir())) == 5


@pytest.mark.parametrize(
    "other",
    [
        {"fingerprint": "0" * 64}, {"playbook": "weekly"}, {"step": "send_leads"}, {"edition": "emea"},
        {"period": (date(2026, 9, 1), date(2026, 10, 1))},
    ],
)  # fmt: skip
def test_another_report_is_another_message(room: Mailroom, other: dict[str, str]):
    [one] = post(room, MAIL, FIVE[:1], ORIGIN, at=NOON)
    [two] = post(room, MAIL, FIVE[:1], replace(ORIGIN, **other), at=NOON)  # type: ignore[arg-type]
    assert (two.is_new, two.entry.message_id != one.entry.message_id) == (True, True)


def test_what_was_kept_is_released_by_a_run_that_sends(room: Mailroom, inbox: Post, clock: Clock):
    assert states(post(room, MAIL, FIVE, ORIGIN, at=NOON)) == ["outbox"] * 5
    assert deliver_due(room, clock).sent == ()
    released = post(room, MAIL, FIVE, ORIGIN, at=NOON, deliver="smtp")
    assert states(released) == ["queued"] * 5
    assert len(deliver_due(room, clock).sent) == 5
    assert sorted(to for to, _ in inbox.received) == sorted(FIVE)


def test_what_nobody_asked_to_send_is_written_anew_and_what_is_queued_is_not(room: Mailroom):
    [one] = post(room, MAIL, FIVE[:1], ORIGIN, at=NOON)
    other = replace(MAIL, text="Other words.")
    [two] = post(room, other, FIVE[:1], ORIGIN, at=NOON)
    assert (two.entry.id, two.entry.sha256 != one.entry.sha256) == (one.entry.id, True)
    assert [path.name for path in (room.root / "outbox").iterdir()] == [Path(two.entry.path).name]
    post(room, other, FIVE[:1], ORIGIN, at=NOON, deliver="smtp")
    [three] = post(room, MAIL, FIVE[:1], ORIGIN, at=NOON, deliver="smtp")
    assert three.entry.sha256 == two.entry.sha256
    assert "differs" in three.note


def test_a_sender_named_later_is_in_what_was_kept(tmp_path: Path, server: tuple[Post, int], clock: Clock):
    unset = room_at(tmp_path, sender="")
    post(unset, MAIL, FIVE[:1], ORIGIN, at=NOON)
    room = room_at(tmp_path, server[1])
    approve(room, post(unset, MAIL, FIVE[1:2], ORIGIN, at=NOON)[0].entry.id, "Ana", NOON)
    assert len(deliver_due(room, clock).refused) == 1  # approved as it was: from nobody
    post(room, MAIL, FIVE[:1], ORIGIN, at=NOON, deliver="smtp")
    deliver_due(room, clock)
    assert server[0].to(FIVE[0])[0]["From"] == "Escalation Analyst <analyst@example.com>"
    assert server[0].to(FIVE[1]) == []


def test_a_recipient_outside_the_allowed_domains_is_refused(room: Mailroom, inbox: Post, clock: Clock):
    placed = post(
        room, MAIL, ["ana@example.com", "x@evil.example", "y@sub.example.com"], ORIGIN, at=NOON, deliver="smtp"
    )
    assert states(placed) == ["queued", "refused", "refused"]
    assert "outside the allowed domains (example.com)" in placed[1].note
    deliver_due(room, clock)
    assert {to for to, _ in inbox.received} == {"ana@example.com", "owner@example.com"}


def test_a_domain_that_is_allowed_no_more_is_not_written_to(room: Mailroom, inbox: Post, clock: Clock):
    post(room, MAIL, FIVE[:1], ORIGIN, at=NOON, deliver="smtp")
    narrowed = replace(room, settings=replace(room.settings, domains=("other.example",), owner=""))
    assert len(deliver_due(narrowed, clock).refused) == 1
    assert inbox.received == []


def test_a_mail_that_is_too_large_is_refused_and_kept(tmp_path: Path, server: tuple[Post, int]):
    room = room_at(tmp_path, server[1], size_limit_mb=0.001)
    [one] = post(room, MAIL, FIVE[:1], ORIGIN, at=NOON, deliver="smtp")
    assert one.entry.state == "refused"
    assert "size_limit_mb = 0.001" in one.note
    assert (tmp_path / one.entry.path).is_file()


def test_with_approval_a_mail_waits_for_it(tmp_path: Path, server: tuple[Post, int], clock: Clock):
    room = room_at(tmp_path, server[1], approval=True)
    placed = post(room, MAIL, FIVE[:2], ORIGIN, at=NOON, deliver="smtp")
    assert states(placed) == ["held", "held"]
    assert deliver_due(room, clock).sent == ()
    assert states(post(room, MAIL, FIVE[:1], ORIGIN, at=NOON)) == ["held"]
    approve(room, placed[0].entry.id, "Ana", NOON)
    assert len(deliver_due(room, clock).sent) == 1
    assert [(c.state, c.by) for c in room.outbox.history(placed[0].entry)][:2] == [("held", "r-1"), ("queued", "Ana")]


def test_a_folder_that_cannot_be_written_is_said_and_nothing_queued(room: Mailroom):
    (room.root / "outbox").write_text("in the way")
    with pytest.raises(WorkspaceError, match="Cannot write outbox/"):
        post(room, MAIL, FIVE, ORIGIN, at=NOON, deliver="smtp")
    assert room.outbox.listed() == []


def test_what_a_killed_process_left_of_a_file_is_removed_after_a_while(room: Mailroom):
    folder = room.root / "outbox"
    folder.mkdir()
    old, young = folder / ".a.part", folder / ".b.part"
    for left in (old, young):
        left.write_bytes(b"From: ")
    os.utime(old, (1, 1))
    post(room, MAIL, FIVE[:1], ORIGIN, at=NOON)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_channel_must_be_one_of_the_settings(tmp_path: Path):
    room = room_at(tmp_path, channels={"support": "slack://${TOKEN}"})
    with pytest.raises(UnknownName, match="suport") as said:
        post_note(room, MAIL, ["suport"], ORIGIN, at=NOON)
    assert "support" in said.value.hint
