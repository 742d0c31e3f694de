"""The text of an answer in parts: each with what it is and what its numbers come from, for whoever shows it in another form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from analyst_agent.rows import Cell

Kind = Literal[
    "text", "title", "scope", "passage", "table", "chart", "caveats", "actions", "sources", "definitions", "elsewhere"
]


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of a text, in Markdown, and the ids of the facts that its numbers come from."""

    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One of several things that are listed: what it is about ("" for nothing in particular), its words, the passage of a
    document that it rests on and the facts (or metrics) that it is about."""

    text: str
    about: str = ""
    space: str = ""
    document: str = ""
    heading: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column as it is read: its heading with the unit, the model's name of what it shows."""

    heading: str
    is_numeric: bool
    key: str = ""


class SheetCell(NamedTuple):
    """A cell: its words in Markdown, the value to sort by, and the fact behind it."""

    text: str
    value: Cell = None
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as people read it, every row and column of it, with the notes that belong under it."""

    title: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[SheetCell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer. text: its Markdown as it stands in the answer's text, "" for what only a page shows; shown: what a
    page shows in its place, None for the same. place: of a table or a chart, which of the answer's. is_aside: read only by who looks for it.
    """

    kind: Kind
    text: str = ""
    shown: str | None = None
    clauses: tuple[Clause, ...] = ()
    items: tuple[Item, ...] = ()
    sheet: Sheet | None = None
    place: int = 0
    is_aside: bool = False


def joined(parts: Iterable[Part]) -> str:
    """The answer's text that the parts make."""
    return "\n\n".join(part.text for part in parts if part.text)


def parts_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts of their JSON form, that of `records.to_json`."""
    return tuple(
        Part(
            one["kind"],
            one["text"],
            one["shown"],
            tuple(Clause(c["text"], tuple(c["facts"])) for c in one["clauses"]),
            tuple(Item(**{**i, "facts": tuple(i["facts"])}) for i in one["items"]),
            _sheet(one["sheet"]),
            one["place"],
            one["is_aside"],
        )
        for one in stored
    )


def _sheet(stored: Mapping[str, Any] | None) -> Sheet | None:
    if stored is None:
        return None
    return Sheet(
        stored["title"],
        tuple(SheetColumn(**column) for column in stored["columns"]),
        tuple(tuple(SheetCell(*cell) for cell in row) for row in stored["rows"]),
        tuple(stored["notes"]),
    )
