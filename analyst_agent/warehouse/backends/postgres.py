"""Postgres by URL, read only: one connection, UTC, a limit on the time of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyst_agent import ways
from analyst_agent.errors import WorkspaceError
from analyst_agent.semantic.rendering import Rendering
from analyst_agent.warehouse.backends.address import Address, driver
from analyst_agent.warehouse.backends.catalogue import FoundTable, plain_row, state_of, stored_tables, what_is_there

if TYPE_CHECKING:
    from analyst_agent.semantic.compiler import Compiled

TIMEOUT_S = 300
_AS_IT_IS = {
    "text": {"text", "character varying"},
    "timestamp": {"timestamp without time zone"},
    "number": {"double precision"},
    "integer": {"bigint", "integer", "smallint"},
    "boolean": {"boolean"},
}
_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL), n.nspname
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    WHERE n.nspname = COALESCE(%s, current_schema()) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
"""
_LOCALE = """
    SELECT CASE WHEN COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' THEN d.datcollate ELSE '' END, d.datctype, (SELECT min(collname) FROM pg_catalog.pg_collation WHERE collname IN ('und-x-icu', 'C.utf8', 'C.UTF-8'))
    FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
"""


class PostgresBackend:
    """A database and schema with the canonical tables or views."""

    name = "postgresql"
    dialect = "postgres"
    unseen = ""

    def __init__(self, address: Address, derived: dict[str, str]) -> None:
        address.check_options("schema", "sslmode", "host")
        self._psycopg = driver("psycopg", "psycopg", "postgres")
        self._address = address
        self._connection = self._connect()
        found = self._found(address.options.get("schema"))
        tables = stored_tables(found, _convert, address.shown)
        self.found = what_is_there(tables)
        self._rendering = Rendering(self.dialect, tables, derived, self._collations())
        self.generation = state_of(self._rendering, self.execute)

    def sql(self, compiled: Compiled) -> str:
        """The statement over the tables as they are there."""
        return self._rendering.sql(compiled.tree)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows. Raises WorkspaceError with the server's complaint."""
        return self._rows(sql)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _rows(self, sql: str, parameters: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
        if self._connection.closed:
            self._connection = self._connect()
        try:
            with self._connection.cursor() as cursor:
                return [plain_row(row) for row in cursor.execute(sql, parameters).fetchall()]
        except self._psycopg.Error as error:
            raise WorkspaceError(f"{self._address.shown} cannot answer: {_first_line(error)}.", ways.ENGINE) from error

    def _connect(self) -> Any:
        address = self._address
        given = {
            "host": address.host or address.options.get("host"), "port": address.port or None, "user": address.user or None,
            "password": address.password or None, "dbname": address.path.strip("/") or None, "sslmode": address.options.get("sslmode"),
        }  # fmt: skip
        try:
            connection = self._psycopg.connect(
                **{key: value for key, value in given.items() if value is not None}, autocommit=True, connect_timeout=10
            )
            for setting, value in (
                ("default_transaction_read_only", "on"),
                ("statement_timeout", f"{TIMEOUT_S}s"),
                ("timezone", "UTC"),
            ):
                connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (setting, value))
        except self._psycopg.Error as error:
            raise WorkspaceError(
                f"Cannot connect to {address.shown}: {_first_line(error)}.",
                "Check the URL in analyst.toml [workspace] engine, the server and the password.",
            ) from None
        return connection

    def _found(self, schema: str | None) -> dict[str, FoundTable]:
        types: dict[str, dict[str, str]] = {}
        paths: dict[str, tuple[str, ...]] = {}
        for table, column, kind, place in self._rows(_COLUMNS, (schema,)):
            types.setdefault(table, {})[column] = kind
            paths[table] = (place, table)
        return {table: FoundTable(paths[table], types[table]) for table in types}

    def _collations(self) -> dict[str, str]:
        """Text is ordered by bytes and lowered in all alphabets, as DuckDB does, where the database's locale does otherwise."""
        [(collate, ctype, unicode)] = self._rows(_LOCALE)
        if _is_bytewise(collate) and str(ctype).upper().replace("-", "") == "C.UTF8":
            return {}
        # Text read COLLATE "C" would be lowered by it, too: ASCII only.
        lower = {"lower": str(unicode or "default")}
        return lower if _is_bytewise(collate) else lower | {"order": "C"}


def _is_bytewise(collate: str) -> bool:
    return collate.partition(".")[0].upper() in ("C", "POSIX")


def _convert(kind: str, stored: str, required: bool) -> str:
    if stored in _AS_IT_IS[kind]:
        return ""
    return "zoned" if stored == "timestamp with time zone" else "cast"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
