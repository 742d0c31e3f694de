"""Whether whoever opened a connection that lasts is still let in: a stream ends soon after a sign-out, not with the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from analyst_agent.server.callers import Caller
from analyst_agent.server.entrance import still_entered
from analyst_agent.server.people import People
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.service import Asking, Served

EVERY_S = 1.0
"""How often it is looked at."""


@dataclass(slots=True)
class Stay:
    """Somebody on a connection that lasts. clock: seconds that only grow."""

    people: People
    connection: HTTPConnection
    caller: Caller
    clock: Callable[[], float] = monotonic
    _looked: float = float("-inf")

    async def check(self, *, now: bool = False) -> None:
        """Raises NotSignedIn where they are let in no more, or no longer as they were: signed out, disabled, revoked, or with
        another role or scope. It is looked at once a second at most. now: whenever that was.
        """
        if not now and self.clock() - self._looked < EVERY_S:
            return
        self._looked = self.clock()
        if not await run_in_threadpool(still_entered, self.people, self.connection, self.caller):
            raise NotSignedIn(
                "You are signed out, or what you may see has changed.",
                "Sign in again, or send a token that is good; an answer that was on its way is kept.",
            )


def stay_of(connection: HTTPConnection, service: Served, caller: Asking) -> Stay:
    """The caller of this connection."""
    return Stay(service.people, connection, caller)


Staying = Annotated[Stay, Depends(stay_of)]
