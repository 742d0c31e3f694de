"""Signing in: who is let in, who is not, what each learns, and when a sign-in ends."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import httpx2
import pytest

from analyst_agent.server.membership import change_account, disable_account, enable_account
from analyst_agent.state.audit import PEOPLE
from tests.server.conftest import Served
from tests.server.staff import PASSWORD, SCOPE, client, hire, people_of, signed_in, token_of


def _account(root: Path, login: str):  # type: ignore[no-untyped-def]
    with people_of(root) as people:
        found = people.accounts.of_login(login)
    assert found is not None
    return found


def _is_in(browser: httpx2.Client) -> bool:
    reply = browser.get("/")
    assert reply.status_code in (200, 303), reply.text
    return reply.status_code == 200


def test_without_accounts_this_machine_is_let_in_as_the_owner(served: Served) -> None:
    with client(served.url) as browser:
        assert _is_in(browser)
        assert "No accounts yet" in browser.get("/sign-in").text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_without_accounts_what_was_passed_on_is_refused(served: Served, header: str) -> None:
    with client(served.url) as browser:
        reply = browser.get("/", headers={header: "127.0.0.1", "accept": "application/json"})
    assert reply.status_code == 401
    assert "own machine" in reply.json()["error"]["message"]


def test_without_accounts_a_token_that_is_none_is_refused(served: Served) -> None:
    with client(served.url, "esc_made-up") as program:
        assert program.get("/").status_code == 401


def test_the_first_account_ends_that_this_machine_is_let_in(fresh: Served) -> None:
    with client(fresh.url) as browser:
        assert _is_in(browser)
        hire(fresh.root, {"ana": "admin"})
        assert not _is_in(browser)


def test_a_page_leads_to_the_form_and_back(staffed: Served) -> None:
    with client(staffed.url) as browser:
        reply = browser.get("/conversations/abc?x=1")
        assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?to=%2Fconversations%2Fabc%3Fx%3D1")
        part = browser.get("/", headers={"hx-request": "true", "hx-current-url": f"{staffed.url}/people"})
        assert (part.status_code, part.headers["hx-redirect"]) == (204, "/sign-in?to=%2Fpeople")
        program = browser.get("/", headers={"accept": "application/json"})
        assert (program.status_code, program.json()["error"]["code"]) == (401, "not_signed_in")
        done = browser.post("/sign-in", data={"login": " CY ", "password": PASSWORD, "to": "/conversations/abc?x=1"})
        assert (done.status_code, done.headers["location"]) == (303, "/conversations/abc?x=1")
        assert browser.get("/sign-in").headers["location"] == "/"


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_nobody_is_led_to_another_server(staffed: Served, to: str) -> None:
    with client(staffed.url) as browser:
        reply = browser.post("/sign-in", data={"login": "cy", "password": PASSWORD, "to": to})
        assert (reply.status_code, reply.headers["location"]) == (303, "/")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(staffed: Served) -> None:
    with client(staffed.url) as browser:
        said = browser.post("/sign-in", data={"login": "cy", "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "domain=" not in said


def test_an_unknown_login_is_told_the_same_in_the_same_time(fresh: Served) -> None:
    hire(fresh.root)
    with people_of(fresh.root) as people:
        people.wrong.forgive("cy", "x")
        disable_account(people, _account(fresh.root, "dee"), "test")

    def tried(login: str, address: int) -> tuple[str, int, float]:
        with client(fresh.url) as browser:
            began = time.perf_counter()
            reply = browser.post("/sign-in", data={"login": login, "password": "not the password"})
            took = time.perf_counter() - began
        return reply.text.replace(login, "LOGIN"), reply.status_code, took

    known, unknown, disabled = ([tried(login, n) for n in range(4)] for login in ("cy", "zz", "dee"))
    assert len({(text, status) for text, status, _ in (*known, *unknown, *disabled)}) == 1
    slow, quick = (statistics.median(took for *_, took in one) for one in (known, unknown))
    assert quick > slow / 2, "an unknown login is answered without the work of a known one"


def test_signing_in_makes_another_secret_and_ends_the_one_before(staffed: Served) -> None:
    with client(staffed.url) as browser:
        browser.cookies.set("analyst_session", "planted-by-somebody-else", domain="127.0.0.1", path="/")
        assert not _is_in(browser)
        browser.post("/sign-in", data={"login": "cy", "password": PASSWORD})
        first = browser.cookies["analyst_session"]
        assert first != "planted-by-somebody-else"
        browser.post("/sign-in", data={"login": "cy", "password": PASSWORD})
        assert browser.cookies["analyst_session"] != first
        with client(staffed.url) as other:
            other.cookies.set("analyst_session", first, domain="127.0.0.1", path="/")
            assert not _is_in(other)


def test_signing_out_ends_it_on_the_server_too(staffed: Served) -> None:
    with signed_in(staffed.url, "cy") as browser, client(staffed.url) as thief:
        secret = browser.cookies["analyst_session"]
        reply = browser.post("/sign-out")
        assert reply.headers["location"] == "/sign-in"
        assert "analyst_session" not in browser.cookies
        assert reply.headers["clear-site-data"] == '"cache"'
        thief.cookies.set("analyst_session", secret, domain="127.0.0.1", path="/")
        assert not _is_in(thief)


def test_a_change_of_role_scope_password_or_disabling_signs_out(fresh: Served) -> None:
    hire(fresh.root)
    root = fresh.root
    with people_of(root) as people:
        changes = (
            lambda one: change_account(people, root, one, "Cy", "operations", (), "test"),
            lambda one: change_account(people, root, one, "Cy", "leader", SCOPE, "test"),
            lambda one: people.set_password(one, PASSWORD, "test"),
            lambda one: disable_account(people, one, "test"),
        )
        for change in changes:
            with signed_in(fresh.url, "cy") as browser:
                assert _is_in(browser)
                change(_account(root, "cy"))
                assert not _is_in(browser)
        refused = client(fresh.url).post("/sign-in", data={"login": "cy", "password": PASSWORD})
        assert refused.status_code == 401
        enable_account(people, _account(root, "cy"), "test")
        signed_in(fresh.url, "cy").close()


def test_a_token_does_what_its_owner_may_and_no_more(fresh: Served) -> None:
    hire(fresh.root)
    root = fresh.root
    token = token_of(root, "dee", "leader")
    with client(fresh.url, token) as program, people_of(root) as people:
        assert program.get("/").status_code == 200
        caller = people.bearer(token)
        assert caller is not None
        assert (caller.role, caller.restrictions, caller.session) == ("leader", (), "")
        change_account(people, root, _account(root, "dee"), "Dee", "lead", SCOPE, "test")
        caller = people.bearer(token)
        assert caller is not None
        assert (caller.role, caller.restrictions) == ("lead", SCOPE)
        disable_account(people, _account(root, "dee"), "test")
        assert program.get("/").status_code == 401


def test_a_token_that_is_not_good_is_refused_beside_a_cookie_that_is(staffed: Served) -> None:
    with signed_in(staffed.url, "cy") as browser:
        for given in ("Bearer esc_made-up", "Bearer", "Basic Y3k6Y3k=", ""):
            assert browser.get("/", headers={"authorization": given, "accept": "*/*"}).status_code == 401


def test_a_lower_role_that_sees_personal_data_is_no_way_to_see_them(fresh: Served) -> None:
    hire(fresh.root)
    with people_of(fresh.root) as people:
        owner = _account(fresh.root, "dee")
        secret, _ = people.make_token(owner, "board", "leader", (), 1, "test")
        people.unmasked_for = ("leader",)
        assert people.bearer(secret) is None
        people.unmasked_for = ("leader", "operations")
        assert people.bearer(secret) is not None


def test_a_one_time_link_lets_its_bearer_choose_a_password_once(fresh: Served) -> None:
    hire(fresh.root)
    with people_of(fresh.root) as people:
        link = people.make_link(_account(fresh.root, "cy"), "ana")
    with client(fresh.url) as browser:
        assert "Welcome, Cy" in browser.get(f"/welcome/{link}").text
        words = {"password": "lamp horse correct", "again": "lamp horse correkt"}
        assert browser.post(f"/welcome/{link}", data=words).status_code == 422
        weak = browser.post(f"/welcome/{link}", data={"password": "Password12345", "again": "Password12345"})
        assert (weak.status_code, "first that are tried" in weak.text) == (422, True)
        words["again"] = words["password"]
        assert browser.post(f"/welcome/{link}", data=words).status_code == 303
        assert _is_in(browser)
        assert browser.post(f"/welcome/{link}", data=words).status_code == 422
        assert "no more" in browser.get(f"/welcome/{link}").text
    signed_in(fresh.url, "cy", "lamp horse correct").close()


def test_the_audit_tells_who_came_in_and_who_was_refused_but_nothing_that_was_typed(fresh: Served) -> None:
    hire(fresh.root, {"ana": "admin"})
    with client(fresh.url) as browser:
        browser.post("/sign-in", data={"login": "ana", "password": "typed-in-error"})
        browser.post("/sign-in", data={"login": "my-secret-in-the-wrong-field", "password": "x"})
    signed_in(fresh.url, "ana").post("/sign-out")
    with people_of(fresh.root) as people:
        lines = [line for line in people.audit.lines() if line.seen_by == PEOPLE]
    told = [(line.content["event"], line.content["who"], line.content["about"]) for line in lines]
    assert told == [
        ("account added", "test", "ana"),
        ("sign-in refused", "", "ana"),
        ("sign-in refused", "", ""),
        ("signed in", "ana", ""),
        ("signed out", "ana", ""),
    ]
    assert {line.content["address"] for line in lines} == {"", "127.0.0.1"}
    assert "secret" not in str(lines)
    assert "typed" not in str(lines)


def test_wrong_passwords_make_one_wait_and_the_right_one_too(fresh: Served) -> None:
    hire(fresh.root)
    with client(fresh.url) as browser:
        tried = [browser.post("/sign-in", data={"login": "cy", "password": f"wrong {n}"}) for n in range(6)]
        assert [one.status_code for one in tried] == [401] * 5 + [429]
        early = browser.post("/sign-in", data={"login": "cy", "password": PASSWORD})
        assert (early.status_code, early.headers["retry-after"]) == (429, "1")
        assert "too many wrong passwords" in early.text
        assert signed_in(fresh.url, "dee").get("/").status_code == 200
