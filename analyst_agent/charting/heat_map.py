"""Two dimensions as a grid whose cells are the darker the larger their number, which stands in them."""

from __future__ import annotations

from typing import Any

from analyst_agent.charting.base import INK, Picture, clean, spec
from analyst_agent.records import Chart

MOST_COLUMNS, MOST_ROWS = 24, 20
FEW_CELLS = 150
_DARK_FROM = 0.5
"""Share of the largest value from which a cell's text is white."""


def heat_map(picture: Picture) -> Chart:
    """Parts: x, y, value, and n where there is one (of how many, in the alt text). Rows and columns keep the table's order.

    A grid of more than 24 columns or 20 rows is cut, and the subtitle says so. A cell without a number stays empty.
    options: so_far, the stored value of x that is not over.
    """
    across, down, values = _across(picture), picture.labels_of("y"), picture.numbers("value")
    columns, lines = list(dict.fromkeys(across)), list(dict.fromkeys(down))
    kept_columns, kept_lines = columns[:MOST_COLUMNS], lines[:MOST_ROWS]
    rows: list[dict[str, Any]] = []
    for x, y, value in zip(across, down, values, strict=True):
        if x in kept_columns and y in kept_lines and value is not None:
            rows.append({"c0": y, "c1": value, "c2": picture.shown("value", value), "c3": x})
    largest = max((row["c1"] for row in rows), default=0.0)
    lowest = min((row["c1"] for row in rows), default=0.0)
    for row in rows:
        row["c4"] = largest > 0 and row["c1"] >= _DARK_FROM * largest
    longest = max(map(len, kept_columns), default=0)
    is_level = longest <= 5 or (longest <= 12 and len(kept_columns) <= 12)
    x_axis: dict[str, Any] = {
        "field": "c3", "type": "ordinal", "sort": kept_columns, "title": picture.name("x"),
        "axis": {"labelAngle": 0 if is_level else -40, "labelOverlap": "parity" if is_level else False, "labelSeparation": 8, "ticks": False, "domain": False, "labelLimit": 160},
    }  # fmt: skip
    y_axis: dict[str, Any] = {
        "field": "c0", "type": "ordinal", "sort": kept_lines, "title": None,
        "axis": {"ticks": False, "domain": False, "labelLimit": 220},
    }  # fmt: skip
    colour = {
        "field": "c1", "type": "quantitative", "legend": None,
        "scale": {"range": ["#f3f5f7", "#3e4c59"], "domain": [min(0.0, lowest), max(largest, 1e-9)]},
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "stroke": "white", "strokeWidth": 1},
            "encoding": {"x": x_axis, "y": y_axis, "color": colour},
        }
    ]
    if len(rows) <= FEW_CELLS:
        white = {"condition": {"test": "datum.c4", "value": "white"}, "value": INK}
        text = {"x": x_axis, "y": y_axis, "text": {"field": "c2", "type": "nominal"}, "color": white}
        layers.append({"mark": {"type": "text", "fontSize": 11}, "encoding": text})
    heading = clean(picture.title)
    cut = len(columns) > MOST_COLUMNS or len(lines) > MOST_ROWS
    note = f"the first {len(kept_columns)} of {len(columns)} by {len(kept_lines)} of {len(lines)}" if cut else ""
    top = sorted(rows, key=lambda row: -row["c1"])[:3]
    alt = f"Heat map, {heading}: {picture.name('value')} by {picture.name('y')} and {picture.name('x')}, {len(rows)} cells."
    highest = "; ".join(f"{row['c0']}, {row['c3']}: {row['c2']}" for row in top)
    alt += f" Highest {highest}." if top else ""
    made = spec(heading, note, alt, rows, layers, "heat_map")
    made["usermeta"]["rows"] = [[f"{r['c0']}, {r['c3']}", r["c1"]] for r in rows]
    wide = 64 if len(kept_columns) <= 12 else 36
    return Chart(heading, made | {"width": {"step": wide}, "height": {"step": 26}}, alt)


def _across(picture: Picture) -> list[str]:
    """The columns in words, the one that is not over marked as such."""
    so_far = picture.options.get("so_far")
    said = zip(picture.labels_of("x"), picture.values("x"), strict=True)
    return [f"{label} so far" if so_far is not None and str(value) == so_far else label for label, value in said]
