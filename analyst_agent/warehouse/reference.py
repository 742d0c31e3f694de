"""Reference rows for checking our own numbers: canonical tables or raw files, queried by somebody else's SQL, without our derived tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst_agent.errors import InvalidDefinition
from analyst_agent.warehouse.generations import Warehouse, open_current
from analyst_agent.warehouse.raw import identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class Reference:
    """A connection with views for checks. Close it; it writes nothing but temporary tables of its own."""

    connection: DuckDBPyConnection
    _warehouse: Warehouse | None = None

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one statement. Raises InvalidDefinition with the engine's first line for SQL that cannot run."""
        import duckdb

        try:
            return self.connection.execute(sql).fetchall()
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise InvalidDefinition(f"Reference SQL cannot run: {first}", f"It begins {sql.strip()[:80]!r}.") from error

    def add(self, tables: Mapping[str, str]) -> None:
        """Temporary tables from SQL, in the order given, each may use those before it."""
        for name, sql in tables.items():
            self.rows(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {sql}")

    def close(self) -> None:
        """Frees what is open."""
        self.connection.close()
        if self._warehouse is not None:
            self._warehouse.close()


def over_canonical(workspace: Path, time_zone: str, root_causes: Mapping[str, str]) -> Reference:
    """The canonical tables of the generation in use, and `causes` (code, cause): the workspace's own mapping of reason codes."""
    warehouse = open_current(workspace, time_zone)
    reference = Reference(warehouse.cursor(), warehouse)
    reference.rows("CREATE TEMP TABLE causes (code VARCHAR, cause VARCHAR)")
    if root_causes:
        listed = ", ".join(f"({literal(code)}, {literal(cause)})" for code, cause in root_causes.items())
        reference.rows(f"INSERT INTO causes VALUES {listed}")
    return reference


def over_raw(folder: Path) -> Reference:
    """Every CSV file of a folder as the view `raw_` plus its stem, all columns text, nothing converted, no row left out."""
    import duckdb

    reference = Reference(duckdb.connect())
    for path in sorted(p for p in folder.iterdir() if p.name.endswith((".csv", ".csv.gz"))):
        stem = path.name.removesuffix(".gz").removesuffix(".csv")
        reference.rows(
            f"CREATE VIEW {identifier('raw_' + stem)} AS SELECT * FROM read_csv({literal(str(path))}, header = true, all_varchar = true)"
        )
    return reference
