"""One value of a table as people read it: numbers in their column's unit, stored values in words, advice with its basis."""

from __future__ import annotations

import re

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import brief
from analyst_agent.claims.escape import cited, escaped, identified
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Column, Fact, Finding, Recommendation, Table, Value

EMPTY = "–"
LONGEST_CELL = 240
ACTIONS = re.compile(r"\b(?:action|do next|recommend)", re.IGNORECASE)


def is_numeric(column: Column) -> bool:
    """Whether the column holds numbers with a unit."""
    return column.unit not in ("text", "date")


def unit_of(table: Table, at: int) -> str:
    """The unit all numbers of a column are shown in: for durations that of the middle one."""
    column = table.columns[at]
    if column.unit != "minutes":
        return column.unit
    sizes = sorted(abs(float(v)) for row in table.rows if formats.is_number(v := row[at]) and v is not None)
    return formats.duration_unit(sizes[len(sizes) // 2] if sizes else 0.0)


def heading(table: Table, at: int, wording: Wording) -> str:
    """The column's name with its unit: "resolution, mean (h)"."""
    column, unit = table.columns[at], unit_of(table, at)
    said = {"points": "points", "currency": wording.currency}.get(column.unit, unit if column.unit == "minutes" else "")
    return f"{column.name} ({said})" if said and said not in column.name else column.name


def fact_of(table: Table, row: int, at: int, finding: Finding) -> Fact | None:
    """The fact behind a cell."""
    ids = table.fact_ids[row] if row < len(table.fact_ids) else ()
    wanted = ids[at] if at < len(ids) else None
    return next((f for f in finding.facts if f.id == wanted), None) if wanted else None


def cell(column: Column, value: Value, wording: Wording, unit: str) -> str:
    """One number as its column shows it, the unit being in the heading; what is not known is a dash."""
    if not formats.is_number(value):
        return EMPTY if value is None or isinstance(value, float) else escaped(str(value))
    number = float(value)  # type: ignore[arg-type]
    match column.unit:
        case "minutes":
            return formats.duration(number, unit).removesuffix(f" {unit}")
        case "currency":
            return formats.money(number, wording.currency).removesuffix(f" {wording.currency}")
        case "points":
            return _signed_points(number)
    return formats.number(value, column.unit, wording.currency)


def text_cell(table: Table, row: int, at: int, finding: Finding, wording: Wording) -> str:
    """A stored value in words; a dash where there is nothing, "not recorded" where a dimension has no value."""
    column, value = table.columns[at], table.rows[row][at]
    if value in (None, "") and (column.name != wording.dimension(column.key or "") or _follows_number(table, at)):
        return EMPTY
    if ACTIONS.search(f"{column.name} {column.key}"):
        advice = next((r for r in finding.recommendations if r.action == value), None)
        if advice is not None:
            return action_text(advice, finding, wording)
    if not column.key:
        return escaped(pattern_label(str(value), finding, wording), LONGEST_CELL)
    return escaped(wording.plain_value(column.key, value), LONGEST_CELL)


def _follows_number(table: Table, at: int) -> bool:
    return any(is_numeric(c) for c in table.columns[:at])


def action_text(one: Recommendation, finding: Finding, wording: Wording) -> str:
    """The action and, in brackets, the document's heading or the fact it rests on."""
    action = escaped(one.action, LONGEST_CELL).rstrip(".")
    facts = {f.id: f for f in finding.facts}
    fact = facts.get(one.fact or one.basis)
    if one.basis_kind == "fact" and fact is not None and one.basis == fact.id:
        return f"{action} ({brief(fact, wording)})"
    parts = [identified(one.document)] if one.document else []
    parts += [cited(one.basis)] if one.basis and one.basis != one.document else []
    where = ", ".join(parts)
    return f"{action} ({where})" if where else action


def pattern_label(pattern: str, finding: Finding, wording: Wording) -> str:
    """A pattern in words: a stored root cause by its label, anything else as it is."""
    causes = {f.dimensions.get("root_cause") for f in finding.facts}
    return wording.plain_value("root_cause", pattern) if pattern in causes else pattern


def _signed_points(number: float) -> str:
    shown = formats.points(number).removesuffix(" points")
    if number == 0 or shown.startswith("under"):
        return shown
    return f"{'+' if number > 0 else '-'}{shown}"
