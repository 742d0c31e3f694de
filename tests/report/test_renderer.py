"""Charts drawn by a process of their own: the same pictures, none where it cannot, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from analyst_agent.records import Chart
from analyst_agent.report.charts import png
from analyst_agent.report.renderer import Renderer

BARS: dict[str, Any] = {
    "data": {"values": [{"area": "Reports", "n": 3}, {"area": 'Zürich "ß"', "n": 2.5}]},
    "mark": "bar",
    "encoding": {"x": {"field": "n", "type": "quantitative"}},
}
FROM_OUTSIDE: dict[str, Any] = {"data": {"url": "https://example.com/data.json"}, "mark": "point"}
LEAVING = """
import os
from analyst_agent.report.renderer import Renderer
renderer = Renderer()
assert renderer.begin({"data": {"values": []}, "mark": "point"}, 1.0).result()
print(renderer._process.pid, flush=True)
os._exit(0)
"""


def test_a_picture_is_the_same_as_one_drawn_in_this_process() -> None:
    with Renderer() as renderer:
        assert renderer.begin(BARS, 2.0).result() == png(Chart("Bars", BARS, ""), 2.0)
        assert renderer.begin(BARS, 1.0).result() == png(Chart("Bars", BARS, ""), 1.0)


def test_a_chart_that_is_asked_for_again_is_drawn_once() -> None:
    with Renderer() as renderer:
        assert renderer.begin(BARS, 1.0) is renderer.begin(dict(reversed(BARS.items())), 1.0)


def test_a_chart_that_cannot_be_drawn_is_none_and_the_next_one_is_drawn() -> None:
    with Renderer() as renderer:
        asked = [renderer.begin(spec, 1.0) for spec in (FROM_OUTSIDE, {"mark": 7}, {"title": "\ud800", **BARS}, BARS)]
        assert [bool(one.result()) for one in asked] == [False, False, False, True]
    with pytest.raises(ValueError, match=r"example\.com"):
        png(Chart("Outside", FROM_OUTSIDE, ""))


def test_a_process_that_was_ended_draws_nothing() -> None:
    with Renderer() as renderer:
        assert renderer.begin(BARS, 1.0).result()
        assert renderer._process is not None
        os.kill(renderer._process.pid, signal.SIGKILL)
        assert [renderer.begin(BARS, scale).result() for scale in (2.0, 3.0)] == [None, None]


def test_where_no_process_can_be_started_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Renderer() as renderer:
        assert renderer.begin(BARS, 1.0).result() is None
        assert renderer._process is None


def test_a_renderer_that_is_asked_for_nothing_starts_no_process() -> None:
    with Renderer() as renderer:
        assert renderer._process is None


def test_a_closed_renderer_leaves_no_process_whatever_it_was_asked_for() -> None:
    with Renderer() as renderer:
        asked = [renderer.begin(BARS, float(scale)) for scale in range(1, 9)]
        assert asked[0].result()
    assert renderer._process is not None
    assert renderer._process.returncode == -signal.SIGKILL
    assert all(one.done() for one in asked)


def test_the_process_ends_when_who_started_it_is_gone() -> None:
    left = subprocess.run([sys.executable, "-c", LEAVING], capture_output=True, text=True, check=True)
    deadline = time.monotonic() + 30
    while _is_there(int(left.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_there(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
