"""Checks a file's texts against the canonical types: typed rows, rows set aside with their reason, fields emptied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyst_agent.warehouse.raw import identifier, literal, scalar
from analyst_agent.warehouse.reading.inputs import Input
from analyst_agent.warehouse.tables import Column, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Extended ISO 8601; the hour may have one digit and the offset may stand after a space, as many tools write it. Names of zones and words like "epoch" are not times here.
_ISO = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?"
    r"( ?(Z|[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?))?)?"
)
# Times of this shape need no zone, or are in UTC, and cannot leave the years 1000 to 2999.
_DATE, _CLOCK = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}", r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_WHOLE = r"[+-]?[0-9]+(\.0*)?"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
EPOCH_MS = "epoch_ms"
UNKNOWN_TICKET, BEFORE_CREATION = 101, 102


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a row cannot be kept: its code in `_bad`, the condition over x_ (texts) and t_ (typed), and what to say."""

    code: int
    condition: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A temporary table of typed rows: _row, the canonical columns present, _bad (0 is good), _emptied."""

    name: str
    table: Table
    inputs: tuple[Input, ...]
    raw: str
    faults: tuple[Fault, ...]
    zone: str

    @property
    def present(self) -> tuple[str, ...]:
        """The canonical columns that the rows carry, the key among them."""
        names = [i.column.name for i in self.inputs]
        return tuple(n for n in self.table.names if n in names or n == self.table.key)


def value_sql(column: Column, text: str, date_format: str, zone: str) -> str:
    """SQL of a text's value in the column's type, not yet bounded; NULL where it is not one. The common form stands first: it is cheap."""
    if column.kind == "text":
        return text
    if column.kind == "boolean":
        yes, no = (", ".join(literal(w) for w in words) for words in (_TRUE, _FALSE))
        return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
    if column.kind == "timestamp":
        return _time_sql(text, date_format, zone)
    if column.kind == "integer":
        return (
            f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,18}}') THEN try_cast({text} AS BIGINT) "
            f"WHEN regexp_full_match({text}, '{_WHOLE}') THEN try_cast(split_part({text}, '.', 1) AS BIGINT) END"
        )
    return f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN try_cast({text} AS DOUBLE) END"


def bounded_sql(column: Column, value: str) -> str:
    """SQL of the value where it lies within the column's bounds (and is finite), else NULL."""
    bounds = [f"abs({value}) <= 1.7976931348623157e308"] if column.kind == "number" else []
    bounds += [f"{value} >= {column.lowest!r}"] if column.lowest is not None else []
    bounds += [f"{value} <= {column.highest!r}"] if column.highest is not None else []
    return f"CASE WHEN {' AND '.join(bounds)} THEN {value} END" if bounds else value


def _time_sql(text: str, date_format: str, zone: str) -> str:
    if date_format == EPOCH_MS:
        millis = f"CASE WHEN regexp_full_match({text}, '[0-9]{{12,13}}(\\.0*)?') THEN make_timestamp(split_part({text}, '.', 1)::BIGINT * 1000)"
        return f"{millis} ELSE {_time_sql(text, '', zone)} END"
    if date_format:
        local = f"try_strptime({text}, {literal(date_format)})"
        if "%z" in date_format:
            return _in_range(f"timezone('UTC', {local})")
        return _in_range(local if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {local}))")
    plain = f"{_DATE}[T ]{_CLOCK}Z" if zone != "UTC" else f"{_DATE}([T ]{_CLOCK}Z?)?"
    clean = f"replace(replace(replace(upper({text}), ' +', '+'), ' -', '-'), ',', '.')"
    zoned = _in_range(f"timezone('UTC', try_cast({clean} AS TIMESTAMPTZ))")
    return (
        f"CASE WHEN regexp_full_match({text}, '{plain}') THEN try_cast({text} AS TIMESTAMP) "
        f"WHEN regexp_full_match(upper({text}), '{_ISO}') THEN {zoned} END"
    )


def _in_range(value: str) -> str:
    return (
        f"CASE WHEN {value} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN {value} END"
    )


def _natural_id(table: Table, present: Sequence[str]) -> str:
    """SQL of the id made for a row that has none: its natural key, each part escaped so that two keys never look alike."""
    parts = []
    for name in table.natural_key:
        if name not in present:
            parts.append("''")
        elif table.column(name).kind == "timestamp":
            parts.append(f"coalesce(strftime(t_{name}, '%Y-%m-%dT%H:%M:%S.%fZ'), '')")
        else:
            parts.append(f"coalesce(replace(replace(t_{name}, '%', '%25'), '/', '%2F'), '')")
    return " || '/' || ".join(parts)


def check(
    con: DuckDBPyConnection, raw: str, name: str, table: Table, inputs: Sequence[Input], zone: str, keep: str = "true"
) -> Checked:
    """Makes the typed table `name` of the rows of `raw` for which the SQL `keep` is true."""
    present = [i.column.name for i in inputs]
    faults = _faults(table, inputs, present)
    key = f"t_{table.key}" if table.key in present else "NULL"
    if table.natural_key:
        key = f"coalesce({key}, {_natural_id(table, present)})"
    columns = [f"{key} AS {identifier(table.key)}"]
    columns += [f"t_{n} AS {identifier(n)}" for n in present if n != table.key]
    bad = " ".join(f"WHEN {f.condition} THEN {f.code}" for f in faults)
    emptied = " OR ".join(_malformed(i.column) for i in inputs if i.column.kind != "text") or "false"
    con.execute(
        f"CREATE TEMP TABLE {name} AS SELECT _row, {', '.join(columns)}, (CASE {bad} ELSE 0 END)::INTEGER AS _bad, "
        f"({emptied}) AS _emptied FROM ({_typed_select(raw, inputs, zone, keep)})"
    )
    return Checked(name, table, tuple(inputs), raw, tuple(faults), zone)


def _typed_select(raw: str, inputs: Sequence[Input], zone: str, keep: str) -> str:
    texts = ", ".join(f"{i.sql} AS x_{i.column.name}" for i in inputs)
    values = ", ".join(
        f"{value_sql(i.column, f'x_{i.column.name}', i.date_format, zone)} AS v_{i.column.name}" for i in inputs
    )
    typed = ", ".join(f"{bounded_sql(i.column, f'v_{i.column.name}')} AS t_{i.column.name}" for i in inputs)
    return f"SELECT *, {typed} FROM (SELECT *, {values} FROM (SELECT rowid AS _row, {texts} FROM {raw} WHERE {keep}))"


def _malformed(column: Column) -> str:
    return f"(x_{column.name} IS NOT NULL AND t_{column.name} IS NULL)"


def _expects(given: Input) -> str:
    if given.date_format == EPOCH_MS:
        return f"{given.column.expects}, or milliseconds since 1970"
    if given.date_format:
        return f"a date written as {given.date_format}"
    return given.column.expects


def _faults(table: Table, inputs: Sequence[Input], present: Sequence[str]) -> list[Fault]:
    faults: list[Fault] = []

    def add(condition: str, given: Input, reason: str) -> None:
        faults.append(Fault(len(faults) + 1, condition, given.shown, f"x_{given.column.name}", reason))

    by_name = {i.column.name: i for i in inputs}
    for column in table.columns:
        if column.required:
            given = by_name[column.name]
            add(f"x_{column.name} IS NULL", given, "is missing")
            if column.kind != "text":
                add(_malformed(column), given, f"is not {_expects(given)}")
    no_id = f"x_{table.key} IS NULL" if table.key in present else "true"
    for name in table.natural_key:
        column = table.column(name)
        if name in present and not column.required and column.kind != "text":
            add(
                f"({no_id} AND {_malformed(column)})",
                by_name[name],
                f"is not {_expects(by_name[name])}, and without {table.key} it is part of the key",
            )
    return faults


def check_tickets(con: DuckDBPyConnection, checked: Checked) -> None:
    """Marks rows of a ticket that is not there, or that happened before their ticket was created."""
    after = f"c.{checked.table.after}" if checked.table.after in checked.present else "NULL"
    con.execute(
        f"UPDATE {checked.name} AS c SET _bad = {UNKNOWN_TICKET} WHERE _bad = 0 AND NOT EXISTS "
        "(SELECT 1 FROM tickets AS t WHERE t.ticket_id = c.ticket_id)"
    )
    con.execute(
        f"UPDATE {checked.name} AS c SET _bad = {BEFORE_CREATION} FROM tickets AS t "
        f"WHERE c._bad = 0 AND t.ticket_id = c.ticket_id AND {after} < t.created_at"
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that rows come from: its name as people gave it, its full path and its fingerprint."""

    file: str
    path: str
    sha256: str

    @property
    def sql(self) -> str:
        """The three as SQL literals."""
        return f"{literal(self.file)}, {literal(self.path)}, {literal(self.sha256)}"


def note_set_aside(con: DuckDBPyConnection, checked: Checked, origin: Origin, into: str) -> int:
    """Writes every row with a fault into the table `into`, once, and returns how many. Rows that wait for their ticket keep their content."""
    if not scalar(con, f"SELECT count(*) FROM {checked.name} WHERE _bad <> 0"):
        return 0
    table = checked.table
    faults = [*checked.faults, *_ticket_faults(checked)]
    column, value, reason = (
        f"CASE c._bad {' '.join(f'WHEN {f.code} THEN {said}' for f, said in zip(faults, texts, strict=True))} END"
        for texts in (
            [literal(f.column) for f in faults],
            [f.value for f in faults],
            [literal(f.reason) for f in faults],
        )
    )
    content = ", ".join(f"{literal(n)}: c.{identifier(n)}" for n in checked.present)
    key = f"c.{identifier(table.key)}"
    if table.natural_key:  # an id made of a malformed row's other columns is nobody's key
        given = f"x.x_{table.key}" if table.key in {i.column.name for i in checked.inputs} else "NULL"
        key = f"CASE WHEN c._bad > 100 THEN {key} ELSE {given} END"
    con.execute(
        f"INSERT INTO {into} BY POSITION SELECT {origin.sql}, l._line, {column}, {value}, {reason}, {literal(table.name)}, "
        f"{key}, CASE WHEN c._bad > 100 THEN to_json({{{content}}})::VARCHAR END "
        f"FROM (SELECT * FROM {checked.name} WHERE _bad <> 0) AS c "
        f"JOIN ({_typed_select(checked.raw, checked.inputs, checked.zone, f'rowid IN (SELECT _row FROM {checked.name} WHERE _bad <> 0)')}) AS x USING (_row) "
        f"JOIN {checked.raw}_lines AS l USING (_row) ORDER BY l._line"
    )
    return scalar(con, f"SELECT count(*) FROM {checked.name} WHERE _bad <> 0")


def _ticket_faults(checked: Checked) -> list[Fault]:
    shown = {i.column.name: i.shown for i in checked.inputs}
    after = checked.table.after
    if not after:
        return []
    faults = [Fault(UNKNOWN_TICKET, "", shown["ticket_id"], "x_ticket_id", "names a ticket that is not loaded")]
    if after in shown:
        faults.append(Fault(BEFORE_CREATION, "", shown[after], f"x_{after}", "is before its ticket was created"))
    return faults


def note_emptied(con: DuckDBPyConnection, checked: Checked, origin: Origin, into: str) -> int:
    """Writes every malformed optional value of a kept row into the table `into` and returns how many."""
    rows = f"SELECT _row FROM {checked.name} WHERE _emptied AND _bad = 0"
    if not scalar(con, f"SELECT count(*) FROM ({rows})"):
        return 0
    before = scalar(con, f"SELECT count(*) FROM {into}")
    texts = _typed_select(checked.raw, checked.inputs, checked.zone, f"rowid IN ({rows})")
    for given in checked.inputs:
        name = given.column.name
        if given.column.kind == "text":
            continue
        line = "l._first_line" if given.is_of_first else "l._line"
        con.execute(
            f"INSERT INTO {into} BY POSITION SELECT {origin.sql}, {line}, {literal(given.shown)}, x.x_{name}, "
            f"{literal('is not ' + _expects(given))}, {literal(checked.table.name)}, c.{identifier(checked.table.key)}, {literal(name)} "
            f"FROM ({texts}) AS x JOIN {checked.name} AS c USING (_row) JOIN {checked.raw}_lines AS l USING (_row) "
            f"WHERE {_malformed(given.column)} ORDER BY l._line"
        )
    return scalar(con, f"SELECT count(*) FROM {into}") - before
