"""Asking in a real browser: an answer comes step by step, is found again, stopped, asked again, and said to be right or wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from analyst_agent.errors import NotPermitted
from analyst_agent.workspace import Workspace, asking
from tests.server.asking import CAUSES, HOW_MANY, PATIENCE_MS, ask, held
from tests.server.conftest import LOOKS, Served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


def test_a_question_and_its_follow_up_are_one_conversation(served: Served, page: Page) -> None:
    page.goto(served.url)
    assert "6,000 tickets from" in page.inner_text(".greeting")
    ask(page, HOW_MANY)
    page.wait_for_url("**/conversations/*")
    assert page.input_value("#question") == ""
    assert not page.is_visible(".greeting")
    ask(page, "and in September?", 2)
    assert "September 2026" in page.inner_text("#turn-2")
    assert page.locator(".conversations a[aria-current]").inner_text().startswith(HOW_MANY)
    page.reload()
    assert page.locator(".turn").count() == 2


def test_the_page_shows_all_that_the_text_leaves_to_the_command_line(served: Served, page: Page) -> None:
    page.goto(served.url)
    ask(page, CAUSES)
    assert "--json" not in page.inner_text("#turn-1")
    assert page.locator("#turn-1 .folded .sheet").count() >= 4
    page.wait_for_selector("#turn-1 .chart [role=img].is-drawn svg", timeout=PATIENCE_MS)
    assert page.get_attribute("#turn-1 .chart [role=img]", "aria-label")


def test_a_chart_says_what_is_pointed_at_and_is_kept_as_a_picture(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(served.url)
    ask(page, CAUSES)
    chart = page.locator("#turn-1 .chart").first
    chart.locator(".is-drawn svg").wait_for(timeout=PATIENCE_MS)
    row = page.locator("#turn-1 .sheet tbody tr").first
    chart.locator(".mark-rect path").first.hover()
    expect(page.locator(".chart-tip")).to_have_text(
        f"{row.locator('th').inner_text()}{row.locator('.num').first.inner_text()}"
    )
    with page.expect_download(timeout=PATIENCE_MS) as got:
        chart.locator("[data-png]").click()
    got.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_a_question_that_can_be_meant_in_several_ways_is_settled_by_a_chip(served: Served, page: Page) -> None:
    page.goto(served.url)
    ask(page, "What was the rate in October 2026?")
    chips = page.locator("#turn-1 .chip")
    assert chips.count() >= 2
    chosen = chips.first.inner_text()
    chips.first.click()
    page.wait_for_selector("#turn-2", timeout=PATIENCE_MS)
    assert page.inner_text("#question-2") == chosen
    assert page.locator("#turn-2 .num").count() >= 1


def test_a_page_reloaded_in_the_middle_of_an_answer_finds_it_where_it_is(
    fresh: Served, page: Page, monkeypatch
) -> None:
    page.goto(fresh.url)
    with held(monkeypatch) as goes_on:
        page.fill("#question", HOW_MANY)
        page.press("#question", "Enter")
        page.wait_for_selector(".asking .steps li:nth-child(2)", timeout=PATIENCE_MS)
        page.reload()
        page.wait_for_selector(".asking .steps li:nth-child(2)", timeout=PATIENCE_MS)
        assert page.inner_text(".asking .question") == HOW_MANY
        assert page.locator(".asking .steps li").all_inner_texts()[1] == "running counting_slowly"
        goes_on.set()
        page.wait_for_selector("#turn-1", timeout=PATIENCE_MS)
    assert page.locator(".asking").count() == 0
    assert page.locator(".turn").count() == 1
    expect(page.locator("#said")).to_contain_text("Answer ready")


def test_a_page_that_was_closed_shows_the_answer_that_came_meanwhile(fresh: Served, page: Page, monkeypatch) -> None:
    page.goto(fresh.url)
    with held(monkeypatch) as goes_on:
        page.fill("#question", HOW_MANY)
        page.press("#question", "Enter")
        page.wait_for_url("**/conversations/*", timeout=PATIENCE_MS)
        address = page.url
        page.goto("about:blank")
        goes_on.set()
    page.goto(address)
    page.wait_for_selector("#turn-1", timeout=PATIENCE_MS)


def test_a_question_is_stopped_and_nothing_of_it_is_kept(fresh: Served, page: Page, monkeypatch) -> None:
    page.goto(fresh.url)
    with held(monkeypatch) as goes_on:
        page.fill("#question", HOW_MANY)
        page.press("#question", "Enter")
        page.click(".asking button:has-text('Stop')")
        page.wait_for_selector(".turn:not(.asking) .notice", timeout=PATIENCE_MS)
        assert "nothing of it was kept" in page.inner_text(".turn .notice")
        goes_on.set()
    page.click("[data-instead]")
    page.wait_for_selector("#turn-1", timeout=PATIENCE_MS)
    assert page.locator(".turn").count() == 1


def test_while_an_answer_is_on_its_way_no_second_question_is_sent(fresh: Served, page: Page, monkeypatch) -> None:
    page.goto(fresh.url)
    with held(monkeypatch) as goes_on:
        page.fill("#question", HOW_MANY)
        page.press("#question", "Enter")
        page.wait_for_selector(".asking", timeout=PATIENCE_MS)
        page.fill("#question", "and in September?")
        page.press("#question", "Enter")
        expect(page.locator("#said")).to_contain_text("still on its way")
        assert page.locator(".asking").count() == 1
        goes_on.set()
        page.wait_for_selector("#turn-1", timeout=PATIENCE_MS)
    assert page.input_value("#question") == "and in September?"


def test_a_question_that_fails_says_why_and_what_to_do(fresh: Served, page: Page, monkeypatch) -> None:
    def failing(*_: object, **__: object) -> object:
        raise NotPermitted("The <b>model</b> is away.", "Ask in a minute.")

    monkeypatch.setattr(asking, "converse_events", failing)
    page.goto(fresh.url)
    page.fill("#question", HOW_MANY)
    page.press("#question", "Enter")
    page.wait_for_selector(".notice.bad", timeout=PATIENCE_MS)
    assert page.inner_text(".notice.bad") == "The <b>model</b> is away. Ask in a minute."
    assert page.is_visible("[data-instead]")


def test_an_answer_is_said_to_be_wrong_with_what_would_be_right_and_vouched_for(fresh: Served, page: Page) -> None:
    page.goto(fresh.url)
    ask(page, HOW_MANY)
    page.click("#turn-1 .wrong summary")
    page.fill("#turn-1 textarea[name=correction]", "117 in <EMEA>")
    page.click("#turn-1 .correction button")
    page.wait_for_selector("#turn-1 .badge.bad")
    assert "117 in <EMEA>" in page.inner_text("#said-of-1")
    assert page.evaluate("document.activeElement.id") == "said-of-1"
    page.click("#turn-1 button:has-text('Verify')")
    page.wait_for_selector("#turn-1 .badge.good")
    workspace = Workspace.open(fresh.root)
    try:
        [said] = workspace.feedback.history()
        assert (said.verdict, said.correction, said.by) == ("wrong", "117 in <EMEA>", "local")
        [vouched] = workspace.verified.listed(workspace.fingerprint)
        assert vouched.question == HOW_MANY
    finally:
        workspace.close()


def test_the_keys_send_break_a_line_and_bring_to_the_question(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.fill("#question", "one")
    page.press("#question", "Shift+Enter")
    assert page.input_value("#question") == "one\n"
    page.focus("#search")
    page.keyboard.press("/")
    assert page.input_value("#search") == "/"
    page.focus(".name")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "question"


def test_a_question_of_another_page_waits_in_the_field(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?ask=Why+%3Cb%3E+in+Reports%3F")
    assert page.input_value("#question") == "Why <b> in Reports?"
    assert page.locator(".turn").count() == 0


def test_a_workspace_without_data_says_what_to_load(tmp_path, page: Page) -> None:
    from analyst_agent.workspace.starting import make_workspace
    from tests.server.conftest import serving

    make_workspace(tmp_path / "new")
    with serving(tmp_path / "new") as empty:
        reply = page.goto(empty.url)
        assert reply is not None
        assert reply.status == 200
        assert "Nothing is loaded yet" in page.inner_text("main")
        assert "analyst load" in page.inner_text("main")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_nobody_is_kept_out(served: Served, page: Page, violations, width: int, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    assert violations(page) == []
    ask(page, CAUSES)
    page.wait_for_selector("#turn-1 .chart [role=img].is-drawn svg", timeout=PATIENCE_MS)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert violations(page) == []
    page.click("#turn-1 td .num >> nth=0")
    page.click(".rows-behind button >> nth=0", timeout=PATIENCE_MS)
    page.wait_for_selector(".tickets")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), json.dumps(width)
