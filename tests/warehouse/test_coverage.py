"""Coverage: per column and month the share of rows with a value, as counted by hand, noted at load and measured alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from analyst_agent.warehouse.coverage import Coverage, Month, coverage, measure
from analyst_agent.warehouse.generations import open_current
from tests.warehouse.desk import Desk

TICKETS = "ticket_id,created_at,priority,csat\n"


def noted(desk: Desk) -> Coverage:
    with open_current(desk.workspace) as warehouse:
        return coverage(lambda sql: warehouse.connection.execute(sql).fetchall())


def filled(desk: Desk) -> Desk:
    desk.put(
        "tickets.csv",
        TICKETS + "T1,2025-01-31T22:30:00Z,P1,\nT2,2025-01-31T23:30:00Z,P1,4\nT3,2025-03-01,,5\nT4,2025-03-02,P2,bad\n",
    )
    desk.put("escalations.csv", "ticket_id,escalated_at,reason_code\nT1,2025-02-01,bug\nT2,,bug\nT3,2025-03-05,\n")
    desk.put("accounts.csv", "account_id,tier\nA,Gold\nB,\n")
    desk.load(derived=None, zone="Europe/Berlin")
    return desk


def test_a_month_is_the_workspaces_own(desk: Desk) -> None:
    found = noted(filled(desk))
    csat = found.column("tickets", "csat")
    assert csat is not None
    assert csat.months == (Month(date(2025, 1, 1), 1, 0), Month(date(2025, 2, 1), 1, 1), Month(date(2025, 3, 1), 2, 1))
    assert (csat.row_count, csat.filled_count, csat.share) == (4, 2, 0.5)
    assert (csat.first_at, csat.last_at) == (datetime(2025, 1, 31, 23, 30), datetime(2025, 2, 28, 23, 0))
    assert csat.within(date(2025, 2, 10), date(2025, 3, 1)) == Month(date(2025, 2, 1), 1, 1)
    assert csat.within(date(2024, 1, 1), date(2025, 1, 1)).share is None
    tickets = found.table("tickets")
    assert tickets is not None
    assert (tickets.row_count, tickets.first_at, tickets.last_at) == (
        4,
        datetime(2025, 1, 31, 22, 30),
        datetime(2025, 3, 1, 23, 0),
    )
    assert found.zone == "Europe/Berlin"
    assert found.is_known


def test_rows_without_a_time_stand_last_and_tables_without_one_have_no_months(desk: Desk) -> None:
    found = noted(filled(desk))
    reason, tier = found.column("escalations", "reason_code"), found.column("accounts", "tier")
    assert reason is not None
    assert tier is not None
    assert [m.month for m in reason.months] == [date(2025, 2, 1), date(2025, 3, 1), None]
    assert [m.share for m in reason.months] == [1.0, 0.0, 1.0]
    assert (tier.share, tier.months, tier.first_at) == (0.5, (), None)
    escalated = found.column("escalated_tickets", "csat")
    assert escalated is not None
    assert (escalated.row_count, escalated.filled_count) == (3, 2)


def test_measured_now_it_is_what_was_noted(desk: Desk) -> None:
    filled(desk)
    with open_current(desk.workspace, "Europe/Berlin") as warehouse:
        asked: list[str] = []

        def execute(sql: str) -> Sequence[Sequence[Any]]:
            return warehouse.connection.execute(sql).fetchall()

        def render(sql: str) -> str:
            asked.append(sql)
            return sql

        now = measure(execute, zone="Europe/Berlin", render=render)
    assert now.tables == noted(desk).tables
    assert len(asked) == 6, "one query a table"


def test_each_file_has_its_last_load(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,\n")
    desk.load()
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,\nT2,2025-01-01,P1,\n,,,\n")
    desk.load()
    [source] = noted(desk).sources
    assert (source.file, source.table, source.source, source.rows_read, source.set_aside) == (
        "tickets.csv",
        "tickets",
        "",
        3,
        1,
    )
    desk.load()
    assert noted(desk).sources == (source,), "a load that changes nothing makes nothing fresher"


def test_a_generation_of_an_older_version_says_that_it_does_not_know(desk: Desk) -> None:
    def execute(sql: str) -> Sequence[Sequence[Any]]:
        assert "information_schema.tables" in sql
        return [("tickets",), ("loads",)]

    assert not coverage(execute).is_known


def test_an_empty_table_has_no_share(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS)
    desk.load()
    csat = noted(desk).column("tickets", "csat")
    assert csat is None or csat.share is None
