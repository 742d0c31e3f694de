"""Tables of a finding as Markdown: one unit a column, stored values in words, cut where they would flood an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst_agent.claims import formats
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Column, Fact, Finding, Recommendation, Table, Value

MOST_FIGURES = 40
LEAST_ROWS = 6
EMPTY = "–"
ACTION_COLUMN = "do next"
LONGEST_CELL = 240
_DATES = re.compile(
    rf"(?:\b\d{{1,2}} to )?\b(?:\d{{1,2}} )?(?:{'|'.join(formats.MONTHS)})(?: \d{{4}})?|\b\d{{4}}-\d{{2}}-\d{{2}}"
)
_FIGURE = re.compile(r"(?<![\w-])\d[\d.,]*")
_ACTIONS = re.compile(r"\b(?:action|do next|recommend)", re.IGNORECASE)


def figure_count(text: str) -> int:
    """How many numbers a text asks to be read; dates and the digits of names such as KI-12 are none."""
    return len(_FIGURE.findall(_DATES.sub("", text)))


def table_markdown(table: Table, finding: Finding, wording: Wording, room: int = MOST_FIGURES) -> str:
    """The table with as many rows as `room` figures allow (six at least, or what 40 figures hold), saying how many there are when it is cut."""
    numeric = sum(1 for c in table.columns if c.unit not in ("text", "date"))
    fitting = max(room // max(numeric, 1), min(LEAST_ROWS, MOST_FIGURES // max(numeric, 1)))
    kept = table.rows[:fitting] if len(table.rows) > fitting else table.rows
    actions = _actions(table, finding, wording)
    heads = [escaped(_heading(table, at, wording)) for at in range(len(table.columns))]
    units = [_unit(table, at) for at in range(len(table.columns))]
    lines = ["| " + " | ".join([*heads, *([ACTION_COLUMN] if actions else [])]) + " |"]
    right = ["---:" if c.unit not in ("text", "date") else "---" for c in table.columns]
    lines.append("| " + " | ".join([*right, *(["---"] if actions else [])]) + " |")
    facts = {f.id: f for f in finding.facts}
    for index in range(len(kept)):
        cells = [_cell(table, index, at, wording, units[at], facts) for at in range(len(table.columns))]
        cells += [actions.get(index, EMPTY)] if actions else []
        lines.append("| " + " | ".join(cells) + " |")
    if not table.rows:
        return f"{escaped(table.title)}: no rows."
    if len(kept) < len(table.rows):
        lines += ["", f"{len(kept)} of {len(table.rows)} rows; the whole table is in --json."]
    return "\n".join(lines)


def shows_actions(table: Table, finding: Finding, wording: Wording) -> bool:
    """Whether the table has a column of what to do, its own or one made of the recommendations."""
    return any(_ACTIONS.search(f"{c.name} {c.key}") for c in table.columns) or bool(_actions(table, finding, wording))


def action_text(one: Recommendation, finding: Finding, wording: Wording) -> str:
    """The action and, in brackets, the document's heading or the fact it rests on."""
    from analyst_agent.claims.clauses import brief

    action = escaped(one.action, LONGEST_CELL).rstrip(".")
    facts = {f.id: f for f in finding.facts}
    fact = facts.get(one.fact or one.basis)
    if one.basis_kind == "fact" and fact is not None and one.basis == fact.id:
        return f"{action} ({brief(fact, wording)})"
    where = ", ".join(escaped(part) for part in dict.fromkeys((one.document or "", one.basis)) if part)
    return f"{action} ({where})" if where else action


def _actions(table: Table, finding: Finding, wording: Wording) -> dict[int, str]:
    """What to do by row, where the recommendations name the rows and the table does not say it already."""
    if any(_ACTIONS.search(f"{c.name} {c.key}") for c in table.columns) or not table.columns:
        return {}
    key = table.columns[0].key
    found: dict[int, str] = {}
    for index, row in enumerate(table.rows):
        names = {str(row[0]).lower(), wording.plain_value(key, row[0]).lower()}
        texts = [action_text(r, finding, wording) for r in finding.recommendations if r.pattern.lower() in names]
        if texts:
            found[index] = "; ".join(texts)
    return found


def _unit(table: Table, at: int) -> str:
    column = table.columns[at]
    if column.unit != "minutes":
        return column.unit
    sizes = [abs(float(v)) for row in table.rows if formats.is_number(v := row[at]) and v is not None]
    return formats.duration_unit(max(sizes, default=0.0))


def _heading(table: Table, at: int, wording: Wording) -> str:
    column, unit = table.columns[at], _unit(table, at)
    said = {"points": "points", "currency": wording.currency}.get(column.unit, unit if column.unit == "minutes" else "")
    return f"{column.name} ({said})" if said and said not in column.name else column.name


def _cell(table: Table, row: int, at: int, wording: Wording, unit: str, facts: dict[str, Fact]) -> str:
    column, value = table.columns[at], table.rows[row][at]
    shown = cell(column, value, wording, unit)
    ids = table.fact_ids[row] if row < len(table.fact_ids) else ()
    fact = facts.get(ids[at] or "") if at < len(ids) else None
    if fact and fact.missing and fact.metric.endswith("resolution_minutes") and fact.metric != "resolution_minutes":
        return f"{shown} ({formats.count(fact.missing)} open)"
    return shown


def cell(column: Column, value: Value, wording: Wording, unit: str) -> str:
    """One value as its column shows it; what is not known is a dash, an unrecorded name says so."""
    if column.unit in ("text", "date"):
        if value is None and not column.key:
            return EMPTY
        return escaped(wording.plain_value(column.key, value), LONGEST_CELL)
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


def _signed_points(number: float) -> str:
    shown = formats.points(number).removesuffix(" points")
    if number == 0 or shown.startswith("under"):
        return shown
    return f"{'+' if number > 0 else '-'}{shown}"


def tables_markdown(finding: Finding, wording: Wording, room: int) -> list[str]:
    """All tables of a finding within `room` figures; a title only where there are several."""
    texts: Sequence[Table] = [t for t in finding.tables if t.columns]
    made = []
    for table in texts:
        text = table_markdown(table, finding, wording, max(room, 0))
        room -= figure_count(text)
        made.append(f"**{escaped(table.title)}**\n\n{text}" if len(texts) > 1 and table.title else text)
    return made
