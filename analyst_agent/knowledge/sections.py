"""What every reader of a file gives: sections under headings, made of visible blocks; and why a file is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any


class NotReadable(Exception):
    """Why a file is left out of the index; the text is shown in the report of the add."""


@dataclass(frozen=True, slots=True)
class Block:
    """One visible block: kind is `text` (a paragraph), `item` (of a list), `row` or `header` (of a table) or `code`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading. `headings` is the path from the outermost heading down; empty before the first."""

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> str:
        """The heading it stands under, empty before the first."""
        return self.headings[-1] if self.headings else ""

    @property
    def text(self) -> str:
        """Its blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: fields as written (front matter, meta tags, properties) and what a reader sees."""

    sections: Sequence[Section]
    fields: Mapping[Any, Any] = field(default_factory=dict)


def grouped(pairs: Sequence[tuple[tuple[str, ...], Block]]) -> list[Section]:
    """Blocks, each with its heading path, as sections; empty blocks are left out."""
    kept = [(path, block) for path, block in pairs if block.text]
    return [Section(path, tuple(block for _, block in run)) for path, run in groupby(kept, key=lambda pair: pair[0])]


def table_row(cells: Sequence[str]) -> str:
    """Cells as one line, a bar inside a cell set as a slash so that it does not look like another cell.

    >>> table_row(["P1", "15 minutes"])
    '| P1 | 15 minutes |'
    """
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


class Outline:
    """The heading path while a document is read from top to bottom, and the blocks found under it."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._pairs: list[tuple[tuple[str, ...], Block]] = []

    def heading(self, level: int, text: str) -> None:
        """A heading ends every one of its own or a deeper level."""
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        if text:
            self._path.append((level, text))

    def block(self, kind: str, text: str) -> None:
        """A visible block under the headings so far."""
        self._pairs.append((tuple(heading for _, heading in self._path), Block(kind, text)))

    def table(self, rows: Sequence[Sequence[str]], has_header: bool) -> None:
        """Rows of cells; rows without any text are left out."""
        filled = [row for row in rows if any(row)]
        for number, row in enumerate(filled):
            is_header = has_header and number == 0 and len(filled) > 1
            self.block("header" if is_header else "row", table_row(row))

    def sections(self) -> list[Section]:
        """What was read."""
        return grouped(self._pairs)
