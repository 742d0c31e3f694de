"""CSV as it comes: encodings, delimiters, quotes, line ends. The fast and the careful parser agree, and no line is lost."""

from __future__ import annotations

import csv
import gzip
import io
import random

import pytest

from analyst_agent.warehouse.reading import csv_files
from tests.warehouse.desk import Desk

BODY = 'ticket_id,created_at,subject\nT1,2025-01-01,"a, ""b""\nsecond line"\nT2,2025-01-02,café\nT3,bad,x\n'


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (BODY.encode(), ""),
        (BODY.encode("utf-8-sig"), ""),
        (BODY.replace("\n", "\r\n").encode(), ""),
        (BODY.encode("utf-16"), "read as UTF-16"),
        (BODY.encode("cp1252"), "Windows-1252"),
        (BODY.rstrip("\n").encode(), ""),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_encodings_and_line_ends(desk: Desk, content: bytes, note: str, ending: str) -> None:
    desk.put(f"tickets.{ending}", gzip.compress(content) if ending.endswith("gz") else content)
    report = desk.load()
    assert note in report.files[0].note
    assert bool(note) == bool(report.files[0].note)
    rows = desk.query("SELECT ticket_id, replace(subject, chr(13), '') FROM tickets ORDER BY 1")
    assert rows == [("T1", 'a, "b"\nsecond line'), ("T2", "café")]
    assert [(r.line, r.value) for r in desk.rejects()] == [(5, "bad")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(desk: Desk, delimiter: str) -> None:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter)
    rows.writerows([["Ticket ID", " Created-At", "subject", "x,y;z"], ["T1", "2025-01-01", "a;b,c\td", "1"]])
    desk.put("tickets.csv", out.getvalue())
    assert desk.load().files[0].unknown_columns == ("x,y;z",)
    assert desk.query("SELECT ticket_id, subject FROM tickets") == [("T1", "a;b,c\td")]


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x0c"], ids=ascii)
def test_a_sign_in_the_header_that_only_unicode_calls_a_line_end_costs_no_row(desk: Desk, sign: str) -> None:
    desk.put("tickets.csv", f"ticket_id,created_at,a{sign}b\n" + "".join(f"T{n},2025-01-01,x\n" for n in range(5)))
    assert desk.load().files[0].inserted == 5


def test_an_extra_empty_field_is_too_many(desk: Desk) -> None:
    desk.put("tickets.csv", "ticket_id,created_at\nT1,2025-01-01,\nT2,2025-01-02\n")
    assert desk.load().files[0].set_aside == 1
    assert [(r.line, r.reason) for r in desk.rejects()] == [(2, "has 3 fields where the header has 2")]


def test_a_bad_quote_costs_its_own_line_only(desk: Desk) -> None:
    desk.put(
        "tickets.csv",
        'ticket_id,created_at,subject\nT1,2025-01-01,"never closed\nT2,2025-01-02,fine\nT3,2025-01-03,"ok"\nT4,2025-01-04,"a"b\nT5,2025-01-05,5" pipe\n',
    )
    report = desk.load()
    assert (report.totals["rows_read"], report.totals["inserted"], report.totals["set_aside"]) == (5, 3, 2)
    assert [r.line for r in desk.rejects()] == [2, 5]
    assert desk.query("SELECT ticket_id FROM tickets ORDER BY 1") == [("T2",), ("T3",), ("T5",)]


def test_blank_lines_are_not_rows_and_lines_stay_physical(desk: Desk) -> None:
    desk.put("tickets.csv", '\nticket_id,created_at\n\nT1,"2025-01-01"\n\n\nT2,x\n,\n')
    assert desk.load().totals["rows_read"] == 3
    assert [(r.line, r.column) for r in desk.rejects()] == [(7, "created_at"), (8, "ticket_id")]


def test_a_single_column_and_old_mac_line_ends(desk: Desk) -> None:
    desk.put("accounts.csv", "account_id\na\n\nb\n")
    desk.put("tickets.csv", "ticket_id,created_at\rT1,2025-01-01\rT2,2025-01-01\r")
    assert desk.load().totals["inserted"] == 4


def test_names_with_pattern_characters_stand_for_themselves(desk: Desk) -> None:
    path = desk.put("odd [1]*?/tickets.csv", "ticket_id,created_at\nT1,2025-01-01\n")
    assert desk.load(path).totals["inserted"] == 1


@pytest.mark.parametrize("seed", range(12))
def test_both_parsers_agree_with_the_csv_module(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    pieces = ["a", "é", ",", ";", '"', "\n", "\r\n", " ", "\t", "x" * 50, "'", "\\", "\u2028"]
    out = io.StringIO()
    rows = csv.writer(
        out, lineterminator=rng.choice(["\n", "\r\n"]), quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
    )
    rows.writerow(["ticket_id", "created_at", "subject", "status"])
    for i in range(400):
        rows.writerow(
            [
                f"T{i}",
                "2025-01-01" if rng.random() > 0.1 else "bad",
                *("".join(rng.choices(pieces, k=rng.randint(0, 6))) for _ in "ab"),
            ]
        )
    text = out.getvalue()
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    expected, bad, line = {}, [], reader.line_num
    for row in reader:
        if row[1] == "bad":
            bad.append((line + 1, "bad"))
        else:
            expected[row[0]] = (row[2].strip(" \t\r\n") or None, row[3].strip(" \t\r\n") or None)
        line = reader.line_num
    desk.put("tickets.csv", text)
    for careful in (False, True):
        with monkeypatch.context() as patch:
            if careful:
                patch.setattr(csv_files.CsvFile, "_read_fast", lambda *_: None)
            assert desk.load().totals["rows_read"] == 400
        assert {r[0]: r[1:] for r in desk.query("SELECT ticket_id, subject, status FROM tickets")} == expected
        assert [(r.line, r.value) for r in desk.rejects()] == bad
