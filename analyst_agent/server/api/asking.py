"""Questions by the API: answered in one reply, or begun and followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse

from analyst_agent.errors import AnalystError, NotPermitted
from analyst_agent.server.api.models import FAILURES, Answered, Asked, Problem, Question
from analyst_agent.server.callers import Caller
from analyst_agent.server.conversations import is_own, own_ask, place_of
from analyst_agent.server.following import follow
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.service import Asking, Served, Service
from analyst_agent.server.staying import Staying
from analyst_agent.state.asks import DONE, END, RUNNING, Ask, NewAsk

router = APIRouter(tags=["questions"], responses=FAILURES)
LONGEST_WAIT_S = 110.0
"""After so long the reply says where to follow the question; proxies give up soon after."""
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=120,
        description="The same key with the same body is the same question: it is asked and answered once.",
    ),
]
AskId = Annotated[str, InPath(max_length=64)]


def _own(ask: AskId, service: Served, caller: Asking) -> Ask:
    return own_ask(service.asks, caller, ask)


Own = Annotated[Ask, Depends(_own)]
"""The caller's own question; another's is refused before a stream begins."""


class Conflict(AnalystError):
    """The key of another request."""

    code = "conflict"


@router.post("/ask", response_model=Answered, responses={202: {"model": Asked, "description": "Not answered yet"}})
async def ask(body: Question, service: Served, caller: Asking, stay: Staying, key: Key = None) -> Any:
    """Answer a question. One that takes longer than two minutes is answered 202, with the id to follow it by."""
    begun = await run_in_threadpool(begin, service, caller, body, key)
    async for one in follow(service, begun, stay, wait_s=LONGEST_WAIT_S):
        if one is not None and one.kind == END:
            found = await run_in_threadpool(_ended, service, caller, begun)
            return found.answer if found.answer is not None else _raise(found)
    found = await run_in_threadpool(_ended, service, caller, begun)
    return JSONResponse(found.model_dump(mode="json"), 202)


@router.post("/asks", status_code=202)
def begin_ask(body: Question, service: Served, caller: Asking, key: Key = None) -> Asked:
    """Begin to answer a question; GET /asks/{ask} or its events follow it, also after a lost connection."""
    return asked(service, caller, begin(service, caller, body, key))


@router.get("/asks/{ask}")
def show_ask(ask: AskId, service: Served, caller: Asking) -> Asked:
    """How far a question is, and its answer once there is one."""
    return asked(service, caller, own_ask(service.asks, caller, ask))


@router.post("/asks/{ask}/stop")
def stop_ask(ask: AskId, service: Served, caller: Asking) -> Asked:
    """Stop a question; nothing of its answer is kept. One that has ended stays as it ended."""
    service.answering.stop(own_ask(service.asks, caller, ask))
    return asked(service, caller, service.ask(ask))


@router.get("/asks/{ask}/events", response_class=EventSourceResponse)
async def events(
    known: Own, service: Served, stay: Staying, last_event_id: Annotated[str, Header(max_length=20)] = ""
) -> AsyncIterator[ServerSentEvent]:
    """What happens on the way to an answer, as server-sent events: step, text, again (what was told no longer holds), end. With
    Last-Event-ID only what came after. Once the token is revoked or expires: error, and nothing more.
    """
    seen = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    try:
        async for one in follow(service, known, stay, seen):
            if one is None:
                yield ServerSentEvent(comment="waiting")
            else:
                yield ServerSentEvent(event=one.kind, id=str(one.number), data=dict(one.content))
    except NotSignedIn as error:
        yield ServerSentEvent(event="error", data={"error": error.to_dict("api")})


def begin(service: Service, caller: Caller, body: Question, key: str | None = None) -> Ask:
    """Keeps the question and has it answered. Raises Conflict where the key was given with another one."""
    with service.workspace(caller) as workspace:
        if body.model:
            workspace.analyst(body.model)  # raises where it is no model's name
        conversation = place_of(workspace, caller, body.conversation)
    new = NewAsk(
        conversation, body.question, caller.owner, caller.name, caller.role, caller.restrictions, body.model or "", key or ""
    )  # fmt: skip
    begun = service.answering.begin(new)
    is_same = is_own(begun, caller) and begun.question == body.question
    if not is_same or (body.conversation and begun.conversation != conversation):
        raise Conflict(f"The idempotency key {key!r} was given with another question.", "Use a new key.")
    return begun


def asked(service: Service, caller: Caller, ask: Ask) -> Asked:
    """The question as the API shows it."""
    answer, error = None, None
    if ask.state == DONE:
        with service.workspace(caller) as workspace:
            turn = workspace.conversations.turn_of(ask.conversation, ask.id)
        answer = Answered.model_validate(turn.answer) if turn is not None else None
    elif ask.state != RUNNING:
        ends = [one for one in service.asks.events(ask.id) if one.kind == END]
        told = ends[-1].content.get("error") if ends else None
        error = Problem.model_validate(told) if told else None
    return Asked(
        ask=ask.id,
        conversation=ask.conversation,
        question=ask.question,
        state=ask.state,  # type: ignore[arg-type]
        asked_at=ask.asked_at,
        turn=ask.turn if ask.state == DONE else None,
        answer=answer,
        error=error,
    )


def _ended(service: Service, caller: Caller, ask: Ask) -> Asked:
    return asked(service, caller, service.ask(ask.id))


def _raise(found: Asked) -> Any:
    if found.error is None:
        raise NotPermitted("The question was stopped before it was answered.", "Ask it again.")
    error = AnalystError(found.error.message, found.error.hint)
    error.code = found.error.code
    raise error
