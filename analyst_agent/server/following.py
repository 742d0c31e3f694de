"""Follows a question on its way, for as long as it lasts and whoever follows it may."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool

from analyst_agent.server.service import Service
from analyst_agent.server.staying import EVERY_S, Stay
from analyst_agent.state.asks import END, RUNNING, Ask, AskEvent

QUIET_S = 15.0
"""After so long without an event it is told that the question is still on its way; proxies would take the connection for dead."""


async def follow(
    service: Service, ask: Ask, stay: Stay, seen: int = 0, wait_s: float | None = None
) -> AsyncIterator[AskEvent | None]:
    """Its events after the one of that number, until it ends; None where nothing happened for a while. wait_s: gives up after so long.

    Raises NotSignedIn as soon as whoever follows is let in no more; the question goes on.
    """
    left, quiet = wait_s, 0.0
    while left is None or left > 0:
        step = EVERY_S if left is None else min(EVERY_S, left)
        found = await service.answering.events(ask, seen, step)
        await stay.check()
        for one in found:
            seen = one.number
            if one.kind == END:
                await stay.check(now=True)  # with it comes the whole answer
            yield one
            if one.kind == END:
                return
        if found:
            quiet = 0.0
            continue
        if service.answering.is_ended:
            return
        left, quiet = (None if left is None else left - step), quiet + step
        if quiet >= QUIET_S:
            quiet = 0.0
            ask = await run_in_threadpool(service.ask, ask.id)
            if ask.state != RUNNING:
                return  # its events were forgotten long ago
            yield None
