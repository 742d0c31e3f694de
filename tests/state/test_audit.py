"""Audit lines come back in order, from a day on, whoever wrote them."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analyst_agent.state.audit import Audit, Removed
from analyst_agent.state.database import sqlite_url


def test_lines_come_back_in_order_from_a_moment_on(tmp_path: Path) -> None:
    store = Audit(f"sqlite:///{tmp_path / 'state.db'}")
    assert store.lines() == []
    for day in (1, 2, 3):
        store.add({"who": f"p{day}"}, "emea", datetime(2026, 11, day, 9, tzinfo=UTC))
    assert [line.content["who"] for line in store.lines()] == ["p1", "p2", "p3"]
    [last] = store.lines(datetime(2026, 11, 2, 10, tzinfo=UTC))
    assert (last.number, last.at, last.seen_by) == (3, "2026-11-03T09:00:00+00:00", "emea")


def test_lines_go_when_they_are_too_old_and_are_counted(tmp_path: Path) -> None:
    store = Audit(f"sqlite:///{tmp_path / 'state.db'}")
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert store.trim(30, now) == 0
    for days in (100, 40, 31, 29, 1):
        store.add({"n": days}, "", now - timedelta(days=days))
    assert store.removed() is None
    assert store.trim(0, now) == 0
    assert len(store.lines()) == 5
    assert store.trim(30, now) == 3
    assert [line.content["n"] for line in store.lines()] == [29, 1]
    assert store.removed() == Removed(3, "2026-11-30T09:00:00+00:00", "2026-10-31T09:00:00+00:00")
    assert store.trim(30, now) == 0
    store.add({"n": 0}, "", now + timedelta(days=5), keep_days=30)
    assert [line.content["n"] for line in store.lines()] == [1, 0]
    assert store.removed() == Removed(4, "2026-12-05T09:00:00+00:00", "2026-11-05T09:00:00+00:00")


def test_writers_at_once_lose_no_line(tmp_path: Path) -> None:
    def write() -> None:
        own = Audit(f"sqlite:///{tmp_path / 'state.db'}")
        for number in range(10):
            own.add({"n": number}, "")
        own.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Audit(f"sqlite:///{tmp_path / 'state.db'}").lines()) == 30


def test_of_one_question_there_is_one_line_whoever_adds_it(tmp_path: Path) -> None:
    (tmp_path / ".analyst").mkdir()
    first, second = Audit(sqlite_url(tmp_path)), Audit(sqlite_url(tmp_path))
    first.add({"who": "a"}, "", ask="q1")
    second.add({"who": "b"}, "", ask="q1")
    second.add({"who": "c"}, "", ask="q2")
    for _ in range(2):
        second.add({"who": "nobody's question"}, "")
    assert [line.content["who"] for line in first.lines()] == ["a", "c", "nobody's question", "nobody's question"]


def test_lines_of_an_earlier_version_are_read_and_added_to(tmp_path: Path) -> None:
    (tmp_path / ".analyst").mkdir()
    with sqlite3.connect(tmp_path / ".analyst" / "state.db") as connection:
        connection.execute(
            "CREATE TABLE audit_lines (number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, at VARCHAR(40) NOT NULL, "
            "seen_by VARCHAR(64) NOT NULL, line TEXT NOT NULL)"
        )
        row = ("2026-11-03T08:00:00+00:00", "", '{"who": "before"}')
        connection.executemany("INSERT INTO audit_lines (at, seen_by, line) VALUES (?, ?, ?)", [row, row])
    audit = Audit(sqlite_url(tmp_path))
    assert [line.content["who"] for line in audit.lines()] == ["before", "before"]
    audit.add({"who": "after"}, "", ask="q1")
    assert [line.content["who"] for line in audit.latest()] == ["after", "before", "before"]
