"""A line over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from analyst_agent.charting.base import BAR, INK, Shown, axis_title, clean, column, number, number_scale, plain, spec
from analyst_agent.records import Chart, Table

# The year stands under the first label and every January, so that the others stay short enough to be kept.
_TWO_LINES = "[utcFormat(datum.value, '{}'), (datum.index == 0 || utcmonth(datum.value) == 0) ? utcFormat(datum.value, '%Y') : '']"
_DAY = "utcFormat(datum.value, '%-d %b')"
TIME_LABELS = {
    "day": _DAY,
    "month": _TWO_LINES.format("%b"),
    "quarter": "'Q' + ceil((utcmonth(datum.value) + 1) / 3) + ' ' + utcFormat(datum.value, '%Y')",
    "year": "utcFormat(datum.value, '%Y')",
}


def line_over_time(
    table: Table, time: str, value: str, title: str = "", show: Shown | None = None, grain: str = "month"
) -> Chart:
    """The column `value` over the first days in the column `time`, from zero; a missing value is a gap."""
    y, x = column(table, value), column(table, time)
    shown = show or plain(table.columns[y].unit)
    rows: list[dict[str, Any]] = [
        {
            "c0": day,
            "c1": number(row[y]),
            "c2": shown(n) if (n := number(row[y])) is not None else "",
            "c3": time_name(day, grain),
        }
        for row in table.rows
        if (day := day_of(row[x]))
    ]
    rows.sort(key=lambda row: str(row["c0"]))
    heading = clean(title or table.title)
    name, unit = clean(table.columns[y].name), table.columns[y].unit
    known = [r for r in rows if r["c1"] is not None]
    alt = f"Line chart, {heading}: {name} over {len(rows)} {grain}s."
    if known:
        top, low = max(known, key=lambda r: r["c1"]), min(known, key=lambda r: r["c1"])
        alt += f" Highest {top['c3']} ({top['c2']}), lowest {low['c3']} ({low['c2']})."
    step: dict[str, Any] = {"labelOverlap": True, "grid": False, "labelExpr": TIME_LABELS.get(grain, _DAY)}
    if len(rows) <= 13:
        step["values"] = [{"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in _dates(rows)]
    x_axis = {"field": "c0", "type": "temporal", "scale": {"type": "utc"}, "title": None, "axis": step}
    y_axis = {
        "field": "c1",
        "type": "quantitative",
        "title": axis_title(name, unit, rows),
        **number_scale(unit, rows),
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
    made = spec(heading, "", alt, rows, layers, "line")
    made["usermeta"]["label"] = "c3"
    return Chart(heading, made | {"width": 520, "height": 220}, alt)


def day_of(value: Any) -> str:
    """The first day of a stored unit of time (a day, 2026-10, 2026-Q4, 2026) in ISO form, "" where it is none."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if len(text) == 7 and text[5] == "Q" and text[6] in "1234":
        text = f"{text[:4]}-{3 * int(text[6]) - 2:02}"
    text = f"{text}-01-01" if len(text) == 4 else f"{text}-01" if len(text) == 7 else text[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def time_name(day: str, grain: str) -> str:
    """A unit of time by its first day, short: Oct 2026, Q4 2026, 5 Oct 2026."""
    first = date.fromisoformat(day)
    if grain == "quarter":
        return f"Q{(first.month + 2) // 3} {first.year}"
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[first.month - 1]
    return {"month": f"{month} {first.year}", "year": str(first.year)}.get(grain, f"{first.day} {month} {first.year}")


def _dates(rows: Sequence[dict[str, Any]]) -> list[date]:
    return [date.fromisoformat(str(r["c0"])) for r in rows]
