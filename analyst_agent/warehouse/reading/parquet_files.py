"""Parquet files, brought to the same texts as the other formats so that one set of checks serves all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.raw import Raw, identifier, path_literal, scalar
from analyst_agent.warehouse.reading.scan import fingerprint

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class ParquetFile:
    """A Parquet file; a row's line is its number in the file."""

    path: Path
    header: Sequence[str]
    types: Sequence[str]
    sha256: str
    note: str = ""

    def read(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw:
        """All its rows, as texts."""
        import duckdb

        fields = [f"{_text(identifier(self.header[i]), self.types[i])} AS c{i}" for i in needed] or ["1 AS _one"]
        try:
            con.execute(f"CREATE TEMP TABLE {name} AS SELECT {', '.join(fields)} FROM {_reader(self.path)}")
        except duckdb.Error as error:
            raise _unreadable(self.path, error) from error
        con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, rowid + 1 AS _line FROM {name}")
        con.execute(f"CREATE TEMP TABLE {name}_bad (line BIGINT, value VARCHAR, reason VARCHAR)")
        return Raw(name, scalar(con, f"SELECT count(*) FROM {name}"), 0)


def open_parquet(con: DuckDBPyConnection, path: Path) -> ParquetFile:
    """Its columns and their types. Raises LoadError where it is no Parquet file."""
    import duckdb

    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {_reader(path)}").fetchall()
        sha256 = fingerprint(path)
    except (duckdb.Error, OSError) as error:
        raise _unreadable(path, error) from error
    return ParquetFile(path, tuple(str(r[0]) for r in described), tuple(str(r[1]) for r in described), sha256)


def _reader(path: Path) -> str:
    return f"read_parquet({path_literal(path)}, binary_as_string = true, hive_partitioning = false)"


def _text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):  # a whole number stored as a float is written without ".0": ids often come so
        return f"CASE WHEN {column} = floor({column}) AND abs({column}) < 9e15 THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        return f"to_json({column})::VARCHAR"
    return f"{column}::VARCHAR"


def _unreadable(path: Path, error: Exception) -> LoadError:
    return LoadError(
        f"{path} is not a readable Parquet file: {str(error).splitlines()[0]}.", "Export it again, or leave it out."
    )
