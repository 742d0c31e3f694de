"""Who may see and do what with playbooks: by role, and within a scope only what was made in it."""

from __future__ import annotations

import shutil

import pytest
from starlette.requests import Request

from analyst_agent.server.app import make_app
from analyst_agent.server.callers import LEAD, LEADER, OPERATIONS, Caller
from analyst_agent.server.service import caller_of
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, run
from tests.server.conftest import LEFT_BEHIND, browsing
from tests.server.plays import BACKLOG, until, with_backlog

EMEA = ("region = EMEA",)
JSON = {"accept": "application/json"}
REGIONAL = BACKLOG.replace("name: backlog", "name: regional").replace(
    "[leads@example.com]",
    '[boss@example.com, {address: ben@example.com, scope: "region = EMEA"}, {address: una@example.com, scope: "region = APAC"}]',
)
CHANGES = {
    LEAD: ("/playbooks/backlog/run", "/playbooks/backlog/preview"),
    LEADER: ("/playbooks/backlog/active", "/playbooks/runs/{run}/resume", "/playbooks/mails/{mail}"),
}
"""What the role may not send, a role above it may."""


@pytest.fixture(scope="module")
def house(demo_workspace, tmp_path_factory):
    """A server's app, a run of everything and one within EMEA, each with its mail."""
    root = with_backlog(shutil.copytree(demo_workspace, tmp_path_factory.mktemp("rights") / "demo", ignore=LEFT_BEHIND))
    made = {}
    for name, restrictions in (("all", ()), ("emea", EMEA)):
        workspace = Workspace.open(root, restrictions=restrictions)
        playbook = find_playbook(workspace, "backlog")
        play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "outbox")
        done = run(play)
        play.close()
        made[name] = (done.id, workspace.outbox.listed(run=done.id)[0].id)
        workspace.close()
    (root / "playbooks" / "regional.yml").write_text(REGIONAL, encoding="utf-8")
    workspace = Workspace.open(root)
    playbook = find_playbook(workspace, "regional")
    play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "outbox")
    done = run(play)
    play.close()
    made["regional"] = (done.id, {one.recipient: one.id for one in workspace.outbox.listed(run=done.id)})
    workspace.close()
    app = make_app(root)
    with browsing(app, headers=JSON) as client:
        yield app, client, made
        running = app.state.service.errands.errands.running
        until(lambda: not running(), "the end of what was begun")


def as_caller(house, role, restrictions=(), name="Xenia"):
    app, client, made = house
    made_up = Caller("x", name, role, restrictions)

    def caller(request: Request) -> Caller:
        request.state.caller = made_up
        return made_up

    app.dependency_overrides[caller_of] = caller
    return client, made


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in CHANGES.items() for path in paths])
def test_a_role_may_not_change_what_is_another_ones_to_change(house, role, path):
    client, made = as_caller(house, role)
    run_id, mail = made["all"]
    reply = client.post(path.format(run=run_id, mail=mail), data={"active": "true", "decision": "approve"})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "not_granted"


def test_a_leader_runs_into_the_outbox_and_never_by_the_mail_server(house):
    client, _ = as_caller(house, LEADER)
    assert client.post("/playbooks/backlog/run", data={"deliver": "smtp"}).status_code == 403


def test_no_form_names_a_recipient(house):
    client, _ = as_caller(house, OPERATIONS)
    page = client.get("/playbooks/backlog").text
    assert 'name="set_most_open"' in page
    assert "set_recipients" not in page
    reply = client.post("/playbooks/backlog/preview", data={"set_recipients": "eve@example.net", "period": "2026-10"})
    assert reply.status_code == 200
    service = house[0].state.service
    assert [one.variables for one in service.errands.errands.running()] == [{}]


def test_a_scoped_lead_sees_the_runs_and_mails_of_her_scope_only(house):
    client, made = as_caller(house, LEAD, EMEA)
    (all_run, all_mail), (own_run, own_mail) = made["all"], made["emea"]
    page = client.get("/playbooks/backlog").text
    assert f"/playbooks/runs/{own_run}" in page
    assert f"/playbooks/runs/{all_run}" not in page
    assert client.get(f"/playbooks/runs/{own_run}").status_code == 200
    assert client.get(f"/playbooks/mails/{own_mail}/page").status_code == 200
    for path in (
        f"/playbooks/runs/{all_run}",
        f"/playbooks/runs/{all_run}/steps/open",
        f"/playbooks/mails/{all_mail}",
        f"/playbooks/mails/{all_mail}/page",
    ):
        reply = client.get(path)
        assert reply.status_code == 404, path
        assert all_run not in reply.json()["error"]["hint"]


def test_of_a_run_of_everything_a_lead_sees_the_mail_that_went_to_her_and_nothing_else(house):
    client, made = as_caller(house, LEAD, EMEA, "Ben@example.com")
    run_id, mails = made["regional"]
    own = mails.pop("ben@example.com")
    page = client.get(f"/playbooks/runs/{run_id}").text
    assert f"/playbooks/mails/{own}" in page
    assert client.get(f"/playbooks/mails/{own}").status_code == 200
    assert client.get(f"/playbooks/mails/{own}/page").status_code == 200
    assert f"/playbooks/mails/{own}" in client.get("/playbooks/regional").text
    for other in mails.values():
        assert other not in page
        assert client.get(f"/playbooks/mails/{other}").status_code == 404
        assert client.get(f"/playbooks/mails/{other}/page").status_code == 404
    assert client.get(f"/playbooks/runs/{run_id}/steps/open", params={"edition": "region = EMEA"}).status_code == 404
    assert "APAC" not in page
    assert "boss@example.com" not in page


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("boss@example.com", EMEA),  # her own address, but made of more than her scope
        ("una@example.com", EMEA),  # of another region
        ("ben@example.com", ("region = EMEA", "tier = Enterprise")),  # wider than her scope is now
        ("eve@example.com", EMEA),  # went to somebody else
    ],
)
def test_a_mail_of_a_run_of_everything_that_is_not_hers_or_wider_than_her_scope_does_not_exist(house, name, scope):
    client, made = as_caller(house, LEAD, scope, name)
    run_id, mails = made["regional"]
    assert client.get(f"/playbooks/runs/{run_id}").status_code == 404
    assert {client.get(f"/playbooks/mails/{one}/page").status_code for one in mails.values()} == {404}


def test_within_a_scope_nobody_switches_a_playbook_for_all(house):
    client, _ = as_caller(house, OPERATIONS, EMEA)
    assert client.post("/playbooks/backlog/active", data={"active": "true"}).status_code == 403


def test_recipients_are_shown_to_those_who_may_run_it(house):
    assert "leads@example.com" not in as_caller(house, LEAD)[0].get("/playbooks/backlog").text
    assert "leads@example.com" in as_caller(house, LEADER)[0].get("/playbooks/backlog").text


def test_anothers_preview_does_not_exist(house):
    client, _ = as_caller(house, OPERATIONS)
    address = client.post("/playbooks/backlog/run", data={"period": "2026-08"}).headers["hx-redirect"]
    assert client.get(address, follow_redirects=False).status_code in (200, 303)
    other, _ = as_caller(house, OPERATIONS, EMEA)
    assert other.get(address).status_code == 404


@pytest.mark.parametrize("name", ["../analyst.toml", "..%2f..%2fanalyst.toml", "1-01-open.json"])
def test_only_texts_that_a_step_kept_are_read_from_a_runs_folder(house, name):
    client, made = as_caller(house, OPERATIONS)
    assert client.get(f"/playbooks/runs/{made['all'][0]}/texts/{name}").status_code == 404
