"""The embedded backend: one read-only generation of the DuckDB warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class Embedded:
    """A connection to one generation; a cursor per statement, so that several threads may ask."""

    connection: DuckDBPyConnection
    generation: str
    name: str = "duckdb"
    dialect: str = "duckdb"

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows; an unread result would block the connection."""
        cursor = self.connection.cursor()
        try:
            return list(cursor.execute(sql, list(parameters)).fetchall())
        finally:
            cursor.close()
