"""Questions over a WebSocket: one connection, several questions, each followed as it is answered."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from analyst_agent.errors import AnalystError
from analyst_agent.server.api.asking import asked, begin, follow
from analyst_agent.server.api.models import Question
from analyst_agent.server.callers import Caller
from analyst_agent.server.service import Asking, Served, Service
from analyst_agent.state.asks import END

router = APIRouter()


@router.websocket("/ws")
async def socket(websocket: WebSocket, service: Served, caller: Asking) -> None:
    """Takes `{question, conversation?, model?}` as JSON, one after the other, and sends the events of each; `end` holds the answer."""
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                question = Question.model_validate_json(text)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "message"
                await _refused(
                    websocket, {"code": "invalid_request", "message": f"{where}: {first['msg']}.", "hint": ""}
                )
                continue
            try:
                await _answer(websocket, service, caller, question)
            except AnalystError as error:
                await _refused(websocket, error.to_dict())
    except WebSocketDisconnect:
        return


async def _answer(websocket: WebSocket, service: Service, caller: Caller, question: Question) -> None:
    begun = await run_in_threadpool(begin, service, caller, question)
    await websocket.send_json({"kind": "asked", "ask": begun.id, "conversation": begun.conversation})
    async for one in follow(service, begun, None):
        if one is not None and one["kind"] == END:
            found = await run_in_threadpool(lambda: asked(service, caller, service.ask(begun.id)))
            await websocket.send_json({"kind": END, **found.model_dump(mode="json")})
        elif one is not None:
            await websocket.send_json(one)


async def _refused(websocket: WebSocket, error: dict[str, str]) -> None:
    await websocket.send_json({"kind": "error", "error": error})
