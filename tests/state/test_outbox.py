"""The outbox's entries: which state may follow which, one change at a time, and all of it kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.state.outbox import BAD, STATES, TRANSITIONS, Entry, Letter, Outbox, stamp
from analyst_agent.state.processes import is_gone, this_process

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LETTER = Letter(
    "ab" * 16, "<x@example.com>", "r-1", "monthly", "send", "", "email", "ana@example.com", "Rate", "outbox/a.eml", "0" * 64, 9
)  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture
def outbox(url: str) -> Iterator[Outbox]:
    made = Outbox(url)
    yield made
    made.close()


def added(outbox: Outbox, state: str = "queued", letter: Letter = LETTER) -> Entry:
    assert outbox.add(letter, state, NOON, "r-1")
    found = outbox.get(letter.id)
    assert found is not None
    return found


def test_an_empty_outbox_is_read_as_empty(outbox: Outbox) -> None:
    assert (outbox.listed(), outbox.due(NOON), outbox.untold(), outbox.abandoned(NOON)) == ([], [], [], [])
    assert outbox.get("x") is None


def test_a_letter_is_there_once(outbox: Outbox, url: str) -> None:
    first = added(outbox)
    assert not outbox.add(replace(LETTER, subject="Other"), "outbox", NOON)
    assert not Outbox(url).add(replace(LETTER, id="cd" * 16), "outbox", NOON)  # the Message-ID is one's own too
    assert outbox.listed() == [first]
    assert len(outbox.history(first)) == 1


def test_every_state_is_described_and_leads_only_to_states() -> None:
    assert set(STATES) == set(TRANSITIONS) == {*STATES}
    assert {after for follow in TRANSITIONS.values() for after in follow} | {"outbox"} == set(STATES)
    assert [state for state, follow in TRANSITIONS.items() if not follow] == ["sent", "dropped"]
    assert [state for state, follow in TRANSITIONS.items() if "sent" in follow] == ["sending", "in_doubt"]
    assert [state for state, follow in TRANSITIONS.items() if "sending" in follow] == ["claimed"]


@pytest.mark.parametrize(("before", "after"), [(b, a) for b in STATES for a in STATES if a not in TRANSITIONS[b]])
def test_no_other_state_follows(outbox: Outbox, before: str, after: str) -> None:
    entry = added(outbox, before)
    with pytest.raises(InvalidDefinition, match=f"is {before}"):
        outbox.move(entry, after, NOON)
    assert outbox.get(entry.id) == entry


def test_of_two_that_claim_an_entry_one_gets_it(outbox: Outbox, url: str) -> None:
    read = added(outbox)
    assert outbox.move(read, "claimed", NOON, holder="a", attempts=1) is not None
    assert Outbox(url).move(read, "claimed", NOON, holder="b", attempts=1) is None
    [entry] = outbox.listed()
    assert entry.holder == "a"
    assert [change.state for change in outbox.history(entry)] == ["queued", "claimed"]


def test_a_claim_that_was_taken_over_and_given_back_is_not_the_same(outbox: Outbox) -> None:
    first = outbox.move(added(outbox), "claimed", NOON, holder="a", attempts=1)
    assert first is not None
    back = outbox.move(first, "queued", NOON, holder="")
    assert back is not None
    assert outbox.move(back, "claimed", NOON, holder="a", attempts=2) is not None
    assert outbox.move(first, "sending", NOON) is None


def test_what_is_due_comes_in_the_order_it_waited(outbox: Outbox) -> None:
    for number in range(3):
        added(outbox, letter=replace(LETTER, id=f"{number}" * 32, message_id=f"<{number}@x>"))
    late = outbox.find("1")
    claimed = outbox.move(late, "claimed", NOON, holder="a")
    assert claimed is not None
    outbox.move(claimed, "queued", NOON, holder="", next_try_at=stamp(NOON + timedelta(hours=1)))
    assert [one.id[0] for one in outbox.due(NOON)] == ["0", "2"]
    assert [one.id[0] for one in outbox.due(NOON + timedelta(hours=1))] == ["0", "2", "1"]


def test_times_are_ordered_as_text_whatever_their_zone() -> None:
    berlin = timezone(timedelta(hours=1))
    assert stamp(NOON.astimezone(berlin)) == stamp(NOON)
    assert stamp(NOON) < stamp(NOON + timedelta(microseconds=1)) < stamp(NOON + timedelta(seconds=1))


def test_an_id_may_be_shortened_while_it_stays_one(outbox: Outbox) -> None:
    added(outbox)
    added(outbox, letter=replace(LETTER, id="ab" + "0" * 30, message_id="<y@x>"))
    assert outbox.find("ABAB").id == LETTER.id
    with pytest.raises(InvalidDefinition, match="begins 2 ids"):
        outbox.find("ab")
    for wrong in ("", "zz"):
        with pytest.raises(UnknownName):
            outbox.find(wrong)


def test_a_bad_entry_is_to_be_told_until_it_was(outbox: Outbox) -> None:
    for number, state in enumerate(STATES):
        added(outbox, state, replace(LETTER, id=f"{number:032x}", message_id=f"<{number}@x>"))
    added(outbox, "failed", replace(LETTER, id="f" * 32, message_id="<n@x>", is_notice=True))
    assert {one.state for one in outbox.untold()} == set(BAD)
    assert len(outbox.untold()) == 3
    outbox.told(outbox.untold(), NOON)
    assert outbox.untold() == []


def test_who_holds_what_is_let_go_when_its_process_ends_or_its_time_is_over(outbox: Outbox) -> None:
    later = stamp(NOON + timedelta(hours=1))
    held = outbox.move(added(outbox), "claimed", NOON, holder=this_process(), held_until=later)
    assert held is not None
    assert outbox.abandoned(NOON) == []
    assert outbox.abandoned(NOON + timedelta(hours=1)) == [held]
    ended = subprocess.run(
        [sys.executable, "-c", "from analyst_agent.state.processes import this_process; print(this_process())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    other = outbox.move(held, "queued", NOON, holder="")
    assert other is not None
    held = outbox.move(other, "claimed", NOON, holder=ended, held_until=later)
    assert outbox.abandoned(NOON) == [held]


def test_a_process_is_gone_only_where_that_is_sure() -> None:
    mine = this_process()
    machine, number, began = mine.split("|")
    assert not is_gone(mine)
    assert not is_gone(f"elsewhere|{number}|1")
    assert not is_gone("")
    assert not is_gone("nonsense")
    if began:
        assert is_gone(f"{machine}|{number}|1")  # its number was given to another process since
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    while not is_gone(
        f"{machine}|{child.pid}|{began}"
    ):  # it may still be ending; until it is waited for it is a zombie
        assert os.getpid()
    child.wait()
    assert is_gone(f"{machine}|{child.pid}|{began}")
