"""An export handed in on the data page: seen first, loaded whole or not at all, told to the audit; only by those who look after the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from playwright.sync_api import expect

from analyst_agent.workspace import Workspace
from analyst_agent.workspace.auditing import audit_lines
from analyst_agent.workspace.exports import row_counts
from analyst_agent.workspace.scope import rows_aside
from analyst_agent.workspace.starting import make_workspace
from tests.server.conftest import LOOKS, Served, serving
from tests.server.staff import client, signed_in
from tests.workbooks import DAY, Workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

TICKETS = """\
ticket_id,created_at,subject,csat
N-1,2026-10-05T10:00:00Z,A first one,4
N-2,never,<b>Call me at maria.lopez@example.com</b>,3
N-3,2026-10-06T10:00:00Z,A third one,nine
"""
OTHER = "Case Number,Opened,Short description,Escalated\n" + "".join(
    f"C-{n},2026-10-{n % 28 + 1:02d} 10:00:00,Cannot sign in {n},{'yes' if n % 5 == 0 else 'no'}\n" for n in range(60)
)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    root = tmp_path / "new"
    make_workspace(root)
    with serving(root) as one:
        yield one


def sent(
    program: httpx2.Client, path: str, files: dict[str, bytes | str], digest: str = "", source: str = ""
) -> httpx2.Response:
    given = [("files", (name, content, "text/csv")) for name, content in files.items()]
    return program.post(path, data={"digest": digest, "source": source}, files=given)


def digest_in(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


def actions(root: Path) -> list[str]:
    workspace = Workspace.open(root)
    try:
        return [line["question"] for line in audit_lines(workspace) if line["status"] == "action"]
    finally:
        workspace.close()


def test_an_export_is_looked_at_loaded_and_what_changed_is_told(empty: Served, page: Page, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    page.goto(f"{empty.url}/")
    page.get_by_role("link", name="Hand in an export").click()
    expect(page.get_by_text("Nothing is loaded yet.")).to_be_visible()
    page.get_by_label("Files").set_input_files(tmp_path / "tickets.csv")
    page.get_by_role("button", name="Look at what is understood").click()
    expect(page.get_by_role("heading", name="1 row would be set aside")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="1 value cannot be read and would be emptied")).to_be_visible()
    expect(page.get_by_role("row", name="tickets.csv tickets 3 2 0 0 0 1")).to_be_visible()
    assert row_counts(empty.root) == {}
    page.get_by_role("button", name="Load 2 rows").click()
    expect(page.get_by_role("status")).to_contain_text("3 rows read: 2 new", timeout=60_000)
    expect(page.get_by_role("row", name="Tickets 0 2")).to_be_visible()
    page.get_by_role("link", name="Show the data as they are now").click()
    expect(page.get_by_role("heading", name="1 rows are set aside")).to_be_visible()
    assert actions(empty.root) == ["loaded tickets.csv: 3 rows read, 2 inserted, 0 updated, 0 unchanged, 1 set aside"]


def test_columns_of_their_own_are_understood_also_in_a_workbook(empty: Served) -> None:
    rows = [line.split(",") for line in OTHER.splitlines()]
    book = [rows[0], *([row[0], (46300 + n, DAY), *row[2:]] for n, row in enumerate(rows[1:]))]
    content = Workbook({"Sheet1": book}).write(empty.root / "book.xlsx").read_bytes()
    with client(empty.url) as program:
        seen = sent(program, "/data/preview", {"export.xlsx": content})
        assert seen.status_code == 200, seen.text
        assert "<code>created_at</code></td><td>Opened</td>" in seen.text
        done = sent(program, "/data/load", {"export.xlsx": content}, digest_in(seen.text))
        assert "60 rows read: 60 new" in done.text
        again = sent(program, "/data/load", {"export.xlsx": content}, digest_in(seen.text))
    assert "Nothing changed: every row was there already." in again.text
    assert row_counts(empty.root)["tickets"] == 60


def test_what_makes_a_ticket_escalated_is_said_before_the_load(empty: Served) -> None:
    rows = [
        f"{n},Export slow,2026-10-{n:02} 10:00,P2,{f'2026-10-{n:02} 12:00' if n % 4 == 0 else ''}" for n in range(1, 21)
    ]
    content = "\n".join(("Ticket #,Subject,Opened,Prio,Escalated on", *rows, ""))
    with client(empty.url) as program:
        seen = sent(program, "/data/preview", {"export.csv": content})
        assert "A ticket was escalated where <strong>Escalated on</strong> has a value; that is when." in seen.text
        assert "5 escalations are found in these rows." in seen.text
        sent(program, "/data/load", {"export.csv": content}, digest_in(seen.text))
    assert row_counts(empty.root)["escalations"] == 5


def test_rows_set_aside_by_an_earlier_load_of_the_file_are_not_counted_twice(empty: Served) -> None:
    with client(empty.url) as program:
        for _ in range(2):
            seen = sent(program, "/data/preview", {"tickets.csv": TICKETS})
            sent(program, "/data/load", {"tickets.csv": TICKETS}, digest_in(seen.text))
    workspace = Workspace.open(empty.root)
    assert len(rows_aside(workspace).rejects) == 1
    workspace.close()
    assert (
        sorted(one.name for one in (empty.root / ".analyst").iterdir() if one.is_dir() and "incoming" in one.name) == []
    )


def test_files_that_cannot_all_be_loaded_change_nothing(empty: Served) -> None:
    good = {"tickets.csv": TICKETS}
    for other in ({"accounts.csv": "nothing,of,ours\n1,2,3\n"}, {"notes.csv": "a,b\n1,2\n"}):
        with client(empty.url) as program:
            seen = sent(program, "/data/preview", good | other)
            assert "This cannot be loaded as it is." in seen.text
            assert not digest_in(seen.text)
            refused = sent(program, "/data/load", good | other, "0" * 64)
            assert refused.status_code == 422
            changed = sent(program, "/data/load", {"tickets.csv": TICKETS + "N-4,2026-10-07T10:00:00Z,New,1\n"}, digest_in(sent(program, "/data/preview", good).text))  # fmt: skip
            assert changed.status_code == 422
            assert "not the files that were looked at" in changed.text
    assert row_counts(empty.root) == {}
    assert not (empty.root / ".analyst" / "uploads").exists()


@pytest.mark.parametrize("name", ["../../tickets.csv", "tickets.exe", ".csv"])
def test_a_name_leads_nowhere_else(empty: Served, name: str) -> None:
    with client(empty.url) as program:
        reply = sent(program, "/data/preview", {name: TICKETS})
    assert reply.status_code == (200 if name.endswith("tickets.csv") else 422)
    assert not list(empty.root.parent.glob("*.csv"))


@pytest.mark.parametrize("login", ["ben@example.com", "cy"])
def test_only_those_who_look_after_the_data_load_them(staffed: Served, login: str) -> None:
    before = row_counts(staffed.root)
    with signed_in(staffed.url, login) as browser:
        assert "Load an export" not in browser.get("/data").text
        for path in ("/data/preview", "/data/load"):
            assert sent(browser, path, {"tickets.csv": TICKETS}).status_code == 403
    with signed_in(staffed.url, "dee") as browser:
        assert "Load an export" in browser.get("/data").text
        assert sent(browser, "/data/preview", {"tickets.csv": TICKETS}).status_code == 200
    assert row_counts(staffed.root) == before


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_what_is_understood_is_accessible_and_fits(
    empty: Served, page: Page, violations: Callable[[Page], list[str]], tmp_path: Path, theme: str, width: int
) -> None:
    (tmp_path / "export.csv").write_text(OTHER + "C-99,never,Without a time,no\n", encoding="utf-8")
    page.context.add_cookies([{"name": "theme", "value": theme, "url": empty.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{empty.url}/data")
    page.get_by_label("Files").set_input_files(tmp_path / "export.csv")
    page.get_by_role("button", name="Look at what is understood").click()
    expect(page.get_by_role("group", name="Columns of export.csv")).to_be_visible(timeout=60_000)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
