"""Conversations: a question is asked, its answer comes step by step, and what was said before is found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Form, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import UnknownName
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served
from analyst_agent.state.asks import END, NewAsk
from analyst_agent.state.conversations import Conversations
from analyst_agent.workspace.sessions import opened

router = APIRouter()
PATH, NAME, PERMISSION = "/", "Ask", "ask"
WAIT_S = 15.0
"""A stream on which nothing happens for so long says that it is still there."""


@router.get("/", response_class=HTMLResponse)
def begin(request: Request, caller: Asking) -> Response:
    """An empty conversation."""
    return render(request, "ask.html", conversation="", turns=())


@router.post("/conversations", response_class=HTMLResponse)
def ask(request: Request, service: Served, caller: Asking, question: Annotated[str, Form()], conversation: Annotated[str, Form()] = "") -> Response:  # fmt: skip
    """Has a question answered in a conversation, a new one without an id."""
    name = conversation or Conversations.new_id()
    with service.workspace(caller) as workspace:
        if not workspace.heads.claim(name, caller.owner):
            raise UnknownName("conversation", name, ())
    begun = service.answering.begin(NewAsk(name, question, caller.owner, caller.name, caller.role, caller.restrictions))
    return render(request, "parts/asked.html", ask=begun)


@router.get("/asks/{name}/events", response_class=EventSourceResponse)
async def events(service: Served, caller: Asking, name: str, last_event_id: Annotated[str, Header()] = "") -> AsyncIterator[ServerSentEvent]:  # fmt: skip
    """What happens on the way to an answer, from the first event the page has not seen."""
    seen = int(last_event_id) if last_event_id.isdigit() else 0
    while True:
        found = await service.answering.events(service.ask(name), seen, WAIT_S)
        if not found:
            yield ServerSentEvent(comment="waiting")
        for one in found:
            seen = one.number
            yield ServerSentEvent(event=one.kind, id=str(one.number), data=one.content)
            if one.kind == END:
                return


@router.get("/conversations/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """A conversation as far as it was answered."""
    with service.workspace(caller) as workspace:
        session = opened(workspace, name, is_whole=True)
    return render(request, "ask.html", conversation=name, turns=session.turns)
