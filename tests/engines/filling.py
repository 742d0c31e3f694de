"""Puts rows of canonical tables into an engine, as its own loader would: inserts for Postgres and ClickHouse, Parquet files for Spark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from analyst_agent.warehouse.tables import TABLES
from tests.soundness.desk import at

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
POSTGRES = {
    "text": "text",
    "timestamp": "timestamp",
    "number": "double precision",
    "integer": "bigint",
    "boolean": "boolean",
}
CLICKHOUSE = {
    "text": "Nullable(String)",
    "timestamp": "Nullable(DateTime64(6, 'UTC'))",
    "number": "Nullable(Float64)",
    "integer": "Nullable(Int64)",
    "boolean": "Nullable(Bool)",
}


def cells(name: str, rows: Rows) -> tuple[list[str], list[list[Any]]]:
    """Columns and values of a table; a key that is not given is made up as the reference desk does."""
    table = TABLES[name]
    kinds = {c.name: c.kind for c in table.columns}
    full = [{table.key: f"{name}-{number}", **row} for number, row in enumerate(rows[name])]
    values = [
        [
            at(row[c]) if kinds[c] == "timestamp" and isinstance(row.get(c), str) else row.get(c)
            for c in table.names
        ]
        for row in full
    ]  # fmt: skip
    return list(table.names), values


def fill_postgres(
    url: Callable[[str], str], database: str, rows: Rows, types: Mapping[str, str] = POSTGRES, exists: bool = False
) -> str:
    """A database, new unless it exists, with these rows."""
    import psycopg

    host = url("postgres").partition("host=")[2]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        if not exists:
            connection.execute(f"CREATE DATABASE {database}")
    with psycopg.connect(host=host, user="postgres", dbname=database) as connection:
        for name, table in TABLES.items():
            declared = ", ".join(f'"{c.name}" {types[c.kind]}' for c in table.columns)
            connection.execute(f"CREATE TABLE {name} ({declared})")
            columns, values = cells(name, rows)
            if values:
                named = ", ".join(f'"{c}"' for c in columns)
                marks = ", ".join("%s" for _ in columns)
                connection.cursor().executemany(f"INSERT INTO {name} ({named}) VALUES ({marks})", values)
    return url(database)


def fill_clickhouse(folder: Path, database: str, rows: Rows, types: Mapping[str, str] = CLICKHOUSE) -> str:
    """A new database in the folder with these rows."""
    import chdb

    connection = chdb.connect(str(folder))
    connection.query(f"CREATE DATABASE {database}")
    for name, table in TABLES.items():
        declared = ", ".join(f'"{c.name}" {types[c.kind]}' for c in table.columns)
        connection.query(f"CREATE TABLE {database}.{name} ({declared}) ENGINE = MergeTree ORDER BY tuple()")
        columns, values = cells(name, rows)
        if values:
            lines = ", ".join("(" + ", ".join(_clickhouse(v) for v in row) + ")" for row in values)
            named = ", ".join(f'"{c}"' for c in columns)
            connection.query(f"INSERT INTO {database}.{name} ({named}) VALUES {lines}")
    connection.close()
    return f"clickhouse://{folder}?database={database}"


def write_parquet(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of a reference desk as files that Spark reads."""
    for name, table in TABLES.items():
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        connection.execute(f"COPY (SELECT {columns} FROM {name}) TO '{folder / name}.parquet' (FORMAT parquet)")


def _clickhouse(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, (int, float)):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
