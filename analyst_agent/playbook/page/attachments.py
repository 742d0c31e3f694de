"""A report's tables as CSV files: raw numbers for a spreadsheet, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

from analyst_agent.masking import one_line
from analyst_agent.playbook.records import Report, ShownTable
from analyst_agent.records import Column, Value

LONGEST_NAME = 60
UNITS = {"ratio": "1 = 100 %", "points": "0.01 = 1 point", "minutes": "minutes", "currency": "amount"}
_FORMULA = re.compile(r"^[\s'\"]*[=+\-@＝＋－＠]")
# Where the semicolon separates cells, as in much of Europe, it does so inside our quotation marks too.
_FORMULA_WITHIN = re.compile(r"(;[\s'\"]*)(?=[=+\-@＝＋－＠])")


def csv_files(report: Report) -> list[tuple[str, bytes]]:
    """Name and content of each table's file, in the order shown."""
    tables = [table for section in report.sections for table in section.tables]
    return [(name, csv_of(table)) for name, table in zip(csv_names(report), tables, strict=True)]


def csv_names(report: Report) -> list[str]:
    """A file name for each table, in the order shown: ASCII, numbered, so that each is unique on every system."""
    titles = [table.title for section in report.sections for table in section.tables]
    return [f"{number:02}-{_ascii(title)}.csv" for number, title in enumerate(titles, start=1)]


def csv_of(table: ShownTable) -> bytes:
    """The raw table. With a byte order mark: without it Excel reads UTF-8 as the system's old code page; other programs skip it.

    Numbers are whole and unrounded, in the unit their heading names. A text that a spreadsheet would take for a formula
    begins with an apostrophe.
    """
    return csv_bytes([heading_of(column) for column in table.raw.columns], table.raw.rows)


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Headings and rows as a file, with the byte order mark and without formulas; no headings: rows to follow others."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if headings:
        writer.writerow([_cell(one) for one in headings])
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig" if headings else "utf-8", errors="replace")


def heading_of(column: Column) -> str:
    """The column's name with the unit that its raw numbers are in."""
    unit = UNITS.get(column.unit)
    return f"{column.name} ({unit})" if unit else column.name


def _cell(value: Value) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if not isinstance(value, str):
        return str(value)
    line = _FORMULA_WITHIN.sub(r"\1'", one_line(value))
    return f"'{line}" if _FORMULA.match(line) else line


def _ascii(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-") or "table"
