"""Sheets of an XLSX workbook as CSV files: what a cell holds, days and times as ISO 8601, formulas as their last value."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from analyst_agent.errors import LoadError

if TYPE_CHECKING:
    from lxml.etree import _Element

ENDING = ".xlsx"
MOST_UNPACKED_BYTES = 600_000_000
MOST_PARTS = 5_000
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
"""Of a sheet; no program writes more."""
MOST_DIGITS = 30
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Formats that every workbook has without saying so and that show a day or a time."""
_NOT_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class _Book:
    """What its cells refer to: texts, which styles are days or times, and the day that its dates count from."""

    package: zipfile.ZipFile
    texts: list[str]
    dates: frozenset[int]
    epoch: datetime
    sheets: tuple[tuple[str, str], ...]


def as_csv(path: Path, folder: Path) -> list[Path]:
    """Writes each sheet that has rows into the folder: a single one under the workbook's name, several under their own.

    Raises LoadError for what is no workbook, is protected, or would unpack to too much.
    """
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(path) as package:
            _check(path.name, package)
            book = _opened(package)
            written = [
                made for name, part in book.sheets if (made := _write(book, part, folder / f"{_stem(name)}.csv"))
            ]
    except (
        zipfile.BadZipFile,
        LxmlError,
        KeyError,
        ValueError,
        ArithmeticError,
        IndexError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise LoadError(f"{path.name} is damaged or no XLSX workbook.", "Save it again, or as CSV.") from error
    if len(written) == 1:
        return [written[0].rename(folder / f"{path.stem}.csv")]
    return written


def _check(name: str, package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise LoadError(f"{name} is encrypted.", "Save it without a password.")
    # zipfile stops a part at the size it declares, so this bounds what is unpacked.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise LoadError(f"{name} unpacks to more than {MOST_UNPACKED_BYTES // 1_000_000:,} MB.", "Save it as CSV.")


def _opened(package: zipfile.ZipFile) -> _Book:
    book = _tree(package, "xl/workbook.xml")
    links = {one.get("Id"): str(one.get("Target")) for one in _tree(package, "xl/_rels/workbook.xml.rels")}
    sheets = []
    for one in book.iter(f"{_MAIN}sheet"):
        target = links[one.get(_LINK)]
        sheets.append(
            (str(one.get("name")), target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target))
        )
    properties = book.find(f"{_MAIN}workbookPr")
    is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    names = package.namelist()
    texts = list(_texts(package)) if "xl/sharedStrings.xml" in names else []
    dates = _date_styles(_tree(package, "xl/styles.xml")) if "xl/styles.xml" in names else frozenset()
    return _Book(package, texts, dates, _EPOCH_1904 if is_1904 else _EPOCH, tuple(sheets))


def _write(book: _Book, part: str, to: Path) -> Path | None:
    """The sheet as a CSV file; None where it has no cell with a value, or is a chart."""
    if part not in book.package.namelist():
        return None
    has_values = False
    with book.package.open(part) as stream, to.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for row in _rows(book, stream):
            has_values = has_values or any(row)
            if has_values:
                writer.writerow(row)
    if not has_values:
        to.unlink()
        return None
    return to


def _rows(book: _Book, stream: IO[bytes]) -> Iterator[list[str]]:
    """Each row's cells in their columns, "" for those that are empty; rows that the sheet leaves out are empty."""
    last = 0
    for row in _elements(stream, "row"):
        number = int(row.get("r") or last + 1)
        if not last < number <= MOST_ROWS:
            raise ValueError(f"row {number} after row {last}")
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            place = _column(str(cell.get("r"))) if cell.get("r") else len(cells)
            if not len(cells) <= place < MOST_COLUMNS:
                raise ValueError(f"column {place} after {len(cells)} columns")
            cells.extend("" for _ in range(place - len(cells)))
            cells.append(_value(book, cell))
        yield from ([] for _ in range(number - last - 1))
        yield cells
        last = number


def _value(book: _Book, cell: _Element) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return book.texts[int(value)] if value else ""
    if kind == "b":
        return {"1": "true", "0": "false"}.get(value, value)
    if kind == "n" and value and int(cell.get("s") or 0) in book.dates:
        return _moment(float(value), book.epoch)
    if kind == "n" and value:
        return _number(value)
    return "" if kind == "e" else value


def _number(text: str) -> str:
    """A number as it is shown: 0.1 is kept as 0.10000000000000001, a long one as 1.2345678901234E+16.

    >>> _number("0.30000000000000004"), _number("1.2345678901234E+16"), _number("42"), _number("2.0")
    ('0.3', '12345678901234000', '42', '2')
    """
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        return text
    return str(int(number)) if number == int(number) else repr(round(float(number), 12))


def _moment(days: float, epoch: datetime) -> str:
    """A day or time that is kept as days since one; a time of no day stays a number."""
    if days < 1:
        return repr(days)
    found = epoch + timedelta(seconds=round(days * 86_400))
    return found.date().isoformat() if days == int(days) else found.isoformat()


def _date_styles(styles: Any) -> frozenset[int]:
    """Places of the cell styles that show a day or a time."""
    own = {int(one.get("numFmtId")): str(one.get("formatCode")) for one in styles.iter(f"{_MAIN}numFmt")}
    shown = styles.find(f"{_MAIN}cellXfs")
    found = []
    for place, one in enumerate(shown if shown is not None else ()):
        number = int(one.get("numFmtId") or 0)
        code = _NOT_DATE.sub("", own.get(number, "")).lower()
        if number in _DATES or (code != "general" and re.search(r"[ydhs]|m", code)):
            found.append(place)
    return frozenset(found)


def _texts(package: zipfile.ZipFile) -> Iterator[str]:
    with package.open("xl/sharedStrings.xml") as stream:
        for one in _elements(stream, "si"):
            yield _text(one)


def _text(element: _Element) -> str:
    """Its runs without the phonetic guides."""
    return "".join(
        one.text or ""
        for one in element.iter(f"{_MAIN}t")
        if (up := one.getparent()) is not None and up.tag != f"{_MAIN}rPh"
    )


def _elements(stream: IO[bytes], name: str) -> Iterator[_Element]:
    """The elements of that name one after the other, each forgotten once it was read; nothing outside the file is loaded."""
    from lxml import etree

    for _, element in etree.iterparse(
        stream, tag=f"{_MAIN}{name}", resolve_entities=False, no_network=True, load_dtd=False
    ):
        yield element
        element.clear()
        while (before := element.getprevious()) is not None:
            before.getparent().remove(before)


def _tree(package: zipfile.ZipFile, part: str) -> Any:
    from lxml import etree

    return etree.fromstring(
        package.read(part), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    )


def _column(reference: str) -> int:
    """The place of a cell's column, from 0.

    >>> _column("A1"), _column("Z9"), _column("AB12")
    (0, 25, 27)
    """
    place = 0
    for letter in reference:
        if letter.isalpha():
            place = place * 26 + ord(letter.upper()) - ord("A") + 1
    return place - 1


def _stem(sheet: str) -> str:
    return re.sub(r"[^\w .()-]+", "-", sheet).strip(" .-") or "sheet"
