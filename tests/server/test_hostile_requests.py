"""Requests as an attacker sends them who may be signed in: too large, with somebody else's keys, with names made to be markup or paths."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from analyst_agent.server.bounded import LARGEST_BODY
from tests.server.conftest import Served
from tests.server.plays import BACKLOG, until
from tests.server.staff import client, signed_in, token_of

QUESTION = "How many tickets were escalated in October 2026?"
MARKUP = "\"'><img src=x onerror=alert(1)>{{7*7}}"


def _chunks() -> Iterator[bytes]:
    for _ in range(LARGEST_BODY // 50_000 + 2):
        yield b"x" * 50_000


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/asks", "/mcp", "/conversations", "/account/tokens"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"]
)
def test_a_body_larger_than_anything_that_is_read_is_refused(staffed: Served, path: str, kind: str) -> None:
    headers = {"origin": staffed.url, "content-type": kind, "accept": "application/json"}
    token = token_of(staffed.root, "dee")
    if path in ("/api/v1/asks", "/mcp"):
        headers["authorization"] = f"Bearer {token}"
    with httpx2.Client(base_url=staffed.url, headers=headers, timeout=60) as program:
        declared = program.post(path, content=b"x" * (LARGEST_BODY + 1))
        assert (declared.status_code, declared.json()["error"]["code"]) == (413, "too_large")
        assert program.post(path, content=_chunks()).status_code in (400, 401, 403, 404, 413, 415, 422)


def test_another_name_of_this_machine_lets_no_page_in(served: Served) -> None:
    """A name that an attacker's server lets point here: the browser then takes their page for ours."""
    with httpx2.Client(base_url=served.url, headers={"host": "rebound.example"}) as browser:
        for path in ("/", "/api/v1/sessions", "/mcp", "/static/base.css", "/health", "/api/v1/openapi.json"):
            assert browser.get(path).status_code == 403
        assert browser.post("/api/v1/asks", json={"question": QUESTION}).status_code == 403
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as own:
        address = f"ws://rebound.example:{port}/api/v1/ws"
        with pytest.raises(InvalidStatus), connect(address, sock=own, origin=f"http://rebound.example:{port}"):  # type: ignore[arg-type]
            pass


def test_two_names_are_none(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as own:
        own.sendall(
            b"GET /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
        )
        assert own.recv(100).split()[1] in (b"400", b"403")


def test_another_sites_page_calls_no_tool(served: Served) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    with httpx2.Client(base_url=served.url, headers=headers) as browser:
        assert browser.post("/mcp", json=call).status_code == 200
        for origin in ("https://evil.example", "null", "http://localhost:1"):
            assert browser.post("/mcp", json=call, headers={"origin": origin}).status_code == 403


def test_one_key_of_two_people_is_two_questions(staffed: Served) -> None:
    begun = []
    for login in ("cy", "dee"):
        with client(staffed.url, token_of(staffed.root, login)) as program:
            reply = program.post("/api/v1/asks", json={"question": QUESTION}, headers={"idempotency-key": "the same"})
            begun.append(reply.json()["ask"])
    assert len(set(begun)) == 2
    with client(staffed.url, token_of(staffed.root, "dee")) as program:
        assert program.get(f"/api/v1/asks/{begun[0]}").status_code == 404
        assert program.post(f"/api/v1/asks/{begun[0]}/stop").status_code == 404


def test_a_narrower_token_gets_no_answer_of_its_owners_wider_scope(staffed: Served) -> None:
    """A token that somebody passes on must not show what was asked with another one, by id or by key."""
    key = {"idempotency-key": "of the whole"}
    with client(staffed.url, token_of(staffed.root, "dee")) as whole:
        begun = whole.post("/api/v1/asks", json={"question": QUESTION}, headers=key).json()
        until(lambda: whole.get(f"/api/v1/asks/{begun['ask']}").json()["answer"], "the answer")
    with client(staffed.url, token_of(staffed.root, "dee", "lead", ("region = EMEA",))) as narrow:
        for path in ("", "/events"):
            assert narrow.get(f"/api/v1/asks/{begun['ask']}{path}").status_code == 404
        assert narrow.get(f"/asks/{begun['ask']}/events", headers={"accept": "text/event-stream"}).status_code == 404
        again = narrow.post("/api/v1/asks", json={"question": QUESTION}, headers=key)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
        assert narrow.get(f"/api/v1/sessions/{begun['conversation']}").status_code == 404


@pytest.mark.parametrize("name", ["報告 €", "x?y#z", "a&b=c", "%2e%2e", MARKUP])
def test_an_id_of_any_characters_has_its_page_and_its_file(served: Served, name: str) -> None:
    with client(served.url) as browser:
        reply = browser.post("/api/v1/ask", json={"question": QUESTION, "conversation": name})
        assert reply.status_code == 200
        more = browser.post("/conversations", data={"question": QUESTION, "conversation": reply.json()["conversation"]})
        place = more.headers["location"]
        page = browser.get(place)
        assert (page.status_code, "<img src=x" in page.text) == (200, False)
        file = browser.get(f"{place}/export.md")
        assert file.status_code == 200
        assert file.headers["content-disposition"].startswith('attachment; filename="conversation-')


@pytest.mark.parametrize("name", ["a/b", "..", ".", "../../etc/passwd"])
def test_an_id_that_is_a_path_is_refused(served: Served, name: str) -> None:
    with client(served.url) as browser:
        reply = browser.post("/api/v1/asks", json={"question": QUESTION, "conversation": name})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "invalid_definition")


def test_names_that_people_give_are_text_on_every_page(staffed: Served) -> None:
    (staffed.root / "playbooks").mkdir(exist_ok=True)
    hostile = BACKLOG.replace("Backlog of escalations", MARKUP.replace('"', ""))
    (staffed.root / "playbooks" / "backlog.yml").write_text(hostile, encoding="utf-8")
    (staffed.root / "playbooks" / "<img src=x onerror=alert(1)>.yml").write_text("name: [", encoding="utf-8")
    with signed_in(staffed.url, "ana") as browser:
        browser.post("/people", data={"login": "eve", "name": MARKUP, "role": "leader"})
        browser.post("/account/tokens", data={"label": MARKUP, "role": "admin", "days": "7"})
        place = browser.post("/conversations", data={"question": f"{QUESTION} {MARKUP}"}).headers["location"]
        until(lambda: "hx-sse:connect" not in browser.get(place).text, "the answer")
        browser.post(f"{place}/title", data={"title": MARKUP})
        shown = ""
        for path in (
            place,
            "/",
            "/conversations?q=img",
            "/people",
            "/account",
            "/audit",
            "/playbooks",
            "/playbooks/backlog",
        ):
            reply = browser.get(path)
            assert reply.status_code == 200, path
            assert "<img src=x" not in reply.text, path
            assert "&gt;49" not in reply.text, path
            shown += reply.text
    assert shown.count("&lt;img src=x") > 6


def test_no_address_leads_to_a_file_of_the_machine(served: Served) -> None:
    climbs = (
        "../analyst.toml",
        "..%2fanalyst.toml",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5canalyst.toml",
        "/etc/passwd",
    )
    bases = ("/static/", "/knowledge/known_issues/", "/data/", "/playbooks/", "/playbooks/mails/", "/conversations/")
    with client(served.url) as browser:
        for address in [base + climb for base in bases for climb in climbs]:
            # As it stands: a client of its own would tidy the path before it sends it.
            reply = browser.send(httpx2.Request("GET", served.url + address, headers=browser.headers))
            assert reply.status_code in (303, 307, 403, 404, 405, 422), address
            assert "[workspace]" not in reply.text
            assert "root:" not in reply.text


def test_files_that_are_handed_in_may_be_larger(served: Served) -> None:
    rows = "\n".join(f"t{number},2026-10-01T08:00:00Z,{'x' * 100}" for number in range(LARGEST_BODY // 100))
    files = {"files": ("tickets.csv", f"ticket_id,created_at,subject\n{rows}".encode())}
    with client(served.url) as browser:
        assert browser.post("/data/preview", files=files).status_code == 200
