"""Against a real server on loopback: who got what, how often, and what the outbox says of it."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from time import sleep
from typing import Any

from analyst_agent.playbook.delivery import Attachment, Mailroom, Outcome, deliver_due, post, resolve
from analyst_agent.playbook.delivery.sending import wait_after
from analyst_agent.state.outbox import Outbox
from tests.playbook.delivery.post import FIVE, MAIL, NOON, ORIGIN, Clock, Post, free_port, room_at, serve


def queue(room: Mailroom, *recipients: str) -> None:
    post(room, MAIL, recipients or FIVE, ORIGIN, at=NOON, deliver="smtp")


def states(room: Mailroom) -> dict[str, str]:
    return {one.recipient: one.state for one in room.outbox.listed() if not one.is_notice}


def test_each_recipient_gets_a_message_of_her_own_over_one_connection(room: Mailroom, inbox: Post, clock: Clock):
    queue(room)
    assert len(deliver_due(room, clock).sent) == 5
    assert (inbox.sessions, sorted(to for to, _ in inbox.received)) == (1, sorted(FIVE))
    [message] = inbox.to("ana@example.com")
    assert (message["To"], message["Cc"], message["Bcc"]) == ("ana@example.com", None, None)
    entry = room.outbox.listed()[0]
    assert (entry.last_error, entry.attempts) == ("", 1)
    assert [change.state for change in room.outbox.history(entry)] == ["queued", "claimed", "sending", "sent"]
    assert room.outbox.history(entry)[-1].note == "250 OK: queued"
    assert deliver_due(room, clock) == Outcome()


def test_what_arrives_is_the_file_of_the_outbox(room: Mailroom, inbox: Post, clock: Clock):
    queue(room, "ana@example.com")
    deliver_due(room, clock)
    [(_, content)] = inbox.received
    assert content == (room.root / room.outbox.listed()[0].path).read_bytes()


def test_a_server_that_is_down_three_times_gets_each_mail_once(tmp_path: Path, clock: Clock):
    inbox, port = Post(), free_port()
    room = room_at(tmp_path, port)
    queue(room)
    waits = []
    for _ in range(3):
        outcome = deliver_due(room, clock)
        assert len(outcome.postponed) == 5
        assert outcome.is_good
        assert deliver_due(room, clock) == Outcome()  # not before its time
        latest = max(one.next_try_at for one in room.outbox.listed())
        waits.append(room.outbox.listed()[0].next_try_at)
        assert "Connection refused" in room.outbox.listed()[0].last_error
        clock.now = type(clock.now).fromisoformat(latest)
    assert waits == sorted(waits)
    controller = serve(inbox, port)
    try:
        assert len(deliver_due(room, clock).sent) == 5
    finally:
        controller.stop()
    assert Counter(to for to, _ in inbox.received) == Counter(FIVE)
    assert {one.attempts for one in room.outbox.listed()} == {4}


def test_a_server_that_stays_down_is_given_up_after_the_hours_of_the_settings(tmp_path: Path, clock: Clock):
    room = room_at(tmp_path, free_port(), retry_hours=3.0)
    queue(room, "ana@example.com")
    rounds = 0
    while states(room)["ana@example.com"] == "queued":
        deliver_due(room, clock)
        clock.forward(minutes=10)
        rounds += 1
        assert rounds < 30
    [entry] = [one for one in room.outbox.listed() if not one.is_notice]
    assert entry.state == "failed"
    assert f"given up after {entry.attempts} attempts" in entry.last_error
    assert 5 <= entry.attempts <= 9
    assert clock.now - NOON <= timedelta(hours=3, minutes=10)


def test_waits_double_up_to_an_hour_and_differ_between_entries():
    waits = [wait_after("a" * 32, attempt).total_seconds() for attempt in range(1, 12)]
    assert all(0.75 * 60 * 2**i <= wait <= 1.25 * 60 * 2**i for i, wait in enumerate(waits[:6]))
    assert all(45 * 60 <= wait <= 75 * 60 for wait in waits[6:])
    assert waits == [wait_after("a" * 32, attempt).total_seconds() for attempt in range(1, 12)]
    assert len({wait_after(f"{i:032x}", 1) for i in range(20)}) > 15


def test_one_of_five_refused_keeps_no_other_from_her_mail_and_is_told_to_the_owner_only(
    room: Mailroom, inbox: Post, clock: Clock
):
    inbox.rcpt = lambda to: "550 5.1.1 no such user" if to.startswith("cy") else "250 OK"
    queue(room)
    outcome = deliver_due(room, clock)
    assert (len(outcome.sent), len(outcome.refused), outcome.is_good) == (4 + 1, 1, False)
    assert states(room) == {**dict.fromkeys(FIVE, "sent"), "cy@example.com": "refused"}
    assert Counter(to for to, _ in inbox.received) == Counter([*(set(FIVE) - {"cy@example.com"}), "owner@example.com"])
    [told] = inbox.to("owner@example.com")
    said = told.get_content()
    assert "cy@example.com: refused" in said
    assert "550 5.1.1 no such user" in said
    assert not any(other in said for other in FIVE if other != "cy@example.com")
    clock.forward(days=2)
    assert deliver_due(room, clock) == Outcome()


def test_a_server_that_wants_to_be_asked_again_is(room: Mailroom, inbox: Post, clock: Clock):
    """Greylisting: the first try is answered by 451, one after five minutes is taken."""
    inbox.rcpt = lambda _to: "250 OK" if clock.now >= NOON + timedelta(minutes=5) else "451 4.7.1 greylisted"
    queue(room, "ana@example.com")
    tries = 0
    while states(room) != {"ana@example.com": "sent"}:
        deliver_due(room, clock)
        clock.forward(minutes=1)
        tries += 1
        assert tries < 20
    assert len(inbox.received) == 1
    assert "451 4.7.1 greylisted" in [change.note for change in room.outbox.history(room.outbox.listed()[0])]


def test_what_is_postponed_or_refused_after_the_whole_message_is_not_in_doubt(
    room: Mailroom, inbox: Post, clock: Clock
):
    inbox.data = lambda to: "452 4.3.1 disk full" if to.startswith("ana") else "554 5.6.0 no pictures please"
    queue(room, "ana@example.com", "bo@example.com")
    outcome = deliver_due(room, clock)
    assert (len(outcome.postponed), len(outcome.in_doubt)) == (1, 0)
    assert states(room) == {"ana@example.com": "queued", "bo@example.com": "refused"}


def test_a_slow_server_is_waited_for(room: Mailroom, inbox: Post, clock: Clock):
    inbox.reply_after_s = 1.0
    queue(room, "ana@example.com")
    assert len(deliver_due(room, clock).sent) == 1


def test_one_slower_than_the_settings_wait_leaves_the_mail_in_doubt(
    tmp_path: Path, server: tuple[Post, int], clock: Clock
):
    inbox, port = server
    inbox.reply_after_s = 2.0
    room = room_at(tmp_path, port, timeout_s=0.5, owner="")
    queue(room, "ana@example.com")
    assert len(deliver_due(room, clock).in_doubt) == 1
    assert "timed out" in room.outbox.listed()[0].last_error


def test_a_large_message_may_take_longer_than_one_reply(tmp_path: Path, clock: Clock):
    """A slow line: every piece moves in time, the whole takes several times the seconds of the settings."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        room = room_at(tmp_path, listening.getsockname()[1], timeout_s=1.0)
        large = replace(MAIL, attachments=(Attachment("all.csv", bytes(6_000_000)),))
        post(room, large, ["ana@example.com"], ORIGIN, at=NOON, deliver="smtp")
        line = Thread(target=take_slowly, args=(listening, 2.5), daemon=True)
        line.start()
        assert len(deliver_due(room, clock).sent) == 1
        line.join(10)


def take_slowly(listening: socket.socket, seconds: float) -> None:
    """A server that takes one message at the pace of eight million bytes in so many seconds."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    one, _ = listening.accept()
    with one:
        one.sendall(b"220 slow\r\n")
        for answer in (b"250 slow", b"250 OK", b"250 OK", b"354 go on"):
            one.recv(1000)
            one.sendall(answer + b"\r\n")
        tail = b""
        while not tail.endswith(b"\r\n.\r\n"):
            piece = one.recv(200_000)
            tail = (tail + piece)[-5:]
            sleep(seconds * len(piece) / 8_000_000)
        one.sendall(b"250 OK\r\n")
        one.recv(1000)
        one.sendall(b"221 bye\r\n")


def test_a_connection_that_ends_after_the_message_leaves_it_in_doubt_until_somebody_decides(
    room: Mailroom, inbox: Post, clock: Clock
):
    inbox.hangs_up_after_data = True
    queue(room, "ana@example.com", "bo@example.com")
    assert len(deliver_due(replace(room, settings=replace(room.settings, owner="")), clock).in_doubt) == 2
    inbox.hangs_up_after_data = False
    clock.forward(days=2)
    assert len(deliver_due(room, clock).sent) == 1  # the mail to the owner
    said = inbox.to("owner@example.com")[0].get_content()
    assert said.count("in doubt") == 2
    ana, bo = sorted((one for one in room.outbox.listed(("in_doubt",))), key=lambda one: one.recipient)
    assert ana.id[:8] in said
    resolve(room, ana.id[:8], "resend", "Dana", clock.now)
    resolve(room, bo.id, "sent", "Dana", clock.now, "he has it")
    deliver_due(room, clock)
    first, again = inbox.to("ana@example.com")
    assert first["Message-ID"] == again["Message-ID"] == ana.message_id
    assert len(inbox.to("bo@example.com")) == 1
    assert states(room) == {"ana@example.com": "sent", "bo@example.com": "sent"}
    assert [change.by for change in room.outbox.history(bo)][-1] == "Dana"


def test_in_doubt_is_resent_under_the_same_message_id_where_the_settings_say_so(
    tmp_path: Path, server: tuple[Post, int], clock: Clock
):
    inbox, port = server
    room = room_at(tmp_path, port, in_doubt="resend")
    inbox.hangs_up_after_data = True
    queue(room, "ana@example.com")
    assert len(deliver_due(room, clock).postponed) == 1
    inbox.hangs_up_after_data = False
    clock.forward(minutes=2)
    assert len(deliver_due(room, clock).sent) == 1
    first, again = inbox.to("ana@example.com")
    assert first["Message-ID"] == again["Message-ID"]
    assert "in_doubt" in [change.state for change in room.outbox.history(room.outbox.listed()[0])]


def test_a_doubt_that_is_resent_in_vain_stays_a_doubt(tmp_path: Path, server: tuple[Post, int], clock: Clock):
    inbox, port = server
    room = room_at(tmp_path, port, in_doubt="resend", retry_hours=0.1)
    inbox.hangs_up_after_data = True
    queue(room, "ana@example.com")
    for _ in range(10):
        deliver_due(room, clock)
        clock.forward(minutes=5)
    assert states(room) == {"ana@example.com": "in_doubt"}
    assert 2 <= len(inbox.to("ana@example.com")) <= 4


def test_a_message_larger_than_the_server_takes_is_refused_unsent(tmp_path: Path, clock: Clock):
    inbox, port = Post(), free_port()
    controller = serve(inbox, port, data_size_limit=500)
    try:
        room = room_at(tmp_path, port)
        queue(room, "ana@example.com")
        assert len(deliver_due(room, clock).refused) == 1 + 1  # the owner's notice is as large
    finally:
        controller.stop()
    assert "552" in room.outbox.listed(("refused",))[-1].last_error
    assert inbox.received == []


def test_a_file_that_was_changed_or_removed_is_never_sent(room: Mailroom, inbox: Post, clock: Clock):
    queue(room, "ana@example.com", "bo@example.com", "cy@example.com")
    paths = {one.recipient: room.root / one.path for one in room.outbox.listed()}
    paths["ana@example.com"].write_bytes(paths["ana@example.com"].read_bytes().replace(b"7.4", b"1.4"))
    paths["bo@example.com"].unlink()
    outcome = deliver_due(room, clock)
    assert len(outcome.failed) == 2
    assert {to for to, _ in inbox.received} == {"cy@example.com", "owner@example.com"}
    errors = {one.recipient: one.last_error for one in room.outbox.listed(("failed",))}
    assert "was changed after it was written" in errors["ana@example.com"]
    assert "cannot be read" in errors["bo@example.com"]


def test_a_connection_that_the_server_closed_between_two_messages_is_opened_again(
    room: Mailroom, inbox: Post, clock: Clock
):
    original = inbox.handle_DATA

    async def answer_and_close(server: Any, session: Any, envelope: Any) -> str:
        server.loop.call_later(0.02, server.transport.close)
        return await original(server, session, envelope)

    def slowly() -> datetime:
        sleep(0.1)
        return clock()

    inbox.handle_DATA = answer_and_close  # type: ignore[method-assign]
    queue(room, "ana@example.com", "bo@example.com")
    assert len(deliver_due(room, slowly).sent) == 2
    assert inbox.sessions == 2


def test_two_senders_at_once_send_each_mail_once(room: Mailroom, inbox: Post, clock: Clock):
    recipients = [f"p{number}@example.com" for number in range(30)]
    queue(room, *recipients)
    outcomes: list[Outcome] = []
    start = Barrier(3)

    def send() -> None:
        own = replace(room, outbox=Outbox(f"sqlite:///{room.root / 'state.db'}"))
        start.wait()
        outcomes.append(deliver_due(own, clock))
        own.outbox.close()

    threads = [Thread(target=send) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(to for to, _ in inbox.received) == Counter(recipients)
    assert sum(len(one.sent) for one in outcomes) == 30


def test_what_a_dead_process_had_only_claimed_is_sent_and_what_it_was_handing_over_is_in_doubt(
    room: Mailroom, inbox: Post, clock: Clock
):
    queue(room, "ana@example.com", "bo@example.com", "cy@example.com")
    later = (NOON + timedelta(hours=1)).isoformat(timespec="microseconds")
    ana, bo, cy = sorted(room.outbox.due(NOON), key=lambda one: one.recipient)
    dead = {"holder": "another machine|1|1", "held_until": later}
    for one in (ana, bo, cy):
        assert room.outbox.move(one, "claimed", NOON, attempts=1, first_try_at=one.next_try_at, **dead)
    handing_over = room.outbox.get(bo.id)
    assert handing_over is not None
    assert room.outbox.move(handing_over, "sending", NOON)
    assert deliver_due(room, clock) == Outcome()  # it may live
    clock.forward(hours=1)
    outcome = deliver_due(room, clock)
    assert states(room) == {"ana@example.com": "sent", "bo@example.com": "in_doubt", "cy@example.com": "sent"}
    assert (len(outcome.sent), outcome.in_doubt, outcome.is_good) == (3, (bo.id,), False)
    assert "bo@example.com: in doubt" in inbox.to("owner@example.com")[0].get_content()


def test_who_lost_a_mail_to_another_process_does_not_hand_it_over(room: Mailroom, inbox: Post, clock: Clock):
    """Its claim ran out while the server was slow; the other one is sending."""
    queue(room, "ana@example.com")

    def taken(_to: str) -> str:
        other = Outbox(f"sqlite:///{room.root / 'state.db'}")
        [entry] = other.listed(("claimed",))
        assert other.move(entry, "queued", NOON, "recovery", holder="", held_until="")
        other.close()
        return "250 OK"

    inbox.rcpt = taken
    assert deliver_due(room, clock) == Outcome()
    assert inbox.received == []
    inbox.rcpt = lambda _to: "250 OK"
    assert len(deliver_due(room, clock).sent) == 1
