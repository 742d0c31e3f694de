"""From one total to another by the parts between them, which add up."""

from __future__ import annotations

from typing import Any

from analyst_agent.charting.base import BAR, FAINT, INK, Picture, axis_title, clean, number_scale, spec
from analyst_agent.records import Chart


def waterfall(picture: Picture) -> Chart:
    """Parts: label, value. options: totals, the stored labels whose values are levels and not changes (else the first and last).

    Rows stand in the table's order. Rises are dark, falls are hatched by their outline, totals are black.
    """
    stored, labels, values = picture.values("label"), picture.labels("label"), picture.numbers("value")
    whole = {str(name) for name in picture.options.get("totals", ())} or {str(stored[0]), str(stored[-1])}
    rows: list[dict[str, Any]] = []
    level = 0.0
    for name, label, value in zip(stored, labels, values, strict=True):
        if value is None:
            continue
        total = str(name) in whole
        begin, level = (0.0, value) if total else (level, level + value)
        shown = picture.shown("value", value)
        signed = shown if total or value <= 0 or shown.startswith("+") else f"+{shown}"
        rows.append(
            {
                "c0": label,
                "c1": value,
                "c2": signed,
                "c3": begin,
                "c4": level,
                "c5": max(begin, level),
                "c6": "total" if total else "up" if value > 0 else "down",
            }
        )
    unit = picture.unit("value")
    sizes = [{"c1": row["c5"]} for row in rows]
    order = [row["c0"] for row in rows]
    y: dict[str, Any] = {
        "field": "c0", "type": "nominal", "sort": order, "title": None,
        "axis": {"labelLimit": 280, "ticks": False, "domain": False},
    }  # fmt: skip
    x: dict[str, Any] = {
        "field": "c3", "type": "quantitative", "title": axis_title(picture.name("value"), unit, sizes), **number_scale(unit, sizes),
    }  # fmt: skip
    paint = {
        "field": "c6", "type": "nominal", "legend": None,
        "scale": {"domain": ["total", "up", "down"], "range": [INK, BAR, "white"]},
    }  # fmt: skip
    edge = {
        "field": "c6", "type": "nominal", "legend": None,
        "scale": {"domain": ["total", "up", "down"], "range": [INK, BAR, BAR]},
    }  # fmt: skip
    steps = [{"c0": row["c0"], "c8": rows[i + 1]["c0"], "c3": row["c4"]} for i, row in enumerate(rows[:-1])]
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": steps},
            "mark": {"type": "rule", "color": FAINT},
            "encoding": {"y": y, "y2": {"field": "c8"}, "x": x},
        },
        {
            "mark": {"type": "bar", "strokeWidth": 1.2, "height": {"band": 0.7}},
            "encoding": {"y": y, "x": x, "x2": {"field": "c4"}, "fill": paint, "stroke": edge},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
            "encoding": {"y": y, "x": {**x, "field": "c5"}, "text": {"field": "c2", "type": "nominal"}},
        },
    ]
    heading = clean(picture.title)
    alt = f"Waterfall chart, {heading}: " + "; ".join(f"{row['c0']} {row['c2']}" for row in rows) + "."
    made = spec(heading, "filled: more, hollow: less", alt, rows, layers, "waterfall")
    made["usermeta"]["rows"] = [[row["c0"], row["c1"]] for row in rows]
    return Chart(heading, made | {"width": 420, "height": {"step": 28}}, alt)
