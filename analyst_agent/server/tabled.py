"""Text with pipe tables in it, as answers were kept before they had parts, taken apart into words and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analyst_agent.parts import Part, Sheet, SheetCell, SheetColumn
from analyst_agent.report.markup import inline_plain
from analyst_agent.rows import Cell

NOWHERE = -1
"""The place of a table that only the text has: there is no file of it."""
_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"\s*:?-{2,}:?\s*")
_NUMBER = re.compile(r"[+-]?[^\d\s.,+-]?\d[\d,]*(?:\.\d+)?")


def taken_apart(part: Part) -> Iterator[Part]:
    """The part as words and tables in its order; itself where no line of it begins a table."""
    lines = (part.text if part.shown is None else part.shown).splitlines()
    if not any(_begins(lines, at) for at in range(len(lines))):
        yield part
        return
    words: list[str] = []
    at = 0
    while at < len(lines):
        if not _begins(lines, at):
            words.append(lines[at])
            at += 1
            continue
        end = at + 2
        while end < len(lines) and lines[end].lstrip().startswith("|"):
            end += 1
        yield from _of_words(part, words)
        yield Part("table", sheet=_sheet([_cells(line) for line in lines[at:end]]), place=NOWHERE)
        words, at = [], end
    yield from _of_words(part, words)


def _begins(lines: Sequence[str], at: int) -> bool:
    """Whether a row of headings stands here and a row of dashes under it."""
    if at + 1 >= len(lines) or not (lines[at].lstrip().startswith("|") and lines[at + 1].lstrip().startswith("|")):
        return False
    dashes = _cells(lines[at + 1])
    return bool(dashes) and all(_DASHES.fullmatch(cell) for cell in dashes)


def _of_words(part: Part, lines: Sequence[str]) -> Iterator[Part]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield replace(part, text=text, shown=None)


def _cells(line: str) -> list[str]:
    """The cells of a row.

    >>> _cells(r"| a \\| b | 2 % |")
    ['a \\\\| b', '2 %']
    """
    return [cell.strip() for cell in _BAR.split(line.strip().removeprefix("|").removesuffix("|"))]


def _sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    headings, dashes, *body = rows
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in (headings, dashes, *body)]
    columns = tuple(
        SheetColumn(heading, under.rstrip().endswith(":")) for heading, under in zip(*padded[:2], strict=True)
    )
    title = f"Table of {', '.join(inline_plain(heading) for heading in headings if heading)}"
    return Sheet(title, columns, tuple(tuple(SheetCell(cell, _value(cell)) for cell in row) for row in padded[2:]))


def _value(cell: str) -> Cell:
    """What a cell is sorted by: its number where it begins with one, else its words."""
    plain = inline_plain(cell)
    found = _NUMBER.match(plain)
    return float(re.sub(r"[^\d.+-]", "", found[0])) if found else plain
