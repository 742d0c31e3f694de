"""Questions on their way: kept before anything runs, told event by event, held by one process, taken up when that dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.errors import UnknownName
from analyst_agent.state import asks as module
from analyst_agent.state.asks import AGAIN, DONE, END, LEASE, RUNNING, STEP, STOPPED, TEXT, Asks, NewAsk

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
DEAD = "elsewhere|1|0"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture
def asks(url: str) -> Asks:
    return Asks(url)


def new(key: str = "", owner: str = "dana", conversation: str = "c1") -> NewAsk:
    return NewAsk(conversation, "What drove escalations?", owner, "Dana", "leader", ("region = EMEA",), "", key)


def test_a_question_is_kept_with_who_asked_it_and_within_what(asks: Asks, url: str) -> None:
    begun, is_new = asks.begin(new(), NOW)
    again = Asks(url).get(begun.id)
    assert is_new
    assert again == begun
    assert (again.owner, again.role, again.restrictions, again.state) == ("dana", "leader", ("region = EMEA",), RUNNING)


def test_the_same_key_is_the_same_question_of_the_same_person_only(asks: Asks) -> None:
    first, _ = asks.begin(new("k"))
    second, is_new = asks.begin(new("k"))
    other, is_others_new = asks.begin(new("k", owner="eve"))
    assert (second.id, is_new) == (first.id, False)
    assert other.id != first.id
    assert is_others_new


def test_without_a_key_every_question_is_another(asks: Asks) -> None:
    assert asks.begin(new())[0].id != asks.begin(new())[0].id


def test_events_are_told_from_after_the_one_that_was_seen(asks: Asks) -> None:
    ask, _ = asks.begin(new())
    heard: list[int] = []
    asks.listeners.append(lambda *_: heard.append(1))
    asks.tell(ask.id, STEP, {"text": "one"})
    asks.tell(ask.id, TEXT, {"text": "two"})
    asks.finish(ask.id, DONE, {}, 3)
    assert [(e.number, e.kind) for e in asks.events(ask.id)] == [(1, STEP), (2, TEXT), (3, END)]
    assert [e.content["text"] for e in asks.events(ask.id, 1) if e.kind == TEXT] == ["two"]
    assert asks.events(ask.id, 3) == []
    assert heard == [1, 1, 1]
    assert asks.get(ask.id).turn == 3


def test_what_has_ended_stays_ended(asks: Asks) -> None:
    ask, _ = asks.begin(new())
    assert asks.finish(ask.id, STOPPED, {})
    assert not asks.finish(ask.id, DONE, {}, 1)
    assert not asks.is_mine(ask.id)
    assert asks.get(ask.id).state == STOPPED
    assert [e.kind for e in asks.events(ask.id)] == [END]


def test_a_question_of_another_process_is_stopped_but_not_answered_by_this_one(asks: Asks, monkeypatch) -> None:
    monkeypatch.setattr(module, "this_process", lambda: DEAD)
    ask, _ = asks.begin(new())
    monkeypatch.undo()
    assert not asks.finish(ask.id, DONE, {}, 1)
    assert asks.finish(ask.id, STOPPED, {})


def test_the_question_of_a_process_that_is_gone_is_taken_over_once_and_begun_anew(
    asks: Asks, url: str, monkeypatch
) -> None:
    monkeypatch.setattr(module, "this_process", lambda: DEAD)
    ask, _ = asks.begin(new(), NOW)
    asks.tell(ask.id, STEP, {"text": "half"})
    monkeypatch.undo()
    assert asks.take_abandoned(NOW + LEASE / 2) == []
    [taken] = asks.take_abandoned(NOW + LEASE + timedelta(seconds=1))
    assert taken.id == ask.id
    assert asks.is_mine(ask.id)
    assert Asks(url).take_abandoned(NOW + LEASE + timedelta(seconds=1)) == []
    assert [e.kind for e in asks.events(ask.id)] == [STEP, AGAIN]


def test_a_process_that_says_that_it_lives_keeps_its_questions(asks: Asks, monkeypatch) -> None:
    monkeypatch.setattr(module, "this_process", lambda: DEAD)
    asks.begin(new(), NOW)
    asks.beat(NOW + LEASE)
    monkeypatch.undo()
    assert asks.take_abandoned(NOW + LEASE + timedelta(seconds=1)) == []


def test_events_of_what_ended_long_ago_are_forgotten_and_of_what_runs_are_not(asks: Asks) -> None:
    old, _ = asks.begin(new(), NOW - timedelta(days=3))
    running, _ = asks.begin(new(conversation="c2"), NOW - timedelta(days=3))
    asks.finish(old.id, DONE, {}, 1)
    asks.tell(running.id, STEP, {"text": "one"})
    assert asks.trim(NOW - timedelta(days=2)) == 1
    assert asks.events(old.id) == []
    assert [e.kind for e in asks.events(running.id)] == [STEP]
    with pytest.raises(UnknownName):
        asks.get(old.id)


def test_running_questions_are_those_of_the_conversation(asks: Asks) -> None:
    one, _ = asks.begin(new(conversation="c1"), NOW)
    two, _ = asks.begin(new(conversation="c2"), NOW + timedelta(seconds=1))
    assert [a.id for a in asks.running()] == [one.id, two.id]
    assert [a.id for a in asks.running("c2")] == [two.id]
