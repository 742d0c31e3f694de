"""XLSX workbooks as a spreadsheet program writes them, as small as they can be."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

DAY, TIME = 1, 2
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class Workbook:
    """sheets: rows of cells by name; a cell is a text, a number, a truth, or a number with its style; None: a row left out."""

    sheets: Mapping[str, Sequence[Sequence[Any] | None]]

    def write(self, path: Path, prolog: str = "", is_escaped: bool = True) -> Path:
        """prolog: put before each sheet; is_escaped: whether texts are made harmless."""
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(self.sheets, 1)
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(self.sheets) + 1)
        )
        with zipfile.ZipFile(path, "w") as package:
            package.writestr(
                "xl/workbook.xml", f'<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>'
            )
            package.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>')
            package.writestr("xl/styles.xml", _STYLES)
            for n, rows in enumerate(self.sheets.values(), 1):
                package.writestr(f"xl/worksheets/sheet{n}.xml", f"{prolog}{_sheet(rows, is_escaped)}")
        return path


def _sheet(rows: Sequence[Sequence[Any] | None], is_escaped: bool) -> str:
    told = (
        f'<row r="{number}">{"".join(_cell(place, number, one, is_escaped) for place, one in enumerate(row) if one != "")}</row>'
        for number, row in enumerate(rows, 1)
        if row is not None
    )
    return f"<worksheet {_MAIN}><sheetData>{''.join(told)}</sheetData></worksheet>"


def _cell(place: int, row: int, value: Any, is_escaped: bool) -> str:
    at = f'r="{chr(ord("A") + place)}{row}"'
    if isinstance(value, tuple):
        return f'<c {at} s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c {at}><v>{value!r}</v></c>"
    return f'<c {at} t="inlineStr"><is><t>{escape(value) if is_escaped else value}</t></is></c>'
