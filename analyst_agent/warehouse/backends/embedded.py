"""The embedded backend: one read-only generation of the DuckDB warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from analyst_agent.semantic.compiler import Compiled


@dataclass(slots=True)
class Embedded:
    """A connection to one generation; a cursor per statement, so that several threads may ask."""

    connection: DuckDBPyConnection
    generation: str
    name: str = "duckdb"
    dialect: str = "duckdb"
    unseen: str = ""

    def sql(self, compiled: Compiled) -> str:
        """The tree as it is: a load has materialised the derived tables. It is read and not kept, so it need not be copied."""
        return compiled.tree.sql(dialect=self.dialect, pretty=True, copy=False)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows; an unread result would block the connection."""
        cursor = self.connection.cursor()
        try:
            return list(cursor.execute(sql).fetchall())
        finally:
            cursor.close()
