"""A table laid out for reading: columns that say one thing together are one, rows on few tickets stand last and are marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import FEW, TIMES
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.kinds.patterns import WEAK_EVIDENCE
from analyst_agent.claims.wording import CAUSES, Wording
from analyst_agent.records import Column, Finding, Table, Value
from analyst_agent.report.cells import EMPTY, cell, fact_of, heading, is_numeric, text_cell, unit_of

MOST_ACROSS = 6
MOST_WITH_N = 20
"""Cells of a crossed table up to which each shows its n."""
MARK = "few"
N_ELSEWHERE = "The n of each is in --json."
_LEVEL = re.compile(r"^\D{0,9}\d$")
DURATIONS = frozenset({"mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes"})
NEVER_SHOWN = frozenset({"p_adjusted", "p_value"})
_AVERAGES = ("ratio", "minutes", "score")


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as text. is_detail: it only says more of a number that another column shows; at: its place in the table."""

    heading: str
    cells: tuple[str, ...]
    key: str = ""
    is_numeric: bool = False
    is_detail: bool = False
    at: int = -1


@dataclass(frozen=True, slots=True)
class Layout:
    """The table in the order shown, its columns as text, the rows that must stay (what is not recorded), those on few
    objects, and the notes under it."""

    table: Table
    columns: tuple[ShownColumn, ...]
    kept: frozenset[int] = frozenset()
    few: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    is_crossed: bool = False

    @property
    def is_in_time(self) -> bool:
        """Whether the rows are days, months or periods, whose order is kept."""
        return _is_in_time(self.table)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].cells) if self.columns else 0


def laid_out(table: Table, finding: Finding, wording: Wording) -> Layout:
    """The table as columns of text, all rows of it."""
    crossed = _crossed(table, wording)
    table = crossed or _few_last(table, finding)
    few = set[int]() if crossed else _few_rows(table, finding)
    columns = [_column(table, at, finding, wording, crossed is not None) for at in range(len(table.columns))]
    shown = [c for i, c in enumerate(_as_one(table, columns, finding)) if c and (i == 0 or not _is_empty(c))]
    shown = [c for c in shown if c.key not in NEVER_SHOWN]
    notes: list[str] = []
    for column in [c for c in shown[1:] if c.key == "significance" and len(c.cells) > 1 and len(set(c.cells)) == 1]:
        shown.remove(column)
        notes.append(f"Differences, in every row: {column.cells[0]}.")
    if crossed and any(c.unit in _AVERAGES for c in table.columns):
        notes.append("In brackets: n." if _shows_n(table) else N_ELSEWHERE)
        if any(MARK in cell for c in shown[1:] for cell in c.cells):
            notes.append(f"({MARK}): n under {FEW}, too few to rank.")
    elif few:
        shown = _marked(shown, few)
    rest = {i for i, row in enumerate(table.rows) if row[0] == "unclassified" and table.columns[0].key in CAUSES}
    return Layout(table, tuple(shown), frozenset(rest), frozenset(few), tuple(notes), crossed is not None)


def _column(table: Table, at: int, finding: Finding, wording: Wording, is_crossed: bool) -> ShownColumn:
    column, rows = table.columns[at], range(len(table.rows))
    if not is_numeric(column):
        cells = [text_cell(table, row, at, finding, wording) for row in rows]
    else:
        unit = unit_of(table, at)
        cells = [cell(column, table.rows[row][at], wording, unit) for row in rows]
        if column.key in DURATIONS:
            cells = [_with_open(shown, table, row, at, finding) for row, shown in enumerate(cells)]
        if is_crossed and column.unit in _AVERAGES:
            cells = [_with_n(shown, table, row, at, finding) for row, shown in enumerate(cells)]
    name = escaped(heading(table, at, wording))
    return ShownColumn(name, tuple(cells), column.key, is_numeric(column), _is_detail(table, at), at)


def _with_open(shown: str, table: Table, row: int, at: int, finding: Finding) -> str:
    fact = fact_of(table, row, at, finding)
    return f"{shown} ({formats.count(fact.missing)} open)" if fact and fact.missing else shown


def _with_n(shown: str, table: Table, row: int, at: int, finding: Finding) -> str:
    """The number with its n; in a large table only the mark that it rests on few."""
    fact = fact_of(table, row, at, finding)
    if fact is None or fact.n is None or shown == EMPTY:
        return shown
    n = [formats.count(fact.n)] if _shows_n(table) else []
    said = ", ".join([*n, *([MARK] if fact.n < FEW else [])])
    return f"{shown} ({said})" if said else shown


def _shows_n(table: Table) -> bool:
    return len(table.rows) * (len(table.columns) - 1) <= MOST_WITH_N


def _is_detail(table: Table, at: int) -> bool:
    """Whether every number of a column belongs to a fact that a column before it shows: bounds, p-values."""
    if at == 0 or not table.fact_ids or table.columns[at].key == "n":
        return False
    rows = [row for row in table.fact_ids if len(row) > at and row[at]]
    return bool(rows) and all(row[at] in row[:at] for row in rows)


def _is_empty(column: ShownColumn) -> bool:
    nothing = (EMPTY, "0") if column.key == "open_escalated_count" else (EMPTY,)
    return all(c in nothing for c in column.cells)


def _as_one(table: Table, columns: Sequence[ShownColumn], finding: Finding) -> list[ShownColumn | None]:
    """Bounds as one interval; matches with their known issue; open tickets with the mean they are left out of."""
    made: list[ShownColumn | None] = list(columns)
    place = {c.key: at for at, c in enumerate(columns) if c.key}
    if {"low", "high"} <= place.keys() and place["high"] == place["low"] + 1:
        low, high = columns[place["low"]], columns[place["high"]]
        spans = [EMPTY if EMPTY in pair else " to ".join(pair) for pair in zip(low.cells, high.cells, strict=True)]
        unit = " (points)" if table.columns[place["low"]].unit == "points" else ""
        made[place["low"]] = replace(low, heading=f"95 % interval{unit}", cells=tuple(spans))
        made[place["high"]] = None
    if {"known_issue", "known_issue_matches"} <= place.keys() and "examined" not in place:
        at, matches = place["known_issue"], place["known_issue_matches"]
        issue = columns[at]
        cells = [_evidence(name, table, row, matches, finding) for row, name in enumerate(issue.cells)]
        made[at], made[matches] = replace(issue, cells=tuple(cells)), None
    waiting = place.get("open_escalated_count")
    if waiting is not None and any(_says_open(table, at, waiting, finding) for at in range(len(columns))):
        made[waiting] = None
    return made


def _evidence(name: str, table: Table, row: int, at: int, finding: Finding) -> str:
    fact, matched = fact_of(table, row, at, finding), table.rows[row][at]
    if not formats.is_number(matched):
        return name
    amount = float(matched or 0)
    if fact is None or not fact.n:
        return f"{name} ({formats.count(amount)})"
    only = "only " if amount / fact.n < WEAK_EVIDENCE else ""
    about = "about " if fact.interval is not None else ""
    return f"{name} ({only}{about}{formats.count(amount)} of {formats.count(fact.n)})"


def _says_open(table: Table, at: int, waiting: int, finding: Finding) -> bool:
    if table.columns[at].key not in DURATIONS:
        return False
    rows = range(len(table.rows))
    facts = [fact_of(table, row, at, finding) for row in rows]
    return all(
        (f.missing or 0 if f else 0) == (table.rows[row][waiting] or 0) for row, f in zip(rows, facts, strict=True)
    )


def _few_rows(table: Table, finding: Finding) -> set[int]:
    """Rows whose leading rate or mean rests on too few objects, where there is one."""
    lead = next((at for at, c in enumerate(table.columns) if is_numeric(c)), None)
    if lead is None or table.columns[lead].unit not in _AVERAGES or len(table.rows) < 2:
        return set()
    facts = [fact_of(table, row, lead, finding) for row in range(len(table.rows))]
    return {row for row, f in enumerate(facts) if f and f.n is not None and f.n < FEW and formats.is_number(f.value)}


def _is_in_time(table: Table) -> bool:
    return table.columns[0].unit == "date" or table.columns[0].key in (*TIMES, "period")


def _few_last(table: Table, finding: Finding) -> Table:
    few = _few_rows(table, finding)
    if not few or _is_in_time(table):
        return table
    order = [i for i in range(len(table.rows)) if i not in few] + sorted(few)
    ids = tuple(table.fact_ids[i] for i in order) if table.fact_ids else ()
    return replace(table, rows=tuple(table.rows[i] for i in order), fact_ids=ids)


def _marked(columns: Sequence[ShownColumn], few: set[int]) -> list[ShownColumn]:
    at = next((i for i, c in enumerate(columns) if c.key == "n"), 0)
    cells = tuple(f"{c} ({MARK})" if i in few else c for i, c in enumerate(columns[at].cells))
    return [*columns[:at], replace(columns[at], cells=cells), *columns[at + 1 :]]


def _crossed(table: Table, wording: Wording) -> Table | None:
    """A table of one metric by two dimensions with the second across; None where it is not one or would be too wide."""
    names, rest = table.columns[:2], [c for c in table.columns[2:] if c.key != "n"]
    if len(names) < 2 or any(is_numeric(c) for c in names) or len(rest) != 1 or not is_numeric(rest[0]):
        return None
    if any(not c.key or c.name != wording.dimension(c.key) for c in names):
        return None
    x, y = (1, 0) if names[0].key in TIMES or _variety(table, 0) > MOST_ACROSS or names[1].key not in TIMES else (0, 1)
    across = _in_order(table, x)
    down = _in_order(table, y)
    if not 2 <= len(across) <= MOST_ACROSS or len(down) < 2 or len(table.rows) <= len(down):
        return None
    at = table.columns.index(rest[0])
    found: dict[tuple[Value, Value], tuple[Value, str | None]] = {}
    for index, row in enumerate(table.rows):
        fact = table.fact_ids[index][at] if index < len(table.fact_ids) else None
        found[row[y], row[x]] = (row[at], fact)
    empty: tuple[Value, str | None] = (None, None)
    return Table(
        table.title,
        (names[y], *(Column(wording.plain_value(names[x].key, v), rest[0].unit, rest[0].key) for v in across)),
        tuple((one, *(found.get((one, v), empty)[0] for v in across)) for one in down),
        tuple((None, *(found.get((one, v), empty)[1] for v in across)) for one in down),
    )


def _variety(table: Table, at: int) -> int:
    return len({row[at] for row in table.rows})


def _in_order(table: Table, at: int) -> list[Value]:
    """The values of a column as they first appear, times and levels such as P1 in their own order, what is not recorded last."""
    values = [str(row[at]) for row in table.rows if row[at] is not None]
    is_time = table.columns[at].key in TIMES or all(_LEVEL.match(v) for v in values)
    return sorted(dict.fromkeys(row[at] for row in table.rows), key=lambda v: (v is None, str(v) if is_time else ""))
