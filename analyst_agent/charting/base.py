"""What charts share: fields named c0, c1, ..., so that no name or value is read as an expression; scales, units and texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analyst_agent.errors import UnknownName
from analyst_agent.masking import one_line
from analyst_agent.records import Table, Value

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
INK, BAR, FAINT = "#1f2933", "#52606d", "#cbd2d9"
LONGEST_LABEL = 36
Shown = Callable[[float], str]
Label = Callable[[Value], str]
Interval = tuple[float, float] | None
_FORMATS = {"ratio": ".0%", "points": "+.1%", "count": ",d", "currency": ",.0f", "score": ".1f", "minutes": ",.0f"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A table to be drawn. columns: name or key of a column by its part in the chart. say: a stored value of a dimension in
    words; show: a number of a unit in words.
    """

    table: Table
    columns: Mapping[str, str]
    title: str
    say: Callable[[str, Value], str]
    show: Callable[[str, float], str]
    options: Mapping[str, Any] = field(default_factory=dict)

    def at(self, part: str) -> int:
        """The index of the column that plays a part. Raises UnknownName where it is not named or the table lacks it."""
        if part not in self.columns:
            raise UnknownName(f"part of the chart {self.title!r}", part, self.columns)
        return column(self.table, self.columns[part])

    def unit(self, part: str) -> str:
        """The unit of the column that plays a part."""
        return self.table.columns[self.at(part)].unit

    def name(self, part: str) -> str:
        """The heading of the column that plays a part."""
        return clean(self.table.columns[self.at(part)].name)

    def values(self, part: str) -> list[Value]:
        """The cells of the column that plays a part; None throughout where no column does."""
        if part not in self.columns:
            return [None] * len(self.table.rows)
        at = self.at(part)
        return [row[at] for row in self.table.rows]

    def numbers(self, part: str) -> list[float | None]:
        """The same as numbers; what is none is None."""
        return [number(value) for value in self.values(part)]

    def labels_of(self, part: str) -> list[str]:
        """The cells of a part in words; equal cells read alike."""
        at = self.at(part)
        key = self.table.columns[at].key or self.table.columns[at].name
        return [clean(self.say(key, row[at]), LONGEST_LABEL) or "(empty)" for row in self.table.rows]

    def labels(self, part: str) -> list[str]:
        """The same, each one different from the others."""
        seen: dict[str, int] = {}
        found = []
        for name in self.labels_of(part):
            seen[name] = seen.get(name, 0) + 1
            found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return found

    def shown(self, part: str, value: float | None) -> str:
        """A number of a part in words, "" for none."""
        return clean(self.show(self.unit(part), value)) if value is not None else ""


def clean(text: object, longest: int = 90) -> str:
    """One visible line, cut with an ellipsis."""
    line = one_line(str(text))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def spec(
    title: str, subtitle: str, alt: str, rows: list[dict[str, Any]], layers: list[dict[str, Any]], kind: str
) -> dict[str, Any]:
    """A specification of layers over rows, with its title, description and what a text chart needs."""
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


def axis_title(name: str, unit: str, rows: Sequence[dict[str, Any]]) -> str:
    """The name of a number with the unit its axis counts in."""
    said = {"minutes": duration_unit(largest(rows))[0], "points": "points"}.get(unit, "")
    return f"{name} ({said})" if said else name


def number_scale(unit: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Axis and scale of a number: from zero, with ticks a reader would choose."""
    axis: dict[str, Any] = {"tickCount": 5, "format": _FORMATS.get(unit, ",.1f")}
    scale: dict[str, Any] = {"zero": True, "nice": True}
    most = largest(rows)
    if unit == "ratio" and most < 0.05:
        axis["format"] = ".2%" if most < 0.01 else ".1%"
    if unit == "count" and most < 5:
        axis |= {"tickMinStep": 1}
    if unit == "points":
        axis = {"tickCount": 5, "labelExpr": "format(datum.value * 100, '+.1f')"}
    if unit == "minutes" and most > 0:
        # Durations stay minutes in the data; the axis counts in the unit a reader can picture.
        _, one = duration_unit(most)
        ticks = [step * one for step in _ticks(most / one)]
        axis = {"values": ticks, "labelExpr": f"format(datum.value / {one:g}, ',.1~f')"}
        scale = {"zero": True, "nice": False, "domain": [0, ticks[-1]]}
    return {"axis": axis, "scale": scale}


def _ticks(largest: float) -> list[float]:
    """Round steps from zero to at or above `largest`, four to eight of them."""
    power = 10.0 ** math.floor(math.log10(largest))
    step = next(s * power for s in (0.2, 0.25, 0.5, 1.0, 2.0) if largest / (s * power) <= 6)
    return [round(step * i, 10) for i in range(math.ceil(largest / step - 1e-9) + 1)]


def duration_unit(minutes: float) -> tuple[str, float]:
    """The unit a reader can picture for so many minutes, and its minutes."""
    return ("minutes", 1.0) if minutes < 120 else ("hours", 60.0) if minutes < 72 * 60 else ("days", 1440.0)


def largest(rows: Sequence[dict[str, Any]]) -> float:
    """The largest size among the rows."""
    return max((abs(float(r[k])) for r in rows for k in ("c1", "c5") if r.get(k) is not None), default=0.0)


def column(table: Table, name: str) -> int:
    """The index of a column by its key or name. Raises UnknownName."""
    for at, column in enumerate(table.columns):
        if name in (column.key, column.name):
            return at
    raise UnknownName(f"column of the table {table.title!r}", name, [c.key or c.name for c in table.columns])


def number(value: Value) -> float | None:
    """A finite number, None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def plain(unit: str) -> Shown:
    """How a number of a unit is written where nobody says."""
    formats = {
        "ratio": lambda v: f"{v * 100:.1f} %",
        "count": lambda v: f"{v:,.0f}",
        "minutes": lambda v: f"{v / 60:,.1f} h",
    }
    return formats.get(unit, lambda v: f"{v:,.1f}")
