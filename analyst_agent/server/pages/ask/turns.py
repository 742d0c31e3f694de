"""What people say of an answer: right or wrong with a correction, and that they vouch for how it was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.masking import visible
from analyst_agent.server.callers import Caller
from analyst_agent.server.conversations import own_session
from analyst_agent.server.pages.ask.showing import shown_turn
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, Service, allowed
from analyst_agent.workspace.sessions import give_feedback, verify

router = APIRouter(prefix="/conversations/{name}/turns/{number}")
Curating = Annotated[Caller, allowed("curate")]
LONGEST = 4_000
"""Characters of a correction."""


@router.post("/feedback", response_class=HTMLResponse)
def say(
    request: Request, service: Served, caller: Asking, name: str, number: int, verdict: Annotated[str, Form()],
    correction: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Keeps that an answer is right, or wrong and what would be right."""
    with service.workspace(caller) as workspace:
        session = own_session(workspace, caller, name)
        give_feedback(workspace, session, number, verdict, caller.name, visible(correction).strip()[:LONGEST])
    return _said(request, service, caller, name, number)


@router.post("/verified", response_class=HTMLResponse)
def vouch(request: Request, service: Served, caller: Curating, name: str, number: int) -> Response:
    """Keeps that the caller vouches for how a question was read."""
    with service.workspace(caller) as workspace:
        session = own_session(workspace, caller, name)
        verify(workspace, session.conversation, session.turn(number).number, caller.name)
    return _said(request, service, caller, name, number)


def _said(request: Request, service: Service, caller: Caller, name: str, number: int) -> Response:
    with service.workspace(caller) as workspace:
        shown = shown_turn(workspace, own_session(workspace, caller, name), number)
        return render(request, "parts/said.html", shown=shown, zone=workspace.settings.zone)
