"""How complete and how fresh the data are: per column and month the share of rows with a value, first and last time, last load of each file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from analyst_agent.warehouse.raw import identifier, literal
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Execute = Callable[[str], Sequence[Sequence[Any]]]
"""Runs one SELECT and returns its rows."""

ESCALATED = "escalated_tickets"
TIMES: dict[str, str | None] = {
    "accounts": None,
    "agents": None,
    "tickets": "created_at",
    "escalations": "escalated_at",
    "resolutions": "resolved_at",
    ESCALATED: "counted_at",
}
"""The tables covered, and the time whose month a row of theirs belongs to."""

# What is said of escalated tickets: the first escalation's columns and the ticket's own. The others are keys or made of these.
_OF_ESCALATED = (
    "escalated_at", "reason_code", "reason", "recorded_root_cause", "trigger", "from_team", "to_team", "level", "escalated_by",
    "acknowledged_at", "deescalated_at", "necessary", "resolved_at_after", "status", "priority", "channel", "product_area", "category",
    "account_id", "agent_id", "team", "reopen_count", "csat", "handle_minutes", "customer_reply_count", "sla_due_at", "sentiment", "language",
)  # fmt: skip
_NOT_TEXT = {c.name for t in TABLES.values() for c in t.columns if c.kind != "text"} | {"resolved_at_after"}
_ALL = ""  # stands for the row itself where a column's name stands


@dataclass(frozen=True, slots=True)
class Month:
    """Rows of a month. month: its first day in the workspace's zone, None for rows whose time is unknown."""

    month: date | None
    row_count: int
    filled_count: int

    @property
    def share(self) -> float | None:
        """The share of rows with a value, 0 to 1; None where there is no row."""
        return self.filled_count / self.row_count if self.row_count else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's values. first_at, last_at: the earliest and latest time (UTC) of a row that has one; months ascend, the unknown last."""

    table: str
    name: str
    row_count: int
    filled_count: int
    first_at: datetime | None
    last_at: datetime | None
    months: tuple[Month, ...] = ()

    @property
    def share(self) -> float | None:
        """The share of rows with a value, 0 to 1; None where there is no row."""
        return self.filled_count / self.row_count if self.row_count else None

    def within(self, start: date, end: date) -> Month:
        """The months that overlap [start, end) together."""
        inside = [m for m in self.months if m.month is not None and start.replace(day=1) <= m.month < end]
        first = inside[0].month if inside else None
        return Month(first, sum(m.row_count for m in inside), sum(m.filled_count for m in inside))


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows. first_at, last_at: the earliest and latest `time_column` (UTC)."""

    name: str
    time_column: str | None
    row_count: int
    first_at: datetime | None
    last_at: datetime | None
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column of that name, None where it is not covered."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's last load that changed the data. source: the mapping it was read with, "" for canonical columns; loaded_at in UTC."""

    file: str
    path: str
    table: str
    source: str
    loaded_at: datetime
    rows_read: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a generation says of its completeness. zone: the time zone of its months."""

    tables: tuple[Table, ...]
    sources: tuple[Source, ...]
    zone: str

    @property
    def is_known(self) -> bool:
        """False for a generation that an older version of the program made."""
        return bool(self.tables)

    def table(self, name: str) -> Table | None:
        """The table of that name, None where it is not covered."""
        return next((t for t in self.tables if t.name == name), None)

    def column(self, table: str, name: str) -> Column | None:
        """The column of that name, None where it is not covered."""
        found = self.table(table)
        return found.column(name) if found else None


def coverage(execute: Execute) -> Coverage:
    """Reads what the load noted into the generation."""
    tables = {str(r[0]) for r in execute("SELECT table_name FROM information_schema.tables")}
    if "coverage" not in tables:
        return Coverage((), (), "")
    rows = execute('SELECT "table", "column", month, row_count, filled_count, first_at, last_at, zone FROM coverage')
    named = {
        str(r[0]) for r in execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'loads'")
    }
    source = "source" if "source" in named else "''"
    loads = execute(
        f"SELECT file, path, \"table\", coalesce({source}, ''), loaded_at, rows_read, set_aside FROM loads "
        'QUALIFY row_number() OVER (PARTITION BY path, "table" ORDER BY loaded_at DESC) = 1 ORDER BY "table", path'
    )
    return Coverage(_tables(r[:7] for r in rows), tuple(Source(*r) for r in loads), str(rows[0][7]) if rows else "")


def measure(
    execute: Execute, *, zone: str = "UTC", render: Callable[[str], str] = str, tables: Collection[str] = tuple(TIMES)
) -> Coverage:
    """The same computed now, one query a table, where nothing was noted: an external engine. render turns DuckDB's SQL into the engine's."""
    rows: list[Sequence[Any]] = []
    for table in TIMES:
        if table in tables:
            names = _columns(table)
            for month, count, first, last, *counted in execute(
                render(_wide(table, names, zone, blank_is_missing=True))
            ):
                rows.append((table, _ALL, month, count, count, first, last))
                rows += [(table, n, month, count, *counted[3 * i : 3 * i + 3]) for i, n in enumerate(names)]
    return Coverage(_tables(rows), (), zone)


def note_coverage(con: DuckDBPyConnection, zone: str) -> None:
    """Writes the table `coverage` of the generation that `con` is building."""
    con.execute(
        'CREATE OR REPLACE TABLE coverage ("table" VARCHAR, "column" VARCHAR, month DATE, row_count BIGINT, filled_count BIGINT, '
        "first_at TIMESTAMP, last_at TIMESTAMP, zone VARCHAR)"
    )
    for table in TIMES:
        stored = {
            r[0]
            for r in con.execute(f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table}'").fetchall()
        }
        names = [n for n in _columns(table) if n in stored]
        if not names:
            continue
        entries = ["{n: '', filled: row_count, f: first_at, l: last_at}"]
        entries += [f"{{n: {literal(n)}, filled: n{i}, f: f{i}, l: l{i}}}" for i, n in enumerate(names)]
        con.execute(
            f"INSERT INTO coverage SELECT {literal(table)}, u.n, month, row_count, u.filled, u.f, u.l, {literal(zone)} "
            f"FROM (SELECT month, row_count, unnest([{', '.join(entries)}]) AS u FROM ({_wide(table, names, zone)})) "
            "ORDER BY u.n, month"
        )


def _columns(table: str) -> list[str]:
    return list(_OF_ESCALATED if table == ESCALATED else TABLES[table].names)


def _wide(table: str, names: Sequence[str], zone: str, blank_is_missing: bool = False) -> str:
    """SQL of one row a month: row_count, first_at, last_at, then of each column the count, first and last time of its values."""
    time = TIMES[table]
    at = identifier(time) if time else "CAST(NULL AS TIMESTAMP)"
    local = at if zone == "UTC" or not time else f"{at} AT TIME ZONE 'UTC' AT TIME ZONE {literal(zone)}"
    month = f"CAST(DATE_TRUNC('month', {local}) AS DATE)" if time else "CAST(NULL AS DATE)"
    parts = [f"{month} AS month", "COUNT(*) AS row_count", f"MIN({at}) AS first_at", f"MAX({at}) AS last_at"]
    for place, name in enumerate(names):
        value = identifier(name)
        if blank_is_missing and name not in _NOT_TEXT:
            value = f"NULLIF({value}, '')"
        when = f"CASE WHEN {value} IS NOT NULL THEN {at} END"
        parts += [f"COUNT({value}) AS n{place}", f"MIN({when}) AS f{place}", f"MAX({when}) AS l{place}"]
    return f"SELECT {', '.join(parts)} FROM {table}{' GROUP BY 1' if time else ''}"


def _tables(rows: Iterable[Sequence[Any]]) -> tuple[Table, ...]:
    """Tables from rows (table, column, month, row_count, filled_count, first_at, last_at)."""
    found: dict[str, dict[str, list[Sequence[Any]]]] = {}
    for row in rows:
        found.setdefault(str(row[0]), {}).setdefault(str(row[1]), []).append(row)
    tables = []
    for name, columns in found.items():
        order = [n for n in _columns(name) if n in columns]
        whole = _column(name, _ALL, columns[_ALL])
        tables.append(
            Table(name, TIMES[name], whole.row_count, whole.first_at, whole.last_at, tuple(_column(name, n, columns[n]) for n in order))
        )  # fmt: skip
    return tuple(sorted(tables, key=lambda t: list(TIMES).index(t.name)))


def _column(table: str, name: str, rows: Sequence[Sequence[Any]]) -> Column:
    months = sorted((Month(r[2], int(r[3]), int(r[4])) for r in rows), key=lambda m: (m.month is None, m.month))
    firsts, lasts = [r[5] for r in rows if r[5] is not None], [r[6] for r in rows if r[6] is not None]
    return Column(
        table, name, sum(m.row_count for m in months), sum(m.filled_count for m in months),
        min(firsts, default=None), max(lasts, default=None), tuple(months) if TIMES[table] else (),
    )  # fmt: skip
