"""Signing in and out, and choosing a password by a one-time link: the pages for whoever is not let in yet."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.server.entrance import (
    address_of,
    give_cookie,
    is_of_this_machine,
    is_protected,
    secret_of,
    take_cookie,
)
from analyst_agent.server.problems import STATUS, NotSignedIn, TooMany
from analyst_agent.server.provider import BACK, Provider, ProviderProblem
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Served
from analyst_agent.server.vouching import let_in_vouched
from analyst_agent.state.secrets import new_secret
from analyst_agent.state.sign_ins import UNDERWAY

router = APIRouter()
PATH, NAME, PERMISSION = "/sign-in", "", "ask"
WAY = "analyst_way"
"""The cookie that ties a sign-in at the provider to the browser that set out."""
Word = Annotated[str, Form(max_length=1_000)]


@router.get("/sign-in", response_class=HTMLResponse)
def form(request: Request, service: Served, to: str = "") -> Response:
    """The form; whoever is let in already comes to the page they wanted."""
    if service.people.signed_in(secret_of(request)) is not None:
        return _on_to(to)
    return _form(request, service, to)


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(request: Request, service: Served, login: Word = "", password: Word = "", to: Word = "") -> Response:
    """Signs somebody in; a sign-in that the browser had before is ended."""
    address = address_of(request)
    try:
        secret = service.people.sign_in(login, password, address)
    except (NotSignedIn, TooMany) as error:
        return _form(request, service, to, error, login)
    return _let_in(request, service, secret, to)


@router.get("/sign-in/oidc")
def set_out(request: Request, service: Served, to: str = "") -> Response:
    """Sends the browser to the provider; what its answer is held against stays here, and in a cookie for ten minutes."""
    service.people.pace.check("visit", address_of(request))
    provider = _provider(service)
    browser, nonce, verifier = new_secret(), new_secret(), new_secret()
    state = service.people.sign_ins.set_out(nonce, verifier, browser, service.people.now())
    try:
        reply = RedirectResponse(provider.address(state, nonce, verifier), 303)
    except ProviderProblem as error:
        return _form(request, service, to, error)
    reply.set_cookie(
        WAY,
        f"{browser}.{quote(local_path(to), safe='')}",
        max_age=int(UNDERWAY.total_seconds()),
        path="/sign-in",
        secure=is_protected(request),
        httponly=True,
        samesite="lax",
    )
    return reply


@router.get(BACK, response_class=HTMLResponse)
def come_back(request: Request, service: Served, state: str = "", code: str = "") -> Response:
    """Takes the provider's answer; one that this browser did not set out for is refused."""
    service.people.pace.check("visit", address_of(request))
    provider = _provider(service)
    browser, _, to = request.cookies.get(WAY, "").partition(".")
    underway = service.people.sign_ins.come_back(state, browser, service.people.now())
    try:
        if underway is None or not code:
            raise NotSignedIn("The provider did not confirm who you are.", "Sign in again.")
        vouched = provider.person(code, underway.nonce, underway.verifier)
        secret = let_in_vouched(service.people, service.root, vouched, address_of(request))
    except (NotSignedIn, ProviderProblem) as error:
        reply = _form(request, service, unquote(to), error)
    else:
        reply = _let_in(request, service, secret, unquote(to))
    reply.delete_cookie(WAY, path="/sign-in")
    return reply


@router.post("/sign-out")
def sign_out(request: Request, service: Served) -> Response:
    """Signs out and has the browser forget what it kept."""
    service.people.sign_out(secret_of(request), address_of(request))
    reply = RedirectResponse("/sign-in", 303)
    take_cookie(request, reply)
    return reply


@router.get("/welcome/{secret}", response_class=HTMLResponse)
def welcome(request: Request, service: Served, secret: str) -> Response:
    """Where the bearer of a one-time link chooses a password; looking at it does not use it up."""
    service.people.pace.check("visit", address_of(request))
    account = service.people.accounts.of_link(secret, service.people.now())
    if account is None:
        raise InvalidDefinition("This link is good no more.", "Ask whoever looks after the accounts for a new one.")
    return render(request, "welcome.html", account=account, secret=secret, problem=None)


@router.post("/welcome/{secret}", response_class=HTMLResponse)
def choose(request: Request, service: Served, secret: str, password: Word = "", again: Word = "") -> Response:
    """Sets the password and signs its owner in."""
    service.people.pace.check("visit", address_of(request))
    account = service.people.accounts.of_link(secret, service.people.now())
    try:
        if password != again:
            raise InvalidDefinition("The two passwords differ.", "Type the same twice.")
        made = service.people.take_link(secret, password, address_of(request))
    except InvalidDefinition as error:
        if account is None:
            raise
        return render(request, "welcome.html", status=422, account=account, secret=secret, problem=error)
    return _let_in(request, service, made, "/")


def local_path(to: str) -> str:
    """Where to go afterwards: a page of this server, the first one for anything else.

    >>> local_path("/people?a=b"), local_path("//evil.example/"), local_path("https://evil.example/")
    ('/people?a=b', '/', '/')
    """
    is_plain = to.isprintable() and not to.startswith(("//", "/sign-")) and "\\" not in to
    return to if to.startswith("/") and is_plain else "/"


def _provider(service: Served) -> Provider:
    if service.provider is None:
        raise InvalidDefinition("No provider vouches for people here.", "Sign in with a password.")
    return service.provider


def _let_in(request: Request, service: Served, secret: str, to: str) -> Response:
    before = secret_of(request)
    if before:
        service.people.sign_ins.end(before)
    reply = _on_to(to)
    give_cookie(request, reply, secret)
    return reply


def _on_to(to: str) -> Response:
    return RedirectResponse(local_path(to), 303)


def _form(request: Request, service: Served, to: str, problem: AnalystError | None = None, login: str = "") -> Response:
    headers = {"retry-after": str(problem.after_s)} if isinstance(problem, TooMany) else {}
    return render(
        request,
        "sign_in.html",
        status=STATUS[problem.code] if problem else 200,
        headers=headers,
        problem=problem,
        login=login[:200],
        to=local_path(to),
        has_accounts=service.people.accounts.exist(),
        is_here=is_of_this_machine(request),
        provider=service.provider.oidc.label if service.provider else "",
    )
