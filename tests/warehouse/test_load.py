"""Loading canonical files: every row is inserted, updated, unchanged, folded or set aside, and the reasons are exact."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import pytest

from analyst_agent.errors import LoadError
from tests.warehouse.desk import Desk

TICKETS = "ticket_id,created_at,priority,csat,account_id\n"


def counts(report, table="tickets"):
    one = next(f for f in report.files if f.table == table)
    return one.rows_read, one.inserted, one.updated, one.unchanged, one.folded, one.set_aside


def test_a_messy_canonical_folder_is_accounted_for_row_by_row(desk: Desk) -> None:
    desk.put("accounts.csv", "account_id,name,arr\n007, Acme ,12.5\n8,Zeta,lots\n")
    desk.put(
        "tickets.csv",
        TICKETS
        + "T1,2025-01-02T03:04:05Z,P1,4,007\n"
        + "T1,2025-01-02T03:04:05Z,P1,4,007\n"  # exact repeat
        + "T2,2025-01-02 03:04:05+02:00,P2,9,unknown\n"  # csat out of range: emptied
        + "T3,2025-02-30,P2,1,8\n"  # impossible date
        + ",2025-01-03,P2,1,8\n"  # no id
        + "T5,,P2,1,8\n"
        + "T6,2025-01-05,P1\n"  # too few
        + "T7,2025-01-05,P1,1,8,x\n"  # too many
        + "\n"
        + "T8,2025-01-06,P1,,8\n",
    )
    desk.put(
        "escalations.csv",
        "escalation_id,ticket_id,escalated_at,level\n"
        "E1,T1,2025-01-03T00:00:00Z,2\nE2,NOPE,2025-01-03,2\nE3,T1,2025-01-01,2\nE4,T8,,1\nE5,T8,soon,1\n",
    )
    desk.put(
        "resolutions.csv",
        "ticket_id,resolved_at,minutes\nT1,2025-01-04,5\nT1,2025-01-01,5\nT8,never,5\nT1,2025-01-04,5\n",
    )
    desk.put("notes.txt", "hello")
    report = desk.load()
    assert counts(report) == (9, 3, 0, 1, 0, 5)
    assert counts(report, "escalations") == (5, 3, 0, 0, 0, 2)
    assert counts(report, "resolutions") == (4, 1, 0, 1, 0, 2)
    assert [f.file for f in report.left_aside] == ["notes.txt"]
    assert report.unknown_accounts == 1
    assert report.totals["rows_read"] == 20
    found = {(r.file, r.line, r.column, r.value) for r in desk.rejects()}
    assert found == {
        ("tickets.csv", 5, "created_at", "2025-02-30"),
        ("tickets.csv", 6, "ticket_id", None),
        ("tickets.csv", 7, "created_at", None),
        ("tickets.csv", 8, "", "T6,2025-01-05,P1"),
        ("tickets.csv", 9, "", "T7,2025-01-05,P1,1,8,x"),
        ("escalations.csv", 3, "ticket_id", "NOPE"),
        ("escalations.csv", 4, "escalated_at", "2025-01-01"),
        ("resolutions.csv", 3, "resolved_at", "2025-01-01"),
        ("resolutions.csv", 4, "resolved_at", "never"),
    }
    assert {(r.file, r.line, r.column, r.value) for r in desk.emptied()} == {
        ("accounts.csv", 3, "arr", "lots"),
        ("tickets.csv", 4, "csat", "9"),
        ("escalations.csv", 6, "escalated_at", "soon"),
    }
    assert desk.query("SELECT ticket_id, created_at, account_id FROM tickets ORDER BY 1") == [
        ("T1", datetime(2025, 1, 2, 3, 4, 5), "007"),
        ("T2", datetime(2025, 1, 2, 1, 4, 5), "unknown"),
        ("T8", datetime(2025, 1, 6), "8"),
    ]
    assert desk.query("SELECT account_id, name FROM accounts ORDER BY 1") == [("007", "Acme"), ("8", "Zeta")]


def test_the_same_folder_twice_changes_nothing(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,5,a\nT2,bad,P1,5,a\n")
    desk.put("escalations.csv", "ticket_id,escalated_at\nT1,2025-01-02\nT9,2025-01-02\n")
    first, before, rejects = desk.load(), desk.files(), desk.rejects()
    second = desk.load()
    assert first.changed
    assert not second.changed
    assert (first.generation, second.generation) == ("gen-000001", "gen-000001")
    assert counts(second) == (2, 0, 0, 1, 0, 1)
    assert desk.files() == before
    assert desk.rejects() == rejects
    assert len(rejects) == 2


def test_a_dry_run_reports_the_same_and_writes_nothing(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,5,a\nT2,bad,P1,5,a\n")
    dry = desk.load(dry_run=True)
    assert desk.files() == []
    real = desk.load()
    assert dry.totals == real.totals
    assert (dry.dry_run, dry.changed, dry.generation) == (True, True, "")
    desk.put("tickets.csv", TICKETS + "T3,2025-01-01,P1,5,a\n")
    before = desk.files()
    assert desk.load(dry_run=True).totals["inserted"] == 1
    assert desk.files() == before
    assert desk.query("SELECT count(*) FROM tickets") == [(1,)]


def test_newest_updated_at_wins_else_the_later_row(desk: Desk) -> None:
    header = "ticket_id,created_at,updated_at,status\n"
    desk.put(
        "tickets.csv",
        header
        + "A,2025-01-01,2025-01-05,new\nA,2025-01-01,2025-01-03,stale\nA,2025-01-01,2025-01-05,later\n"
        + "B,2025-01-01,2025-01-05,x\nB,2025-01-01,,y\nB,2025-01-01,2025-01-02,z\n",
    )
    report = desk.load()
    assert counts(report) == (6, 2, 3, 1, 0, 0)
    assert report.files[0].stale == 1
    assert desk.query("SELECT ticket_id, status FROM tickets ORDER BY 1") == [("A", "later"), ("B", "z")]
    desk.put("tickets.csv", header + "A,2025-01-01,2025-01-04,old\nB,2025-01-01,2025-01-02,w\n")
    again = desk.load()
    assert counts(again) == (2, 0, 1, 1, 0, 0)
    assert desk.query("SELECT ticket_id, status FROM tickets ORDER BY 1") == [("A", "later"), ("B", "w")]


def test_absent_columns_keep_their_values_and_empty_ones_overwrite(desk: Desk) -> None:
    desk.put("tickets.csv", "ticket_id,created_at,status,team\nA,2025-01-01,open,Blue\n")
    desk.load()
    desk.put("tickets.csv", "ticket_id,created_at,status\nA,2025-01-01,\n")
    desk.load()
    assert desk.query("SELECT status, team FROM tickets") == [(None, "Blue")]


def test_an_escalation_waits_for_its_ticket_and_is_adopted(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    desk.put(
        "escalations.csv",
        "escalation_id,ticket_id,escalated_at,reason\nE1,T2,2025-02-02T10:00:00Z,why\nE2,T3,2025-01-01,w\n",
    )
    desk.load()
    assert len(desk.rejects()) == 2
    more = desk.put("more/tickets.csv", TICKETS + "T2,2025-02-01,P1,,a\nT3,2025-02-01,P1,,a\n")
    report = desk.load(more)
    assert report.adopted == 1
    assert desk.query("SELECT escalation_id, escalated_at, reason FROM escalations") == [
        ("E1", datetime(2025, 2, 2, 10), "why")
    ]
    assert [(r.line, r.column, r.reason) for r in desk.rejects()] == [
        (3, "escalated_at", "is before its ticket was created")
    ]


def test_a_changed_ticket_withdraws_an_escalation_before_it(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    desk.put("escalations.csv", "escalation_id,ticket_id,escalated_at\nE1,T1,2025-01-02\n")
    desk.load()
    desk.put("tickets.csv", TICKETS + "T1,2025-01-05,P1,,a\n")
    report = desk.load(desk.exports / "tickets.csv")
    assert report.withdrawn == 1
    assert desk.query("SELECT count(*) FROM escalations") == [(0,)]
    assert [(r.file, r.line, r.column) for r in desk.rejects()] == [("escalations.csv", 2, "escalated_at")]
    desk.load()
    assert len(desk.rejects()) == 1
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    assert desk.load(desk.exports / "tickets.csv").adopted == 1
    assert desk.rejects() == []
    assert desk.query("SELECT count(*) FROM escalations") == [(1,)]


def test_a_corrected_file_or_a_later_row_of_the_key_resolves_rejects(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,bad,P1,,a\nT2,bad,P1,9,a\n,2025-01-01,,,\n")
    desk.load()
    assert len(desk.rejects()) == 3
    other = desk.put("other/tickets.csv", TICKETS + "T1,2025-01-01,P1,9,a\n")
    desk.load(other)
    assert [r.line for r in desk.rejects()] == [3, 4]
    assert len(desk.emptied()) == 1
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,3,a\nT2,2025-01-01,P1,,a\nT3,2025-01-01,,,\n")
    desk.load(desk.exports / "tickets.csv")
    assert desk.rejects() == []
    assert desk.emptied() == []


def test_rows_without_an_id_have_a_natural_key(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    rows = "ticket_id,escalated_at,level,reason\nT1,2025-01-02,1,a\nT1,2025-01-02,2,b\nT1,2025-01-02,1,c\nT1,oops,1,d\n"
    desk.put("escalations.csv", rows)
    assert counts(desk.load(), "escalations") == (4, 2, 1, 0, 0, 1)
    assert desk.query("SELECT level, reason FROM escalations ORDER BY 1") == [("1", "c"), ("2", "b")]
    assert desk.query("SELECT count(DISTINCT escalation_id) FROM escalations") == [(2,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-01", datetime(2025, 6, 30, 22)),
        ("2025-07-01T00:00", datetime(2025, 6, 30, 22)),
        ("2025-07-01 00:00:00.5Z", datetime(2025, 7, 1, 0, 0, 0, 500000)),
        ("2025-01-01T00:00:00", datetime(2024, 12, 31, 23)),
        ("2025-07-01T00:00:00.123456789+0530", datetime(2025, 6, 30, 18, 30, 0, 123456)),
        ("2025-07-01T00:00:00 -03", datetime(2025, 7, 1, 3)),
        *(
            (bad, None)
            for bad in ("epoch", "infinity", "today", "2025-07-01T00:00 Europe/Berlin", "2025-7-1", "2025-02-29")
        ),
        *(
            (bad, None)
            for bad in (
                "2025-07-01T25:00",
                "2025-07-01T10:00:00Z junk",
                "0000-01-01",
                "20250701",
                "1751328000",
                "10:00",
            )
        ),
    ],
)
def test_times_are_iso_in_the_workspaces_zone_or_malformed(desk: Desk, text: str, expected: datetime | None) -> None:
    desk.put("tickets.csv", f"ticket_id,created_at,resolved_at\nT1,2020-01-01,{text}\n")
    report = desk.load(zone="Europe/Berlin")
    assert desk.query("SELECT resolved_at FROM tickets") == [(expected,)]
    assert report.files[0].emptied == (expected is None)


def test_numbers_and_booleans_are_strict(desk: Desk) -> None:
    desk.put(
        "tickets.csv",
        "ticket_id,created_at,csat,reopen_count,is_escalated,sentiment,handle_minutes\n"
        "A,2025-01-01,4.5,2,YES,-1,0\nB,2025-01-01,nan,2.0,0,1e-2,1e3\nC,2025-01-01,0.9,2.5,maybe,-1.01,inf\n"
        'D,2025-01-01,"4,5",-1,T,0x1,1_000\n',
    )
    report = desk.load()
    assert desk.query(
        "SELECT csat, reopen_count, is_escalated, sentiment, handle_minutes FROM tickets ORDER BY ticket_id"
    ) == [
        (4.5, 2, True, -1.0, 0.0),
        (None, 2, False, 0.01, 1000.0),
        (None, None, None, None, None),
        (None, None, True, None, None),
    ]
    assert report.files[0].emptied == 10


def test_json_lines_and_parquet_load_like_csv(desk: Desk) -> None:
    lines = [
        json.dumps({"Ticket ID": 7, "created-at": "2025-01-01T00:00:00Z", "csat": 4, "subject": {"a": [1]}, "x": 1}),
        "",
        "not json",
        "[1]",
        '{"Ticket ID": "8", "created-at": "2025-01-02", "created-at": "2025-01-03"}',
        json.dumps({"Ticket ID": "00123456789012345678", "created-at": None}),
        json.dumps({"Ticket ID": "9", "created-at": "2025-01-02", "csat": True}),
    ]
    desk.put("tickets.jsonl.gz", gzip.compress("\r\n".join(lines).encode()))
    report = desk.load()
    assert counts(report) == (6, 2, 0, 0, 0, 4)
    assert report.files[0].unknown_columns == ("x",)
    assert [(r.line, r.column) for r in desk.rejects()] == [(3, ""), (4, ""), (5, ""), (6, "created_at")]
    assert desk.query("SELECT ticket_id, csat, subject FROM tickets ORDER BY 1") == [
        ("7", 4.0, '{"a":[1]}'),
        ("9", None, None),
    ]
    path = desk.exports / "accounts.parquet"
    import duckdb

    duckdb.sql(
        "SELECT 7.0::DOUBLE AS account_id, TIMESTAMP '2025-01-01 01:02:03' AS created_at, 1.50::DECIMAL(5,2) AS arr "
        "UNION ALL SELECT NULL, NULL, 1 ORDER BY account_id"
    ).write_parquet(str(path))
    report = desk.load(path)
    assert counts(report, "accounts") == (2, 1, 0, 0, 0, 1)
    assert desk.query("SELECT account_id, created_at, arr FROM accounts") == [("7", datetime(2025, 1, 1, 1, 2, 3), 1.5)]
    assert [(r.line, r.column) for r in desk.rejects() if r.table == "accounts"] == [(2, "account_id")]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tickets.csv", "", "no header"),
        ("tickets.csv", "id,created_at\n1,2025-01-01\n", "no column 'ticket_id'"),
        ("tickets.csv", "ticket_id,created_at,Created At\n1,2,3\n", "twice"),
        ("tickets.csv.gz", b"plain text", "Cannot read"),
        ("tickets.csv.gz", gzip.compress(b"ticket_id,created_at\nT1,2025-01-01\n" * 50, mtime=0)[:40], "Cannot read"),
        ("tickets.jsonl", "ticket_id,created_at\nT1,2025-01-01\n", "no JSON object"),
        ("tickets.jsonl", '{"ticket_id": 1}\n', "no column 'created_at'"),
        ("tickets.parquet", b"PAR1 not really", "not a readable Parquet"),
        ("tickets.csv", bytes(range(256)), "no text file"),
    ],
)
def test_a_broken_file_aborts_the_whole_load(desk: Desk, name: str, content: str | bytes, says: str) -> None:
    desk.put("accounts.csv", "account_id\na\n")
    desk.load()
    desk.put("accounts.csv", "account_id\na\nb\n")
    desk.put(name, content)
    before = desk.files()
    with pytest.raises(LoadError, match=says):
        desk.load()
    assert desk.files() == before
    assert desk.query("SELECT count(*) FROM accounts") == [(1,)]


def test_a_file_whose_name_is_no_table_is_refused_with_the_valid_names(desk: Desk) -> None:
    path = desk.put("ticket.csv", "ticket_id,created_at\n")
    with pytest.raises(LoadError, match="did you mean 'tickets'") as caught:
        desk.load(path)
    assert "accounts, agents, tickets, escalations, resolutions" in caught.value.hint
    with pytest.raises(LoadError, match="no file there can be loaded"):
        desk.load()
    with pytest.raises(LoadError, match="There is no file or folder"):
        desk.load(desk.exports / "nothing.csv")
    assert desk.files() == []


def test_derived_tables_are_built_and_rebuilt_when_their_definition_changes(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    desk.load(derived={"per_day": "SELECT created_at::DATE AS d, count(*) AS n FROM tickets GROUP BY 1"})
    assert desk.query("SELECT n FROM per_day") == [(1,)]
    again = desk.load(derived={"per_day": "SELECT created_at::DATE AS d, 7 * count(*) AS n FROM tickets GROUP BY 1"})
    assert again.changed
    assert desk.query("SELECT n FROM per_day") == [(7,)]


def test_the_semantic_models_own_tables_are_built(desk: Desk) -> None:
    desk.put("tickets.csv", "ticket_id,created_at,is_escalated\nT1,2025-01-01,true\nT2,2025-01-01,false\n")
    assert desk.load(derived=None).changed
    assert not desk.load(derived=None).changed


def test_meta_knows_the_datas_end(desk: Desk) -> None:
    desk.put("tickets.csv", "ticket_id,created_at,updated_at,resolved_at\nT1,2025-01-01,2025-01-02,2025-01-03\n")
    desk.put("resolutions.csv", "ticket_id,resolved_at\nT1,2025-01-09\n")
    desk.load()
    assert desk.query("SELECT data_end, first_created_at, ticket_count FROM meta") == [
        (datetime(2025, 1, 9), datetime(2025, 1, 1), 1)
    ]
    assert desk.query("SELECT file, rows_read, inserted FROM loads ORDER BY file") == [
        ("resolutions.csv", 1, 1),
        ("tickets.csv", 1, 1),
    ]


def test_malformed_rows_without_an_id_do_not_stand_for_each_other(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    one = desk.put("one/resolutions.csv", "ticket_id,resolved_at,notes\nT1,never,a\n")
    two = desk.put("two/resolutions.csv", "ticket_id,resolved_at,notes\nT1,soon,b\nT1,2025-01-02,c\n")
    desk.load(desk.exports / "tickets.csv", one)
    desk.load(two)
    assert sorted(r.value or "" for r in desk.rejects()) == ["never", "soon"]
    copy = desk.put("copy/resolutions.csv", one.read_text())
    desk.load(copy)
    assert sorted(r.value or "" for r in desk.rejects()) == ["never", "soon"]


def test_a_waiting_row_is_adopted_before_a_later_one_of_its_key(desk: Desk) -> None:
    desk.put("tickets.csv", TICKETS + "T1,2025-01-01,P1,,a\n")
    desk.put("escalations.csv", "escalation_id,ticket_id,escalated_at,reason\nE1,T2,2025-02-02,why\n")
    desk.load()
    later = desk.put("later/escalations.csv", "escalation_id,ticket_id,escalated_at\nE1,T2,2025-02-03\n")
    tickets = desk.put("later/tickets.csv", TICKETS + "T2,2025-02-01,P1,,a\n")
    malformed = desk.put("m/escalations.csv", "escalation_id,ticket_id\nE1,\n")
    desk.load(malformed)
    assert len(desk.rejects()) == 2
    report = desk.load(later, tickets)
    assert (report.adopted, counts(report, "escalations")) == (1, (1, 0, 1, 0, 0, 0))
    assert desk.query("SELECT escalated_at, reason FROM escalations") == [(datetime(2025, 2, 3), "why")]
    assert desk.rejects() == []


def test_a_folder_of_strays_names_the_one_that_is_nearly_a_table(desk: Desk) -> None:
    desk.put("notes.md", "x")
    desk.put("ticket.csv", "ticket_id,created_at\n")
    with pytest.raises(LoadError, match=r"ticket.csv: 'ticket' is no table; did you mean 'tickets'\? and 1 more"):
        desk.load()


def test_a_binary_file_with_a_tables_name_is_called_no_text(desk: Desk) -> None:
    desk.put("tickets.csv", b"\x7fELF\x02\x01\x01\x00\x00\x00\n\x00\x01,")
    with pytest.raises(LoadError, match="is no text file"):
        desk.load()
