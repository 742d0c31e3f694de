"""Signing in by OpenID Connect, against a provider on loopback that tells the truth, and one that lies in every way."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.server.app import make_app
from analyst_agent.server.membership import disable_account
from analyst_agent.settings import parse_settings
from analyst_agent.state.accounts import Account
from tests.server.conftest import LEFT_BEHIND, Served, free_port, serving
from tests.server.oidc_provider import CLIENT, SECRET, FakeProvider, fake_provider
from tests.server.staff import client, hire, people_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = """
[server.oidc]
issuer = "{issuer}"
client_id = "{client}"
client_secret = "${{ANALYST_TEST_OIDC}}"
address = "{address}"
domains = ["example.com"]
claim = "groups"
label = "Sign in with Example"

[server.oidc.roles]
support-admins = "admin"
support-emea = {{role = "lead", scope = ["region = EMEA"]}}
support-leaders = "leader"
"""


@pytest.fixture(scope="module")
def honest() -> Iterator[FakeProvider]:
    with fake_provider() as made:
        yield made


@pytest.fixture
def provider(honest: FakeProvider) -> Iterator[FakeProvider]:
    """The provider, honest again after each test."""
    honest.claims = {
        "sub": "17",
        "email": "eve@example.com",
        "email_verified": True,
        "name": "Eve Ode",
        "groups": ["support-emea"],
    }
    key = honest.key
    yield honest
    honest.mend, honest.says, honest.forge = lambda claims: None, {}, None
    honest.key, honest.published = key, []


@pytest.fixture(scope="module")
def vouched(honest: FakeProvider, demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that this provider vouches for people at, and that has a local admin."""
    root = tmp_path_factory.mktemp("vouched") / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    port = free_port()
    file = root / "analyst.toml"
    own = SETTINGS.format(issuer=honest.url, client=CLIENT, address=f"http://127.0.0.1:{port}")
    file.write_text(file.read_text() + own)
    hire(root, {"ana": "admin", "local@example.com": "leader"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYST_TEST_OIDC", SECRET)
        with serving(root, port) as served:
            yield served


def _account(served: Served, login: str) -> Account | None:
    with people_of(served.root) as people:
        return people.accounts.of_login(login)


def _through(browser: httpx2.Client, to: str = "") -> httpx2.Response:
    """The reply of the server after the browser was at the provider."""
    reply = browser.get("/sign-in/oidc", params={"to": to} if to else None)
    assert reply.status_code == 303, reply.text
    away = httpx2.get(reply.headers["location"])
    return browser.get(away.headers["location"])


def _signed_in(served: Served) -> bool:
    with client(served.url) as browser:
        _through(browser)
        return browser.get("/account").status_code == 200


def test_somebody_with_a_role_comes_in_within_its_scope(vouched: Served, provider: FakeProvider, page: Page) -> None:
    page.goto(f"{vouched.url}/account")
    page.get_by_role("link", name="Sign in with Example").click()
    page.wait_for_url(f"{vouched.url}/account")
    assert page.get_by_text("You sign in with your company's provider").is_visible()
    account = _account(vouched, "eve@example.com")
    assert account is not None
    assert (account.name, account.role, account.restrictions) == ("Eve Ode", "lead", ("region = EMEA",))
    asked = provider.asked[-1]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"].split()
    assert provider.refused == []


def test_the_role_is_that_of_now_and_a_change_signs_out_elsewhere(vouched: Served, provider: FakeProvider) -> None:
    with client(vouched.url) as first, client(vouched.url) as second:
        _through(first)
        assert first.get("/account").status_code == 200
        provider.claims["groups"] = ["nothing of ours", "support-leaders"]
        _through(second)
        assert second.get("/account").status_code == 200
        assert first.get("/account").status_code == 303
    account = _account(vouched, "eve@example.com")
    assert account is not None
    assert (account.role, account.restrictions) == ("leader", ())


def test_the_first_role_of_the_file_that_somebody_has_holds(vouched: Served, provider: FakeProvider) -> None:
    provider.claims |= {"sub": "18", "email": "two@example.com", "groups": ["support-leaders", "support-emea"]}
    assert _signed_in(vouched)
    account = _account(vouched, "two@example.com")
    assert account is not None
    assert account.role == "lead"


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another audience": lambda claims: claims.update(aud="another"),
    "another audience beside ours": lambda claims: claims.update(aud=[CLIENT, "another"], azp="another"),
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "expired": lambda claims: claims.update(iat=claims["iat"] - 9_000, exp=claims["exp"] - 9_000),
    "no expiry": lambda claims: claims.pop("exp"),
    "not yet": lambda claims: claims.update(nbf=claims["iat"] + 9_000),
    "nobody": lambda claims: claims.pop("sub"),
    "an unverified address": lambda claims: claims.update(email_verified=False),
    "an address of which nothing is said": lambda claims: claims.pop("email_verified"),
    "no address": lambda claims: claims.pop("email"),
    "another domain": lambda claims: claims.update(email="eve@evil.example"),
    "a domain that ends in ours": lambda claims: claims.update(email="eve@evil-example.com"),
    "two domains": lambda claims: claims.update(email="eve@evil.example@example.com"),
    "a subdomain": lambda claims: claims.update(email="eve@sub.example.com"),
    "no role": lambda claims: claims.update(groups=["another"]),
    "no groups": lambda claims: claims.pop("groups"),
    "groups that are none": lambda claims: claims.update(groups=[["support-admins"], 3]),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_what_the_provider_may_not_say_lets_nobody_in(vouched: Served, provider: FakeProvider, lie: str) -> None:
    provider.claims |= {"sub": "99", "email": "liar@example.com"}
    provider.mend = LIES[lie]
    with client(vouched.url) as browser:
        reply = _through(browser)
        assert (reply.status_code, "analyst_session" in browser.cookies) == (401, False)
        assert 'role="alert"' in reply.text
    assert _account(vouched, "liar@example.com") is None


def test_a_signature_that_is_not_the_providers_lets_nobody_in(vouched: Served, provider: FakeProvider) -> None:
    own = provider.key
    provider.published = [own]
    provider.key = RSAKey.generate_key(2048, {"kid": own.kid, "use": "sig"})
    assert not _signed_in(vouched)


def _by_public_key(provider: FakeProvider, claims: dict[str, Any]) -> str:
    """The oldest trick: HS256 with what everybody can read as the secret."""
    key = OctKey.import_key(provider.key.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": provider.key.kid}, claims, key, algorithms=["HS256"])


def _unsigned(_: FakeProvider, claims: dict[str, Any]) -> str:
    parts = (json.dumps(one).encode() for one in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."


def _torn(provider: FakeProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)[:-20]


@pytest.mark.parametrize(
    "forge", [_by_public_key, _unsigned, _torn, lambda *_: "", lambda *_: "a.b.c", lambda *_: "\udcff"]
)
def test_a_forged_token_lets_nobody_in(vouched: Served, provider: FakeProvider, forge: Callable[..., str]) -> None:
    provider.forge = lambda claims: forge(provider, claims)
    with client(vouched.url) as browser:
        assert _through(browser).status_code in (401, 502)
        assert "analyst_session" not in browser.cookies
    provider.forge = None
    assert _signed_in(vouched)


def test_an_answer_is_taken_once_and_by_the_browser_that_set_out(vouched: Served, provider: FakeProvider) -> None:
    with client(vouched.url) as browser, client(vouched.url) as other:
        away = httpx2.get(browser.get("/sign-in/oidc").headers["location"]).headers["location"]
        other.get("/sign-in/oidc")
        assert other.get(away).status_code == 401
        assert browser.get(away.replace("state=", "state=x")).status_code == 401
        with client(vouched.url) as again:
            first = httpx2.get(again.get("/sign-in/oidc").headers["location"]).headers["location"]
            assert again.get(first).status_code == 303
            again.cookies.delete("analyst_session")
            assert again.get(first).status_code == 401


def test_one_is_led_to_the_page_that_was_wanted_and_nowhere_else(vouched: Served, provider: FakeProvider) -> None:
    with client(vouched.url) as browser:
        assert _through(browser, "/account?a=b").headers["location"] == "/account?a=b"
        assert _through(browser, "//evil.example").headers["location"] == "/"


def test_a_login_with_a_password_here_is_not_taken_over(vouched: Served, provider: FakeProvider) -> None:
    provider.claims |= {"sub": "20", "email": "Local@Example.com", "groups": ["support-admins"]}
    with client(vouched.url) as browser:
        reply = _through(browser)
    assert (reply.status_code, "has an account here with a password" in reply.text) == (401, True)
    account = _account(vouched, "local@example.com")
    assert account is not None
    assert (account.role, account.subject) == ("leader", "")


def test_another_persons_address_does_not_make_one_them(vouched: Served, provider: FakeProvider) -> None:
    provider.claims |= {"sub": "21", "email": "first@example.com"}
    assert _signed_in(vouched)
    provider.claims |= {"sub": "22"}
    assert not _signed_in(vouched)


def test_a_disabled_account_stays_out_whatever_the_provider_says(vouched: Served, provider: FakeProvider) -> None:
    provider.claims |= {"sub": "23", "email": "gone@example.com"}
    assert _signed_in(vouched)
    account = _account(vouched, "gone@example.com")
    assert account is not None
    with people_of(vouched.root) as people:
        disable_account(people, account, "test")
    assert not _signed_in(vouched)


def test_a_provider_that_calls_itself_otherwise_or_leads_elsewhere_is_not_used(
    honest: FakeProvider, demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    own = SETTINGS.format(issuer=honest.url, client=CLIENT, address="https://analyst.example.com")
    (root / "analyst.toml").write_text((root / "analyst.toml").read_text() + own)
    monkeypatch.delenv("ANALYST_TEST_OIDC", raising=False)
    with pytest.raises(WorkspaceError, match="ANALYST_TEST_OIDC"):
        make_app(root)
    monkeypatch.setenv("ANALYST_TEST_OIDC", SECRET)
    hire(root, {"ana": "admin"})
    with serving(root) as served, client(served.url) as browser:
        for says in (
            {"issuer": "https://evil.example"},
            {"authorization_endpoint": "http://evil.example/a"},
            {"jwks_uri": ""},
        ):
            honest.says = says
            reply = browser.get("/sign-in/oidc")
            assert (reply.status_code, "cannot be used now" in reply.text) == (502, True)
        honest.says = {}
        asked = browser.get("/sign-in/oidc").headers["location"]
        assert "redirect_uri=https%3A%2F%2Fanalyst.example.com%2Fsign-in%2Foidc%2Fback" in asked


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"client_secret": "clear"}, InvalidDefinition, "in clear"),
        ({"issuer": "http://login.example.com"}, InvalidDefinition, "not protected"),
        ({"issuer": "login"}, InvalidDefinition, "no address"),
        ({"domains": []}, InvalidDefinition, "domains is missing"),
        ({"domains": ["*"]}, InvalidDefinition, "no domain"),
        ({"roles": {}}, InvalidDefinition, "roles is missing"),
        ({"roles": {"a": "chief"}}, UnknownName, "chief"),
        ({"roles": {"a": "lead"}}, InvalidDefinition, "lead without a scope"),
        ({"roles": {"a": {"role": "admin", "scope": ["region = EMEA"]}}}, InvalidDefinition, "admin with a scope"),
        ({"roles": {"a": {"rle": "admin"}}}, InvalidDefinition, "no role"),
        ({"isuer": "x"}, UnknownName, "isuer"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(change: dict[str, Any], error: type[Exception], match: str) -> None:
    right = {
        "issuer": "https://login.example.com",
        "client_id": "analyst",
        "client_secret": "${SECRET}",
        "address": "https://analyst.example.com",
        "domains": ["example.com"],
        "roles": {"a": "leader"},
    }
    assert parse_settings({"server": {"oidc": right}}).serving.oidc.roles["a"].role == "leader"
    with pytest.raises(error, match=match):
        parse_settings({"server": {"oidc": {**right, **change}}})
