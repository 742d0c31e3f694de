"""What lasted from when to when: one bar for each row, in the order of their beginnings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from analyst_agent.charting.base import BAR, FAINT, INK, Picture, clean, spec
from analyst_agent.records import Chart

MOST_ROWS = 25
HOURS_TOLD = 96
"""Within so many hours the axis tells the time of day."""


def timeline(picture: Picture) -> Chart:
    """Parts: label, start, end (ISO 8601 times), and kind where there is one: rows of the first kind are dark, others light.

    A row without an end is a moment and drawn as a point. More than 25 rows are cut, and the subtitle says so.
    """
    kinds = picture.values("kind")
    first = next((kind for kind in kinds if kind is not None), None)
    rows: list[dict[str, Any]] = []
    for label, start, end, kind in zip(
        picture.labels("label"), picture.values("start"), picture.values("end"), kinds, strict=True
    ):
        begun, ended = _moment(start), _moment(end)
        if begun:
            rows.append({"c0": label, "c1": begun, "c2": _said(begun), "c3": ended or begun, "c4": kind == first, "c5": bool(ended)})  # fmt: skip
    rows.sort(key=lambda row: (row["c1"], row["c3"]))
    kept = rows[:MOST_ROWS]
    y: dict[str, Any] = {
        "field": "c0", "type": "nominal", "sort": [row["c0"] for row in kept], "title": None,
        "axis": {"labelLimit": 260, "ticks": False, "domain": False, "grid": True},
    }  # fmt: skip
    is_short = bool(kept) and _hours(min(r["c1"] for r in kept), max(r["c3"] for r in kept)) < HOURS_TOLD
    x: dict[str, Any] = {
        "field": "c1", "type": "temporal", "title": None, "scale": {"type": "utc", "nice": True},
        "axis": {"grid": False, "labelOverlap": True, "tickCount": 6, "format": "%-d %b %H:%M" if is_short else "%-d %b"},
    }  # fmt: skip
    dark = {"condition": {"test": "datum.c4", "value": BAR}, "value": FAINT}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [row for row in kept if row["c5"]]},
            "mark": {"type": "bar", "height": {"band": 0.6}, "stroke": BAR, "strokeWidth": 1},
            "encoding": {"y": y, "x": x, "x2": {"field": "c3"}, "fill": dark},
        },
        {
            "data": {"values": [row for row in kept if not row["c5"]]},
            "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 70, "color": INK},
            "encoding": {"y": y, "x": x},
        },
    ]
    heading = clean(picture.title)
    note = f"the first {MOST_ROWS} of {len(rows)}" if len(rows) > MOST_ROWS else ""
    alt = f"Timeline, {heading}: " + "; ".join(f"{row['c0']} from {row['c2']}" for row in kept[:8]) + "."
    made = spec(heading, note, alt, kept, layers, "timeline")
    return Chart(heading, made | {"width": 480, "height": {"step": 24}}, alt)


def _moment(value: Any) -> str:
    try:
        return (value if isinstance(value, datetime) else datetime.fromisoformat(str(value))).isoformat()
    except ValueError:
        return ""


def _hours(start: str, end: str) -> float:
    first, last = (datetime.fromisoformat(one).replace(tzinfo=None) for one in (start, end))
    return (last - first).total_seconds() / 3600


def _said(moment: str) -> str:
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%b %Y %H:%M}"
