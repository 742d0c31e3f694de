"""People with accounts in a served workspace, and programs that sign in as them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from analyst_agent.server.membership import add_account
from analyst_agent.server.passwords import hashed
from analyst_agent.server.people import People
from analyst_agent.state.accounts import NewAccount
from analyst_agent.workspace import Workspace

PASSWORD = "correct horse lamp"
SCOPE = ("region = EMEA",)
STAFF = {"ana": "admin", "ben@example.com": "lead", "cy": "leader", "dee": "operations"}
"""The role of each login; the lead sees EMEA only."""


@contextmanager
def people_of(root: Path) -> Iterator[People]:
    """The people of a workspace, beside its server."""
    workspace = Workspace.open(root)
    people = People.of(workspace)
    workspace.close()
    try:
        yield people
    finally:
        people.close()


def hire(root: Path, staff: Mapping[str, str] = STAFF) -> None:
    """Gives everybody an account with the same password."""
    kept = hashed(PASSWORD)
    with people_of(root) as people:
        for login, role in staff.items():
            scope = SCOPE if role == "lead" else ()
            add_account(people, root, NewAccount(login, login.partition("@")[0].title(), role, scope, kept), "test")


def token_of(root: Path, login: str, role: str = "", scope: tuple[str, ...] = ()) -> str:
    """A token of somebody, with their role where none is named."""
    with people_of(root) as people:
        owner = people.accounts.of_login(login)
        assert owner is not None
        return people.make_token(owner, "test", role or owner.role, scope, 1, "test")[0]


def client(url: str, token: str = "") -> httpx2.Client:
    """A browser as far as a server can tell, or a program with a token."""
    headers = {"authorization": f"Bearer {token}"} if token else {"origin": url, "accept": "text/html"}
    return httpx2.Client(base_url=url, headers=headers, timeout=60)


def signed_in(url: str, login: str, password: str = PASSWORD) -> httpx2.Client:
    """A browser in which somebody has signed in."""
    with client(url) as first:
        reply = first.post("/sign-in", data={"login": login, "password": password})
        assert reply.status_code == 303, reply.text
        made = client(url)
        made.cookies.update(first.cookies)
    return made
