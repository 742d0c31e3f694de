"""A number is pressed: its panel says what it means, and the tickets it is made of are listed, counted and kept as a file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.workspace import Workspace
from tests.server.asking import CAUSES, HOW_MANY, PATIENCE_MS, ask
from tests.server.conftest import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

HOSTILE = ('<img src=x onerror="document.title=1">', "[x](javascript:alert(1)) **bold**")


def rows_of(download: Download, to: Path) -> list[list[str]]:
    download.save_as(to)
    return list(csv.reader(io.StringIO(to.read_bytes().decode("utf-8-sig"))))


def sql(root: Path, text: str) -> list[tuple[object, ...]]:
    workspace = Workspace.open(root)
    try:
        return workspace.warehouse.connection.execute(text).fetchall()
    finally:
        workspace.close()


def test_a_number_opens_to_its_meaning_and_its_tickets(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(served.url)
    ask(page, HOW_MANY)
    row = page.locator("#turn-1 tbody tr", has_text="EMEA")
    count = int(row.locator(".num").inner_text().replace(",", ""))
    row.locator(".num").click()
    page.wait_for_selector("#number-panel .rows-behind button", timeout=PATIENCE_MS)
    panel = page.inner_text("#number-panel")
    assert "Tickets whose first escalation falls in the period" in panel
    assert "1 to 31 October 2026" in panel
    assert "region EMEA" in panel
    page.click("#number-panel summary:has-text('Query')")
    assert "SELECT" in page.inner_text("#number-panel")
    page.click(f"#number-panel button:has-text('Show {count} escalated tickets')")
    page.wait_for_selector(".tickets")
    assert page.evaluate("document.activeElement.contains(document.querySelector('.tickets'))")
    assert page.inner_text(".rows-behind .tools").startswith(f"1 to {min(count, 25)} of {count}")
    with page.expect_download() as got:
        page.click("#number-panel a[download]")
    listed = rows_of(got.value, tmp_path / "rows.csv")[1:]
    expected = sql(
        served.root,
        "SELECT ticket_id FROM (SELECT ticket_id, min(escalated_at) AS first_at FROM escalations GROUP BY 1)"
        " JOIN (SELECT ticket_id, account_id FROM tickets) USING (ticket_id)"
        " JOIN (SELECT account_id, region FROM accounts) USING (account_id)"
        " WHERE first_at >= '2026-10-01' AND first_at < '2026-11-01' AND region = 'EMEA'",
    )
    assert {one[0] for one in listed} == {one[0] for one in expected}
    assert len(listed) == count


def test_the_panel_closes_with_escape_and_the_number_has_the_focus_again(served: Served, page: Page) -> None:
    page.goto(served.url)
    ask(page, HOW_MANY)
    page.focus("#turn-1 td .num >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#number-panel[open] .value", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    page.wait_for_selector("#number-panel", state="hidden")
    assert page.evaluate("document.activeElement.classList.contains('num')")


def test_a_number_in_the_text_opens_with_the_keyboard(served: Served, page: Page) -> None:
    page.goto(served.url)
    ask(page, CAUSES)
    number = page.locator("#turn-1 .prose .num", has_text="%").first
    shown = number.inner_text()
    number.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#number-panel .value", timeout=PATIENCE_MS)
    assert re.sub(r"\s", " ", page.locator("#number-panel .value").first.inner_text()) == re.sub(r"\s", " ", shown)


def test_both_sides_of_a_rate_are_listed_and_paged_through(served: Served, page: Page) -> None:
    page.goto(served.url)
    ask(page, "What was the escalation rate in October 2026?")
    page.locator("#turn-1 .num", has_text="%").first.click()
    page.wait_for_selector("#number-panel .sides button", timeout=PATIENCE_MS)
    words = page.locator("#number-panel .sides button").all_inner_texts()
    counted, of = (int(re.sub(r"\D", "", one)) for one in words)
    value = float(page.locator("#number-panel .value").first.inner_text().split()[0])
    assert round(100 * counted / of, 1) == value
    page.click("#number-panel .sides button >> nth=1")
    page.wait_for_selector("button:has-text('Later')")
    page.click("button:has-text('Later')")
    page.wait_for_selector("button:has-text('Earlier')")
    assert page.inner_text(".rows-behind .tools").startswith("26 to 50 of")


def test_a_table_is_sorted_and_kept_as_a_file(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(served.url)
    ask(page, HOW_MANY)
    sheet = page.locator("#turn-1 .sheet").first
    sheet.locator("th .sort").nth(1).click()
    assert sheet.locator("th").nth(1).get_attribute("aria-sort") == "descending"
    numbers = [int(one.replace(",", "")) for one in sheet.locator("tbody td.n .num").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    sheet.locator("th .sort").nth(1).click()
    numbers = [int(one.replace(",", "")) for one in sheet.locator("tbody td.n .num").all_inner_texts()]
    assert numbers == sorted(numbers)
    with page.expect_download() as got:
        sheet.locator("a[download]").click()
    file = rows_of(got.value, tmp_path / "table.csv")
    assert file[0] == ["region", "escalated tickets"]
    assert sorted(int(row[1]) for row in file[1:]) == numbers


def test_what_a_customer_wrote_is_shown_as_text(demo_workspace: Path, tmp_path: Path, page: Page) -> None:
    from analyst_agent.warehouse.load import load
    from analyst_agent.workspace.starting import make_workspace

    root, files = tmp_path / "hostile", tmp_path / "files"
    files.mkdir()
    make_workspace(root)
    lines = [f'T-{n},2026-10-0{n + 1}T08:00:00Z,"{s.replace(chr(34), chr(34) * 2)}"' for n, s in enumerate(HOSTILE)]
    (files / "tickets.csv").write_text("\n".join(["ticket_id,created_at,subject", *lines]), encoding="utf-8")
    workspace = Workspace.open(root)
    load(workspace.root, [files], settings=workspace.settings, derived=workspace.derived)
    workspace.close()
    with serving(root) as one:
        page.goto(one.url)
        ask(page, "How many tickets were created in October 2026?")
        page.locator("#turn-1 .num", has_text="2").first.click()
        page.click(".rows-behind button >> nth=0", timeout=PATIENCE_MS)
        page.wait_for_selector(".tickets")
        text = page.inner_text(".tickets").replace("\u200b", "").replace("\u200c", "")
        assert HOSTILE[0] in text
        assert "**bold**" in text
        assert page.locator(".tickets img, .tickets a, .tickets strong").count() == 0
        assert page.title() != "1"
