"""Conversations come back as they were, in order, also when two processes write at once."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.records import Choice, Filter, Intent, Order, Period, Plan
from analyst_agent.state.conversations import Conversations
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.plans import plan_from_json, plan_to_json

PLAN = Plan(
    Intent.QUERY,
    0.9,
    metrics=("escalation_rate",),
    by=("month",),
    where=(Filter("region", "in", ("EMEA", "APAC")), Filter("csat", "<", 3)),
    period=Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month"),
    order=(Order("escalation_rate", True),),
    choices=(Choice("by tier", Plan(Intent.SKILL, skill="segment_comparison")),),
    notes=("tier was taken",),
)


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    (tmp_path / ".analyst").mkdir()
    return Conversations(sqlite_url(tmp_path))


def test_a_plan_survives_json() -> None:
    assert plan_from_json(plan_to_json(PLAN)) == PLAN


def test_turns_come_back_in_order_from_a_new_process(store: Conversations, tmp_path: Path) -> None:
    assert store.add("a", "first?", "answered", PLAN, {"answer": "1"}) == 1
    assert store.add("a", "second?", "refused", None, {"answer": "2"}) == 2
    store.close()
    turns = Conversations(sqlite_url(tmp_path)).turns("a")
    assert [t.question for t in turns] == ["first?", "second?"]
    assert turns[0].plan == PLAN
    assert turns[1].plan is None


def test_an_unknown_conversation_is_empty(store: Conversations) -> None:
    assert store.turns("nobody") == []


def test_writers_at_once_each_get_their_own_number(store: Conversations, tmp_path: Path) -> None:
    def write() -> None:
        own = Conversations(sqlite_url(tmp_path))
        for _ in range(5):
            own.add("a", "?", "answered", None, {})
        own.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [t.number for t in store.turns("a")] == list(range(1, 16))


def test_a_turn_keeps_the_mark_of_what_could_be_seen(store: Conversations) -> None:
    store.add("a", "first?", "answered", PLAN, {})
    store.add("a", "second?", "answered", PLAN, {}, "emea")
    assert [t.seen_by for t in store.turns("a")] == ["", "emea"]


def test_a_database_of_an_earlier_version_gets_the_mark(tmp_path: Path) -> None:
    (tmp_path / ".analyst").mkdir()
    with closing(sqlite3.connect(tmp_path / ".analyst" / "state.db")) as old, old:
        old.execute(
            "CREATE TABLE conversation_turns (conversation VARCHAR(200), number INTEGER, asked_at VARCHAR(40) NOT NULL, question TEXT NOT NULL, "
            "status VARCHAR(20) NOT NULL, plan TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation, number))"
        )
        old.execute("INSERT INTO conversation_turns VALUES ('a', 1, '', 'before?', 'answered', '', '{}')")
    for _ in range(2):
        store = Conversations(sqlite_url(tmp_path))
        assert [(t.question, t.seen_by) for t in store.turns("a")][:1] == [("before?", "")]
        assert store.turns("a")[0].today is None
        store.add("a", "after?", "answered", None, {}, "emea", date(2026, 11, 3))
        assert store.turns("a")[-1].today == date(2026, 11, 3)
        store.close()


def test_the_list_counts_what_was_asked_under_one_mark(store: Conversations) -> None:
    store.add("a", "hidden?", "answered", None, {}, "whole")
    store.add("a", "first?", "answered", None, {}, "emea")
    store.add("a", "second?", "answered", None, {}, "emea")
    store.add("b", "other?", "answered", None, {}, "whole")
    [found] = store.listed("emea")
    assert (found.conversation, found.turns, found.question) == ("a", 2, "first?")
    assert {one.conversation for one in store.listed("whole")} == {"a", "b"}
    assert store.listed("nobody") == []


def test_a_database_that_cannot_be_used_is_said_as_ours(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="state database"):
        Conversations(f"sqlite:///{tmp_path / 'none' / 'state.db'}")
