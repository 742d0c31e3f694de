"""Vega-Lite specifications made from tables: fields are named c0, c1, ..., so that no name or value is read as an expression."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from analyst_agent.errors import UnknownName
from analyst_agent.masking import one_line
from analyst_agent.records import Chart, Table, Value

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
INK, BAR, FAINT = "#1f2933", "#52606d", "#cbd2d9"
MOST_BARS = 15
LONGEST_LABEL = 36
Shown = Callable[[float], str]
Label = Callable[[Value], str]
Interval = tuple[float, float] | None
_FORMATS = {"ratio": ".0%", "points": "+.1%", "count": ",d", "currency": ",.0f", "score": ".1f", "minutes": ",.0f"}


def ranked_bars(
    table: Table, label: str, value: str, title: str = "", say: Label = str, show: Shown | None = None
) -> Chart:
    """Horizontal bars of the column `value` by the column `label` (names or keys of columns), largest first.

    say: a stored value in words. show: a number in words, written at each bar's end. Raises UnknownName for a column
    the table lacks. Rows without a number are left out; of more than 15 the largest are drawn, and the subtitle says so.
    """
    x, y = _column(table, value), _column(table, label)
    rows = _rows(table, y, x, say, show or _plain(table.columns[x].unit))
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
    reference: float | None = None,
) -> Chart:
    """`ranked_bars` with a 95 % interval on each bar (one for each row of the table, in its order) and a dashed line at `reference`."""
    x, y = _column(table, value), _column(table, label)
    rows = _rows(table, y, x, say, show or _plain(table.columns[x].unit), intervals)
    rows.sort(key=lambda row: -row["c1"])
    return _bars(table, (y, x), rows, title, reference)


def line_over_time(
    table: Table, time: str, value: str, title: str = "", show: Shown | None = None, grain: str = "month"
) -> Chart:
    """The column `value` over the first days in the column `time`, from zero; a missing value is a gap."""
    y, x = _column(table, value), _column(table, time)
    shown = show or _plain(table.columns[y].unit)
    rows: list[dict[str, Any]] = [
        {
            "c0": day,
            "c1": _number(row[y]),
            "c2": shown(n) if (n := _number(row[y])) is not None else "",
            "c3": _time_name(day, grain),
        }
        for row in table.rows
        if (day := _day(row[x]))
    ]
    rows.sort(key=lambda row: str(row["c0"]))
    heading = clean(title or table.title)
    name, unit = clean(table.columns[y].name), table.columns[y].unit
    known = [r for r in rows if r["c1"] is not None]
    alt = f"Line chart, {heading}: {name} over {len(rows)} {grain}s."
    if known:
        top, low = max(known, key=lambda r: r["c1"]), min(known, key=lambda r: r["c1"])
        alt += f" Highest {top['c3']} ({top['c2']}), lowest {low['c3']} ({low['c2']})."
    step: dict[str, Any] = {"labelOverlap": True, "grid": False, "labelExpr": _TIME_LABELS.get(grain, _DAY_LABEL)}
    if len(rows) <= 13:
        step["values"] = [{"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in _dates(rows)]
    x_axis = {"field": "c0", "type": "temporal", "scale": {"type": "utc"}, "title": None, "axis": step}
    y_axis = {
        "field": "c1",
        "type": "quantitative",
        "title": _axis_title(name, unit, rows),
        **_number_scale(unit, rows),
    }
    encoding = {"x": x_axis, "y": y_axis}
    last = [{"c0": known[-1]["c0"], "c1": known[-1]["c1"], "c2": known[-1]["c2"]}] if known else []
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "color": BAR, "strokeWidth": 2, "invalid": "break-paths-show-path-domains"}, "encoding": encoding},
        {"mark": {"type": "point", "color": BAR, "filled": True, "size": 36}, "encoding": encoding},
        {
            "data": {"values": last},
            "mark": {"type": "text", "align": "right", "dy": -12, "color": INK, "fontWeight": "bold"},
            "encoding": {**encoding, "text": {"field": "c2", "type": "nominal"}},
        },
    ]  # fmt: skip
    spec = _spec(heading, "", alt, rows, layers, "line")
    spec["usermeta"]["label"] = "c3"
    return Chart(heading, spec | {"width": 520, "height": 220}, alt)


def clean(text: object, longest: int = 90) -> str:
    """One visible line, cut with an ellipsis."""
    line = one_line(str(text))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


# The year stands under the first label and every January, so that the others stay short enough to be kept.
_TWO_LINES = "[utcFormat(datum.value, '{}'), (datum.index == 0 || utcmonth(datum.value) == 0) ? utcFormat(datum.value, '%Y') : '']"
_TIME_LABELS = {
    "month": _TWO_LINES.format("%b"),
    "quarter": "'Q' + ceil((utcmonth(datum.value) + 1) / 3) + ' ' + utcFormat(datum.value, '%Y')",
    "year": "utcFormat(datum.value, '%Y')",
}
_DAY_LABEL = "utcFormat(datum.value, '%-d %b')"


def _bars(
    table: Table, at: tuple[int, int], rows: list[dict[str, Any]], title: str, reference: float | None = None
) -> Chart:
    label, column = clean(table.columns[at[0]].name), table.columns[at[1]]
    drawn = rows[:MOST_BARS]
    has_intervals = any(row.get("c3") is not None for row in drawn)
    notes = [f"the largest {MOST_BARS} of {len(rows)}"] if len(rows) > MOST_BARS else []
    notes += ["lines are 95 % intervals"] if has_intervals else []
    notes += ["dashed: all together"] if reference is not None else []
    heading = clean(title or table.title)
    alt = _bars_alt(heading, clean(column.name), label, rows)
    y_axis = {
        "field": "c0", "type": "nominal", "sort": None, "title": None,
        "axis": {"labelLimit": 280, "ticks": False, "domain": False},
    }  # fmt: skip
    x_axis = {
        "field": "c1", "type": "quantitative", "title": _axis_title(clean(column.name), column.unit, drawn),
        **_number_scale(column.unit, drawn),
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
        end = {"field": "c5", "type": "quantitative"}
    if reference is not None and math.isfinite(reference):
        rule = {"type": "rule", "color": INK, "strokeDash": [4, 3]}
        layers.append(
            {"data": {"values": [{"c1": reference}]}, "mark": rule, "encoding": {"x": {**end, "field": "c1"}}}
        )
    text = {"y": y_axis, "x": end, "text": {"field": "c2", "type": "nominal"}}
    halo = {"type": "text", "align": "left", "dx": 5, "color": "white", "stroke": "white", "strokeWidth": 4}
    layers += [{"mark": halo, "encoding": text}] if reference is not None else []
    layers.append({"mark": {"type": "text", "align": "left", "dx": 5, "color": INK}, "encoding": text})
    spec = _spec(heading, "; ".join(notes), alt, drawn, layers, "bars")
    return Chart(heading, spec | {"width": 420, "height": {"step": 26}}, alt)


def _rows(
    table: Table, label: int, value: int, say: Label, show: Shown, intervals: Sequence[Interval] = ()
) -> list[dict[str, Any]]:
    rows, seen = [], dict[str, int]()
    for index, row in enumerate(table.rows):
        number = _number(row[value])
        if number is None:
            continue
        name = clean(say(row[label]), LONGEST_LABEL) or "(empty)"
        seen[name] = seen.get(name, 0) + 1
        # Bars of two values that read alike would be drawn on top of each other.
        made: dict[str, Any] = {
            "c0": name if seen[name] == 1 else f"{name} ({seen[name]})",
            "c1": number,
            "c2": clean(show(number)),
        }
        bounds = intervals[index] if index < len(intervals) else None
        if intervals:
            known = bounds is not None and all(math.isfinite(b) for b in bounds)
            low, high = bounds if known and bounds else (None, None)
            made |= {"c3": low, "c4": high, "c5": max(number, high) if high is not None else number}
        rows.append(made)
    return rows


def _spec(
    title: str, subtitle: str, alt: str, rows: list[dict[str, Any]], layers: list[dict[str, Any]], kind: str
) -> dict[str, Any]:
    heading: dict[str, Any] = {
        "text": title,
        "anchor": "start",
        "fontSize": 14,
        "color": INK,
        "frame": "group",
        "offset": 10,
    }
    if subtitle:
        heading |= {"subtitle": subtitle, "subtitleColor": BAR}
    return {
        "$schema": SCHEMA,
        "description": alt,
        "title": heading,
        "background": "white",
        "padding": 12,
        "autosize": {"type": "pad", "contains": "padding"},
        "data": {"values": rows},
        "layer": layers,
        "config": {
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": "#eceff2", "labelColor": INK},
            "text": {"fontSize": 12},
        },
        "usermeta": {"kind": kind, "label": "c0", "value": "c1", "shown": "c2"},
    }  # fmt: skip


def _bars_alt(title: str, value: str, label: str, rows: Sequence[dict[str, Any]]) -> str:
    text = f"Bar chart, {title}: {value} by {label}, {len(rows)} {'bar' if len(rows) == 1 else 'bars'}."
    if not rows:
        return text
    text += f" Highest {rows[0]['c0']} ({rows[0]['c2']})"
    return text + (f", lowest {rows[-1]['c0']} ({rows[-1]['c2']})." if len(rows) > 1 else ".")


def _axis_title(name: str, unit: str, rows: Sequence[dict[str, Any]]) -> str:
    said = {"minutes": _duration_unit(_largest(rows))[0], "points": "points"}.get(unit, "")
    return f"{name} ({said})" if said else name


def _number_scale(unit: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Axis and scale of a number: from zero, with ticks a reader would choose."""
    axis: dict[str, Any] = {"tickCount": 5, "format": _FORMATS.get(unit, ",.1f")}
    scale: dict[str, Any] = {"zero": True, "nice": True}
    largest = _largest(rows)
    if unit == "ratio" and largest < 0.05:
        axis["format"] = ".2%" if largest < 0.01 else ".1%"
    if unit == "count" and largest < 5:
        axis |= {"tickMinStep": 1}
    if unit == "points":
        axis = {"tickCount": 5, "labelExpr": "format(datum.value * 100, '+.1f')"}
    if unit == "minutes" and largest > 0:
        # Durations stay minutes in the data; the axis counts in the unit a reader can picture.
        _, one = _duration_unit(largest)
        ticks = [step * one for step in _ticks(largest / one)]
        axis = {"values": ticks, "labelExpr": f"format(datum.value / {one:g}, ',.1~f')"}
        scale = {"zero": True, "nice": False, "domain": [0, ticks[-1]]}
    return {"axis": axis, "scale": scale}


def _ticks(largest: float) -> list[float]:
    """Round steps from zero to at or above `largest`, four to eight of them."""
    power = 10.0 ** math.floor(math.log10(largest))
    step = next(s * power for s in (0.2, 0.25, 0.5, 1.0, 2.0) if largest / (s * power) <= 6)
    return [round(step * i, 10) for i in range(math.ceil(largest / step - 1e-9) + 1)]


def _duration_unit(minutes: float) -> tuple[str, float]:
    return ("minutes", 1.0) if minutes < 120 else ("hours", 60.0) if minutes < 72 * 60 else ("days", 1440.0)


def _largest(rows: Sequence[dict[str, Any]]) -> float:
    return max((abs(float(r[k])) for r in rows for k in ("c1", "c5") if r.get(k) is not None), default=0.0)


def _column(table: Table, name: str) -> int:
    for at, column in enumerate(table.columns):
        if name in (column.key, column.name):
            return at
    raise UnknownName(f"column of the table {table.title!r}", name, [c.key or c.name for c in table.columns])


def _number(value: Value) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _day(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    text = f"{text}-01" if len(text) == 7 else text[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _time_name(day: str, grain: str) -> str:
    first = date.fromisoformat(day)
    if grain == "quarter":
        return f"Q{(first.month + 2) // 3} {first.year}"
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[first.month - 1]
    return {"month": f"{month} {first.year}", "year": str(first.year)}.get(grain, f"{first.day} {month} {first.year}")


def _dates(rows: Sequence[dict[str, Any]]) -> list[date]:
    return [date.fromisoformat(str(r["c0"])) for r in rows]


def _plain(unit: str) -> Shown:
    formats = {
        "ratio": lambda v: f"{v * 100:.1f} %",
        "count": lambda v: f"{v:,.0f}",
        "minutes": lambda v: f"{v / 60:,.1f} h",
    }
    return formats.get(unit, lambda v: f"{v:,.1f}")
