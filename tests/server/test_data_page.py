"""The data page in a real browser: freshness, coverage, rows set aside with their file, definitions; within a scope only what is its own."""

from __future__ import annotations

import csv
import io
import shutil

import pytest
from playwright.sync_api import expect
from starlette.requests import Request

from analyst_agent.server.app import make_app
from analyst_agent.server.callers import LEAD, LEADER, OPERATIONS, Caller
from analyst_agent.server.service import caller_of
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.auditing import audit_lines
from analyst_agent.workspace.scope import rows_aside
from tests.server.conftest import LEFT_BEHIND, LOOKS, browsing

BAD = """\
ticket_id,created_at,subject,csat
X-1,never,"Call me at maria.lopez@example.com, please",3
X-2,2026-10-05T10:00:00Z,"=cmd|' /C calc'!A0",nine
,2026-10-06T10:00:00Z,No number,2
X-3,<script>alert(1)</script>,A hostile time,1
"""


def with_bad_rows(root, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "tickets.csv").write_text(BAD, encoding="utf-8")
    workspace = Workspace.open(root)
    load(root, [folder], settings=workspace.settings, derived=workspace.derived)
    workspace.close()


def test_the_page_says_how_fresh_and_complete_the_data_are(served, page):
    page.goto(f"{served.url}/data")
    facts = page.get_by_role("region", name="How fresh they are")
    expect(facts).to_contain_text("2 November 2026 (1 day before today)")
    sources = page.get_by_role("region", name="Where they come from")
    expect(sources.get_by_role("row", name="tickets tickets.csv our own columns")).to_contain_text("6,000")
    csat = page.get_by_role("group", name="Coverage of tickets").get_by_role("row", name="csat")
    expect(csat.get_by_role("cell")).to_have_count(13)
    expect(page.get_by_text("No row is set aside.")).to_be_visible()


def test_each_definition_has_its_formula_version_and_day(served, page):
    page.goto(f"{served.url}/data")
    page.locator("summary", has_text="metrics").click()
    one = page.locator("#metric-escalation_rate")
    expect(one).to_contain_text("escalated_ticket_count / ticket_count")
    expect(one).to_contain_text("Version 1")


def test_rows_set_aside_are_shown_masked_and_their_file_holds_exactly_what_the_command_lists(fresh, page, tmp_path):
    with_bad_rows(fresh.root, tmp_path)
    page.goto(f"{fresh.url}/data")
    aside = page.get_by_role("region", name="Rows set aside")
    expect(aside.get_by_role("heading", name="3 rows are set aside")).to_be_visible()
    expect(aside.get_by_role("heading", name="1 fields were emptied")).to_be_visible()
    expect(aside).to_contain_text("<script>alert(1)</script>")
    with page.expect_download() as waited:
        aside.get_by_role("link", name="Export as CSV").first.click()
    read = list(csv.DictReader(io.StringIO(waited.value.path().read_text(encoding="utf-8-sig"))))
    workspace = Workspace.open(fresh.root)
    expected = rows_aside(workspace).rejects
    assert [(r["file"], int(r["line"]), r["column"], r["value"], r["reason"]) for r in read] == [
        (one.file, one.line, one.column, one.value or "", one.reason) for one in expected
    ]
    assert [line["question"] for line in audit_lines(workspace) if line["status"] == "action"] == ["exported 3 rejects"]
    workspace.close()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_page_is_accessible_and_fits(fresh, page, violations, tmp_path, theme, width):
    with_bad_rows(fresh.root, tmp_path)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": fresh.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{fresh.url}/data")
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def client(demo_workspace, tmp_path):
    root = shutil.copytree(demo_workspace, tmp_path / "demo", ignore=LEFT_BEHIND)
    with_bad_rows(root, tmp_path)
    app = make_app(root)
    with browsing(app, headers={"accept": "application/json"}) as made:

        def become(role, restrictions=()):
            who = Caller("x", "Xenia", role, restrictions)

            def caller(request: Request) -> Caller:
                request.state.caller = who
                return who

            app.dependency_overrides[caller_of] = caller

        yield made, become


@pytest.mark.parametrize("role", [LEAD, LEADER])
def test_only_those_who_curate_export(client, role):
    made, become = client
    become(role)
    assert made.get("/data/rejects.csv").status_code == 403
    assert "Export as CSV" not in made.get("/data").text


def test_within_a_scope_rows_set_aside_are_counted_and_nothing_of_them_is_shown(client):
    made, become = client
    become(OPERATIONS, ("region = EMEA",))
    page = made.get("/data").text
    assert "4 are not shown" in page
    assert "X-1" not in page
    assert "never" not in page
    assert "tickets.csv" not in page
    assert made.get("/data/rejects.csv").status_code == 403


def test_there_are_two_lists_and_no_other(client):
    made, become = client
    become(OPERATIONS)
    assert made.get("/data/emptied.csv").status_code == 200
    assert made.get("/data/accounts.csv").status_code == 422


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(client):
    made, become = client
    become(OPERATIONS)
    for row in csv.reader(io.StringIO(made.get("/data/rejects.csv").content.decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
