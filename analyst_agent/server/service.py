"""What a running server works with, and how a request gets at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, params
from starlette.requests import HTTPConnection, Request

from analyst_agent.server.answering import Answering
from analyst_agent.server.callers import Caller, Permission
from analyst_agent.server.entrance import entered
from analyst_agent.server.errands import Errandry
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.server.people import People
from analyst_agent.server.problems import Opening, wants_page
from analyst_agent.server.provider import Provider
from analyst_agent.server.warming import Warming
from analyst_agent.state.asks import Ask, Asks
from analyst_agent.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Service:
    """The workspace's root, its open workspaces, the threads that answer, the people who are let in, who vouches for them, the
    processes that do errands with playbooks, and what opens the workspace when the server starts.
    """

    root: Path
    opened: OpenWorkspaces
    answering: Answering
    asks: Asks
    people: People
    provider: Provider | None
    errands: Errandry
    warming: Warming

    @contextmanager
    def workspace(self, caller: Caller) -> Iterator[Workspace]:
        """The workspace within the caller's scope, shared with other requests: nothing of it is closed or changed."""
        with self.opened.of(caller.restrictions, caller.role) as workspace:
            yield workspace

    @contextmanager
    def bare(self, caller: Caller) -> Iterator[Workspace]:
        """The workspace within the caller's scope for this request alone, also where nothing is loaded yet."""
        workspace = Workspace.open(self.root, self.opened.today, caller.restrictions, caller.role)
        try:
            yield workspace
        finally:
            workspace.close()

    @contextmanager
    def reports(self, caller: Caller) -> Iterator[Workspace]:
        """The same for what playbooks make: for their recipients, with personal data replaced whatever the caller's role."""
        with self.opened.of(caller.restrictions) as workspace:
            yield workspace

    def ask(self, name: str) -> Ask:
        """A question on its way or answered, whoever's. Raises UnknownName."""
        return self.asks.get(name)


def service_of(connection: HTTPConnection) -> Service:
    """The running server's."""
    service: Service = connection.app.state.service
    return service


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks, by a page, a call or a socket. Raises NotSignedIn, or TooMany where it is too often."""
    caller = entered(service_of(connection).people, connection)
    connection.state.caller = caller
    return caller


def allowed(permission: Permission) -> params.Depends:
    """A dependency that refuses a caller whose role lacks the permission."""

    def check(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        caller.check(permission)
        return caller

    return params.Depends(check)


def _check_open(request: Request) -> None:
    """Raises Opening where a whole page is wanted that would have to wait; parts of one, and programs, wait."""
    is_whole = request.method == "GET" and wants_page(request) and not request.headers.get("hx-request")
    if is_whole and not service_of(request).warming.is_open:
        raise Opening(
            "The server has just started and opens the data.", "This takes a few seconds; the page comes by itself."
        )


opened_first: params.Depends = Depends(_check_open)
"""A dependency of pages that show something of the workspace: until it is open another one is shown at once."""
Served = Annotated[Service, Depends(service_of)]
Asking = Annotated[Caller, Depends(caller_of)]
