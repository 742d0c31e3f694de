"""Units against what chance allows: each a point over its number of tickets, between control limits; no ranking."""

from __future__ import annotations

import math
from typing import Any

from analyst_agent.charting.base import BAR, FAINT, INK, Picture, axis_title, clean, number_scale, spec
from analyst_agent.records import Chart

MOST_NAMED = 8
FEW = 8
"""So many points and fewer are all named, not only those outside."""


def funnel(picture: Picture) -> Chart:
    """Parts: label, n, value, low and high (the limits of a unit of that size). Points outside their limits are named, and all where they are few.

    options: reference, the value in the middle.
    """
    labels = picture.labels("label")
    parts = [picture.numbers(part) for part in ("n", "value", "low", "high")]
    rows: list[dict[str, Any]] = []
    for label, n, value, low, high in zip(labels, *parts, strict=True):
        if n is None or value is None or n <= 0:
            continue
        is_outside = (low is not None and value < low) or (high is not None and value > high)
        rows.append(
            {"c0": label, "c1": value, "c2": picture.shown("value", value), "c3": n, "c4": low, "c5": high, "c6": is_outside}
        )  # fmt: skip
    rows.sort(key=lambda row: row["c3"])
    unit = picture.unit("value")
    largest = [{"c1": max(row["c1"], row["c5"] or 0.0)} for row in rows]
    scaled = number_scale(unit, largest)
    x: dict[str, Any] = {
        "field": "c3", "type": "quantitative", "title": picture.name("n"),
        "scale": {"nice": True, "zero": True}, "axis": {"grid": False, "format": ",d", "tickCount": 6},
    }  # fmt: skip
    y: dict[str, Any] = {
        "field": "c1", "type": "quantitative", "title": axis_title(picture.name("value"), unit, largest), **scaled,
    }  # fmt: skip
    limits = [row for row in rows if row["c4"] is not None and row["c5"] is not None]
    band = {"x": x, "y": {**y, "field": "c4"}, "y2": {"field": "c5"}}
    layers: list[dict[str, Any]] = [
        {"data": {"values": limits}, "mark": {"type": "area", "color": FAINT, "opacity": 0.5, "interpolate": "monotone"}, "encoding": band},
        {"data": {"values": limits}, "mark": {"type": "line", "color": BAR, "strokeDash": [3, 3], "strokeWidth": 1, "interpolate": "monotone"}, "encoding": {"x": x, "y": {**y, "field": "c5"}}},
        {"data": {"values": limits}, "mark": {"type": "line", "color": BAR, "strokeDash": [3, 3], "strokeWidth": 1, "interpolate": "monotone"}, "encoding": {"x": x, "y": {**y, "field": "c4"}}},
    ]  # fmt: skip
    reference = picture.options.get("reference")
    if isinstance(reference, (int, float)) and math.isfinite(reference):
        layers.append(
            {"data": {"values": [{"c1": reference}]}, "mark": {"type": "rule", "color": BAR}, "encoding": {"y": y}}
        )
    inside = [row for row in rows if not row["c6"]]
    out = [row for row in rows if row["c6"]]
    point = {"type": "point", "size": 55, "stroke": BAR, "strokeWidth": 1.5}
    layers.append({"data": {"values": inside}, "mark": point | {"fill": "white"}, "encoding": {"x": x, "y": y}})
    layers.append(
        {
            "data": {"values": out},
            "mark": point | {"fill": INK, "stroke": INK, "size": 75},
            "encoding": {"x": x, "y": y},
        }
    )
    named = sorted(rows if len(rows) <= FEW else out, key=lambda row: -row["c3"])[:MOST_NAMED]
    middle = max((row["c3"] for row in rows), default=0.0) * 0.6
    for side, align, dx in ((True, "right", -9), (False, "left", 9)):
        own = [row | {"c7": f"{row['c0']} {row['c2']}"} for row in named if (row["c3"] > middle) is side]
        text = {"x": x, "y": y, "text": {"field": "c7", "type": "nominal"}}
        mark = {"type": "text", "align": align, "dx": dx}
        halo = mark | {"color": "white", "stroke": "white", "strokeWidth": 4}
        layers += [{"data": {"values": own}, "mark": one, "encoding": text} for one in (halo, mark | {"color": INK})]
    heading = clean(picture.title)
    alt = f"Funnel chart, {heading}: {picture.name('value')} of {len(rows)} over {picture.name('n')}, with control limits."
    outside = "; ".join(f"{row['c0']} ({row['c2']})" for row in named if row["c6"])
    alt += f" Outside: {outside}." if outside else " None lies outside."
    made = spec(heading, "grey: where chance alone would leave a point of that size", alt, rows, layers, "funnel")
    made["usermeta"]["rows"] = [[row["c0"], row["c1"]] for row in rows]
    return Chart(heading, made | {"width": 480, "height": 280}, alt)
