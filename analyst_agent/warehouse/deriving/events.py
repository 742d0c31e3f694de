"""Event logs: the events of each object in order, folded into one row; the escalation that a condition on the events finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import Checked, Origin, value_sql
from analyst_agent.warehouse.mappings.records import FileMap
from analyst_agent.warehouse.raw import literal, scalar
from analyst_agent.warehouse.reading.inputs import Input, Texts
from analyst_agent.warehouse.tables import TABLES, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_ORDER_KINDS = {"number": "number", "time": "timestamp", "text": "text"}


@dataclass(frozen=True, slots=True)
class Folded:
    """One row an object in the table `name` (f0.. of its first event, l0.. of its last), and the events set aside."""

    name: str
    events: str
    set_aside: int


def fold(
    con: DuckDBPyConnection, raw: str, needed: Sequence[int], spec: FileMap, texts: Texts, zone: str, origin: Origin
) -> Folded:
    """Puts the events of `raw` in order and folds them. Events without a key, or that cannot be placed in order, go to new_rejects."""
    assert spec.events is not None
    events, name = f"{raw}_events", f"{raw}_objects"
    columns = ", ".join(f"c{i}" for i in needed)
    order, problems = _order(spec, texts, zone)
    problem = " ".join(f"WHEN {condition} THEN {code}" for code, (condition, _, _, _) in enumerate(problems, start=1))
    con.execute(
        f"CREATE TEMP TABLE {events} AS SELECT *, CASE {problem} ELSE 0 END AS _problem FROM (SELECT r.rowid AS _row, l._line, "
        f"{texts.column(spec.events.key)} AS k, {', '.join([*(f'{sql} AS o{i}' for i, sql in enumerate(order)), columns])} "
        f"FROM {raw} AS r JOIN {raw}_lines AS l ON l._row = r.rowid)"
    )
    for code, (_, shown, value, reason) in enumerate(problems, start=1):
        con.execute(
            f"INSERT INTO new_rejects BY POSITION SELECT {origin.sql}, _line, {literal(shown)}, {value}, {literal(reason)}, "
            f"{literal(spec.table)}, k, NULL FROM {events} WHERE _problem = {code} ORDER BY _line"
        )
    set_aside = scalar(con, f"SELECT count(*) FROM {events} WHERE _problem <> 0")
    by = ", ".join([*(f"o{i}" for i in range(len(order))), "_row"])
    previous = ", ".join(f"lag(c{i}) OVER w AS p{i}" for i in needed)
    con.execute(
        f"CREATE TEMP TABLE {events}_ordered AS SELECT _row, _line, k, {columns}, {previous}, row_number() OVER w AS place, "
        f"count(*) OVER (PARTITION BY k) AS n FROM {events} WHERE _problem = 0 WINDOW w AS (PARTITION BY k ORDER BY {by})"
    )
    con.execute(f"DROP TABLE {events}")
    first = ", ".join(f"a.c{i} AS f{i}, b.c{i} AS l{i}" for i in needed)
    con.execute(
        f"CREATE TEMP TABLE {name} AS SELECT a.k, a._line AS _first_line, b._line, b._row AS _last_row, a.n, {first} FROM {events}_ordered AS a "
        f"JOIN {events}_ordered AS b ON b.k = a.k AND b.place = b.n WHERE a.place = 1 ORDER BY b._row"
    )
    con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, _line, _first_line FROM {name}")
    return Folded(name, f"{events}_ordered", set_aside)


def _order(spec: FileMap, texts: Texts, zone: str) -> tuple[list[str], list[tuple[str, str, str, str]]]:
    """SQL of the order's values, and what may be wrong with an event: condition, column, value, reason."""
    assert spec.events is not None
    order: list[str] = []
    problems = [("k IS NULL", spec.events.key, "NULL", "is missing")]
    for place, (column, kind) in enumerate(spec.events.order):
        text = texts.column(column)
        typed = Column(column, _ORDER_KINDS[kind])  # type: ignore[arg-type]
        order.append(value_sql(typed, text, texts.date_format if kind == "time" else "", zone))
        again = texts.column(column)
        problems.append((f"o{place} IS NULL", column, again, "cannot be read, so the event has no place in order"))
    return order, problems


def object_inputs(spec: FileMap, texts: Texts) -> list[Input]:
    """Inputs over the folded rows: columns named `first` from the first event, the others from the last."""
    assert spec.events is not None
    table = TABLES[spec.table]
    first = {n: m for n, m in spec.columns.items() if n in spec.events.first}
    last = {n: m for n, m in spec.columns.items() if n not in spec.events.first}
    return texts.all_mapped(table, first, "f") + texts.all_mapped(table, last, "l")


def note_events_of_bad_objects(
    con: DuckDBPyConnection, folded: Folded, checked: Checked, origin: Origin, noted: str
) -> int:
    """Sets every event of an object aside that cannot be kept, with the object's reason, and returns how many events.

    `noted` holds the object's own entries; an event takes its object's column and reason and has its own line.
    """
    con.execute(
        f'INSERT INTO new_rejects BY POSITION SELECT {origin.sql}, e._line, n."column", n.value, n.reason, n."table", e.k, NULL '
        f"FROM {noted} AS n JOIN {folded.name} AS o ON o._line = n.line JOIN {folded.events} AS e ON e.k = o.k ORDER BY e._line"
    )
    return scalar(
        con,
        f"SELECT sum(o.n) FROM {folded.name} AS o JOIN {checked.name} AS c ON c._row = o.rowid WHERE c._bad <> 0",
    )


def escalation_rows(con: DuckDBPyConnection, folded: Folded, spec: FileMap, texts: Texts, name: str) -> list[Input]:
    """The table `name` with the first event of each object that meets the conditions, and the inputs of its escalation."""
    assert spec.escalations is not None
    rule, table = spec.escalations, TABLES["escalations"]
    con.execute(
        f"CREATE TEMP TABLE {name} AS SELECT * FROM {folded.events} WHERE {texts.condition(rule.when)} "
        "QUALIFY row_number() OVER (PARTITION BY k ORDER BY place) = 1 ORDER BY _row"
    )
    con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, _line, _line AS _first_line FROM {name}")
    con.execute(f"ALTER TABLE {name} DROP COLUMN _row")
    return texts.all_mapped(table, rule.columns) + texts.all_mapped(table, rule.previous, "p")


def kept_objects(folded: Folded, checked: Checked) -> str:
    """SQL of the events whose object was kept: the events of one that was set aside have been accounted for."""
    return f"k IN (SELECT o.k FROM {folded.name} AS o JOIN {checked.name} AS c ON c._row = o.rowid WHERE c._bad = 0)"
