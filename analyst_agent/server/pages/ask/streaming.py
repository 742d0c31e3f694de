"""A question on its way: asked, told step by step, stopped; a page that was closed or reloaded finds it where it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import NotPermitted
from analyst_agent.masking import visible
from analyst_agent.server.callers import Caller
from analyst_agent.server.conversations import address_of, own_ask, own_conversation, own_session
from analyst_agent.server.following import follow
from analyst_agent.server.pages.ask.conversations import entries
from analyst_agent.server.pages.ask.showing import shown_turn
from analyst_agent.server.problems import NotSignedIn, sign_in_path
from analyst_agent.server.rendering import render, rendered
from analyst_agent.server.service import Asking, Served, Service
from analyst_agent.server.staying import Staying
from analyst_agent.state.asks import AGAIN, DONE, END, STEP, Ask, AskEvent, NewAsk
from analyst_agent.state.conversations import Conversations
from analyst_agent.workspace.suggestions import suggested

router = APIRouter()
LONGEST = 2_000
"""Characters of a question."""


@router.post("/conversations", response_class=HTMLResponse)
def ask(
    request: Request, service: Served, caller: Asking, question: Annotated[str, Form()],
    conversation: Annotated[str, Form()] = "", key: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Has a question answered in a conversation, a new one without an id. key: the same one is the same question, sent twice."""
    question = visible(question).strip()
    if not question or len(question) > LONGEST:
        raise NotPermitted(f"A question of {len(question):,} characters.", f"Ask one of 1 to {LONGEST:,}.")
    name = conversation or Conversations.new_id()
    with service.workspace(caller) as workspace:
        if conversation:
            own_conversation(workspace, caller, name)
        workspace.heads.claim(name, caller.owner)
        new = NewAsk(name, question, caller.owner, caller.name, caller.role, caller.restrictions, key=key)
        begun = service.answering.begin(new)
        if not request.headers.get("hx-request"):
            return Response(status_code=303, headers={"location": address_of(begun.conversation)})
        own = own_conversation(workspace, caller, begun.conversation)
        reply = render(request, "parts/asked.html", ask=begun, own=own, entries=entries(workspace, caller), zone=workspace.settings.zone)  # fmt: skip
    if not conversation:
        reply.headers["hx-push-url"] = address_of(begun.conversation)
    return reply


def asked(service: Served, caller: Asking, name: str) -> Ask:
    """The caller's question of the address. Raises UnknownName, before anything is sent."""
    return own_ask(service.asks, caller, name)


Asked = Annotated[Ask, Depends(asked)]


@router.post("/asks/{name}/stop", response_class=HTMLResponse)
def stop(service: Served, found: Asked) -> Response:
    """Ends a question; nothing of its answer is kept."""
    service.answering.stop(found)
    return Response(status_code=204)


@router.get("/asks/{name}/events", response_class=EventSourceResponse)
async def events(request: Request, service: Served, caller: Asking, stay: Staying, found: Asked, last_event_id: Annotated[str, Header()] = "") -> AsyncIterator[ServerSentEvent]:  # fmt: skip
    """What happens on the way to an answer, as parts of the page, from the first event that it has not seen."""
    seen = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    try:
        async for one in follow(service, found, stay, seen):
            if one is None:
                yield ServerSentEvent(comment="waiting")
                continue
            html = await run_in_threadpool(_told, request, service, caller, found, one)
            yield ServerSentEvent(id=str(one.number), raw_data=html)
    except NotSignedIn:
        back = sign_in_path(address_of(found.conversation))
        yield ServerSentEvent(raw_data=rendered(request, "parts/told.html", kind="left", ask=found, back=back))


def _told(request: Request, service: Service, caller: Caller, ask: Ask, event: AskEvent) -> str:
    """An event as parts of the page, each with where it goes."""
    content: dict[str, Any] = dict(event.content)
    if event.kind != END:
        is_table = str(content.get("text", "")).lstrip().startswith("|")
        names = {STEP: "step", AGAIN: "again"}
        return rendered(request, "parts/told.html", kind=names.get(event.kind, "text"), ask=ask, text=content.get("text", ""), is_table=is_table)  # fmt: skip
    if content["state"] != DONE:
        return rendered(request, "parts/told.html", kind="ended", ask=ask, state=content["state"], error=content.get("error"))  # fmt: skip
    with service.workspace(caller) as workspace:
        session = own_session(workspace, caller, ask.conversation)
        turns = [turn for turn in session.turns if turn.number <= content["turn"]]
        return rendered(
            request, "parts/told.html", kind="turn", ask=ask, shown=shown_turn(workspace, session, content["turn"]),
            suggested=suggested(workspace, turns), entries=entries(workspace, caller), own=own_conversation(workspace, caller, ask.conversation),
            zone=workspace.settings.zone,
        )  # fmt: skip
