"""Mails of playbooks as they were written and sent, and what a person decides of those that wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import UnknownName
from analyst_agent.playbook.delivery import approve, resolve
from analyst_agent.server.callers import Caller
from analyst_agent.server.rendering import render
from analyst_agent.server.security import MAIL_POLICY
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.state.errands import SEND, NewErrand
from analyst_agent.state.outbox import STATES, TRANSITIONS, Entry
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.editions import edition_for
from analyst_agent.workspace.mails import entry_of, mail_of

router = APIRouter()
DECISIONS = {"approve": "approved", "sent": "said was sent:", "resend": "had sent again", "drop": "dropped"}
"""What may be decided, and how the audit says it."""


@router.get("/playbooks/mails/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """A mail, its text and all that happened to it."""
    with service.reports(caller) as workspace:
        entry = _entry(workspace, caller, name)
        return render(
            request,
            "playbooks/mail.html",
            entry=entry,
            mail=mail_of(workspace, entry),
            state=STATES[entry.state],
            history=workspace.outbox.history(entry),
            choices=_choices(entry.state),
            has_server=bool(workspace.settings.delivery.server),
            zone=workspace.settings.zone,
        )


@router.get("/playbooks/mails/{name}/page")
def page(service: Served, caller: Asking, name: str) -> Response:
    """The HTML of a mail, as a document of its own in which nothing runs and nothing is loaded."""
    with service.reports(caller) as workspace:
        mail = mail_of(workspace, _entry(workspace, caller, name))
    return HTMLResponse(mail.html, headers={"content-security-policy": MAIL_POLICY})


@router.post("/playbooks/mails/{name}", dependencies=[allowed("send")])
def decide(service: Served, caller: Asking, name: str, decision: Annotated[str, Form()]) -> Response:
    """Approves a mail that waits, or says what becomes of one that went wrong; what is queued is sent beside this."""
    if decision not in DECISIONS:
        raise UnknownName("decision", decision, DECISIONS)
    now = datetime.now(UTC)
    with service.reports(caller) as workspace:
        entry = entry_of(workspace, name)
        room = workspace.mailroom
        if decision == "approve":
            entry = approve(room, entry.id, caller.name, now)
        else:
            entry = resolve(room, entry.id, decision, caller.name, now)
        note_action(workspace, caller.name, f"{DECISIONS[decision]} the mail {entry.id[:8]} of {entry.run}")
    if entry.state == "queued" and room.settings.server:
        service.errands.begin(NewErrand(SEND, entry.playbook, owner=caller.owner, asked_by=caller.name))
    return Response(headers={"hx-redirect": f"/playbooks/mails/{entry.id}"})


def _entry(workspace: Workspace, caller: Caller, name: str) -> Entry:
    """A mail of a run of theirs, or of a run of everything the edition that went to them. Raises UnknownName."""
    try:
        return entry_of(workspace, name)
    except UnknownName:
        return edition_for(workspace, caller.name, name)


def _choices(state: str) -> tuple[str, ...]:
    """What may be decided of an entry in that state."""
    can = TRANSITIONS[state]
    if state in ("outbox", "held"):
        return ("approve", "drop")
    return tuple(d for d, to in (("sent", "sent"), ("resend", "queued"), ("drop", "dropped")) if to in can and state not in ("claimed", "sending"))  # fmt: skip
