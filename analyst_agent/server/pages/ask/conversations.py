"""The list of conversations and one of them: opened, searched, given a title, exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.masking import one_line
from analyst_agent.server.callers import Caller
from analyst_agent.server.conversations import Own, check_own, own_conversation, own_listed, own_session
from analyst_agent.server.pages.ask.greeting import greeting
from analyst_agent.server.pages.ask.showing import shown_turns
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served
from analyst_agent.state.conversation_heads import LONGEST_TITLE
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.sessions import session_markdown
from analyst_agent.workspace.suggestions import suggested

router = APIRouter()
MOST_LISTED = 60
"""So many conversations stand in the list; a search finds the others."""
NEW = Own("", "", None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in the list."""

    conversation: str
    name: str
    last_at: str
    turns: int


@dataclass(frozen=True, slots=True)
class Entries:
    """Those that are shown, how many there are beside them, and the words that were searched for."""

    shown: list[Entry]
    more: int
    words: str


def entries(workspace: Workspace, caller: Caller, words: str = "") -> Entries:
    """The caller's conversations whose title or one of whose questions has all of these words."""
    own = own_listed(workspace, caller)
    wanted = one_line(words).casefold().split()
    if wanted:
        texts: dict[str, list[str]] = {}
        for conversation, question in workspace.conversations.questions(workspace.fingerprint):
            texts.setdefault(conversation, []).append(question.casefold())
        own = [
            (one, title)
            for one, title in own
            if _has_all([title.casefold(), one.question.casefold(), *texts.get(one.conversation, ())], wanted)
        ]
    shown = [Entry(one.conversation, title or one.question, one.last_at, one.turns) for one, title in own]
    return Entries(shown[:MOST_LISTED], max(len(shown) - MOST_LISTED, 0), words)


def _has_all(texts: list[str], wanted: list[str]) -> bool:
    return any(all(word in text for word in wanted) for text in texts)


def page_of(workspace: Workspace, caller: Caller, own: Own) -> Mapping[str, Any]:
    """What the page of a conversation is made of."""
    turns = own.session.turns if own.session is not None else ()
    return {
        "own": own,
        "turns": shown_turns(workspace, own.session) if own.session is not None else (),
        "greeting": None if turns or own.running else greeting(workspace),
        "suggested": () if own.running else suggested(workspace, turns),
        "entries": entries(workspace, caller),
        "zone": workspace.settings.zone,
    }


@router.get("/", response_class=HTMLResponse)
def begin(request: Request, service: Served, caller: Asking, ask: str = "") -> Response:
    """An empty conversation. ask: a question to begin with, for a link from another page: it waits for Enter."""
    with service.workspace(caller) as workspace:
        return render(request, "ask.html", begun=one_line(ask)[:2000], **page_of(workspace, caller, NEW))


@router.get("/conversations", response_class=HTMLResponse)
def search(request: Request, service: Served, caller: Asking, q: str = "", current: str = "") -> Response:
    """The list, of those that have the words."""
    with service.workspace(caller) as workspace:
        found = entries(workspace, caller, q)
        return render(request, "parts/conversations.html", entries=found, current=current, zone=workspace.settings.zone)


@router.get("/conversations/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """A conversation, with what of it is still being answered."""
    with service.workspace(caller) as workspace:
        own = own_conversation(workspace, caller, name)
        return render(request, "ask.html", begun="", **page_of(workspace, caller, own))


@router.post("/conversations/{name}/title", response_class=HTMLResponse)
def rename(request: Request, service: Served, caller: Asking, name: str, title: Annotated[str, Form()] = "") -> Response:  # fmt: skip
    """Gives it a title; an empty one for that of its first question."""
    with service.workspace(caller) as workspace:
        check_own(workspace, caller, name)
        own_session(workspace, caller, name)
        workspace.heads.claim(name, caller.owner)
        workspace.heads.rename(name, caller.owner, one_line(title)[:LONGEST_TITLE])
        own = own_conversation(workspace, caller, name)
        return render(request, "parts/titled.html", own=own, entries=entries(workspace, caller), zone=workspace.settings.zone)  # fmt: skip


@router.get("/conversations/{name}/export.md")
def export(service: Served, caller: Asking, name: str) -> Response:
    """The conversation as a Markdown file."""
    with service.workspace(caller) as workspace:
        session = own_session(workspace, caller, name)
        text = session_markdown(session, workspace)
    file = "".join(c for c in session.conversation if c.isascii() and (c.isalnum() or c in "-_"))[:60] or "conversation"
    headers = {"content-disposition": f'attachment; filename="conversation-{file}.md"'}
    return Response(text.encode(), media_type="text/markdown; charset=utf-8", headers=headers)
