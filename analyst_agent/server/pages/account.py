"""One's own account: what it may do and see, its password and its tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from analyst_agent.errors import AnalystError, InvalidDefinition, UnknownName
from analyst_agent.server.callers import LOCAL, Caller, at_most
from analyst_agent.server.entrance import address_of, give_cookie
from analyst_agent.server.membership import check_conditions
from analyst_agent.server.people import TOKEN_DAYS
from analyst_agent.server.problems import TooMany
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served
from analyst_agent.settings.serving import ROLES
from analyst_agent.state.accounts import Account

router = APIRouter(prefix="/account")
PATH, NAME, PERMISSION = "/account", "", "ask"
DAYS = (7, 30, TOKEN_DAYS, 365)
Word = Annotated[str, Form(max_length=4_000)]


@router.get("", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking) -> Response:
    """The account; whoever needs none is led to where accounts are made."""
    if caller.owner == LOCAL:
        return RedirectResponse("/people", 303)
    return _account(request, service, caller)


@router.post("/password", response_class=HTMLResponse)
def change_password(request: Request, service: Served, caller: Asking, old: Word = "", new: Word = "", again: Word = "") -> Response:  # fmt: skip
    """Another password: one is signed out everywhere else."""
    account = _own(service, caller)
    try:
        _check_browser(caller)
        if account.subject:
            raise InvalidDefinition("You sign in with the provider.", "Change your password there.")
        if new != again:
            raise InvalidDefinition("The two new passwords differ.", "Type the same twice.")
        secret = service.people.change_password(account, old, new, address_of(request))
    except AnalystError as error:
        return _account(request, service, caller, problem=error, about="password")
    reply = _account(request, service, caller, said="You have another password, and were signed out everywhere else.")
    give_cookie(request, reply, secret)
    return reply


@router.post("/tokens", response_class=HTMLResponse)
def make_token(
    request: Request, service: Served, caller: Asking, label: Word = "", role: Word = "", scope: Word = "",
    days: Annotated[int, Form()] = TOKEN_DAYS,
) -> Response:  # fmt: skip
    """A new token, shown this once."""
    account = _own(service, caller)
    try:
        _check_browser(caller)
        conditions = [text for one in scope.splitlines() if (text := one.strip())]
        if conditions:
            check_conditions(service.root, account.role, (*account.restrictions, *conditions))
        secret, _ = service.people.make_token(account, label, role or account.role, conditions, days, caller.name)
    except AnalystError as error:
        given: dict[str, str | int] = {"label": label, "role": role, "scope": scope, "days": days}
        return _account(request, service, caller, problem=error, about="token", given=given)
    return _account(request, service, caller, token=secret)


@router.post("/tokens/{name}/revoke", response_class=HTMLResponse)
def revoke_token(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """Makes one of one's own tokens good no more."""
    _own(service, caller)
    token = service.people.tokens.get(name)
    if token.account != caller.owner:
        raise UnknownName("token", name, ())
    service.people.revoke_token(token, caller.name)
    return _account(request, service, caller, said=f"{token.beginning}… is good no more.")


def _own(service: Served, caller: Caller) -> Account:
    if caller.owner == LOCAL:
        raise InvalidDefinition("There are no accounts yet.", "Add the first one on the page People.")
    return service.people.accounts.get(caller.owner)


def _check_browser(caller: Caller) -> None:
    """Raises InvalidDefinition for a token: it could make itself last, or be more than it is."""
    if not caller.session:
        raise InvalidDefinition("A token cannot do this.", "Sign in with a browser.")


def _account(
    request: Request, service: Served, caller: Caller, problem: AnalystError | None = None, about: str = "", said: str = "",
    token: str = "", given: dict[str, str | int] | None = None,
) -> Response:  # fmt: skip
    account = service.people.accounts.get(caller.owner)
    now = service.people.now()
    tokens = service.people.tokens.of_account(account.id)
    with service.workspace(caller) as workspace:
        zone, scope = workspace.settings.zone, workspace.scope
    return render(
        request,
        "parts/account.html" if request.headers.get("hx-request") else "account.html",
        status=200 if problem is None else 429 if isinstance(problem, TooMany) else 422,
        headers={"retry-after": str(problem.after_s)} if isinstance(problem, TooMany) else {},
        account=account,
        scope=scope,
        good=[one for one in tokens if one.is_good(now)],
        over=[one for one in tokens if not one.is_good(now)],
        roles=[one for one in ROLES if at_most(one, account.role) == one],
        days=DAYS,
        problem=problem,
        about=about,
        said=said,
        token=token,
        given=given or {"label": "", "role": account.role, "scope": "", "days": TOKEN_DAYS},
        zone=zone,
    )
