"""Questions over a WebSocket: one connection, several questions, each followed as it is answered."""

from __future__ import annotations

import anyio
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from starlette.websockets import WebSocketState

from analyst_agent.errors import AnalystError
from analyst_agent.server.api.asking import asked, begin
from analyst_agent.server.api.models import Question
from analyst_agent.server.callers import Caller
from analyst_agent.server.following import follow
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.service import Served, Service, caller_of
from analyst_agent.server.staying import EVERY_S, Stay, Staying
from analyst_agent.state.asks import END

router = APIRouter()


@router.websocket("/ws")
async def socket(websocket: WebSocket, service: Served, stay: Staying) -> None:
    """Takes `{question, conversation?, model?}` as JSON, one after the other, and sends the events of each; `end` holds the answer.

    Once whoever opened it is let in no more, the last message says so and it is closed with 4401.
    """
    await websocket.accept()
    ended: Exception | None = None
    try:
        async with anyio.create_task_group() as both:
            both.start_soon(_watch, stay)
            await _converse(websocket, service, stay)
    except* WebSocketDisconnect:
        pass
    except* NotSignedIn as group:
        ended = group.exceptions[0]
    if isinstance(ended, NotSignedIn) and websocket.client_state is WebSocketState.CONNECTED:
        await _refused(websocket, ended.to_dict("api"))
        await websocket.close(4401, ended.message)


async def _watch(stay: Stay) -> None:
    """Raises NotSignedIn as soon as the caller is let in no more, also between two questions."""
    while True:
        await anyio.sleep(EVERY_S)
        await stay.check()


async def _converse(websocket: WebSocket, service: Service, stay: Stay) -> None:
    """Raises WebSocketDisconnect at the end, or NotSignedIn."""
    while True:
        text = await websocket.receive_text()
        try:
            question = Question.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "message"
            await _refused(websocket, {"code": "invalid_request", "message": f"{where}: {first['msg']}.", "hint": ""})
            continue
        try:
            # A question counts as a call, also over a connection that is open.
            caller = await run_in_threadpool(caller_of, websocket)
            await _answer(websocket, service, caller, stay, question)
        except NotSignedIn:
            raise
        except AnalystError as error:
            await _refused(websocket, error.to_dict("api"))


async def _answer(websocket: WebSocket, service: Service, caller: Caller, stay: Stay, question: Question) -> None:
    begun = await run_in_threadpool(begin, service, caller, question)
    await websocket.send_json({"kind": "asked", "ask": begun.id, "conversation": begun.conversation})
    async for one in follow(service, begun, stay):
        if one is not None and one.kind == END:
            found = await run_in_threadpool(lambda: asked(service, caller, service.ask(begun.id)))
            await websocket.send_json({"kind": END, **found.model_dump(mode="json")})
        elif one is not None:
            await websocket.send_json({"number": one.number, "kind": one.kind, "content": dict(one.content)})


async def _refused(websocket: WebSocket, error: dict[str, str]) -> None:
    await websocket.send_json({"kind": "error", "error": error})
