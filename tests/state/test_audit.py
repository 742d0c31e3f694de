"""Audit lines come back in order, from a day on, whoever wrote them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

from analyst_agent.state.audit import Audit


def test_lines_come_back_in_order_from_a_moment_on(tmp_path: Path) -> None:
    store = Audit(f"sqlite:///{tmp_path / 'state.db'}")
    assert store.lines() == []
    for day in (1, 2, 3):
        store.add({"who": f"p{day}"}, "emea", datetime(2026, 11, day, 9, tzinfo=UTC))
    assert [line.content["who"] for line in store.lines()] == ["p1", "p2", "p3"]
    [last] = store.lines(datetime(2026, 11, 2, 10, tzinfo=UTC))
    assert (last.number, last.at, last.seen_by) == (3, "2026-11-03T09:00:00+00:00", "emea")


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
