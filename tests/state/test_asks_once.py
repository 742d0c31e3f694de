"""Questions on their way: one answer is kept of each, whoever stops it, takes it over or comes back from a long sleep."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from analyst_agent.state import asks as asks_module
from analyst_agent.state.asks import (
    AGAIN,
    DONE,
    END,
    FAILED,
    LEASE,
    RUNNING,
    STEP,
    STOPPED,
    TEXT,
    Abandoned,
    Ask,
    Asks,
    NewAsk,
)
from analyst_agent.state.conversations import Conversations

Become = Callable[[str], None]


@pytest.fixture
def asks(url: str) -> Iterator[Asks]:
    made = Asks(url)
    yield made
    made.close()


@pytest.fixture
def conversations(url: str) -> Iterator[Conversations]:
    made = Conversations(url)
    yield made
    made.close()


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Become:
    """`become("b")`: what follows is done by that process of another machine, whose death cannot be seen from here."""

    def other(name: str) -> None:
        monkeypatch.setattr(asks_module, "this_process", lambda: f"{name}|1|1")

    other("a")
    return other


def _begin(asks: Asks, key: str = "") -> Ask:
    return asks.begin(NewAsk("talk", "why?", "ana", "Ana", key=key))[0]


def _keep(conversations: Conversations, ask: Ask) -> int:
    return conversations.add(ask.conversation, ask.question, "answered", None, {"answer": "so"}, ask=ask.id)


def _told(asks: Asks, ask: Ask) -> list[tuple[int, str]]:
    return [(event.number, event.kind) for event in asks.events(ask.id)]


def _lapsed() -> datetime:
    return datetime.now(UTC) + LEASE + timedelta(seconds=1)


def test_an_answer_is_kept_told_and_ended(asks: Asks, conversations: Conversations) -> None:
    ask = _begin(asks)
    assert asks.tell(ask.id, STEP, {"text": "reads"})
    assert asks.tell(ask.id, TEXT, {"text": "so"}, {"text": " it is"})
    number = _keep(conversations, ask)
    assert asks.finish(ask.id, DONE, {}, number)
    assert _told(asks, ask) == [(1, STEP), (2, TEXT), (3, TEXT), (4, END)]
    assert (asks.get(ask.id).state, asks.get(ask.id).turn) == (DONE, 1)
    assert not asks.tell(ask.id, TEXT, {"text": "more"})
    assert not asks.finish(ask.id, FAILED, {})


def test_of_a_stopped_question_nothing_is_kept(asks: Asks, conversations: Conversations) -> None:
    ask = _begin(asks)
    assert asks.finish(ask.id, STOPPED, {})
    with pytest.raises(Abandoned):
        _keep(conversations, ask)
    assert conversations.turns("talk") == []
    assert not asks.tell(ask.id, TEXT, {"text": "so"})
    assert _told(asks, ask) == [(1, END)]


def test_what_is_kept_is_not_stopped_any_more(asks: Asks, conversations: Conversations) -> None:
    ask = _begin(asks)
    number = _keep(conversations, ask)
    assert not asks.finish(ask.id, STOPPED, {})
    assert asks.get(ask.id).state == RUNNING
    assert asks.finish(ask.id, DONE, {}, number)


def test_stopped_or_kept_at_the_same_moment_it_is_one_of_the_two(
    url: str, asks: Asks, conversations: Conversations
) -> None:
    others = Asks(url)
    outcomes = set()
    for turn in range(40):
        ask = asks.begin(NewAsk(f"talk{turn}", "why?"))[0]
        start, stopped, kept = threading.Barrier(2), [], []

        def keep(ask: Ask = ask, start: threading.Barrier = start, kept: list[bool] = kept) -> None:
            start.wait()
            try:
                kept.append(_keep(conversations, ask) == 1)
            except Abandoned:
                kept.append(False)

        thread = threading.Thread(target=keep)
        thread.start()
        start.wait()
        stopped.append(others.finish(ask.id, STOPPED, {}))
        thread.join()
        assert stopped[0] is not kept[0]
        assert len(conversations.turns(ask.conversation)) == kept[0]
        outcomes.add(kept[0])
    others.close()
    assert outcomes


def test_who_sleeps_longer_than_the_lease_keeps_and_tells_nothing(
    asks: Asks, conversations: Conversations, become: Become
) -> None:
    ask = _begin(asks)
    become("b")
    assert asks.take_abandoned() == []
    [taken] = asks.take_abandoned(_lapsed())
    become("a")
    assert not asks.is_mine(ask.id)
    assert not asks.tell(ask.id, TEXT, {"text": "late"})
    assert not asks.finish(ask.id, FAILED, {})
    with pytest.raises(Abandoned):
        _keep(conversations, ask)
    become("b")
    assert asks.finish(ask.id, DONE, {}, _keep(conversations, taken))
    assert _told(asks, ask) == [(1, AGAIN), (2, END)]
    assert len(conversations.turns("talk")) == 1


def test_what_was_kept_before_it_was_taken_over_is_not_kept_again(
    asks: Asks, conversations: Conversations, become: Become
) -> None:
    ask = _begin(asks)
    _keep(conversations, ask)
    become("b")
    [taken] = asks.take_abandoned(_lapsed())
    with pytest.raises(Abandoned):
        _keep(conversations, taken)
    turn = conversations.turn_of("talk", ask.id)
    assert turn is not None
    assert asks.finish(ask.id, DONE, {}, turn.number)


def test_who_says_that_it_lives_is_not_taken_from(asks: Asks, become: Become) -> None:
    ask = _begin(asks)
    later = _lapsed()
    asks.beat(later)
    become("b")
    assert asks.take_abandoned(later) == []
    assert [one.id for one in asks.take_abandoned(later + LEASE + timedelta(seconds=1))] == [ask.id]


def test_a_key_is_one_question_of_its_owner(asks: Asks) -> None:
    first = _begin(asks, "k")
    assert asks.begin(NewAsk("talk", "why?", "ana", key="k")) == (first, False)
    assert asks.begin(NewAsk("talk", "why?", "ben", key="k"))[1]
    assert _begin(asks).id != _begin(asks).id


TAKE = """
import sys
from analyst_agent.state.asks import Asks
asks = Asks(sys.argv[1])
asks.running()
print("ready", flush=True)
input()
print(" ".join(one.id for one in asks.take_abandoned()), flush=True)
input()
"""
LEAVE = """
import sys
from analyst_agent.state.asks import Asks, NewAsk
asks = Asks(sys.argv[1])
for number in range(30):
    asks.begin(NewAsk("talk", f"question {number}"))
"""


def test_processes_that_find_the_same_dead_one_share_its_questions(url: str, asks: Asks) -> None:
    subprocess.run([sys.executable, "-c", LEAVE, url], check=True, timeout=120)
    left = {one.id for one in asks.running()}
    processes = [
        subprocess.Popen([sys.executable, "-c", TAKE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    taken = [one.stdout.readline().split() for one in processes if one.stdout is not None]
    for one in processes:
        one.communicate("\n", timeout=60)
    assert len(left) == 30
    assert sorted(name for some in taken for name in some) == sorted(left)
    assert all([event.kind for event in asks.events(name)] == [AGAIN] for name in left)
