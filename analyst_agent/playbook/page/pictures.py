"""A report's charts as pictures for mail, in the order shown, each under a name its place gives it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery import Picture
from analyst_agent.playbook.records import Report
from analyst_agent.records import Chart
from analyst_agent.report.charts import png
from analyst_agent.report.renderer import Renderer

SCALE = 2.0
"""Pixels of a picture for each one shown: sharp on a phone."""
_RENDERER: ContextVar[Renderer | None] = ContextVar("renderer", default=None)


def cid_of(section: int, chart: int) -> str:
    """The name of a section's chart, both counted from 1."""
    return f"section{section}.chart{chart}"


def pictures_of(report: Report) -> tuple[Picture, ...]:
    """Every chart as PNG, a chart that is shown twice drawn once. The same report gives the same bytes."""
    placed = [
        (cid_of(s, c), chart)
        for s, section in enumerate(report.sections, start=1)
        for c, chart in enumerate(section.charts, start=1)
    ]
    draw_ahead(chart for _, chart in placed)
    drawn: dict[str, bytes] = {}
    for _, chart in placed:
        if (spec := _text(chart)) not in drawn:
            drawn[spec] = _drawn(chart)
    return tuple(Picture(name, drawn[_text(chart)], one_line(chart.alt)) for name, chart in placed)


@contextmanager
def renderer_at_hand() -> Iterator[None]:
    """Within it, charts are drawn in a process of its own, beside what else is done; it is gone at the end."""
    with Renderer() as renderer:
        token = _RENDERER.set(renderer)
        try:
            yield
        finally:
            _RENDERER.reset(token)


def draw_ahead(charts: Iterable[Chart]) -> None:
    """Begins to draw charts that a report will show, where there is a process for it."""
    renderer = _RENDERER.get()
    if renderer is not None:
        for chart in charts:
            renderer.begin(chart.spec, SCALE)


def _drawn(chart: Chart) -> bytes:
    """By the process for it, else by this one, which tells why it cannot be."""
    renderer = _RENDERER.get()
    found = renderer.begin(chart.spec, SCALE).result() if renderer is not None else None
    return png(chart, SCALE) if found is None else found


def _text(chart: Chart) -> str:
    return json.dumps(chart.spec, sort_keys=True, default=str)


def shown_width(picture: Picture) -> int:
    """How wide it is shown, in CSS pixels: read from the PNG's header."""
    return int(struct.unpack(">I", picture.png[16:20])[0] / SCALE)
