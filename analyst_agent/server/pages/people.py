"""Who may use the page and the API: everybody's accounts, for whoever looks after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import AnalystError
from analyst_agent.server.callers import ADMIN, LOCAL, Caller
from analyst_agent.server.membership import add_account, change_account, disable_account, enable_account
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.settings.serving import ROLES
from analyst_agent.state.accounts import Account, NewAccount

router = APIRouter(prefix="/people", dependencies=[allowed("administer")])
PATH, NAME, PERMISSION = "/people", "People", "administer"
ROLE_WORDS = {
    "leader": "asks, sees all, runs playbooks into the outbox",
    "lead": "asks and sees within a scope",
    "operations": "also sends, loads data and adds documents",
    "admin": "also looks after people, tokens and the audit",
}
Word = Annotated[str, Form(max_length=4_000)]


@router.get("", response_class=HTMLResponse)
def listed(request: Request, service: Served, caller: Asking) -> Response:
    """The accounts, and a form for another one."""
    return _list(request, service, caller)


@router.post("", response_class=HTMLResponse)
def add(request: Request, service: Served, caller: Asking, login: Word = "", name: Word = "", role: Word = "", scope: Word = "") -> Response:  # fmt: skip
    """Adds somebody, who chooses their password by the link that is shown this once."""
    given = {"login": login, "name": name, "role": role, "scope": scope}
    try:
        account = add_account(
            service.people, service.root, NewAccount(login, name, role, scope.splitlines()), caller.name
        )
        link = service.people.make_link(account, caller.name)
    except AnalystError as error:
        return _list(request, service, caller, problem=error, given=given)
    return _list(request, service, caller, made=account, invitation=_link(request, link))


@router.get("/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """One person: what they may do and see, and their tokens."""
    return _person(request, service, caller, service.people.accounts.get(name))


@router.post("/{name}", response_class=HTMLResponse)
def change(request: Request, service: Served, caller: Asking, name: str, label: Word = "", role: Word = "", scope: Word = "") -> Response:  # fmt: skip
    """Another name, role or scope."""
    account = service.people.accounts.get(name)

    def do() -> str:
        changed = change_account(service.people, service.root, account, label, role, scope.splitlines(), caller.name)
        is_out = changed.stamp != account.stamp
        return "It is changed." + (" They were signed out everywhere." if is_out else "")

    return _done(request, service, caller, account, do, {"label": label, "role": role, "scope": scope})


@router.post("/{name}/link", response_class=HTMLResponse)
def link(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """A new link to choose a password by, shown this once."""
    account = service.people.accounts.get(name)
    try:
        secret = service.people.make_link(account, caller.name)
    except AnalystError as error:
        return _person(request, service, caller, account, problem=error)
    return _person(request, service, caller, service.people.accounts.get(name), invitation=_link(request, secret))


@router.post("/{name}/disable", response_class=HTMLResponse)
def disable(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """Lets the account be used no more."""
    account = service.people.accounts.get(name)

    def do() -> str:
        disable_account(service.people, account, caller.name)
        return "They may not sign in any more; their tokens are good no more as long as this lasts."

    return _done(request, service, caller, account, do)


@router.post("/{name}/enable", response_class=HTMLResponse)
def enable(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """Lets the account be used again."""
    account = service.people.accounts.get(name)

    def do() -> str:
        enable_account(service.people, account, caller.name)
        return "They may sign in again."

    return _done(request, service, caller, account, do)


@router.post("/{name}/tokens/{token}/revoke", response_class=HTMLResponse)
def revoke(request: Request, service: Served, caller: Asking, name: str, token: str) -> Response:
    """Makes one of their tokens good no more."""
    account = service.people.accounts.get(name)

    def do() -> str:
        service.people.revoke_token(service.people.tokens.get(token), caller.name)
        return "The token is good no more."

    return _done(request, service, caller, account, do)


def _done(
    request: Request, service: Served, caller: Caller, account: Account, do: Callable[[], str], given: dict[str, str] | None = None
) -> Response:  # fmt: skip
    """The person after something was done, or with what stood in the way."""
    try:
        said = do()
    except AnalystError as error:
        return _person(request, service, caller, account, problem=error, given=given)
    return _person(request, service, caller, service.people.accounts.get(account.id), said=said)


def _list(
    request: Request, service: Served, caller: Caller, problem: AnalystError | None = None, made: Account | None = None,
    invitation: str = "", given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    people = service.people.accounts.all()
    is_first = not people
    with service.workspace(caller) as workspace:
        zone, fields = workspace.settings.zone, sorted(workspace.model.filterable())
    return render(
        request,
        "parts/people.html" if request.headers.get("hx-request") else "people.html",
        status=422 if problem else 200,
        people=people,
        roles=[ADMIN] if is_first else list(ROLES),
        role_words=ROLE_WORDS,
        is_first=is_first,
        is_local=caller.owner == LOCAL,
        problem=problem,
        made=made,
        invitation=invitation,
        given=given or {"login": "", "name": "", "role": ADMIN if is_first else ROLES[0], "scope": ""},
        zone=zone,
        fields=fields,
    )


def _person(
    request: Request, service: Served, caller: Caller, account: Account, problem: AnalystError | None = None, said: str = "",
    invitation: str = "", given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with service.workspace(caller) as workspace:
        zone, fields = workspace.settings.zone, sorted(workspace.model.filterable())
    now = service.people.now()
    tokens = service.people.tokens.of_account(account.id)
    return render(
        request,
        "parts/person.html" if request.headers.get("hx-request") else "person.html",
        status=422 if problem else 200,
        person=account,
        tokens=[one for one in tokens if one.is_good(now)],
        roles=list(ROLES),
        role_words=ROLE_WORDS,
        is_self=account.id == caller.owner,
        problem=problem,
        said=said,
        invitation=invitation,
        given=given or {"label": account.name, "role": account.role, "scope": "\n".join(account.restrictions)},
        zone=zone,
        fields=fields,
    )


def _link(request: Request, secret: str) -> str:
    """The address of a one-time link, under the name by which this page was reached."""
    return f"{request.base_url}welcome/{secret}"
