"""Late rows and re-opened tickets correct earlier periods: any order and split of the same rows gives the tables of one load, where updated_at decides."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rounds import rounds
from tests.warehouse.desk import Desk

TICKETS = "ticket_id,created_at,updated_at,status,resolved_at,reopen_count,is_escalated\n"
ESCALATIONS = "escalation_id,ticket_id,escalated_at,root_cause\n"
RESOLUTIONS = "resolution_id,ticket_id,resolved_at,minutes\n"
TABLES = ("tickets", "escalations", "resolutions", "escalated_tickets")

VERSIONS = st.dictionaries(  # of each ticket: the day of each version and what it says
    st.sampled_from(["T1", "T2", "T3"]),
    st.dictionaries(
        st.integers(10, 16),
        st.tuples(st.sampled_from(["2025-01-03", "2025-01-06"]), st.sampled_from(["", "2025-01-05", "2025-01-09"]), st.booleans()),
        min_size=1, max_size=3,
    ),
    min_size=1,
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.sampled_from(["T1", "T2", "T3", "T4"]), st.integers(1, 9), st.sampled_from(["a b", "A-B", "c"])),
    max_size=6,
)


def rows_of(versions: dict[str, Any], escalations: list[Any], resolutions: list[Any]) -> list[tuple[str, str]]:
    """Every row of the export with its table."""
    rows = [
        ("tickets", f"{ticket},{created},2025-01-{day},open,{resolved},{day - 10},{str(flag).lower()}\n")
        for ticket, days in versions.items()
        for day, (created, resolved, flag) in days.items()
    ]
    rows += [("escalations", f"E{i},{t},2025-01-0{day},{cause}\n") for i, (t, day, cause) in enumerate(escalations)]
    rows += [
        ("resolutions", f"R{i},{t},2025-01-0{day},{len(cause)}\n") for i, (t, day, cause) in enumerate(resolutions)
    ]
    return rows


def put(desk: Desk, rows: list[tuple[str, str]], folder: str) -> Path:
    for table, header in (("tickets", TICKETS), ("escalations", ESCALATIONS), ("resolutions", RESOLUTIONS)):
        desk.put(f"{folder}/{table}.csv", header + "".join(text for name, text in rows if name == table))
    return desk.exports / folder


def state(desk: Desk) -> list[Any]:
    """The tables, and what is set aside, without where a row stood in its file."""
    found: list[Any] = [
        desk.query(f"SELECT * EXCLUDE (_path, _line) FROM {t} ORDER BY ALL")
        if t in ("escalations", "resolutions")
        else desk.query(f"SELECT * FROM {t} ORDER BY ALL")
        for t in TABLES
    ]
    return [*found, desk.query('SELECT "table", key, reason FROM rejects ORDER BY ALL')]


@pytest.mark.repeated
@given(VERSIONS, EVENTS, EVENTS, st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=rounds(5, 25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_and_split_of_rows_gives_the_tables_of_one_load(
    versions: dict[str, Any], escalations: list[Any], resolutions: list[Any], parts: int, dice: random.Random
) -> None:
    rows = rows_of(versions, escalations, resolutions)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole, split = Desk(Path(one)), Desk(Path(other))
        whole.load(put(whole, rows, "all"), derived=None)
        shuffled = dice.sample(rows, len(rows))
        for part in range(parts):
            split.load(put(split, shuffled[part::parts], f"part{part}"), derived=None)
        assert state(split) == state(whole)


MONTHS = (
    "SELECT date_trunc('month', counted_at)::DATE::VARCHAR AS m, count(*), count(resolved_at_after), sum(escalation_count)::BIGINT "
    "FROM escalated_tickets GROUP BY 1 ORDER BY 1"
)


def test_a_late_escalation_and_a_reopened_ticket_change_the_month_they_belong_to(desk: Desk) -> None:
    """January as it was first loaded (1 escalated, 1 resolved) for ever, or the correction counted in the month in which it arrived."""
    header = "ticket_id,created_at,updated_at,status,resolved_at\n"
    desk.put("a/tickets.csv", header + "T1,2025-01-02,2025-01-20,closed,2025-01-20\nT2,2025-01-05,2025-01-06,open,\n")
    desk.put("a/escalations.csv", ESCALATIONS + "E1,T1,2025-01-10,x\n")
    desk.load(desk.exports / "a", derived=None)
    assert desk.query(MONTHS) == [("2025-01-01", 1, 1, 1)]
    desk.put("b/tickets.csv", header + "T1,2025-01-02,2025-03-01,open,\n")  # re-opened: no longer resolved
    desk.put("b/escalations.csv", ESCALATIONS + "E2,T2,2025-01-28,x\n")  # known only now
    desk.load(desk.exports / "b", derived=None)
    assert desk.query(MONTHS) == [("2025-01-01", 2, 0, 2)]
    desk.put("c/tickets.csv", header + "T1,2025-01-02,2025-01-20,closed,2025-01-20\n")  # an old export comes again
    assert desk.load(desk.exports / "c", derived=None).totals["stale"] == 1
    assert desk.query(MONTHS) == [("2025-01-01", 2, 0, 2)]


def test_an_escalation_before_the_first_moves_the_ticket_to_its_month(desk: Desk) -> None:
    desk.put("tickets.csv", "ticket_id,created_at\nT1,2025-01-02\n")
    desk.put("escalations.csv", ESCALATIONS + "E1,T1,2025-02-10,x\n")
    desk.load(derived=None)
    assert desk.query(MONTHS) == [("2025-02-01", 1, 0, 1)]
    desk.put("escalations.csv", ESCALATIONS + "E0,T1,2025-01-15,x\n")
    desk.load(derived=None)
    assert desk.query(MONTHS) == [("2025-01-01", 1, 0, 2)]
