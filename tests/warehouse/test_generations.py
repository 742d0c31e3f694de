"""Generations: readers are never disturbed, two loads take turns; crashes are in test_crashes.py."""

from __future__ import annotations

import threading

import duckdb
import pytest

from analyst_agent.errors import LoadError, WorkspaceError
from analyst_agent.warehouse.generations import NextGeneration, open_current, warehouse_dir
from tests.warehouse.desk import Desk

HEADER = "ticket_id,created_at\n"


def names(desk: Desk) -> list[str]:
    return sorted(p.name for p in warehouse_dir(desk.workspace).iterdir() if p.name.startswith("gen-"))


def test_nothing_loaded_is_said(desk: Desk) -> None:
    with pytest.raises(WorkspaceError, match="Nothing is loaded yet") as caught:
        open_current(desk.workspace)
    assert "analyst load" in caught.value.hint
    assert desk.files() == []


def test_the_connection_reads_only_and_cannot_leave_the_warehouse(desk: Desk, tmp_path) -> None:
    desk.put("tickets.csv", HEADER + "T1,2025-01-01\n")
    desk.load()
    with open_current(desk.workspace) as warehouse:
        assert warehouse.generation == "gen-000001"
        for sql in (
            "DELETE FROM tickets",
            f"SELECT * FROM read_csv('{desk.exports / 'tickets.csv'}')",
            f"COPY tickets TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'other.duckdb'}'",
            "SET enable_external_access = true",
            "SET threads = 1",
        ):
            with pytest.raises(duckdb.Error):
                warehouse.connection.execute(sql)
        assert warehouse.cursor().execute("SELECT count(*) FROM tickets").fetchall() == [(1,)]


def test_a_reader_keeps_its_generation_until_it_closes(desk: Desk) -> None:
    desk.put("tickets.csv", HEADER + "T1,2025-01-01\n")
    desk.load()
    reader = open_current(desk.workspace)
    desk.put("tickets.csv", HEADER + "T1,2025-01-01\nT2,2025-01-01\n")
    assert desk.load().generation == "gen-000002"
    assert names(desk) == ["gen-000001.duckdb", "gen-000001.duckdb.lock", "gen-000002.duckdb", "gen-000002.duckdb.lock"]
    assert reader.connection.execute("SELECT count(*) FROM tickets").fetchall() == [(1,)]
    reader.close()
    desk.put("tickets.csv", HEADER + "T3,2025-01-01\n")
    desk.load()
    assert names(desk) == ["gen-000003.duckdb", "gen-000003.duckdb.lock"]


def test_two_loads_take_turns_and_both_count(desk: Desk) -> None:
    paths = [desk.put(f"{n}/tickets.csv", HEADER + f"T{n},2025-01-01\n") for n in range(4)]
    failures: list[Exception] = []

    def run(path) -> None:
        try:
            desk.load(path)
        except LoadError as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(p,)) for p in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert desk.query("SELECT ticket_id FROM tickets ORDER BY 1") == [("T0",), ("T1",), ("T2",), ("T3",)]


def test_a_load_that_may_not_wait_is_told(desk: Desk) -> None:
    desk.put("tickets.csv", HEADER + "T1,2025-01-01\n")
    running = NextGeneration(desk.workspace, wait_s=0)
    with pytest.raises(LoadError, match="Another load"):
        desk.load(wait_s=0)
    running.discard()
    running.release()
    assert desk.load().changed


def test_every_connection_of_a_process_has_the_workspaces_zone(desk: Desk) -> None:
    desk.put("tickets.csv", HEADER + "T1,2025-07-01T22:30:00Z\n")
    desk.load()
    zone = "SELECT current_setting('TimeZone')"
    with open_current(desk.workspace, "Asia/Kolkata") as one, open_current(desk.workspace, "Asia/Kolkata") as two:
        for connection in (one.connection, two.connection, two.cursor()):
            assert connection.execute(zone).fetchall() == [("Asia/Kolkata",)]
