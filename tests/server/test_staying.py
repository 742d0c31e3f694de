"""Whoever is signed out, disabled, or whose token is revoked hears no more on what is open; the answer is kept for its owner."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from analyst_agent.server.membership import account_of, disable_account
from analyst_agent.server.people import People
from tests.server.asking import HOW_MANY, held
from tests.server.conftest import Served
from tests.server.plays import until
from tests.server.staff import PASSWORD, client, hire, people_of, signed_in, token_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOON_S = 4.0
"""A second, and what a busy machine adds."""
ANSWER = "Escalated tickets in October 2026"


def _revoke_all(people: People, login: str) -> None:
    for token in people.tokens.of_account(account_of(people, login).id):
        people.revoke_token(token, "test")


def _disable(people: People, login: str) -> None:
    disable_account(people, account_of(people, login), "ana")


def _sign_out(browser: httpx2.Client) -> None:
    assert browser.post("/sign-out").status_code == 303


def _begin(browser: httpx2.Client) -> tuple[str, str]:
    """A question on its way: its conversation and its address."""
    reply = browser.post("/conversations", data={"question": HOW_MANY})
    conversation = reply.headers["location"]
    page = browser.get(conversation).text
    return conversation, page.partition('hx-sse:connect="')[2].partition('"')[0]


def _heard(browser: httpx2.Client, address: str, meanwhile: Callable[[], None]) -> tuple[str, float]:
    """What a stream says until it ends, and the seconds it took from when something else was done in the middle of it."""
    with browser.stream("GET", address, headers={"accept": "text/event-stream"}) as stream:
        parts, at = [], 0.0
        for line in stream.iter_lines():
            parts.append(line)
            if not at and "counting_slowly" in line:
                meanwhile()
                at = time.monotonic()
    return "\n".join(parts), time.monotonic() - at


def _kinds(socket: ClientConnection) -> Iterator[str]:
    """Of the messages of a socket, until it is closed."""
    with suppress(ConnectionClosed):
        for text in socket:
            yield json.loads(text)["kind"]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every answer stops in the middle until this is set."""
    with held(monkeypatch) as goes_on:
        yield goes_on


def test_signing_out_in_one_tab_ends_the_stream_in_another(staffed: Served, answer: threading.Event) -> None:
    with signed_in(staffed.url, "cy") as tab, signed_in(staffed.url, "cy") as elsewhere:
        conversation, stream = _begin(tab)
        with client(staffed.url) as other:
            other.cookies.update(tab.cookies)
            said, took = _heard(tab, stream, lambda: _sign_out(other))
        assert took < SOON_S
        assert "You are signed out" in said
        assert f"/sign-in?to={conversation.replace('/', '%2F')}" in said
        assert tab.get(stream).status_code == 303
        assert elsewhere.get(stream.removesuffix("/events") + "/nothing").status_code == 404
        answer.set()
    with signed_in(staffed.url, "cy") as again:
        until(lambda: ANSWER in again.get(conversation).text, "the answer after signing in again")


def test_a_disabled_account_hears_no_more_of_its_answer(fresh: Served, answer: threading.Event) -> None:
    hire(fresh.root)
    with signed_in(fresh.url, "cy") as tab, people_of(fresh.root) as people:
        _, stream = _begin(tab)
        said, took = _heard(tab, stream, lambda: _disable(people, "cy"))
    assert took < SOON_S
    assert "You are signed out" in said
    assert ANSWER not in said


def test_a_token_revoked_in_the_middle_ends_its_stream_and_its_wait(staffed: Served, answer: threading.Event) -> None:
    with client(staffed.url, token_of(staffed.root, "dee")) as program, people_of(staffed.root) as people:
        ask = program.post("/api/v1/asks", json={"question": HOW_MANY}).json()["ask"]
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(program.post, "/api/v1/ask", json={"question": HOW_MANY})
            said, took = _heard(program, f"/api/v1/asks/{ask}/events", lambda: _revoke_all(people, "dee"))
            assert waiting.result(SOON_S).status_code == 401
    assert took < SOON_S
    last = said.rstrip().rpartition("event: ")[2]
    assert last.startswith("error")
    assert json.loads(last.partition("data: ")[2])["error"]["code"] == "not_signed_in"
    answer.set()
    with client(staffed.url, token_of(staffed.root, "dee")) as program:
        until(lambda: program.get(f"/api/v1/asks/{ask}").json()["answer"], "the answer for another token of hers")


def test_an_idle_socket_is_closed_once_its_token_is_revoked(staffed: Served) -> None:
    headers = {"authorization": f"Bearer {token_of(staffed.root, 'dee')}"}
    with connect(staffed.url.replace("http", "ws") + "/api/v1/ws", additional_headers=headers) as socket:
        with people_of(staffed.root) as people:
            _revoke_all(people, "dee")
        assert json.loads(socket.recv(timeout=SOON_S))["error"]["code"] == "not_signed_in"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=SOON_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_socket_says_nothing_of_an_answer_after_the_token_is_revoked(
    staffed: Served, answer: threading.Event
) -> None:
    headers = {"authorization": f"Bearer {token_of(staffed.root, 'dee')}"}
    with connect(staffed.url.replace("http", "ws") + "/api/v1/ws", additional_headers=headers) as socket:
        socket.send(json.dumps({"question": HOW_MANY}))
        assert json.loads(socket.recv(timeout=30))["kind"] == "asked"
        with people_of(staffed.root) as people:
            _revoke_all(people, "dee")
        kinds = list(_kinds(socket))
    assert kinds[-1] == "error"
    assert "end" not in kinds


def test_a_call_of_another_assistant_is_answered_only_to_whoever_still_may(
    staffed: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyst_agent.server import mcp_tools

    begun, goes_on, real = threading.Event(), threading.Event(), mcp_tools.converse

    def slow(*given: object, **named: object) -> object:
        begun.set()
        assert goes_on.wait(30)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(mcp_tools, "converse", slow)
    call = {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": HOW_MANY}},
    }  # fmt: skip
    with client(staffed.url, token_of(staffed.root, "dee")) as program, ThreadPoolExecutor(1) as pool:
        headers = {"accept": "application/json, text/event-stream"}
        waiting = pool.submit(program.post, "/mcp", json=call, headers=headers)
        assert begun.wait(30)
        with people_of(staffed.root) as people:
            _revoke_all(people, "dee")
        goes_on.set()
        reply = waiting.result(30)
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "not_signed_in")
    assert ANSWER not in reply.text


def test_there_is_no_stream_of_other_assistants_to_leave_open(staffed: Served) -> None:
    with client(staffed.url, token_of(staffed.root, "dee")) as program:
        for version in ("2025-06-18", "2099-01-01"):
            reply = program.get("/mcp", headers={"accept": "text/event-stream", "mcp-protocol-version": version})
            assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_an_open_stream_does_not_make_a_sign_in_last(staffed: Served) -> None:
    with people_of(staffed.root) as people:
        secret = people.let_in(account_of(people, "cy"), "test")
        later = datetime.now(UTC) + timedelta(hours=11)
        people.now = lambda: later
        assert people.signed_in(secret, is_use=False) is not None
        people.now = lambda: later + timedelta(hours=2)
        assert people.signed_in(secret, is_use=False) is None


def test_whoever_was_signed_out_is_led_back_to_the_answer(staffed: Served, answer: threading.Event, page: Page) -> None:
    page.goto(staffed.url)
    page.fill("[name=login]", "cy")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#question")
    page.wait_for_load_state()
    page.fill("#question", HOW_MANY)
    page.press("#question", "Enter")
    page.wait_for_selector(".steps li")
    other = page.context.new_page()
    other.goto(f"{staffed.url}/account")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out").first.wait_for(timeout=10_000)
    page.get_by_role("link", name="Sign in to read it").click()
    answer.set()
    page.fill("[name=login]", "cy")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#turn-1", timeout=30_000)
    assert ANSWER in page.inner_text("#turn-1")
