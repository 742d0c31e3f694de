"""A report's charts as pictures for mail, in the order shown, each under a name its place gives it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery import Picture
from analyst_agent.playbook.records import Report
from analyst_agent.report.charts import png, start_renderer

SCALE = 2.0
"""Pixels of a picture for each one shown: sharp on a phone."""
AT_ONCE = 2


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
    # The renderer lets go of the interpreter's lock; each picture depends on its own chart only.
    different = {json.dumps(chart.spec, sort_keys=True, default=str): chart for _, chart in placed}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        drawn = dict(zip(different, pool.map(lambda chart: png(chart, SCALE), different.values()), strict=True))
    return tuple(
        Picture(name, drawn[json.dumps(chart.spec, sort_keys=True, default=str)], one_line(chart.alt))
        for name, chart in placed
    )


@contextmanager
def renderer_starting(is_wanted: bool) -> Iterator[None]:
    """Within it the renderer starts on a thread of its own, beside what else is done; it has started, or failed to, at the end.
    What keeps it from starting is told by the picture that then cannot be drawn.
    """
    if not is_wanted:
        yield
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(start_renderer)
        yield


def shown_width(picture: Picture) -> int:
    """How wide it is shown, in CSS pixels: read from the PNG's header."""
    return int(struct.unpack(">I", picture.png[16:20])[0] / SCALE)
