"""Charts as pictures: named by their place, the same bytes each time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import nullcontext

import pytest

from analyst_agent.playbook.page import pictures
from analyst_agent.playbook.page.pictures import SCALE, draw_ahead, pictures_of, renderer_at_hand, shown_width
from analyst_agent.playbook.records import Section
from analyst_agent.records import Chart
from analyst_agent.report.charts import png
from tests.playbook.page.reports import CAUSES, FIXED, chart_of, report_of

DIGEST = """
import hashlib
from analyst_agent.playbook.page.pictures import pictures_of
from tests.playbook.page.reports import FIXED
print(hashlib.sha256(pictures_of(FIXED)[0].png).hexdigest())
"""


def test_a_picture_is_named_by_its_section_and_place() -> None:
    chart = chart_of(CAUSES)
    report = report_of(Section("a", ""), Section("b", "", (), (chart, chart)), Section("c", "", (), (chart,)))
    cids = [one.cid for one in pictures_of(report)]
    assert cids == ["section2.chart1", "section2.chart2", "section3.chart1"]


def test_a_report_without_charts_has_no_pictures() -> None:
    assert pictures_of(report_of(Section("a", ""))) == ()


def test_a_picture_has_its_description_and_its_size() -> None:
    [picture] = pictures_of(FIXED)
    assert picture.alt == chart_of(CAUSES).alt
    single = png(chart_of(CAUSES), 1.0)
    assert abs(shown_width(picture) - int.from_bytes(single[16:20], "big")) <= SCALE


def test_the_same_chart_is_the_same_bytes_in_another_process() -> None:
    made = [subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True) for _ in "ab"]
    assert made[0].stdout == made[1].stdout != ""


def test_pictures_of_the_renderers_process_are_the_same_bytes() -> None:
    alone = pictures_of(FIXED)
    with renderer_at_hand():
        draw_ahead([chart_of(CAUSES)])
        assert pictures_of(FIXED) == alone


def test_where_the_renderers_process_was_ended_or_never_began_pictures_are_drawn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = pictures_of(FIXED)
    with renderer_at_hand():
        renderer = pictures._RENDERER.get()
        assert renderer is not None
        assert renderer.begin(chart_of(CAUSES).spec, 1.0).result()
        assert renderer._process is not None
        os.kill(renderer._process.pid, signal.SIGKILL)
        assert pictures_of(FIXED) == alone
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with renderer_at_hand():
        assert pictures_of(FIXED) == alone


def test_a_chart_that_cannot_be_drawn_says_why_with_and_without_a_process_for_it() -> None:
    outside = Chart("Outside", {"data": {"url": "https://example.com/data.json"}, "mark": "point"}, "")
    for within in (nullcontext(), renderer_at_hand()):
        with within, pytest.raises(ValueError, match="not allowed"):
            pictures_of(report_of(Section("a", "", (), (outside,))))
