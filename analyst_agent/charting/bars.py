"""Horizontal bars, largest first, with or without an interval on each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.charting.base import (
    BAR,
    FAINT,
    INK,
    LONGEST_LABEL,
    Interval,
    Label,
    Shown,
    axis_title,
    clean,
    column,
    number,
    number_scale,
    plain,
    spec,
)
from analyst_agent.records import Chart, Table

MOST_BARS = 15


@dataclass(frozen=True, slots=True)
class Layout:
    """reference: where a dashed line stands. is_ordered: the rows have an order of their own (under 30 days, 30 to 90 days), which is kept."""

    reference: float | None = None
    is_ordered: bool = False


PLAIN = Layout()


def ranked_bars(
    table: Table, label: str, value: str, title: str = "", say: Label = str, show: Shown | None = None
) -> Chart:
    """Horizontal bars of the column `value` by the column `label` (names or keys of columns), largest first.

    say: a stored value in words. show: a number in words, written at each bar's end. Raises UnknownName for a column
    the table lacks. Rows without a number are left out; of more than 15 the largest are drawn, and the subtitle says so.
    """
    x, y = column(table, value), column(table, label)
    rows = _rows(table, y, x, say, show or plain(table.columns[x].unit))
    rows.sort(key=lambda row: -row["c1"])
    return _bars(table, (y, x), rows, title)


def bars_with_intervals(
    table: Table,
    label: str,
    value: str,
    intervals: Sequence[Interval],
    title: str = "",
    say: Label = str,
    show: Shown | None = None,
    layout: Layout = PLAIN,
) -> Chart:
    """`ranked_bars` with a 95 % interval on each bar: one for each row of the table, in its order."""
    x, y = column(table, value), column(table, label)
    rows = _rows(table, y, x, say, show or plain(table.columns[x].unit), intervals)
    if not layout.is_ordered:
        rows.sort(key=lambda row: -row["c1"])
    return _bars(table, (y, x), rows, title, layout.reference)


def _bars(
    table: Table, at: tuple[int, int], rows: list[dict[str, Any]], title: str, reference: float | None = None
) -> Chart:
    label, measured = clean(table.columns[at[0]].name), table.columns[at[1]]
    drawn = rows[:MOST_BARS]
    has_intervals = any(row.get("c3") is not None for row in drawn)
    notes = [f"the largest {MOST_BARS} of {len(rows)}"] if len(rows) > MOST_BARS else []
    notes += ["lines are 95 % intervals"] if has_intervals else []
    notes += ["dashed: all together"] if reference is not None else []
    heading = clean(title or table.title)
    alt = _bars_alt(heading, clean(measured.name), label, rows)
    y_axis = {
        "field": "c0", "type": "nominal", "sort": None, "title": None,
        "axis": {"labelLimit": 280, "ticks": False, "domain": False},
    }  # fmt: skip
    x_axis = {
        "field": "c1", "type": "quantitative", "title": axis_title(clean(measured.name), measured.unit, drawn),
        **number_scale(measured.unit, drawn),
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": FAINT if has_intervals else BAR}, "encoding": {"y": y_axis, "x": x_axis}}
    ]
    end: dict[str, Any] = {"field": "c1", "type": "quantitative"}
    if has_intervals:
        ends = {"x": {"field": "c3", "type": "quantitative"}, "x2": {"field": "c4"}, "y": y_axis}
        layers.append({"mark": {"type": "rule", "color": INK, "strokeWidth": 1.5}, "encoding": ends})
        layers.append(
            {"mark": {"type": "point", "color": INK, "filled": True, "size": 40}, "encoding": {"y": y_axis, "x": end}}
        )
    if reference is not None and math.isfinite(reference):
        rule = {"type": "rule", "color": INK, "strokeDash": [4, 3]}
        layers.append(
            {"data": {"values": [{"c1": reference}]}, "mark": rule, "encoding": {"x": {**end, "field": "c1"}}}
        )
    end = {"field": "c5", "type": "quantitative"}
    text = {"y": y_axis, "x": end, "text": {"field": "c2", "type": "nominal"}}
    halo = {"type": "text", "align": "left", "dx": 5, "color": "white", "stroke": "white", "strokeWidth": 4}
    layers += [{"mark": halo, "encoding": text}] if reference is not None else []
    layers.append({"mark": {"type": "text", "align": "left", "dx": 5, "color": INK}, "encoding": text})
    made = spec(heading, "; ".join(notes), alt, drawn, layers, "bars")
    return Chart(heading, made | {"width": 420, "height": {"step": 26}}, alt)


def _rows(
    table: Table, label: int, value: int, say: Label, show: Shown, intervals: Sequence[Interval] = ()
) -> list[dict[str, Any]]:
    rows, seen = [], dict[str, int]()
    for index, row in enumerate(table.rows):
        amount = number(row[value])
        if amount is None:
            continue
        name = clean(say(row[label]), LONGEST_LABEL) or "(empty)"
        seen[name] = seen.get(name, 0) + 1
        # Bars of two values that read alike would be drawn on top of each other.
        made: dict[str, Any] = {
            "c0": name if seen[name] == 1 else f"{name} ({seen[name]})",
            "c1": amount,
            "c2": clean(show(amount)),
            # Where the number stands: right of everything, and of the axis where the bar goes left.
            "c5": max(amount, 0.0),
        }
        bounds = intervals[index] if index < len(intervals) else None
        if intervals:
            known = bounds is not None and all(math.isfinite(b) for b in bounds)
            low, high = bounds if known and bounds else (None, None)
            made |= {"c3": low, "c4": high, "c5": max(made["c5"], high) if high is not None else made["c5"]}
        rows.append(made)
    return rows


def _bars_alt(title: str, value: str, label: str, rows: Sequence[dict[str, Any]]) -> str:
    text = f"Bar chart, {title}: {value} by {label}, {len(rows)} {'bar' if len(rows) == 1 else 'bars'}."
    if not rows:
        return text
    text += f" Highest {rows[0]['c0']} ({rows[0]['c2']})"
    return text + (f", lowest {rows[-1]['c0']} ({rows[-1]['c2']})." if len(rows) > 1 else ".")
