"""The pages of accounts in a real browser: sign in, add somebody, narrow them, and what they see then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.server.conftest import LOOKS, Served
from tests.server.staff import PASSWORD, STAFF, client, hire, people_of, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PLACES = (
    "/sign-in",
    "/welcome/{link}",
    "/people",
    "/people/{ben}",
    "/account",
    "/audit",
    "/audit?kind=accounts",
    "/audit?words=nothing",
)


def _sign_in(page: Page, served: Served, login: str, password: str = PASSWORD) -> None:
    page.goto(f"{served.url}/sign-in")
    page.get_by_label("Login or e-mail address").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _id_of(served: Served, login: str) -> str:
    with people_of(served.root) as people:
        account = people.accounts.of_login(login)
    assert account is not None
    return account.id


def test_an_admin_adds_somebody_who_chooses_a_password_and_comes_in(fresh: Served, page: Page) -> None:
    page.goto(f"{fresh.url}/people")
    assert page.get_by_role("heading", name="Nobody has an account yet").is_visible()
    page.get_by_label("Login").fill("Ana@Example.com")
    page.get_by_label("Name").fill("<b>Ana</b>")
    page.get_by_role("radio", name="admin").check()
    page.get_by_role("button", name="Add and make a link").click()
    link = page.get_by_label("Link for ana@example.com").input_value()
    assert page.get_by_role("link", name="<b>Ana</b>").is_visible()
    page.goto(f"{fresh.url}/people")
    assert page.url == f"{fresh.url}/sign-in?to=%2Fpeople"
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat the password").fill(PASSWORD)
    page.get_by_role("button", name="Choose it and sign in").click()
    page.get_by_role("link", name="Your account: ana@example.com").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{fresh.url}/sign-in")
    _sign_in(page, fresh, "ana@example.com")
    assert page.get_by_role("link", name="People").is_visible()


def test_a_scope_that_means_nothing_is_refused_with_the_nearest_and_what_was_typed_stays(
    staffed: Served, page: Page
) -> None:
    _sign_in(page, staffed, "ana")
    page.goto(f"{staffed.url}/people")
    page.get_by_label("Login").fill("eve")
    page.get_by_role("radio", name="lead", exact=False).nth(1).check()
    page.get_by_role("textbox", name="Scope").fill("region = EMAE")
    page.get_by_role("button", name="Add and make a link").click()
    assert "Did you mean 'EMEA'?" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Login").input_value() == "eve"
    page.get_by_role("textbox", name="Scope").fill("")
    page.get_by_role("button", name="Add and make a link").click()
    page.get_by_role("alert").filter(has_text="A lead needs a scope.").wait_for()
    assert page.get_by_role("cell", name="eve", exact=True).count() == 0


def test_the_last_admin_is_told_that_somebody_else_must_be_one_first(staffed: Served, page: Page) -> None:
    _sign_in(page, staffed, "ana")
    page.goto(f"{staffed.url}/people/{_id_of(staffed, 'ana')}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("alert").filter(has_text="This is the last admin.").wait_for()


def test_a_lead_sees_neither_people_nor_audit_by_page_or_address(staffed: Served, page: Page) -> None:
    _sign_in(page, staffed, "ben@example.com")
    assert page.get_by_role("link", name="People").count() == 0
    for path in ("/people", "/audit", f"/people/{_id_of(staffed, 'cy')}"):
        reply = page.goto(staffed.url + path)
        assert reply is not None
        assert (reply.status, page.get_by_text("The role 'lead' may not do this.").count()) == (403, 1)
    with signed_in(staffed.url, "ben@example.com") as browser:
        for path in (
            "/people",
            f"/people/{_id_of(staffed, 'ben@example.com')}",
            f"/people/{_id_of(staffed, 'cy')}/disable",
        ):
            assert browser.post(path, data={"role": "admin", "login": "eve"}).status_code == 403


def test_a_password_is_changed_where_one_is_and_others_are_signed_out(fresh: Served, page: Page) -> None:
    hire(fresh.root)
    _sign_in(page, fresh, "cy")
    other = signed_in(fresh.url, "cy")
    page.goto(f"{fresh.url}/account")
    page.get_by_label("Current password").fill("not it at all")
    page.get_by_label("New password", exact=True).fill("lamp horse correct")
    page.get_by_label("Repeat the new password").fill("lamp horse correct")
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("alert").filter(has_text="The current password is wrong.").wait_for()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("lamp horse correct")
    page.get_by_label("Repeat the new password").fill("lamp horse correct")
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("status").filter(has_text="You have another password").wait_for()
    page.reload()
    assert page.get_by_role("heading", name="Your account").is_visible()
    assert other.get("/account").status_code == 303
    other.close()
    with client(fresh.url) as browser:
        assert browser.post("/sign-in", data={"login": "cy", "password": PASSWORD}).status_code == 401


def test_a_token_is_made_shown_once_used_and_revoked(staffed: Served, page: Page) -> None:
    _sign_in(page, staffed, "dee")
    page.goto(f"{staffed.url}/account")
    assert page.get_by_label("Role").locator("option").all_inner_texts() == ["leader", "lead", "operations"]
    page.get_by_label("What for").fill("wall board")
    page.get_by_label("Role").select_option("leader")
    page.get_by_role("button", name="Make a token").click()
    secret = page.get_by_label("New token").input_value()
    with client(staffed.url, secret) as program:
        assert program.get("/api/v1/sessions").status_code == 200
        refused = program.post("/account/tokens", data={"label": "another"}, headers={"accept": "text/html"})
        assert (refused.status_code, "A token cannot do this" in refused.text) == (422, True)
        page.reload()
        assert page.get_by_label("New token").count() == 0
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Revoke wall board").click()
        page.get_by_role("status").filter(has_text="good no more").wait_for()
        assert program.get("/api/v1/sessions").status_code == 401


def test_somebody_elses_token_does_not_exist_for_one(staffed: Served) -> None:
    with people_of(staffed.root) as people:
        owner = people.accounts.of_login("dee")
        assert owner is not None
        secret, token = people.make_token(owner, "board", "leader", (), 1, "test")
    with signed_in(staffed.url, "cy") as browser:
        assert browser.post(f"/account/tokens/{token.id}/revoke").status_code == 404
    with client(staffed.url, secret) as program:
        assert program.get("/api/v1/sessions").status_code == 200


def test_the_audit_is_filtered_by_its_address_and_leafed_through(fresh: Served) -> None:
    hire(fresh.root)
    with people_of(fresh.root) as people:
        for number in range(60):
            people.tell("token made", "cy", "cy", token=f"esc_{number:03}")
    with signed_in(fresh.url, "ana") as browser:
        text = browser.get("/audit?who=cy").text
        assert (text.count('<tr class="event">'), "esc_059" in text, "esc_009" in text) == (50, True, False)
        older = text.partition('href="/audit?who=cy&amp;before=')[2].partition('"')[0]
        rest = browser.get(f"/audit?who=cy&before={older}").text
        assert ("esc_010" in rest, "esc_009" in rest, "account added" in rest) == (False, True, True)
        assert "dee" not in rest.partition("<tbody>")[2]
        assert "No line here" in browser.get("/audit?kind=answers").text
        assert "No line here" in browser.get("/audit?since=2999-01-01").text
        assert browser.get("/audit?since=yesterday").status_code == 422


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_keep_the_rules_of_accessibility_and_the_width(
    staffed: Served, browser: Browser, violations: Callable[[Page], list[str]], width: int, theme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "theme", "value": theme, "url": staffed.url}])
    page = context.new_page()
    problems = []
    ben = _id_of(staffed, "ben@example.com")
    with people_of(staffed.root) as people:
        link = people.make_link(people.accounts.get(ben), "test")
    for path in PLACES:
        if path == "/people":
            _sign_in(page, staffed, "ana")
        page.goto(staffed.url + path.format(ben=ben, link=link))
        problems += [f"{path}: {one}" for one in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{path}: it is wider than the screen")
    context.close()
    assert problems == []
    assert set(STAFF.values()) == {"admin", "lead", "leader", "operations"}
