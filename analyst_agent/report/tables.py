"""Tables of a finding as Markdown: one unit a column, stored values in words, cut where they would flood an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst_agent.claims import formats
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Column, Finding, Recommendation, Table, Value

MOST_FIGURES = 40
LEAST_FIGURES = 30
MOST_FURTHER_ROWS = 6
EMPTY = "–"
OPEN_LEFT_OUT = frozenset({"mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes"})
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
    """The table within `room` figures (30 at least), saying what was left out: first columns that only say more of a
    number already shown, then rows from the end."""
    if not table.rows or not table.columns:
        return f"{escaped(table.title)}: no rows."
    fitted = _fitted(table, max(room, LEAST_FIGURES))
    actions = _actions(fitted, finding, wording)
    heads = [escaped(_heading(fitted, at, wording)) for at in range(len(fitted.columns))]
    right = ["---:" if is_numeric(c) else "---" for c in fitted.columns]
    lines = [_row([*heads, *([ACTION_COLUMN] if actions else [])]), _row([*right, *(["---"] if actions else [])])]
    for index in range(len(fitted.rows)):
        cells = [_cell(fitted, index, at, finding, wording) for at in range(len(fitted.columns))]
        lines.append(_row([*cells, *([actions.get(index, EMPTY)] if actions else [])]))
    if note := _left_out(table, fitted):
        lines += ["", note]
    return "\n".join(lines)


def is_numeric(column: Column) -> bool:
    """Whether the column holds numbers with a unit."""
    return column.unit not in ("text", "date")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _fitted(table: Table, room: int) -> Table:
    kept = list(range(len(table.columns)))
    if _size(table, kept) > room:
        # The first detail is the difference itself; the bounds and the p-value go together, half an interval misleads.
        details = [at for at in kept if _is_detail(table, at)]
        kept = [at for at in kept if at not in details[1:]]
    numeric = sum(1 for at in kept if is_numeric(table.columns[at]))
    most = max(1, room // numeric) if numeric else room
    rows = [tuple(row[at] for at in kept) for row in table.rows[:most]]
    ids = [tuple(row[at] for at in kept) for row in table.fact_ids[:most] if len(row) == len(table.columns)]
    return Table(table.title, tuple(table.columns[at] for at in kept), tuple(rows), tuple(ids))


def _size(table: Table, kept: Sequence[int]) -> int:
    return len(table.rows) * sum(1 for at in kept if is_numeric(table.columns[at]))


def _is_detail(table: Table, at: int) -> bool:
    """Whether every number of a column belongs to a fact that a column before it shows: bounds, p-values."""
    if at == 0 or not table.fact_ids:
        return False
    rows = [row for row in table.fact_ids if len(row) > at and row[at]]
    return bool(rows) and all(row[at] in row[:at] for row in rows)


def _left_out(table: Table, fitted: Table) -> str:
    shown = []
    if len(fitted.rows) < len(table.rows):
        shown.append(f"{len(fitted.rows)} of {len(table.rows)} rows")
    if len(fitted.columns) < len(table.columns):
        names = [c.name for c in table.columns if c not in fitted.columns]
        shown.append(f"without {formats.listed([escaped(n) for n in names])}")
    return f"{formats.sentence(', '.join(shown))}; the whole table is in --json." if shown else ""


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


def _cell(table: Table, row: int, at: int, finding: Finding, wording: Wording) -> str:
    column, value = table.columns[at], table.rows[row][at]
    if not is_numeric(column):
        return _text_cell(table, row, at, finding, wording)
    shown = cell(column, value, wording, _unit(table, at))
    ids = table.fact_ids[row] if row < len(table.fact_ids) else ()
    fact = next((f for f in finding.facts if f.id == ids[at]), None) if at < len(ids) and ids[at] else None
    beside = any(c.key == "open_escalated_count" for c in table.columns)
    if fact and fact.missing and fact.metric in OPEN_LEFT_OUT and not beside:
        return f"{shown} ({formats.count(fact.missing)} open)"
    return shown


def _text_cell(table: Table, row: int, at: int, finding: Finding, wording: Wording) -> str:
    column, value = table.columns[at], table.rows[row][at]
    if value in (None, "") and (at > 0 or not column.key):
        return EMPTY
    if _ACTIONS.search(f"{column.name} {column.key}"):
        advice = next((r for r in finding.recommendations if r.action == value), None)
        if advice is not None:
            return action_text(advice, finding, wording)
    if not column.key:
        return escaped(pattern_label(str(value), finding, wording), LONGEST_CELL)
    return escaped(wording.plain_value(column.key, value), LONGEST_CELL)


def pattern_label(pattern: str, finding: Finding, wording: Wording) -> str:
    """A pattern in words: a stored root cause by its label, anything else as it is."""
    causes = {f.dimensions.get("root_cause") for f in finding.facts}
    return wording.plain_value("root_cause", pattern) if pattern in causes else pattern


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


def _signed_points(number: float) -> str:
    shown = formats.points(number).removesuffix(" points")
    if number == 0 or shown.startswith("under"):
        return shown
    return f"{'+' if number > 0 else '-'}{shown}"


def tables_markdown(finding: Finding, wording: Wording, room: int) -> list[str]:
    """The finding's first table, further ones as far as they fit whole, and where to find the others."""
    made: list[str] = []
    elsewhere: list[str] = []
    for index, table in enumerate(t for t in finding.tables if t.columns):
        text = table_markdown(table, finding, wording, room if index == 0 else sum(1 for _ in table.rows) * 99)
        figures = figure_count(text)
        if index and (figures > max(room, 0) or len(table.rows) > MOST_FURTHER_ROWS):
            elsewhere.append(f"{escaped(table.title)} ({len(table.rows)} {formats.plural(len(table.rows), 'row')})")
            continue
        room -= figures
        made.append(f"**{escaped(table.title)}**\n\n{text}" if index else text)
    if elsewhere:
        made.append(f"Further tables in --json: {'; '.join(elsewhere)}.")
    return made
