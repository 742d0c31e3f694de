"""Two periods side by side: each row a line from what it was to what it is."""

from __future__ import annotations

from typing import Any

from analyst_agent.charting.base import INK, Picture, clean, number_scale, spec
from analyst_agent.records import Chart

MOST_LINES = 8
_GAP = 0.055
"""Least distance of two labels, as a part of the axis."""


def slope(picture: Picture) -> Chart:
    """Parts: label, before, now. Of more than eight rows those that changed most are drawn, and the subtitle says so.

    options: names, the two periods in words. Rows that lack either number are left out. The line that changed most is dark.
    """
    labels, before, now = picture.labels("label"), picture.numbers("before"), picture.numbers("now")
    pairs = [(x, a, b) for x, a, b in zip(labels, before, now, strict=True) if a is not None and b is not None]
    drawn = sorted(pairs, key=lambda pair: -abs(pair[2] - pair[1]))[:MOST_LINES]
    names = [clean(name, 30) for name in picture.options.get("names", ("before", "now"))]
    largest = max((max(abs(a), abs(b)) for _, a, b in drawn), default=0.0)
    ends = _dodged([b for _, _, b in drawn], largest * _GAP), _dodged([a for _, a, _ in drawn], largest * _GAP)
    rows: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for place, (label, a, b) in enumerate(drawn):
        strong = place == 0 and a != b
        rows += [{"c0": label, "c1": v, "c3": side, "c4": strong} for side, v in zip(names, (a, b), strict=True)]
        then, later = picture.shown("before", a), picture.shown("now", b)
        texts.append({"c1": ends[1][place], "c2": f"{label} {then}", "c3": names[0], "c4": strong, "c5": "left"})
        texts.append({"c1": ends[0][place], "c2": f"{label} {later}", "c3": names[1], "c4": strong, "c5": "right"})
    x: dict[str, Any] = {
        "field": "c3", "type": "ordinal", "sort": names, "title": None,
        "axis": {"labelAngle": 0, "orient": "top", "domain": False, "ticks": False, "labelFontWeight": "bold"},
        "scale": {"padding": 0.1},
    }  # fmt: skip
    # Each end carries its number: an axis beside them would only be in their way.
    y: dict[str, Any] = {
        "field": "c1",
        "type": "quantitative",
        "axis": None,
        "scale": number_scale(picture.unit("now"), rows)["scale"],
    }
    at = {"x": x, "y": y, "detail": {"field": "c0", "type": "nominal"}}
    dark = {"condition": {"test": "datum.c4", "value": INK}, "value": "#8a96a3"}
    wide = {"condition": {"test": "datum.c4", "value": 3}, "value": 1.5}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line"}, "encoding": {**at, "color": dark, "strokeWidth": wide}},
        {"mark": {"type": "point", "filled": True, "size": 40}, "encoding": {**at, "color": dark}},
    ]
    for side, align, dx in (("left", "right", -8), ("right", "left", 8)):
        named = {"x": x, "y": y, "text": {"field": "c2", "type": "nominal"}, "color": {"value": INK}}
        layers.append(
            {
                "data": {"values": [one for one in texts if one["c5"] == side]},
                "mark": {"type": "text", "align": align, "dx": dx},
                "encoding": named,
            }
        )
    heading = clean(picture.title)
    note = f"the {MOST_LINES} of {len(pairs)} that changed most" if len(pairs) > MOST_LINES else ""
    alt = f"Slope chart, {heading}: {picture.name('now')} of {len(pairs)} {picture.name('label')}s, {' against '.join(reversed(names))}."
    alt += "".join(f" {x} from {picture.shown('before', a)} to {picture.shown('now', b)}." for x, a, b in drawn[:3])
    made = spec(heading, note, alt, rows, layers, "slope")
    made["usermeta"]["rows"] = [[label, b] for label, _, b in drawn]
    return Chart(heading, made | {"width": 300, "height": 300}, alt)


def _dodged(values: list[float], gap: float) -> list[float]:
    """Heights for labels near their values, none nearer to the next than the gap; order and mean of a crowd stay."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    groups: list[tuple[float, list[int]]] = []
    for i in order:
        middle, members = values[i], [i]
        while groups and middle - (len(members) - 1) * gap / 2 < groups[-1][0] + (len(groups[-1][1]) + 1) * gap / 2:
            other, others = groups.pop()
            middle = (other * len(others) + middle * len(members)) / (len(others) + len(members))
            members = others + members
        groups.append((middle, members))
    found = [0.0] * len(values)
    for middle, members in groups:
        lowest = max(middle - (len(members) - 1) * gap / 2, 0.0) if min(values, default=0.0) >= 0 else middle
        for place, i in enumerate(members):
            found[i] = lowest + place * gap
    return found
