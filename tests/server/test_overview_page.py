"""The overview in a real browser: parts arrive, choices live in the address, charts follow the theme, and everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from analyst_agent.workspace.overview import PANELS
from tests.server.conftest import LOOKS, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

OCTOBER = "/overview?period=2026-10"


def _open(page: Page, served: Served, address: str = OCTOBER) -> None:
    page.goto(served.url + address)
    _arrived(page)


def _arrived(page: Page) -> None:
    """Waits until every part is there and every chart is drawn."""
    page.locator(".part[aria-busy]").first.wait_for(state="detached", timeout=60_000)
    for part in page.locator(".part").all():
        part.locator(".head, .tiles, .notice").first.wait_for(timeout=60_000)
    for chart in page.locator("[data-chart]").all():
        if chart.is_visible():
            chart.locator("xpath=self::*[contains(@class, 'is-drawn')]").wait_for(timeout=30_000)


def test_tiles_and_panels_arrive_and_charts_have_a_text(page: Page, served: Served) -> None:
    _open(page, served)
    assert page.locator("[data-measure]").count() == 6
    assert page.locator(".panels > .part").count() == len(PANELS)
    assert page.locator(".skeleton").count() == 0
    for chart in page.locator("[data-chart], svg.line").all():
        assert chart.get_attribute("role") == "img"
        assert len(chart.get_attribute("aria-label") or "") > 20
    assert page.locator("[data-chart] svg").count() == page.locator("[data-chart]").count()


def test_a_choice_is_in_the_address_and_back_takes_it_away(page: Page, served: Served) -> None:
    _open(page, served)
    rate = page.locator("[data-measure=escalated_ticket_count] .value")
    whole = rate.inner_text()
    page.get_by_label("Region").select_option("EMEA")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/overview?period=2026-10&region=EMEA")
    _arrived(page)
    chosen = rate.inner_text()
    assert int(chosen) < int(whole)
    page.go_back()
    page.wait_for_url("**/overview?period=2026-10")
    _arrived(page)
    assert rate.inner_text() == whole
    assert page.get_by_label("Region").input_value() == ""
    page.go_forward()
    _arrived(page)
    page.get_by_role("link", name="region EMEA").click()
    page.wait_for_url("**/overview?period=2026-10")


def test_each_why_is_a_form_that_asks_in_a_conversation(page: Page, served: Served) -> None:
    _open(page, served, f"{OCTOBER}&region=EMEA")
    asked = page.locator("form.why")
    assert asked.count() == 6 + len(PANELS)
    for form in asked.all():
        assert form.get_attribute("method") == "post"
        assert form.get_attribute("action") == "/conversations"
        assert "only region EMEA" in form.locator("[name=question]").input_value()
    assert page.get_by_role("button", name="Why? about escalation rate").is_visible()


def test_charts_are_drawn_anew_in_the_colours_of_the_theme(page: Page, served: Served) -> None:
    _open(page, served)
    line = page.locator("#trend [data-chart] .mark-line path").first
    light = line.get_attribute("stroke")
    page.get_by_role("button", name=re.compile("Theme")).click()  # auto, then light
    page.get_by_role("button", name=re.compile("Theme")).click()
    page.locator(f"#trend [data-chart] .mark-line path:not([stroke='{light}'])").first.wait_for()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_pointer_is_told_the_number_of_a_bar_and_of_the_nearest_month(page: Page, served: Served) -> None:
    _open(page, served)
    page.locator("#causes [data-chart] .mark-rect path").first.hover()
    first = page.locator("#causes tbody tr").first
    tip = page.locator(".chart-tip")
    tip.wait_for(state="visible")
    assert first.locator("th").inner_text() in tip.inner_text()
    assert first.locator("td").first.inner_text() in tip.inner_text()
    box = page.locator("#trend [data-chart] .mark-line").first.bounding_box()
    assert box is not None
    page.locator("#trend [data-chart]").scroll_into_view_if_needed()
    box = page.locator("#trend [data-chart] .mark-line").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 5)
    rate = page.locator("[data-measure=escalation_rate] .value").inner_text()
    page.locator(".chart-tip", has_text="Oct 2026").wait_for()
    assert rate in tip.inner_text()


def test_a_server_that_does_not_answer_is_said_in_the_part(page: Page, served: Served) -> None:
    page.route("**/overview/flow?*", lambda route: route.abort())
    page.goto(served.url + OCTOBER)
    notice = page.locator("#flow [role=alert]")
    notice.wait_for(timeout=60_000)
    assert "did not answer" in notice.inner_text()
    assert page.locator("#flow .skeleton").count() == 0


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_read_it(
    page: Page, served: Served, violations: Callable[[Page], list[str]], theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    _open(page, served, f"{OCTOBER}&region=EMEA")
    for folded in page.locator("main summary").all():
        folded.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width, "the page scrolls sideways"


def test_what_does_not_exist_is_a_page_that_everybody_can_read(
    page: Page, served: Served, violations: Callable[[Page], list[str]]
) -> None:
    page.goto(f"{served.url}/overview?region=EMAE")
    assert "EMAE" in page.locator("h1").inner_text()
    assert violations(page) == []
    page.get_by_role("link", name="Show EMEA").click()
    page.locator("[data-measure]").first.wait_for(timeout=60_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_all_there_in_print_in_dark_ink(page: Page, served: Served, theme: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    _open(page, served)
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator("form.why").first.is_hidden()
    assert page.locator("#causes table").is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert all(int(one) < 64 for one in re.findall(r"\d+", ink)), ink
