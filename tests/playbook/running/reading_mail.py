"""A mail's HTML, read for its text and the cells of its tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Text(HTMLParser):
    """The text of an HTML document, and its tables as rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("style", "head")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("style", "head")
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            text = data.replace("\u00a0", " ").replace("\u200b", "").replace("\u200c", "")
            self.words.append(text)
            if self._cell is not None:
                self._cell.append(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def table(self, *headings: str) -> list[dict[str, str]]:
        """The first table with these headings, as rows by heading."""
        for rows in self.tables:
            heads = next((row for row in rows if set(headings) <= set(row)), None)
            if heads is not None:
                return [dict(zip(heads, row, strict=False)) for row in rows if len(row) == len(heads) and row != heads]
        raise AssertionError(f"no table with {headings}: {[rows[:1] for rows in self.tables]}")


def number(text: str) -> float:
    """The first number of a cell: "24.3 (9 open)" is 24.3."""
    found = re.search(r"[-+−]?[\d,]+(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", "").replace("−", "-"))
