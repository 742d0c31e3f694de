"""Requests that another site's page has a browser send, as an attacker would try them, and connections that are not what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.requests import HTTPConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from analyst_agent.errors import NotPermitted
from analyst_agent.server.entrance import is_of_this_machine
from analyst_agent.server.running import Place, check_place
from analyst_agent.server.security import Guard
from analyst_agent.workspace import Workspace
from tests.server.conftest import Served, awaited
from tests.server.staff import PASSWORD, client, hire, signed_in, token_of

FOREIGN = {
    "another site": {"origin": "https://evil.example"},
    "a sandboxed frame or a data: page": {"origin": "null"},
    "another port of the same host": {"origin": "http://127.0.0.1:1"},
    "the same host by another name": {"origin": "http://localhost:{port}"},
    "a name that begins with ours": {"origin": "http://127.0.0.1:{port}.evil.example"},
    "ours as a user's name": {"origin": "http://127.0.0.1:{port}@evil.example"},
    "a neighbouring site, by its metadata": {"sec-fetch-site": "same-site"},
    "another site, by its metadata": {"sec-fetch-site": "cross-site"},
    "metadata that deny what the origin says": {"origin": "{own}", "sec-fetch-site": "cross-site"},
    "an origin that denies what the metadata say": {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    "neither, with the cookie": {},
}


@pytest.fixture(params=list(FOREIGN))
def foreign(request: pytest.FixtureRequest, staffed: Served) -> dict[str, str]:
    port = staffed.url.rpartition(":")[2]
    return {k: v.format(port=port, own=staffed.url) for k, v in FOREIGN[request.param].items()}


def test_a_change_with_the_cookie_is_refused_from_elsewhere(staffed: Served, foreign: dict[str, str]) -> None:
    with signed_in(staffed.url, "ana") as browser:
        del browser.headers["origin"]
        for path in ("/sign-out", "/people", "/account/password", "/conversations"):
            reply = browser.post(path, headers=foreign, data={"login": "eve", "role": "admin", "question": "why?"})
            assert (path, reply.status_code) == (path, 403)
            assert reply.json()["error"]["code"] == "foreign_request"
        assert browser.get("/account").status_code == 200


def test_a_socket_with_the_cookie_is_refused_from_elsewhere(staffed: Served, foreign: dict[str, str]) -> None:
    with signed_in(staffed.url, "ana") as browser:
        cookie = f"analyst_session={browser.cookies['analyst_session']}"
    address = staffed.url.replace("http", "ws") + "/api/v1/ws"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers={"cookie": cookie, **foreign})
    assert refused.value.response.status_code == 403
    with connect(address, additional_headers={"cookie": cookie, "origin": staffed.url}):
        pass


def test_a_socket_without_cookie_or_token_is_refused(staffed: Served) -> None:
    address = staffed.url.replace("http", "ws") + "/api/v1/ws"
    for headers in ({}, {"origin": staffed.url}, {"authorization": "Bearer esc_made-up"}):
        with pytest.raises(InvalidStatus):
            connect(address, additional_headers=headers)
    with connect(address, additional_headers={"authorization": f"Bearer {token_of(staffed.root, 'cy')}"}):
        pass


def test_an_open_socket_does_not_outlive_the_sign_in(staffed: Served) -> None:
    with signed_in(staffed.url, "cy") as browser:
        headers = {"cookie": f"analyst_session={browser.cookies['analyst_session']}", "origin": staffed.url}
        with connect(staffed.url.replace("http", "ws") + "/api/v1/ws", additional_headers=headers) as socket:
            browser.post("/sign-out")
            socket.send(json.dumps({"question": "How many tickets were escalated in October 2026?"}))
            assert json.loads(socket.recv())["error"]["code"] == "not_signed_in"
            with pytest.raises(ConnectionClosed):
                socket.recv()


def test_nobody_is_signed_in_to_somebody_elses_account_from_elsewhere(staffed: Served) -> None:
    with client(staffed.url) as browser:
        reply = browser.post(
            "/sign-in", data={"login": "cy", "password": PASSWORD}, headers={"origin": "https://evil.example"}
        )
    assert (reply.status_code, "set-cookie" in reply.headers) == (403, False)


def test_a_made_up_token_does_not_let_the_cookie_in_without_proof(staffed: Served) -> None:
    """A token needs no proof of where it comes from; beside one, the cookie must not count."""
    with signed_in(staffed.url, "ana") as browser:
        headers = {"origin": "https://evil.example", "authorization": "Bearer x", "accept": "*/*"}
        assert browser.post("/people", data={"login": "eve"}, headers=headers).status_code == 401
        headers["authorization"] = "Basic eDp4"
        assert browser.post("/people", data={"login": "eve"}, headers=headers).status_code == 403


def test_a_foreign_host_name_is_refused_whatever_else_is_right(staffed: Served) -> None:
    with client(staffed.url) as browser:
        for host in ("evil.example", "testserver", "127.0.0.1.evil.example", "", "localhost.evil.example:80"):
            assert browser.get("/sign-in", headers={"host": host}).status_code in (400, 403)


def _guarded(scheme: str, headers: dict[str, str]) -> int:
    """The status that a POST by this scheme gets from the guard of a server that answers to one name."""

    async def app(scope, receive, send):  # type: ignore[no-untyped-def]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    said: list[int] = []

    async def send(message):  # type: ignore[no-untyped-def]
        if message["type"] == "http.response.start":
            said.append(message["status"])

    async def receive():  # type: ignore[no-untyped-def]
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "scheme": scheme,
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    awaited(lambda: Guard(app, ["analyst.example"])(scope, receive, send))
    return said[0]


@pytest.mark.parametrize("cookie", ["analyst_session=x", "theme=dark; __Host-analyst_session=x"])
def test_by_tls_a_page_without_it_is_another_site(cookie: str) -> None:
    headers = {"host": "analyst.example", "cookie": cookie}
    assert _guarded("https", {**headers, "origin": "https://analyst.example"}) == 200
    assert _guarded("https", {**headers, "origin": "http://analyst.example"}) == 403
    assert _guarded("https", headers) == 403
    assert _guarded("https", {**headers, "sec-fetch-site": "same-origin"}) == 200


def _connection(host: str, **headers: str) -> HTTPConnection:
    listed = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return HTTPConnection({"type": "http", "client": (host, 1), "headers": listed, "path": "/"})


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.evil.example", False),
        ("testclient", False),
    ],
)
def test_this_machine_is_told_by_the_address_of_the_connection(host: str, is_here: bool) -> None:
    assert is_of_this_machine(_connection(host)) is is_here
    assert not is_of_this_machine(_connection(host, x_forwarded_for="127.0.0.1"))


@pytest.fixture
def workspace(fresh: Served) -> Iterator[Workspace]:
    opened = Workspace.open(fresh.root)
    yield opened
    opened.close()


def test_others_are_served_only_where_an_admin_has_an_account(workspace: Workspace) -> None:
    places = (
        Place(workspace.root, "0.0.0.0", 0),
        Place(workspace.root, "", 0),
        Place(workspace.root, "::", 0),
        Place(workspace.root, "desk.example", 0),
        Place(workspace.root, "127.0.0.1", 0, proxy="127.0.0.1"),
    )
    check_place(Place(workspace.root, "127.0.0.1", 0), workspace)
    check_place(Place(workspace.root, "::1", 0), workspace)
    for place in places:
        with pytest.raises(NotPermitted, match="no admin's account yet"):
            check_place(place, workspace)
    hire(workspace.root, {"ana": "admin"})
    for place in places:
        check_place(place, workspace)
