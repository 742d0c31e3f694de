"""Conversations are found by their words, named, kept as a file, and are nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import Request
from playwright.sync_api import expect
from starlette.testclient import TestClient

from analyst_agent.server.app import make_app
from analyst_agent.server.callers import LEAD, LEADER, Caller
from analyst_agent.server.service import caller_of
from analyst_agent.state.asks import AGAIN, FAILED, TEXT, NewAsk
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse
from tests.server.asking import HOW_MANY, PATIENCE_MS, ask
from tests.server.conftest import LEFT_BEHIND, Served, browsing

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

PEOPLE = {
    "dana": Caller("dana", "Dana", LEADER),
    "eve": Caller("eve", "Eve", LEADER),
    "lead": Caller("lead", "Lea", LEAD, ("region = EMEA",)),
}
PAGE = {"accept": "text/html"}


@pytest.fixture
def client(demo_workspace: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A server to which a header says who asks."""
    import shutil

    shutil.copytree(demo_workspace, tmp_path / "demo", ignore=LEFT_BEHIND)
    app = make_app(tmp_path / "demo")

    def caller(request: Request) -> Caller:
        who = PEOPLE[request.headers["x-who"]]
        request.state.caller = who
        return who

    app.dependency_overrides[caller_of] = caller
    with browsing(app, follow_redirects=False) as made:
        yield made


def asked(client: TestClient, who: str, question: str = HOW_MANY) -> tuple[str, str]:
    """Asks and waits: the conversation and the id of the question."""
    reply = client.post("/conversations", data={"question": question}, headers={"x-who": who, "hx-request": "true"})
    assert reply.status_code == 200, reply.text
    conversation = reply.headers["hx-push-url"].rpartition("/")[2]
    name = reply.text.partition("/asks/")[2].partition("/")[0]
    stream = client.get(f"/asks/{name}/events", headers={"x-who": who})
    assert "turn-1" in stream.text
    return conversation, name


def test_another_persons_conversation_does_not_exist_on_any_address(client: TestClient) -> None:
    conversation, name = asked(client, "dana")
    turn = f"/conversations/{conversation}/turns/1"
    addresses = [
        ("GET", f"/conversations/{conversation}"),
        ("GET", f"/conversations/{conversation}/export.md"),
        ("POST", f"/conversations/{conversation}/title"),
        ("GET", f"/asks/{name}/events"),
        ("POST", f"/asks/{name}/stop"),
        ("POST", f"{turn}/feedback"),
        ("GET", f"{turn}/numbers?fact=f1"),
        ("GET", f"{turn}/rows?fact=f1&side=counted"),
        ("GET", f"{turn}/rows.csv?fact=f1&side=counted"),
        ("GET", f"{turn}/tables/0.csv"),
    ]
    for method, address in addresses:
        data = {"verdict": "right", "title": "Mine"} if method == "POST" else None
        own = client.request(method, address, headers={"x-who": "dana", **PAGE}, data=data)
        other = client.request(method, address, headers={"x-who": "eve", **PAGE}, data=data)
        assert own.status_code < 300, (address, own.text)
        assert other.status_code == 404, address
    more = client.post("/conversations", data={"question": "and in September?", "conversation": conversation}, headers={"x-who": "eve"})  # fmt: skip
    assert more.status_code == 404
    assert "Mine" not in client.get("/", headers={"x-who": "eve", **PAGE}).text
    assert "Mine" in client.get("/", headers={"x-who": "dana", **PAGE}).text


def test_only_who_curates_may_vouch(client: TestClient) -> None:
    conversation, _ = asked(client, "dana")
    assert client.post(f"/conversations/{conversation}/turns/1/verified", headers={"x-who": "dana"}).status_code == 403
    assert "Verify" not in client.get(f"/conversations/{conversation}", headers={"x-who": "dana", **PAGE}).text


def test_a_scoped_lead_lists_no_ticket_of_another_region(client: TestClient) -> None:
    conversation, _ = asked(client, "lead", "How many tickets were escalated in October 2026?")
    page = client.get(f"/conversations/{conversation}", headers={"x-who": "lead", **PAGE}).text
    assert "EMEA" in page
    file = client.get(f"/conversations/{conversation}/turns/1/rows.csv?fact=f1&side=counted", headers={"x-who": "lead"})
    whole, _ = asked(client, "dana", "How many tickets were escalated in October 2026?")
    all_of_them = client.get(f"/conversations/{whole}/turns/1/rows.csv?fact=f1&side=counted", headers={"x-who": "dana"})
    listed, everything = (set(one.text.splitlines()[1:]) for one in (file, all_of_them))
    assert listed
    assert listed < everything


def test_the_same_key_is_the_same_question(client: TestClient) -> None:
    headers = {"x-who": "dana", "hx-request": "true"}
    replies = [client.post("/conversations", data={"question": HOW_MANY, "key": "k1"}, headers=headers) for _ in "12"]
    names = {reply.text.partition("/asks/")[2].partition("/")[0] for reply in replies}
    assert len(names) == 1


def test_a_stream_goes_on_after_the_event_that_was_seen(client: TestClient) -> None:
    _, name = asked(client, "dana")
    whole = client.get(f"/asks/{name}/events", headers={"x-who": "dana"}).text
    rest = client.get(f"/asks/{name}/events", headers={"x-who": "dana", "last-event-id": "2"}).text
    ids = [line for line in whole.splitlines() if line.startswith("id: ")]
    assert [line for line in rest.splitlines() if line.startswith("id: ")] == ids[2:]


def test_a_question_sent_without_script_leads_to_its_conversation(client: TestClient) -> None:
    reply = client.post("/conversations", data={"question": HOW_MANY}, headers={"x-who": "dana"})
    assert reply.status_code == 303
    assert reply.headers["location"].startswith("/conversations/")


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
def test_nothing_and_far_too_much_is_no_question(client: TestClient, question: str) -> None:
    assert client.post("/conversations", data={"question": question}, headers={"x-who": "dana"}).status_code == 422


def test_without_accounts_what_was_asked_on_the_command_line_is_there(fresh: Served, page: Page) -> None:
    workspace = Workspace.open(fresh.root)
    converse(workspace, HOW_MANY, "from-the-terminal")
    workspace.close()
    page.goto(fresh.url)
    page.click(".conversations a >> nth=0")
    page.wait_for_selector("#turn-1")
    ask(page, "and in September?", 2)


def test_conversations_are_found_by_the_words_of_any_question_and_by_title(fresh: Served, page: Page) -> None:
    page.goto(fresh.url)
    ask(page, HOW_MANY)
    ask(page, "and for Billing?", 2)
    page.goto(fresh.url)
    ask(page, "Do Enterprise customers escalate more?")
    names = page.locator("#conversations .title")
    page.fill("#search", "billing")
    expect(names).to_have_text([HOW_MANY])
    page.fill("#search", "nowhere to be found")
    page.wait_for_selector("#conversations .none")
    page.fill("#search", "")
    expect(names).to_have_count(2)
    page.click(".rename summary")
    page.fill("#title", "Tiers <in> October")
    page.press("#title", "Enter")
    expect(names.first).to_have_text("Tiers <in> October")
    assert page.inner_text(".talk-head h1") == "Tiers <in> October"
    page.fill("#search", "tiers october")
    expect(names).to_have_text(["Tiers <in> October"])


def test_a_conversation_is_kept_as_markdown(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(served.url)
    ask(page, HOW_MANY)
    with page.expect_download(timeout=PATIENCE_MS) as got:
        page.click("a:has-text('Export')")
    got.value.save_as(tmp_path / "export.md")
    text = (tmp_path / "export.md").read_text(encoding="utf-8")
    assert text.startswith("# Conversation ")
    assert f"## 1. {HOW_MANY}" in text
    assert "| EMEA |" in text


def test_an_answer_begun_anew_takes_back_what_was_told_before(client: TestClient, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "demo")
    try:
        workspace.heads.claim("c1", "dana")
        begun, _ = workspace.asks.begin(NewAsk("c1", HOW_MANY, "dana", "Dana", LEADER))
        workspace.asks.tell(begun.id, TEXT, {"text": "Half of <b>it</b>"})
        workspace.asks.tell(begun.id, AGAIN, {})
        workspace.asks.finish(begun.id, FAILED, {"error": {"message": "No <i>luck</i>.", "hint": "Ask later."}})
    finally:
        workspace.close()
    stream = client.get(f"/asks/{begun.id}/events", headers={"x-who": "dana"}).text
    assert (
        f'<hx-partial hx-target="#text-{begun.id}" hx-swap="beforeend"><p>Half of &lt;b&gt;it&lt;/b&gt;</p>' in stream
    )
    assert f'<hx-partial hx-target="#text-{begun.id}" hx-swap="innerHTML">' in stream
    assert "No &lt;i&gt;luck&lt;/i&gt;. Ask later." in stream
    assert stream.index("beforeend") < stream.index("begun again") < stream.index("Ask later.")


def test_a_turn_kept_before_there_were_parts_shows_its_text(client: TestClient, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "demo")
    try:
        workspace.heads.claim("old", "dana")
        mark = workspace.fingerprint
        workspace.conversations.add("old", "What was?", "answered", None, {"answer": "It was **so**."}, mark)
    finally:
        workspace.close()
    page = client.get("/conversations/old", headers={"x-who": "dana", **PAGE})
    assert page.status_code == 200
    assert "It was <strong>so</strong>." in page.text
