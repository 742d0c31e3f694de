"""States that a page is in for a while or before there is anything to show: a slow answer, nothing evaluated, nothing loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from analyst_agent.server.pages.ask import showing
from analyst_agent.workspace.starting import make_workspace
from tests.server.asking import HOW_MANY, ask, held
from tests.server.conftest import Served, serving
from tests.server.staff import client

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 60_000


def test_a_slow_answer_says_so_and_can_be_left_and_found_again(
    served: Served, page: Page, violations: Callable[[Page], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.clock.install()
    with held(monkeypatch) as goes_on:
        page.goto(served.url)
        page.fill("#question", HOW_MANY)
        page.press("#question", "Enter")
        page.wait_for_selector(".turn.asking .steps li", timeout=PATIENCE_MS)
        expect(page.locator("[data-slow]")).to_be_hidden()
        page.clock.run_for(12_000)
        expect(page.locator("[data-slow]")).to_contain_text("takes longer than most questions")
        expect(page.locator("[data-working]")).to_contain_text("still working")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        assert violations(page) == []
        page.reload()
        expect(page.locator(".turn.asking")).to_be_visible()
        goes_on.set()
        page.wait_for_selector("#turn-1", timeout=PATIENCE_MS)


def test_a_skill_that_nobody_evaluated_says_so(served: Served, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "kept_cards", list)
    page.goto(served.url)
    ask(page, "What drove escalations last month?")
    expect(page.locator("#said-of-1 .provenance")).to_contain_text("root_cause_trend: not evaluated yet")


@pytest.mark.parametrize("path", ["/", "/overview", "/playbooks", "/knowledge", "/data"])
def test_before_anything_is_loaded_every_page_leads_to_handing_in_an_export(
    tmp_path: Path, page: Page, violations: Callable[[Page], list[str]], path: str
) -> None:
    make_workspace(tmp_path / "new")
    with serving(tmp_path / "new") as empty:
        page.goto(f"{empty.url}{path}")
        expect(page.get_by_text("Nothing is loaded yet.")).to_be_visible()
        if path != "/data":
            page.get_by_role("link", name="Hand in an export").click()
        expect(page.get_by_label("Files")).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize(
    ("part", "whole"),
    [("/knowledge/issues", "/knowledge"), ("/conversations", "/"), ("/overview/tiles", "/overview")],
)
def test_a_part_opened_in_a_tab_of_its_own_leads_to_its_page(served: Served, part: str, whole: str) -> None:
    with client(served.url) as browser:
        reply = browser.get(part, headers={"sec-fetch-dest": "document"})
        assert (reply.status_code, reply.headers["location"]) == (303, whole)
        assert browser.get(part, headers={"hx-request": "true", "sec-fetch-dest": "empty"}).status_code == 200
