"""The charts a finding asks for: each drawing's table found, its words put in, and drawn by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from analyst_agent import charting
from analyst_agent.charting import Picture
from analyst_agent.claims import formats
from analyst_agent.claims.clauses import TIMES
from analyst_agent.claims.wording import Wording
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Chart, Drawing, Finding, Table


def drawn(finding: Finding, wording: Wording) -> tuple[Chart, ...]:
    """The charts asked for, in their order; none of a table that the finding left out as empty or of fewer than two rows.

    Raises UnknownName for a kind or column that does not exist.
    """
    tables, wording = {table.title: table for table in finding.tables}, wording.of(finding)
    found = []
    for drawing in finding.drawings:
        if drawing.kind not in DRAWN:
            raise UnknownName("kind of chart", drawing.kind, DRAWN)
        table = tables.get(drawing.table)
        if table is None or len(table.rows) < 2:
            continue
        found.append(DRAWN[drawing.kind](_picture(drawing, table, finding, wording)))
    return tuple(found)


def _picture(drawing: Drawing, table: Table, finding: Finding, wording: Wording) -> Picture:
    columns = {column.key or column.name for column in table.columns} | {column.name for column in table.columns}
    parts = {part: name for part, name in drawing.columns.items() if name in columns}
    return Picture(
        table,
        parts,
        drawing.title or _title(drawing, table, finding, wording),
        wording.plain_value,
        lambda unit, value: _number(value, unit, wording),
        _options(drawing, finding, wording),
    )


def _number(value: float, unit: str, wording: Wording) -> str:
    """A number in words; a difference in points with its sign, which a picture has no word for."""
    said = formats.number(value, unit, wording.currency)
    sign = "" if unit != "points" or value == 0 or said.startswith("under") else "+" if value > 0 else "-"
    return f"{sign}{said}"


def _options(drawing: Drawing, finding: Finding, wording: Wording) -> dict[str, Any]:
    """The options, with a reference that names a fact as its value, and the names of the two periods of a slope."""
    options = dict(drawing.options)
    reference = options.get("reference")
    if isinstance(reference, str):
        try:
            options["reference"] = finding.fact(reference).value
        except KeyError as error:
            raise InvalidDefinition(
                f"A chart of {finding.skill} refers to the fact {reference!r}, which its finding lacks.",
                "A skill may only refer to facts it returns.",
            ) from error
    if drawing.kind == "slope" and "names" not in options and finding.period and finding.comparison:
        options["names"] = [formats.period_name(finding.comparison), formats.period_name(finding.period)]
    return options


def _title(drawing: Drawing, table: Table, finding: Finding, wording: Wording) -> str:
    """The table's own, with the conditions and the period that a picture on its own must tell."""
    facts = {fact.id: fact for fact in finding.facts}
    first = next((facts[i] for row in table.fact_ids for i in row if i in facts), None)
    only = wording.filtered(first.filters) if first is not None and first.filters else ""
    title = f"{table.title}, only {only}" if only else table.title
    timed = any(column.key in TIMES for column in table.columns)
    if finding.period is None or timed or drawing.kind in ("slope", "waterfall"):
        return title
    return f"{title}, {formats.period_name(finding.period)}"


def _bars(picture: Picture) -> Chart:
    key = picture.table.columns[picture.at("label")]
    show = picture.unit("value")
    chosen: dict[str, Any] = {
        "title": picture.title,
        "say": lambda value: picture.say(key.key or key.name, value),
        "show": lambda value: picture.show(show, value),
    }
    label, value = (picture.columns[part] for part in ("label", "value"))
    if "low" in picture.columns and "high" in picture.columns:
        ends = zip(picture.numbers("low"), picture.numbers("high"), strict=True)
        intervals = [(low, high) if low is not None and high is not None else None for low, high in ends]
        layout = charting.Layout(picture.options.get("reference"), bool(picture.options.get("ordered")))
        return charting.bars_with_intervals(picture.table, label, value, intervals, layout=layout, **chosen)
    return charting.ranked_bars(picture.table, label, value, **chosen)


# To add a kind: one function from a Picture to a Chart, and one line here.
DRAWN: Mapping[str, Callable[[Picture], Chart]] = MappingProxyType(
    {
        "bars": _bars,
        "bars_with_intervals": _bars,
        "line": charting.line_with_band,
        "line_with_band": charting.line_with_band,
        "slope": charting.slope,
        "heat_map": charting.heat_map,
        "funnel": charting.funnel,
        "waterfall": charting.waterfall,
        "timeline": charting.timeline,
    }
)
