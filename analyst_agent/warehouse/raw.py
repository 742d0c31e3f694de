"""What every reader hands on: a temporary table of texts, the physical line of each row, and the rows that could not be parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analyst_agent.errors import LoadError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LONGEST_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows of one file in the temporary table `name`: texts c0, c1, ... (those asked for) with rowid counting rows from 0.

    `<name>_lines` has (_row, _line) of each; `<name>_bad` has (line, value, reason) of the records that are no rows.
    """

    name: str
    row_count: int
    bad_count: int


class SourceFile(Protocol):
    """A file whose columns are known and whose rows can be read into a temporary table."""

    path: Path
    header: Sequence[str]
    sha256: str
    note: str

    def read(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw:
        """Reads the columns at these places of the header. Raises LoadError where the file cannot be read to its end."""
        ...


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def path_literal(path: Path) -> str:
    """A path for DuckDB's readers, whose pattern characters stand for themselves."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def scalar(con: DuckDBPyConnection, sql: str) -> int:
    """The one whole number that a query returns; 0 for NULL."""
    row = con.execute(sql).fetchone()
    return int(row[0] or 0) if row else 0


def shown(text: str) -> str:
    """A record's text for a list, cut with its length said where it is very long."""
    text = text.rstrip("\r\n")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text)} characters)"


def must_add_up(what: str, counted: int, expected: int) -> None:
    """Stops the load when rows are not accounted for; a wrong sum is never printed."""
    if counted != expected:
        raise LoadError(
            f"{what}: {counted} rows accounted for where {expected} were expected; nothing was changed.",
            "Please report this with the file; it is a fault of the program.",
        )
