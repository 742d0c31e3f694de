"""An XLSX workbook reads as the CSV that a person would have saved of it."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.reading.workbooks import as_csv
from tests.workbooks import DAY, TIME, Workbook


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_cells_read_as_what_they_show(tmp_path: Path) -> None:
    book = tmp_path / "Tickets.xlsx"
    rows = [
        ["id", "opened", "closed", "hours", "text", "open"],
        ["1", (46300, DAY), (46300.5, TIME), 0.1 + 0.2, "a, b\nc", True],
    ]
    Workbook({"Sheet1": rows, "Empty": []}).write(book)
    [made] = as_csv(book, tmp_path)
    assert made.name == "Tickets.csv"
    assert read(made) == [rows[0], ["1", "2026-10-05", "2026-10-05T12:00:00", "0.3", "a, b\nc", "true"]]


def test_empty_cells_and_rows_keep_their_place(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    Workbook({"one": [["id", "", "text"], None, ["1", "", "x"]]}).write(book)
    assert read(as_csv(book, tmp_path)[0]) == [["id", "", "text"], [], ["1", "", "x"]]


def test_each_of_several_sheets_is_a_file_of_its_name(tmp_path: Path) -> None:
    book = tmp_path / "export.xlsx"
    Workbook({"tickets": [["ticket_id"], ["1"]], "../accounts": [["account_id"], ["A"]]}).write(book)
    assert sorted(one.name for one in as_csv(book, tmp_path)) == ["accounts.csv", "tickets.csv"]


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_what_is_no_workbook_is_told(tmp_path: Path, content: bytes | None) -> None:
    book = tmp_path / "a.xlsx"
    if content is None:
        with zipfile.ZipFile(book, "w") as package:
            package.writestr("readme.txt", "no workbook")
    else:
        book.write_bytes(content)
    with pytest.raises(LoadError, match="no XLSX workbook"):
        as_csv(book, tmp_path)


def test_nothing_outside_the_file_is_read_and_entities_are_not_blown_up(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden", encoding="utf-8")
    book = tmp_path / "a.xlsx"
    inside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    Workbook({"one": [["id"], ["&e;"]]}).write(book, prolog=inside, is_escaped=False)
    assert "hidden" not in str([read(one) for one in as_csv(book, tmp_path)])


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="ZZZZZZZ1"><v>1</v></c>',
        '<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c>',
        '<c s="1"><v>1e300</v></c>',
        '<c t="s"><v>7</v></c>',
    ],
)
def test_a_cell_that_no_program_writes_is_refused_and_not_made_room_for(tmp_path: Path, cell: str) -> None:
    book = Workbook({"one": [["&cell;"]]}).write(tmp_path / "a.xlsx", is_escaped=False)
    with zipfile.ZipFile(book) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>{cell}</row></sheetData></worksheet>'
    with zipfile.ZipFile(book, "w") as package:
        for name, content in parts.items():
            package.writestr(name, sheet if name.endswith("sheet1.xml") else content)
    with pytest.raises(LoadError, match="no XLSX workbook"):
        as_csv(book, tmp_path)
