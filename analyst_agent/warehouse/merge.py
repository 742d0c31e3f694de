"""Merges typed rows into a canonical table by key, counted as if the rows had been processed one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyst_agent.warehouse.raw import identifier, must_add_up, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from analyst_agent.warehouse.tables import Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows. stale rows (older than what is stored) are part of the unchanged ones."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0

    @property
    def rows(self) -> int:
        """All rows that were merged."""
        return self.inserted + self.updated + self.unchanged


def merge(con: DuckDBPyConnection, table: Table, rows: str, present: Sequence[str]) -> Outcome:
    """Merges the table `rows` (_row, the columns `present`, and _path and _line where the table keeps them) into `table`.

    The newest updated_at wins, else the later row; only the columns present are overwritten, also by missing values.
    """
    key = identifier(table.key)
    total = scalar(con, f"SELECT count(*) FROM {rows}")
    if total == 0:
        return Outcome()
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE merge_repeated AS SELECT {key} FROM {rows} GROUP BY {key} HAVING count(*) > 1"
    )
    repeated = scalar(con, "SELECT count(*) FROM merge_repeated")
    if repeated == 0 and scalar(con, f"SELECT count(*) FROM (SELECT 1 FROM {table.name} LIMIT 1)") == 0:
        _insert(con, table, rows, present, "true")
        return Outcome(inserted=total)
    _judge_single(con, table, rows, present)
    if repeated:
        _judge_repeated(con, table, rows, present)
    counts = dict(con.execute("SELECT outcome, sum(n)::BIGINT FROM merge_counts GROUP BY outcome").fetchall())
    outcome = Outcome(
        counts.get("inserted", 0),
        counts.get("updated", 0),
        counts.get("unchanged", 0) + counts.get("stale", 0),
        counts.get("stale", 0),
    )
    must_add_up(f"Merging into {table.name}", outcome.rows, total)
    _apply(con, table, rows, present)
    return outcome


def _values(alias: str, present: Sequence[str]) -> str:
    return "row(" + ", ".join(f"{alias}.{identifier(c)}" for c in present) + ")"


def _judge_single(con: DuckDBPyConnection, table: Table, rows: str, present: Sequence[str]) -> None:
    """Outcomes of the rows whose key occurs once: the table merge_counts, and merge_final with the rows that change something."""
    key = identifier(table.key)
    same = " AND ".join(f"r.{identifier(c)} IS NOT DISTINCT FROM s.{identifier(c)}" for c in present)
    stale = "coalesce(r.updated_at < s.updated_at, false)" if "updated_at" in present else "false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE merge_single AS SELECT r._row, CASE WHEN s.{key} IS NULL THEN 'inserted' "
        f"WHEN {same} THEN 'unchanged' WHEN {stale} THEN 'stale' ELSE 'updated' END AS outcome "
        f"FROM {rows} AS r LEFT JOIN {table.name} AS s ON s.{key} = r.{key} WHERE r.{key} NOT IN (FROM merge_repeated)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE merge_counts AS SELECT outcome, count(*) AS n FROM merge_single GROUP BY 1"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE merge_final AS SELECT _row, outcome = 'updated' AS replaces "
        "FROM merge_single WHERE outcome IN ('inserted', 'updated')"
    )


def _judge_repeated(con: DuckDBPyConnection, table: Table, rows: str, present: Sequence[str]) -> None:
    """Outcomes of the rows whose key occurs several times, in order; the stored row counts as the one before the first.

    A row wins when it, or what is stored then, has no updated_at, or its own is not older. Since a winner without one empties the
    stored one, what is stored before a row is the newest since the last row without: a running maximum within such a stretch.
    """
    key = identifier(table.key)
    columns = ", ".join(identifier(c) for c in present)
    by_time = "updated_at" in present
    stretch = "count(*) FILTER (WHERE updated_at IS NULL) OVER one" if by_time else "0"
    newest = (
        "max(updated_at) OVER (PARTITION BY k, stretch ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    wins = f"_row < 0 OR updated_at IS NULL OR coalesce(updated_at >= {newest}, true)" if by_time else "true"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE merge_ranked AS
        WITH both_ AS (
            SELECT _row, {key} AS k, {columns} FROM {rows} WHERE {key} IN (FROM merge_repeated)
            UNION ALL SELECT -1, {key}, {columns} FROM {table.name} WHERE {key} IN (FROM merge_repeated)),
        stretched AS (SELECT *, {stretch} AS stretch FROM both_
            WINDOW one AS (PARTITION BY k ORDER BY _row ROWS UNBOUNDED PRECEDING)),
        judged AS (SELECT *, {wins} AS wins FROM stretched)
        SELECT _row, k, wins, {_values("judged", present)} AS v, lag(_row) OVER w AS before_row,
            lag({_values("judged", present)}) OVER w AS before_v,
            row_number() OVER (PARTITION BY k, wins ORDER BY _row DESC) = 1 AND wins AS is_last,
            bool_or(_row < 0) OVER (PARTITION BY k) AS is_stored
        FROM judged WINDOW w AS (PARTITION BY k, wins ORDER BY _row)"""
    )
    con.execute(
        "INSERT INTO merge_counts SELECT CASE WHEN NOT wins THEN 'stale' WHEN before_row IS NULL THEN 'inserted' "
        "WHEN v IS NOT DISTINCT FROM before_v THEN 'unchanged' ELSE 'updated' END, count(*) FROM merge_ranked WHERE _row >= 0 GROUP BY 1"
    )
    con.execute("INSERT INTO merge_final SELECT _row, is_stored FROM merge_ranked WHERE is_last AND _row >= 0")


def _apply(con: DuckDBPyConnection, table: Table, rows: str, present: Sequence[str]) -> None:
    key = identifier(table.key)
    if scalar(con, "SELECT count(*) FROM merge_final WHERE replaces"):
        kept = [c for c in _stored_columns(table) if c not in present and not c.startswith("_")]
        columns = [f"r.{identifier(c)}" for c in (*present, *_traces(table))] + [f"s.{identifier(c)}" for c in kept]
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE merge_new AS SELECT {', '.join(columns)} FROM {rows} AS r "
            f"JOIN merge_final AS f ON f._row = r._row AND f.replaces JOIN {table.name} AS s ON s.{key} = r.{key}"
        )
        con.execute(f"DELETE FROM {table.name} WHERE {key} IN (SELECT {key} FROM merge_new)")
        con.execute(f"INSERT INTO {table.name} BY NAME FROM merge_new")
        con.execute("DROP TABLE merge_new")
    _insert(con, table, rows, present, "_row IN (SELECT _row FROM merge_final WHERE NOT replaces)")


def _insert(con: DuckDBPyConnection, table: Table, rows: str, present: Sequence[str], keep: str) -> None:
    columns = ", ".join(identifier(c) for c in (*present, *_traces(table)))
    con.execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {rows} WHERE {keep}")


def _traces(table: Table) -> tuple[str, ...]:
    return ("_path", "_line") if table.of_ticket else ()


def _stored_columns(table: Table) -> tuple[str, ...]:
    return (*table.names, *_traces(table))
