"""A chart as horizontal bars of block characters, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from analyst_agent.records import Chart

EIGHTHS = " ▏▎▍▌▋▊▉█"
SHORTEST_BAR = 10
LONGEST_LABEL = 28


def text_chart(chart: Chart, width: int = 80) -> str:
    """The title and a bar for each row of the chart's data, at most `width` characters wide; "" for another sort of chart."""
    meta = chart.spec.get("usermeta") or {}
    rows = (chart.spec.get("data") or {}).get("values") or []
    if meta.get("kind") not in ("bars", "line") or not rows:
        return ""
    label, value, shown = meta["label"], meta["value"], meta["shown"]
    lines = bars([(str(r[label]), r.get(value), str(r.get(shown, ""))) for r in rows], width)
    return "\n".join([chart.title, *lines])


def bars(rows: Sequence[tuple[str, float | None, str]], width: int = 80) -> list[str]:
    """One line for each label, number and number in words; the longest bar is the largest size, negative numbers are marked."""
    names = [_cut(label, min(LONGEST_LABEL, max(8, width // 3))) for label, _, _ in rows]
    left = max((columns(n) for n in names), default=0)
    right = max((columns(s) for _, _, s in rows), default=0)
    room = max(SHORTEST_BAR, width - left - right - 3)
    largest = max((abs(v) for _, v, _ in rows if v is not None), default=0.0)
    lines = []
    for name, (_, value, shown) in zip(names, rows, strict=True):
        drawn = bar(abs(value) / largest * room, room) if value is not None and largest > 0 else ""
        sign = "-" if value is not None and value < 0 else " "
        lines.append(f"{padded(name, left)} {sign}{drawn} {shown}".rstrip())
    return lines


def bar_lengths(chart: Chart) -> list[tuple[str, float]]:
    """Each row's name and its share of the largest, of all rows the chart was made from; empty with negative numbers."""
    rows = [(str(name), float(value)) for name, value in (chart.spec.get("usermeta") or {}).get("rows", ())]
    largest = max((value for _, value in rows), default=0.0)
    if largest <= 0 or any(value < 0 for _, value in rows):
        return []
    return [(name, value / largest) for name, value in rows]


def columns(text: str) -> int:
    """How many terminal columns a text takes: East Asian wide characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int, right: bool = False) -> str:
    """The text filled with spaces to that many columns."""
    gap = " " * max(0, width - columns(text))
    return gap + text if right else text + gap


def bar(length: float, room: int) -> str:
    """A bar of that many columns, in eighths; what is more than nothing is visible."""
    eighths = round(min(length, room) * 8)
    if length > 0 and eighths == 0:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return EIGHTHS[8] * whole + (EIGHTHS[rest] if rest else "")


def _cut(text: str, most: int) -> str:
    if columns(text) <= most:
        return text
    while columns(text) > most - 1:
        text = text[:-1]
    return text + "…"
