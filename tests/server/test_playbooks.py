"""The playbooks' pages in a real browser: run one and read its mail, preview it, switch it on, go on with one that stopped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from analyst_agent.state.errands import Errands
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.auditing import audit_lines
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, run
from tests.server.conftest import LOOKS
from tests.server.plays import BROKEN, runs_of, until, with_backlog

LONG_MS = 90_000


@pytest.fixture
def desk(fresh):
    with_backlog(fresh.root)
    return fresh


def audited(root):
    workspace = Workspace.open(root)
    lines = [(line["who"], line["question"]) for line in audit_lines(workspace) if line["status"] == "action"]
    workspace.close()
    return lines


def outbox(root):
    workspace = Workspace.open(root)
    entries = workspace.outbox.listed()
    workspace.close()
    return entries


def test_a_playbook_is_run_on_the_page_and_its_mail_read_as_it_was_written(desk, page):
    page.goto(f"{desk.url}/playbooks")
    page.get_by_role("link", name="Backlog of escalations").click()
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/playbooks/runs/backlog-2026-10-1", timeout=LONG_MS)
    expect(page.get_by_role("status")).to_have_text("done", timeout=LONG_MS)
    steps = page.locator(".step")
    expect(steps).to_have_count(3)
    expect(steps.nth(2)).to_contain_text(re.compile(r"mail.*done.*\d\.\d s.*1 row", re.S))
    steps.nth(0).locator("summary").click()
    expect(steps.nth(0).get_by_role("columnheader", name="team")).to_be_visible()
    expect(steps.nth(0).locator("[data-chart] svg").first).to_be_visible(timeout=LONG_MS)

    page.get_by_role("link", name="Open escalations, October 2026").first.click()
    expect(page.frame_locator("iframe.mail").get_by_role("heading", name="What is open")).to_be_visible()
    page.get_by_text("As plain text").click()
    expect(page.get_by_label("The mail as plain text")).to_contain_text("What is open")
    [entry] = outbox(desk.root)
    assert (entry.state, entry.recipient) == ("outbox", "leads@example.com")
    assert ("local", "began a run of backlog on October 2026") in audited(desk.root)


def test_a_mail_is_a_document_in_which_nothing_runs_and_nothing_loads(desk, page):
    workspace = Workspace.open(desk.root)
    done = played(workspace)
    name = workspace.outbox.listed()[0].id
    workspace.close()
    assert done.state == "done"
    reply = page.request.get(f"{desk.url}/playbooks/mails/{name}/page")
    assert reply.ok
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert "cid:" not in reply.text()


def test_a_mail_changed_after_it_was_written_is_not_shown(desk, page):
    workspace = Workspace.open(desk.root)
    played(workspace)
    entry = workspace.outbox.listed()[0]
    workspace.close()
    (desk.root / entry.path).write_text("From: somebody@else.example\n\nHello", encoding="utf-8")
    reply = page.goto(f"{desk.url}/playbooks/mails/{entry.id}")
    assert reply.status == 503
    expect(page.get_by_role("heading")).to_contain_text("was changed after it was written")


def test_a_preview_shows_the_mail_and_sends_and_keeps_nothing(desk, page, violations):
    page.goto(f"{desk.url}/playbooks/backlog")
    page.get_by_label("Month").fill("2026-09")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview, September 2026")).to_be_visible(timeout=LONG_MS)
    expect(page.frame_locator("iframe.mail").get_by_text("What is open").first).to_be_visible()
    assert violations(page) == []
    assert outbox(desk.root) == []
    assert runs_of(desk.root) == []


def test_what_is_wrong_with_a_month_is_said_on_the_page(desk, page):
    reply = page.request.post(f"{desk.url}/playbooks/backlog/run", form={"period": "2026-13"}, headers=of(desk))
    assert reply.status == 422
    assert "2026-13" in reply.json()["error"]["message"]
    assert runs_of(desk.root) == []


def test_the_switch_makes_a_playbook_active_and_pauses_it(desk, page):
    page.goto(f"{desk.url}/playbooks")
    switch = page.get_by_role("switch", name="Backlog of escalations runs on its own")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator("article", has=switch)).to_contain_text(re.compile(r"Next run\s+\d+ \w+ \d{4}, 08:00"))
    page.reload()
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert audited(desk.root) == [("local", "activated the playbook backlog"), ("local", "paused the playbook backlog")]


def test_what_is_wrong_with_a_playbook_is_told_in_the_list(desk, page):
    (desk.root / "playbooks" / "broken.yml").write_text(BROKEN.replace("query:", "qery:"), encoding="utf-8")
    page.goto(f"{desk.url}/playbooks")
    expect(page.locator("article", has=page.get_by_role("link", name="broken"))).to_contain_text("broken.yml, line")
    page.get_by_role("link", name="broken").click()
    expect(page.get_by_role("alert")).to_contain_text("broken.yml, line")
    expect(page.get_by_role("button", name="Run now")).to_have_count(0)


def test_a_run_that_cannot_begin_says_why(desk, page):
    (desk.root / "playbooks" / "broken.yml").write_text(BROKEN, encoding="utf-8")
    page.goto(f"{desk.url}/playbooks/broken")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("alert")).to_contain_text("teem", timeout=LONG_MS)
    assert runs_of(desk.root) == []


@pytest.mark.parametrize("error", ["", "The disk is full. Make room."])
def test_a_run_that_stopped_or_failed_is_gone_on_with_from_its_last_finished_step(desk, page, error):
    workspace = Workspace.open(desk.root)
    stopped = played(workspace, after=1)
    if error:
        workspace.runs.take(stopped)
        workspace.runs.finish(stopped.id, error)
    workspace.close()
    page.goto(f"{desk.url}/playbooks/runs/{stopped.id}")
    expect(page.get_by_role("status")).to_have_text("failed" if error else "stopped")
    expect(page.locator("#run")).to_contain_text(error)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_have_text("done", timeout=LONG_MS)
    workspace = Workspace.open(desk.root)
    done = workspace.runs.get(stopped.id)
    workspace.close()
    assert done.steps[0] == stopped.steps[0], "the first step was not computed again"
    assert [step.state for step in done.steps] == ["done"] * 3


def test_the_same_run_asked_for_twice_at_once_is_one(desk, page):
    page.goto(f"{desk.url}/playbooks/backlog")
    replies = [page.request.post(f"{desk.url}/playbooks/backlog/run", headers=of(desk)) for _ in range(2)]
    assert replies[0].headers["hx-redirect"] == replies[1].headers["hx-redirect"]
    page.goto(desk.url + replies[0].headers["hx-redirect"])
    expect(page.get_by_role("status")).to_have_text("done", timeout=LONG_MS)
    assert len(runs_of(desk.root)) == 1


def test_a_mail_is_approved_or_dropped_and_by_whom_is_kept(desk, page):
    settings = desk.root / "analyst.toml"
    delivery = '\n[delivery]\nsender = "a@example.com"\nserver = "127.0.0.1"\nport = 9\ndomains = ["example.com"]\nsecurity = "none"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + delivery, encoding="utf-8")
    workspace = Workspace.open(desk.root)
    played(workspace)
    [entry] = workspace.outbox.listed()
    page.goto(f"{desk.url}/playbooks/mails/{entry.id}")
    page.get_by_role("button", name="Approve and send").click()
    expect(page.locator(".badge").first).to_contain_text("queued")
    until(lambda: not sending(desk.root), "the end of the attempt to send it")
    page.get_by_role("button", name="Do not send").click()
    expect(page.locator(".badge").first).to_contain_text("dropped")
    said = [(one.state, one.by) for one in workspace.outbox.history(entry)]
    workspace.close()
    assert ("queued", "local") in said
    assert said[-1] == ("dropped", "local")
    assert ("local", f"approved the mail {entry.id[:8]} of {entry.run}") in audited(desk.root)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_are_accessible_and_fit(desk, page, violations, theme, width):
    workspace = Workspace.open(desk.root)
    done = played(workspace)
    entry = workspace.outbox.listed()[0]
    workspace.close()
    page.context.add_cookies([{"name": "theme", "value": theme, "url": desk.url}])
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "/backlog", f"/runs/{done.id}", f"/mails/{entry.id}"):
        page.goto(f"{desk.url}/playbooks{path}")
        if path.startswith("/runs"):
            page.locator("summary").first.click()
            expect(page.get_by_role("columnheader", name="team")).to_be_visible()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def played(workspace, after=None):
    """A run of the playbook in this process; after: stopped before the step that follows so many."""
    playbook = find_playbook(workspace, "backlog")
    play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "outbox")
    asked = iter(range(99))
    play.stop = lambda: after is not None and next(asked) >= after
    try:
        return run(play)
    finally:
        play.close()


def sending(root):
    store = Errands(f"sqlite:///{root / '.analyst' / 'state.db'}")
    found = store.running()
    store.close()
    return found


def of(desk):
    return {"origin": desk.url, "accept": "application/json"}


def test_errands_leave_nothing_running(desk, page):
    page.goto(f"{desk.url}/playbooks/backlog")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/playbooks/runs/**", timeout=LONG_MS)
    expect(page.get_by_role("status")).to_have_text("done", timeout=LONG_MS)
    until(lambda: not sending(desk.root), "the end of the errand", within_s=5)
