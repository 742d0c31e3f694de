"""Answers kept by an earlier version, which had one text, show its tables as tables and nothing in it as markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from analyst_agent.parts import Part
from analyst_agent.server.tabled import taken_apart
from analyst_agent.workspace import Workspace
from tests.server.conftest import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

OLD = r"""**October 2026.** 328 tickets were escalated.

| root cause | tickets | share |
|---|---:|---:|
| Product bug | 157 | 47.9 % |
| <img src=x onerror="document.title=1"> \| other | 1,203 | 2.0 % |

Definitions. A ticket counts once."""


def kept(served: Served, name: str) -> None:
    workspace = Workspace.open(served.root)
    workspace.conversations.add(
        name, "What drove escalations?", "answered", None, {"answer": OLD}, workspace.fingerprint
    )
    workspace.close()


def test_a_text_without_a_table_stays_one_part() -> None:
    for text in ("Nothing | here.", "| one row |", "| a |\n| b |", ""):
        part = Part("text", text)
        assert list(taken_apart(part)) == [part]


def test_an_old_answer_shows_its_table(fresh: Served, page: Page, violations: Callable[[Page], list[str]]) -> None:
    kept(fresh, "old")
    page.goto(f"{fresh.url}/conversations/old")
    turn = page.locator("#turn-1")
    expect(turn.get_by_role("row", name="Product bug 157 47.9 %")).to_be_visible()
    expect(turn.locator(".prose").last).to_have_text("Definitions. A ticket counts once.")
    assert "|---" not in turn.inner_text()
    expect(turn.get_by_role("rowheader").last).to_contain_text("| other")
    turn.get_by_role("button", name="tickets").click()
    expect(turn.locator("tbody tr").first).to_contain_text("1,203")
    assert turn.locator("img").count() == 0
    assert turn.get_by_role("link", name="CSV").count() == 0
    assert violations(page) == []
