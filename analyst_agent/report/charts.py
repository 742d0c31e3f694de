"""A finding's charts, made from its tables, and their pictures; nothing is fetched to draw them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analyst_agent.charting import Interval, Layout, bars_with_intervals, line_over_time, ranked_bars
from analyst_agent.claims import formats
from analyst_agent.claims.clauses import FEW, TIMES
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Chart, Fact, Filter, Finding, Table, Value
from analyst_agent.report.drawings import drawn

NUMERIC = ("count", "ratio", "minutes", "currency", "score", "points")


def charts_for(finding: Finding, wording: Wording) -> tuple[Chart, ...]:
    """The charts the finding brings, else those it asks for, else one for each of its tables that has a column to draw and at least two rows."""
    if finding.charts:
        return finding.charts
    if finding.drawings:
        return drawn(finding, wording)
    words = wording.of(finding)
    made = (_chart(table, finding, words) for table in finding.tables)
    return tuple(chart for chart in made if chart)


def png(chart: Chart, scale: float = 2.0) -> bytes:
    """The chart as a PNG picture. A specification that asks for outside data is refused by the renderer."""
    import vl_convert

    return vl_convert.vegalite_to_png(chart.spec, scale=scale, allowed_base_urls=[])


def svg(chart: Chart) -> str:
    """The chart as SVG text."""
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.spec, allowed_base_urls=[])


def _chart(table: Table, finding: Finding, wording: Wording) -> Chart | None:
    named = [i for i, c in enumerate(table.columns) if c.unit in ("text", "date")]
    of_dimensions = [i for i in named if table.columns[i].name == wording.dimension(table.columns[i].key or "")]
    value, _ = _drawn_column(table, finding)
    if not named or value is None or len(of_dimensions) > 1:
        return None
    label = named[0]
    table, left_out = _on_enough(table, value, finding)
    key = table.columns[label].key or table.columns[label].name
    if key in ("period", "metric") or len({row[value] for row in table.rows if formats.is_number(row[value])}) < 2:
        return None
    title = f"{formats.sentence(table.columns[value].name)} by {wording.dimension(key)}"
    only = _filters_of(table, value, finding)
    title += f", only {wording.filtered(only)}" if only else ""
    if finding.period and key not in TIMES:
        title += f", {formats.period_name(finding.period)}"
    chart = _drawn(table, (label, value), finding, wording, title + left_out)
    rows = [(wording.plain_value(key, row[label]), row[value]) for row in table.rows if formats.is_number(row[value])]
    chart.spec["usermeta"]["rows"] = [list(row) for row in rows]
    return chart


def _drawn(table: Table, at: tuple[int, int], finding: Finding, wording: Wording, title: str) -> Chart:
    label, value = at
    key = table.columns[label].key or table.columns[label].name
    column = table.columns[value].key or table.columns[value].name
    show = _shown(table.columns[value].unit, wording)
    if key in TIMES:
        return line_over_time(table, key, column, title, show, key)
    _, intervals = _drawn_column(table, finding)
    based = _based_on(table, label, value, finding) if any(intervals) else {}

    def say(stored: Value) -> str:
        named = wording.plain_value(key, stored)
        return f"{named} (n = {formats.count(based[stored])})" if stored in based else named

    if any(intervals):
        overall = _overall(finding, column)
        return bars_with_intervals(table, key, column, intervals, title, say, show, Layout(overall))
    return ranked_bars(table, key, column, title, say, show)


def _on_enough(table: Table, value: int, finding: Finding) -> tuple[Table, str]:
    """The table without rates and means of too few objects, where enough others remain, and what the title says of it."""
    facts = {f.id: f for f in finding.facts}
    if table.columns[value].unit not in ("ratio", "minutes", "score") or table.columns[0].key in TIMES:
        return table, ""
    behind = [_fact(table, i, value, facts) for i in range(len(table.rows))]
    kept = [i for i, f in enumerate(behind) if f is None or f.n is None or f.n >= FEW]
    if len(kept) < 2 or len(kept) == len(behind):
        return table, ""
    ids = tuple(table.fact_ids[i] for i in kept) if table.fact_ids else ()
    return replace(table, rows=tuple(table.rows[i] for i in kept), fact_ids=ids), f" (n of {FEW} or more)"


def _filters_of(table: Table, value: int, finding: Finding) -> tuple[Filter, ...]:
    fact = _fact(table, 0, value, {f.id: f for f in finding.facts})
    return fact.filters if fact else ()


def _drawn_column(table: Table, finding: Finding) -> tuple[int | None, list[Interval]]:
    """The first numeric column, but rather the first whose facts carry intervals; with those of each row."""
    facts = {f.id: f for f in finding.facts}
    numeric = [i for i, c in enumerate(table.columns) if c.unit in NUMERIC]
    for at in numeric:
        behind = [_fact(table, row, at, facts) for row in range(len(table.rows))]
        if table.columns[at].unit == "ratio" and sum(1 for f in behind if f and f.interval) >= 2:
            return at, [f.interval if f else None for f in behind]
    return (numeric[0] if numeric else None), []


def _based_on(table: Table, label: int, value: int, finding: Finding) -> dict[Value, int]:
    """How many objects each row's number rests on: a bar over a dozen tickets must not look like one over thousands."""
    facts = {f.id: f for f in finding.facts}
    behind = [(row[label], _fact(table, i, value, facts)) for i, row in enumerate(table.rows)]
    return {stored: fact.n for stored, fact in behind if fact is not None and fact.n is not None}


def _fact(table: Table, row: int, column: int, facts: dict[str, Fact]) -> Fact | None:
    if row >= len(table.fact_ids) or column >= len(table.fact_ids[row]):
        return None
    return facts.get(table.fact_ids[row][column] or "")


def _overall(finding: Finding, metric: str) -> float | None:
    for fact in finding.facts:
        if fact.metric == metric and not fact.dimensions and formats.is_number(fact.value):
            return float(fact.value or 0)
    return None


def _shown(unit: str, wording: Wording) -> Callable[[float], str]:
    return lambda number: formats.number(number, unit, wording.currency)
