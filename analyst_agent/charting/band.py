"""A line over time with its band: intervals of what was counted, a moving average, marked days, and a forecast that cannot be taken for a count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from analyst_agent.charting.base import BAR, FAINT, INK, Picture, axis_title, clean, number_scale, spec
from analyst_agent.charting.lines import TIME_LABELS, day_of, time_name
from analyst_agent.records import Chart

FORECAST = "forecast"
MOST_MARKS, MOST_POINTS = 6, 45


def line_with_band(picture: Picture) -> Chart:
    """Parts: time, value, low and high (of the band), and where there are: average, kind (`forecast` for what is ahead).

    options: grain; marks, a list of {"day", "label"}; so_far, the time that is not over. Gaps stay gaps.
    """
    grain = str(picture.options.get("grain", "month"))
    rows, so_far = _rows(picture, grain), day_of(picture.options.get("so_far"))
    # A month of which two days are over would look like a fall.
    left_out = [row["c3"] for row in rows if so_far and row["c0"] == so_far]
    rows = [row for row in rows if row["c3"] not in left_out]
    observed, ahead = [r for r in rows if r["c7"] != FORECAST], [r for r in rows if r["c7"] == FORECAST]
    known = [r for r in observed if r["c1"] is not None]
    joined = ([known[-1]] if known else []) + ahead
    if ahead and known:
        joined[0] = joined[0] | {"c4": joined[0]["c1"], "c5": joined[0]["c1"]}
    marks = _marks(picture, rows)
    unit = picture.unit("value")
    y: dict[str, Any] = {
        "field": "c1",
        "type": "quantitative",
        "title": axis_title(picture.name("value"), unit, rows),
        **number_scale(unit, rows),
    }
    x = _time_axis(rows, grain)
    at = {"x": x, "y": y}
    spread = {"x": x, "y": {**y, "field": "c4"}, "y2": {"field": "c5"}}
    line: dict[str, Any] = {
        "type": "line",
        "color": INK,
        "strokeWidth": 2,
        "strokeJoin": "round",
        "invalid": "break-paths-show-path-domains",
    }
    average = {"type": "line", "color": BAR, "strokeWidth": 1.5, "strokeDash": [2, 2]}
    layers: list[dict[str, Any]] = [
        {"data": {"values": _whole(observed)}, "mark": {"type": "area", "color": FAINT, "opacity": 0.7}, "encoding": spread},
        {"data": {"values": _whole(joined)}, "mark": {"type": "area", "color": FAINT, "opacity": 0.35}, "encoding": spread},
        {"data": {"values": observed}, "mark": line, "encoding": at},
        {"data": {"values": known if len(known) <= MOST_POINTS else []}, "mark": {"type": "point", "color": INK, "filled": True, "size": 30}, "encoding": at},
        {"data": {"values": joined}, "mark": line | {"strokeDash": [5, 4]}, "encoding": at},
    ]  # fmt: skip
    averaged = [r | {"c1": r["c6"]} for r in observed if r["c6"] is not None]
    if averaged:
        layers.append({"data": {"values": averaged}, "mark": average, "encoding": at})
    layers += _mark_layers(marks, x)
    end = (ahead or known)[-1:] if rows else []
    text = {"type": "text", "align": "right", "dy": -12, "fontWeight": "bold"}
    said = {"data": {"values": end}, "encoding": {**at, "text": {"field": "c2", "type": "nominal"}}}
    halo = text | {"color": "white", "stroke": "white", "strokeWidth": 4}
    layers += [{**said, "mark": halo}, {**said, "mark": text | {"color": INK}}]
    heading = clean(picture.title)
    notes = ["grey: 95 % intervals"] if any(r["c4"] is not None for r in observed) else []
    notes += [f"dotted: {picture.name('average')}"] if averaged else []
    notes += ["dashed: forecast with its 95 % interval, not yet counted"] if ahead else []
    notes += [f"{left_out[0]} is not over and left out"] if left_out else []
    alt = _alt(heading, picture, known, ahead, marks, grain)
    made = spec(heading, "; ".join(notes), alt, observed, layers, "line")
    made["usermeta"]["label"] = "c3"
    return Chart(heading, made | {"width": 560, "height": 240}, alt)


def _rows(picture: Picture, grain: str) -> list[dict[str, Any]]:
    parts = [picture.numbers(part) for part in ("value", "low", "high", "average")]
    kinds = picture.values("kind")
    found = []
    for stored, kind, value, low, high, average in zip(picture.values("time"), kinds, *parts, strict=True):
        day = day_of(stored)
        if day:
            made = {"c0": day, "c1": value, "c2": picture.shown("value", value), "c3": time_name(day, grain)}
            found.append(made | {"c4": low, "c5": high, "c6": average, "c7": FORECAST if kind == FORECAST else ""})
    return sorted(found, key=lambda row: (row["c0"], row["c7"]))


def _whole(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["c4"] is not None and row["c5"] is not None]


def _marks(picture: Picture, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days to mark that lie within the axis, each label on a line of its own so that neighbours stay readable."""
    if not rows:
        return []
    inside = [
        (day, clean(one.get("label", ""), 40))
        for one in picture.options.get("marks", ())
        if (day := day_of(one.get("day"))) and rows[0]["c0"] <= day <= rows[-1]["c0"]
    ]
    return [{"c0": day, "c1": label, "c2": place % 3} for place, (day, label) in enumerate(sorted(inside)[:MOST_MARKS])]


def _mark_layers(marks: list[dict[str, Any]], x: dict[str, Any]) -> list[dict[str, Any]]:
    if not marks:
        return []
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": marks},
            "mark": {"type": "rule", "color": BAR, "strokeDash": [3, 3]},
            "encoding": {"x": {**x, "field": "c0"}},
        }
    ]
    for place in range(3):
        own = [one for one in marks if one["c2"] == place]
        text = {
            "type": "text", "align": "left", "baseline": "top", "dx": 4, "y": 2 + 14 * place, "color": BAR, "fontSize": 11,
        }  # fmt: skip
        if own:
            named = {"x": {**x, "field": "c0"}, "text": {"field": "c1", "type": "nominal"}}
            layers.append({"data": {"values": own}, "mark": text, "encoding": named})
    return layers


def _time_axis(rows: list[dict[str, Any]], grain: str) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "labelOverlap": True,
        "grid": False,
        "labelExpr": TIME_LABELS.get(grain, TIME_LABELS["day"]),
    }
    days = sorted({row["c0"] for row in rows})
    if len(days) <= 13:
        firsts = [date.fromisoformat(day) for day in days]
        axis["values"] = [{"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in firsts]
    scale: dict[str, Any] = {"type": "utc"}
    if len(days) > 1:
        last = date.fromisoformat(days[-1]) + timedelta(days=1)
        scale["domain"] = [
            {"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in (date.fromisoformat(days[0]), last)
        ]
    return {"field": "c0", "type": "temporal", "scale": scale, "title": None, "axis": axis}


def _alt(
    heading: str,
    picture: Picture,
    known: list[dict[str, Any]],
    ahead: list[dict[str, Any]],
    marks: list[dict[str, Any]],
    grain: str,
) -> str:
    text = f"Line chart with a band, {heading}: {picture.name('value')} over {len(known)} {grain}s."
    if known:
        top, low = max(known, key=lambda r: r["c1"]), min(known, key=lambda r: r["c1"])
        text += f" Highest {top['c3']} ({top['c2']}), lowest {low['c3']} ({low['c2']}), last {known[-1]['c3']} ({known[-1]['c2']})."
    if ahead:
        text += f" Forecast to {ahead[-1]['c3']}: {ahead[-1]['c2']}."
    if marks:
        text += " Marked: " + "; ".join(f"{one['c0']} {one['c1']}".strip() for one in marks) + "."
    return text
