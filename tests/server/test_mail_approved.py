"""A mail that waits for approval: whoever may sends it on the page, and it arrives with the numbers of the data; nobody else can."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from analyst_agent.state.outbox import Entry
from analyst_agent.warehouse.generations import open_current
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, run
from tests.playbook.delivery.post import Post, free_port, serve
from tests.server.conftest import LEFT_BEHIND, Served, serving
from tests.server.plays import until, with_backlog
from tests.server.staff import PASSWORD, hire, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

ESCALATED_BY_TEAM = """
    SELECT t.team, count(*) FROM (SELECT ticket_id, min(escalated_at) AS at FROM escalations GROUP BY ticket_id) e
    JOIN tickets t USING (ticket_id) WHERE e.at >= '2026-10-01' AND e.at < '2026-11-01' GROUP BY t.team
"""
SETTINGS = """
[delivery]
sender = "Escalation Analyst <analyst@example.com>"
owner = "owner@example.com"
server = "127.0.0.1"
port = {port}
security = "none"
domains = ["example.com"]
approval = true
"""


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """A mail server on loopback and its port."""
    made, port = Post(), free_port()
    controller = serve(made, port)
    yield made, port
    controller.stop()


@pytest.fixture
def desk(demo_workspace: Path, tmp_path: Path, post: tuple[Post, int]) -> Iterator[Served]:
    """A served workspace whose mails need approval, with people and one mail that waits."""
    root = with_backlog(shutil.copytree(demo_workspace, tmp_path / "demo", ignore=LEFT_BEHIND))
    settings = root / "analyst.toml"
    settings.write_text(settings.read_text() + SETTINGS.format(port=post[1]))
    hire(root)
    workspace = Workspace.open(root)
    playbook = find_playbook(workspace, "backlog")
    play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "smtp")
    run(play)
    play.close()
    workspace.close()
    with serving(root) as served:
        yield served


def _entry(root: Path) -> Entry:
    workspace = Workspace.open(root)
    [entry] = workspace.outbox.listed()
    workspace.close()
    return entry


def test_it_is_refused_to_who_may_not_and_arrives_for_who_may(desk: Served, post: tuple[Post, int], page: Page) -> None:
    mail = f"/playbooks/mails/{_entry(desk.root).id}"
    assert _entry(desk.root).state == "held"
    for login in ("cy", "ben@example.com"):
        with signed_in(desk.url, login) as browser:
            reply = browser.post(mail, data={"decision": "approve"}, headers={"accept": "application/json"})
            assert reply.status_code == 403
            assert "Approve and send" not in browser.get(mail).text
    assert (_entry(desk.root).state, post[0].received) == ("held", [])

    page.goto(f"{desk.url}{mail}")
    page.fill("[name=login]", "dee")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("button", name="Approve and send").click()
    until(lambda: post[0].received, "the mail at the server")
    [message] = post[0].to("leads@example.com")
    assert message["subject"] == "Open escalations, October 2026"
    body = message.get_body(("plain",))
    assert body is not None
    rows = [re.fullmatch(r"(\S.*?)  +\d+  +(\d+) *", line) for line in body.get_content().splitlines()]
    told = {row[1]: int(row[2]) for row in rows if row}
    with open_current(desk.root) as warehouse:
        assert told == dict(warehouse.cursor().execute(ESCALATED_BY_TEAM).fetchall())
    until(lambda: _entry(desk.root).state == "sent", "what the outbox says of it")
    page.goto(f"{desk.url}{mail}")
    expect(page.get_by_role("region", name="What happened to it")).to_contain_text("dee")
