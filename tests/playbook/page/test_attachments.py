"""Tables as CSV: every number whole, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from analyst_agent.playbook.page.attachments import csv_files, csv_names, csv_of
from analyst_agent.playbook.records import Section
from analyst_agent.records import Column, Table, Value
from tests.playbook.page.reports import CAUSES, FIXED, of_names, report_of, shown

FORMULAS = [
    '=HYPERLINK("http://evil.example","x")', "+1+1", "-1+cmd|'/c calc'!A0", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1",
    "＝1+1", "\u200b=1+1", "'=1+1", '"=1+1',
]  # fmt: skip


def _rows(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def _table(*rows: tuple[Value, ...]) -> bytes:
    return csv_of(shown(Table("t", (Column("a"), Column("b", "count")), rows), ()))


def test_numbers_are_whole_and_their_unit_is_named() -> None:
    assert _rows(csv_of(shown(CAUSES, ()))) == [
        ["root cause", "tickets", "share (1 = 100 %)"],
        ["product_bug", "157", "0.4786585"],
        ["policy_gap", "33", "0.1006098"],
    ]


def test_excel_reads_it_as_utf_8() -> None:
    assert _table(("Grünwald", 1)).startswith(b"\xef\xbb\xbf")
    assert _rows(_table(("Grünwald", 1)))[1][0] == "Grünwald"


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_text_is_never_a_formula(formula: str) -> None:
    assert _rows(_table((formula, 1)))[1][0].startswith("'")


@pytest.mark.parametrize("formula", ["Acme;=1+1", "Acme; +1+1", 'Acme;"=1+1', "Acme;'@x"])
def test_nor_where_the_semicolon_separates_cells(formula: str) -> None:
    cells = _rows(_table((formula, 1)), ";")[1]
    assert [cell for cell in cells if cell.lstrip(" \"'").startswith(("=", "+", "-", "@")) and "'" not in cell] == []


def test_negative_numbers_stay_numbers() -> None:
    assert _rows(_table(("x", -5), ("y", -0.25), ("z", None), ("n", float("nan"))))[1:] == [
        ["x", "-5"], ["y", "-0.25"], ["z", ""], ["n", ""],
    ]  # fmt: skip


def test_a_text_with_line_breaks_and_directions_is_one_visible_line() -> None:
    assert _rows(_table(("two\nlines \u202eand\u202c more", 1)))[1][0] == "two lines and more"


def test_every_row_is_there() -> None:
    [(_, content)] = csv_files(report_of(Section("x", "", (of_names([f"n{n}" for n in range(300)]),))))
    assert len(_rows(content)) == 301


def test_names_are_ascii_and_unique() -> None:
    titles = ["Über Größe: 10 %", "Über Größe: 10 %", "../../etc/passwd", "東京", "x" * 200, ""]
    names = csv_names(report_of(Section("x", "", tuple(of_names(["n"], title) for title in titles))))
    assert names[:4] == ["01-uber-groe-10.csv", "02-uber-groe-10.csv", "03-etc-passwd.csv", "04-table.csv"]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and "/" not in name and len(name) <= 70 for name in names)


def test_the_same_report_is_the_same_bytes() -> None:
    assert csv_files(FIXED) == csv_files(FIXED)
