"""Conversations by the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import PlainTextResponse

from analyst_agent.records import to_json
from analyst_agent.server.api import models
from analyst_agent.server.api.models import FAILURES, Page, SessionLine
from analyst_agent.server.api.paging import Cursor, Limit, part
from analyst_agent.server.callers import LOCAL
from analyst_agent.server.conversations import own_session
from analyst_agent.server.service import Asking, Served
from analyst_agent.workspace.sessions import give_feedback, listed, session_json, session_markdown

router = APIRouter(tags=["conversations"], responses=FAILURES)
Id = Annotated[str, InPath(max_length=200)]
Number = Annotated[int, InPath(ge=1, le=1_000_000)]


@router.get("/sessions")
def list_sessions(service: Served, caller: Asking, limit: Limit = 50, cursor: Cursor = None) -> Page[SessionLine]:
    """Your conversations, the last continued first."""
    with service.workspace(caller) as workspace:
        heads = workspace.heads.of(caller.owner)
        others = workspace.heads.others(caller.owner) if caller.owner == LOCAL else frozenset()
        found = [
            SessionLine(
                conversation=one.conversation,
                title=(heads[one.conversation].title if one.conversation in heads else "") or one.question,
                turns=one.turns,
                began_at=one.began_at,
                last_at=one.last_at,
            )
            for one in listed(workspace)
            if one.conversation in heads or (caller.owner == LOCAL and one.conversation not in others)
        ]
    items, following = part(found, limit, cursor)
    return Page[SessionLine](items=items, next=following)


@router.get("/sessions/{conversation}")
def show_session(conversation: Id, service: Served, caller: Asking) -> models.Session:
    """A conversation with its answers."""
    with service.workspace(caller) as workspace:
        return models.Session.model_validate(session_json(own_session(workspace, caller, conversation), workspace))


@router.patch("/sessions/{conversation}", status_code=204)
def rename_session(conversation: Id, body: models.Title, service: Served, caller: Asking) -> None:
    """Give a conversation a title."""
    with service.workspace(caller) as workspace:
        own_session(workspace, caller, conversation)
        workspace.heads.claim(conversation, caller.owner)
        workspace.heads.rename(conversation, caller.owner, body.title)


@router.get(
    "/sessions/{conversation}/export",
    response_model=None,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export_session(conversation: Id, service: Served, caller: Asking) -> PlainTextResponse:
    """A conversation as Markdown."""
    with service.workspace(caller) as workspace:
        text = session_markdown(own_session(workspace, caller, conversation), workspace)
    return PlainTextResponse(text, media_type="text/markdown; charset=utf-8")


@router.post("/sessions/{conversation}/turns/{turn}/feedback", status_code=201)
def say_of_turn(
    conversation: Id, turn: Number, body: models.Feedback, service: Served, caller: Asking
) -> models.FeedbackKept:
    """Say that an answer was right, or wrong and what would be right. What was said before is kept; the last counts."""
    with service.workspace(caller) as workspace:
        session = own_session(workspace, caller, conversation)
        given = give_feedback(workspace, session, turn, body.verdict, caller.name, body.correction)
    return models.FeedbackKept.model_validate(to_json(given))
