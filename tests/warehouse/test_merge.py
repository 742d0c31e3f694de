"""Merging in SQL gives what processing row by row would, the counts always add up, and file order of distinct keys does not matter."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyst_agent.warehouse.merge import Outcome, merge
from analyst_agent.warehouse.tables import TABLES
from tests.rounds import rounds
from tests.warehouse.desk import Desk

TABLE = TABLES["accounts"]
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([None, "x", "y"]), st.sampled_from([None, 1, 2, 3])), max_size=12
)


def by_hand(stored, rows, by_time):
    counts = {"inserted": 0, "updated": 0, "unchanged": 0, "stale": 0}
    for key, name, day in rows:
        new = (name, day) if by_time else (name,)
        old = stored.get(key)
        if old is None:
            stored[key] = {"name": name, "updated_at": day if by_time else None}
            counts["inserted"] += 1
        elif new == ((old["name"], old["updated_at"]) if by_time else (old["name"],)):
            counts["unchanged"] += 1
        elif by_time and day is not None and old["updated_at"] is not None and day < old["updated_at"]:
            counts["unchanged"] += 1
            counts["stale"] += 1
        else:
            old["name"] = name
            if by_time:
                old["updated_at"] = day
            counts["updated"] += 1
    return Outcome(**counts)


@pytest.mark.repeated
@given(st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=rounds(10, 100), deadline=None)
def test_merging_is_what_row_by_row_would_give(loads):
    import duckdb

    con = duckdb.connect()
    con.execute(TABLE.create_sql())
    stored = {}
    for rows, by_time in loads:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE incoming (_row BIGINT, account_id VARCHAR, name VARCHAR, updated_at TIMESTAMP)"
        )
        for place, (key, name, day) in enumerate(rows):
            moment = f"2025-01-0{day}" if day else None
            con.execute("INSERT INTO incoming VALUES (?, ?, ?, ?)", [place, key, name, moment])
        present = ("account_id", "name", "updated_at") if by_time else ("account_id", "name")
        assert merge(con, TABLE, "incoming", present) == by_hand(stored, rows, by_time)
        found = con.execute("SELECT account_id, name, extract(day FROM updated_at) FROM accounts ORDER BY 1").fetchall()
        assert found == [(k, v["name"], v["updated_at"]) for k, v in sorted(stored.items())]


CELLS = st.sampled_from(
    ["", "T1", "T2", "2025-01-01", "2025-01-02T10:00:00+05:00", "bad", "3", "true", '"', "a\nb", "7,5", " x "]
)


@pytest.mark.repeated
@given(
    st.lists(st.lists(CELLS, min_size=4, max_size=6), max_size=15),
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
)
@settings(max_examples=rounds(10, 40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_row_is_accounted_for_whatever_the_file_holds(tickets, escalations):
    with tempfile.TemporaryDirectory() as root:
        desk = Desk(Path(root))
        for name, header, rows in (
            ("tickets.csv", ["ticket_id", "created_at", "csat", "is_escalated", "updated_at"], tickets),
            ("escalations.csv", ["ticket_id", "escalated_at", "level"], escalations),
        ):
            out = io.StringIO()
            csv.writer(out).writerows([header, *rows])
            desk.put(name, out.getvalue())
        report = desk.load()
        assert [f.rows_read for f in report.files] == [len(tickets), len(escalations)]
        report.check()
        assert len(desk.rejects()) == report.totals["set_aside"] == report.rejects
        assert len(desk.emptied()) == report.totals["emptied"]
        assert desk.query("SELECT count(*) FROM tickets")[0][0] == report.files[0].inserted
        again = desk.load()
        assert again.totals["inserted"] == 0
        assert again.totals["set_aside"] == report.totals["set_aside"]
        third = desk.load()
        assert third.totals == again.totals


def test_the_order_of_rows_and_files_of_distinct_keys_does_not_matter(desk: Desk, tmp_path: Path) -> None:
    rows = [f"T{i},2025-01-{i % 28 + 1:02d},{'bad' if i % 7 == 0 else i % 5 + 1}" for i in range(200)]
    header = "ticket_id,created_at,csat\n"
    a, b = (
        desk.put("a/tickets.csv", header + "\n".join(rows[:90])),
        desk.put("b/tickets.csv", header + "\n".join(rows[90:])),
    )
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    c = other.put("tickets.csv", header + "\n".join(reversed(rows)))
    one, two = desk.load(b, a), other.load(c)
    assert one.totals == two.totals
    everything = "SELECT * FROM tickets ORDER BY ticket_id"
    assert desk.query(everything) == other.query(everything)
