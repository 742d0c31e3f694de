"""Changes of definitions are recorded once, with the day, old and new, by whichever process sees them first; reading goes on without a database."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analyst_agent.semantic.effective import DefinitionChange
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.definition_changes import record_definitions

UTC_ZONE = ZoneInfo("UTC")
BEFORE = {"cost per hour": "45 USD", "time zone": "UTC"}
AFTER = BEFORE | {"cost per hour": "60 USD"}
FIRST, SECOND = datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 12, 23, 30, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / ".analyst").mkdir()
    return sqlite_url(tmp_path)


def test_the_first_look_is_no_change(url: str) -> None:
    assert record_definitions(url, BEFORE, UTC_ZONE, FIRST).changes == ()
    assert record_definitions(url, BEFORE, UTC_ZONE, SECOND).changes == ()


def test_a_change_is_recorded_with_day_old_and_new(url: str) -> None:
    record_definitions(url, BEFORE, UTC_ZONE, FIRST)
    seen = record_definitions(url, AFTER, UTC_ZONE, SECOND)
    assert seen.changes == (DefinitionChange("cost per hour", date(2026, 11, 12), "45 USD", "60 USD"),)
    assert record_definitions(url, AFTER, UTC_ZONE, datetime(2027, 1, 1, tzinfo=UTC)) == seen


def test_the_day_is_that_of_the_workspace(url: str) -> None:
    record_definitions(url, BEFORE, UTC_ZONE, FIRST)
    assert record_definitions(url, AFTER, ZoneInfo("Europe/Berlin"), SECOND).changes[0].seen == date(2026, 11, 13)


def test_a_definition_new_to_the_program_is_no_change(url: str) -> None:
    record_definitions(url, BEFORE, UTC_ZONE, FIRST)
    assert record_definitions(url, BEFORE | {"metric x": "version 1"}, UTC_ZONE, SECOND).changes == ()


def test_changed_and_changed_back_are_two_changes(url: str) -> None:
    for effective in (BEFORE, AFTER, BEFORE):
        changes = record_definitions(url, effective, UTC_ZONE, SECOND).changes
    assert [(c.old, c.new) for c in changes] == [("45 USD", "60 USD"), ("60 USD", "45 USD")]


def test_processes_that_look_at_once_record_a_change_once(url: str) -> None:
    record_definitions(url, BEFORE, UTC_ZONE, FIRST)
    found: list[tuple[DefinitionChange, ...]] = []
    barrier = threading.Barrier(8)

    def look() -> None:
        barrier.wait()
        found.append(record_definitions(url, AFTER, UTC_ZONE, SECOND).changes)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(changes) for changes in found] == [1] * 8


def test_a_database_that_cannot_be_written_is_told_and_hinders_nothing(url: str, tmp_path: Path) -> None:
    record_definitions(url, BEFORE, UTC_ZONE, FIRST)
    record_definitions(url, AFTER, UTC_ZONE, FIRST)
    file = tmp_path / ".analyst" / "state.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    read_only = f"sqlite:///file:{file}?mode=ro&uri=true"
    record = record_definitions(read_only, AFTER | {"time zone": "Europe/Berlin"}, UTC_ZONE, SECOND)
    assert record.problem
    assert record_definitions(url, AFTER, UTC_ZONE, SECOND).changes[0].new == "60 USD"


def test_a_database_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    record = record_definitions(f"sqlite:///{tmp_path}/no/such/folder/state.db", BEFORE, UTC_ZONE, FIRST)
    assert record.changes == ()
    assert "cannot be used" in record.problem
