"""ClickHouse in this process (chdb) over a folder of its tables, read only. A process can have one such folder open."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst_agent import ways
from analyst_agent.errors import WorkspaceError
from analyst_agent.semantic.rendering import Rendering
from analyst_agent.warehouse.backends.address import Address, driver
from analyst_agent.warehouse.backends.catalogue import FoundTable, plain_row, state_of, stored_tables, what_is_there

if TYPE_CHECKING:
    from analyst_agent.semantic.compiler import Compiled

TIMEOUT_S = 300
# Unmatched keys and aggregates of nothing are NULL, not 0 or ''; names are columns before they are aliases.
SETTINGS = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "enable_extended_results_for_datetime_functions": 1,
    "union_default_mode": "'ALL'",
    "transform_null_in": 0,
    "max_execution_time": TIMEOUT_S,
    "session_timezone": "'UTC'",
}
_AS_IT_IS = {
    "text": {"String"},
    "timestamp": {"DateTime64(6, 'UTC')"},
    "number": {"Float64"},
    "integer": {"Int64", "Int32", "Int16", "Int8", "UInt8", "UInt16", "UInt32"},
    "boolean": {"Bool"},
}


class ClickHouseBackend:
    """A folder of ClickHouse tables."""

    name = "clickhouse"
    dialect = "clickhouse"
    unseen = ""

    def __init__(self, address: Address, derived: dict[str, str], root: Path) -> None:
        address.check_options("database")
        if address.host:
            raise WorkspaceError(
                f"{address.shown} names a server; ClickHouse is supported in this process only.",
                "Give a folder: clickhouse:///path/to/folder (docs/engines.md says what that means).",
            )
        chdb = driver("chdb", "chdb", "clickhouse")
        self._error: type[Exception] = chdb.ChdbError
        folder = address.folder(root)
        if not folder.is_dir():
            raise WorkspaceError(
                f"The engine's folder {folder} does not exist.", "Give the folder of ClickHouse's tables."
            )
        self._shown = address.shown
        self._lock = threading.Lock()
        try:
            self._connection = chdb.connect(str(folder))
        except (self._error, RuntimeError) as error:
            raise WorkspaceError(
                f"Cannot open {folder}: {_first_line(error)}.", "Only one process at a time can have it open."
            ) from error
        self._table("SET " + ", ".join(f"{key} = {value}" for key, value in SETTINGS.items()))
        self._table("SET readonly = 1")
        database = address.options.get("database", "default")
        tables = stored_tables(self._found(database), _convert, f"{self._shown}, database {database}")
        self.found = what_is_there(tables)
        self._rendering = Rendering(self.dialect, tables, derived)
        self.generation = state_of(self._rendering, self.execute)

    def sql(self, compiled: Compiled) -> str:
        """The statement over the tables as they are there."""
        return self._rendering.sql(compiled.tree)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows. Raises WorkspaceError with ClickHouse's complaint."""
        columns = [column.to_pylist() for column in self._table(sql).columns]
        return [plain_row(row) for row in zip(*columns, strict=True)]

    def close(self) -> None:
        """Frees the folder."""
        self._connection.close()

    def _table(self, sql: str) -> Any:
        try:
            with self._lock:
                return self._connection.query(sql, "ArrowTable")
        except (self._error, RuntimeError) as error:
            raise WorkspaceError(f"{self._shown} cannot answer: {_first_line(error)}.", ways.ENGINE) from error

    def _found(self, database: str) -> dict[str, FoundTable]:
        name = database.replace("\\", "\\\\").replace("'", "\\'")
        types: dict[str, dict[str, str]] = {}
        for table, column, kind in self.execute(
            f"SELECT table, name, type FROM system.columns WHERE database = '{name}'"
        ):
            types.setdefault(table, {})[column] = kind
        return {table: FoundTable((database, table), columns) for table, columns in types.items()}


def _convert(kind: str, stored: str, required: bool) -> str:
    bare = stored
    for wrapper in ("LowCardinality(", "Nullable("):
        if bare.startswith(wrapper):
            bare = bare.removeprefix(wrapper)[:-1]
    if bare not in _AS_IT_IS[kind]:
        return "cast"
    if kind == "text" and "Nullable" not in stored and not required:
        return "blank"
    return "cast" if stored.startswith("LowCardinality") else ""


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text[:300].rstrip(".")
