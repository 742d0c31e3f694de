"""Whose conversations and questions are: another person's do not exist, on any address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.masking import one_line
from analyst_agent.server.callers import LOCAL, Caller
from analyst_agent.state.asks import RUNNING, Ask, Asks
from analyst_agent.state.conversations import Conversations, Listed
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import LONGEST_ID
from analyst_agent.workspace.sessions import Session, listed, opened

_ADDRESSED = re.compile(r"(?!\.{1,2}$)[^/]+")
GONE = "It may be somebody else's, or never was."


@dataclass(frozen=True, slots=True)
class Own:
    """A person's conversation: its title ("" for none given), what was answered (None for nothing yet) and what is on its way."""

    conversation: str
    title: str
    session: Session | None
    running: Sequence[Ask] = ()

    @property
    def name(self) -> str:
        """What it is called: its title, else its first question."""
        if self.title:
            return self.title
        if self.session is not None:
            return self.session.turns[0].question
        return self.running[0].question if self.running else "New conversation"


def address_of(conversation: str) -> str:
    """Where a conversation's page is. Its id may hold whatever its owner wrote."""
    return f"/conversations/{quote(conversation, safe='')}"


def check_own(workspace: Workspace, caller: Caller, conversation: str) -> str:
    """The title of the caller's conversation. Raises UnknownName for another's, and for one that nobody has begun.

    One that was begun on the command line belongs to nobody; as long as there are no accounts, whoever is here may go on with it.
    """
    head = workspace.heads.head(conversation)
    if head is None and caller.owner == LOCAL:
        return ""
    if head is None or head.owner != caller.owner:
        raise UnknownName("conversation", conversation, (), GONE)
    return head.title


def own_conversation(workspace: Workspace, caller: Caller, conversation: str) -> Own:
    """The caller's conversation as far as it is. Raises UnknownName."""
    title = check_own(workspace, caller, conversation)
    running = [one for one in workspace.asks.running(conversation) if one.owner == caller.owner]
    try:
        return Own(conversation, title, opened(workspace, conversation, is_whole=True), running)
    except UnknownName:
        if workspace.heads.head(conversation) is None:
            raise UnknownName("conversation", conversation, (), GONE) from None
        return Own(conversation, title, None, running)


def own_session(workspace: Workspace, caller: Caller, conversation: str) -> Session:
    """What was answered in the caller's conversation. Raises UnknownName."""
    session = own_conversation(workspace, caller, conversation).session
    if session is None:
        raise UnknownName("conversation", conversation, (), "Nothing in it is answered yet.")
    return session


def is_own(ask: Ask, caller: Caller) -> bool:
    """Whether a question is the caller's, asked in the role and scope of now: a narrower token of hers does not get at its answer."""
    return (ask.owner, ask.role, ask.restrictions) == (caller.owner, caller.role, tuple(caller.restrictions))


def own_ask(asks: Asks, caller: Caller, name: str) -> Ask:
    """The caller's question by its id. Raises UnknownName."""
    found = asks.get(name)
    if not is_own(found, caller):
        raise UnknownName("question", name, (), "Ask it again.")
    return found


def own_listed(workspace: Workspace, caller: Caller) -> list[tuple[Listed, str]]:
    """The caller's conversations with the titles given to them, the last continued first; one whose first question is not
    answered yet stands before all others.
    """
    heads = workspace.heads.of(caller.owner)
    known = listed(workspace)
    own = [one for one in known if one.conversation in heads]
    if caller.owner == LOCAL:
        claimed = workspace.heads.claimed()
        own = [one for one in known if one.conversation in heads or one.conversation not in claimed]
    answered = {one.conversation for one in own}
    begun: dict[str, Listed] = {}
    for ask in workspace.asks.running():
        if ask.owner == caller.owner and ask.state == RUNNING and ask.conversation not in answered:
            begun.setdefault(ask.conversation, Listed(ask.conversation, 0, ask.question, ask.asked_at, ask.asked_at))
    return [
        (one, heads[one.conversation].title if one.conversation in heads else "") for one in (*begun.values(), *own)
    ]


def place_of(workspace: Workspace, caller: Caller, given: str | None) -> str:
    """The conversation that a question is asked in: a new one without an id or with one that nobody used yet, else the caller's
    own. Raises UnknownName.
    """
    name = one_line(given or "")[:LONGEST_ID] or Conversations.new_id()
    if not _ADDRESSED.fullmatch(name):
        raise InvalidDefinition(
            f"{name[:80]!r} is no id of a conversation: it has no address.", "Leave / and dots alone out."
        )
    if given and (workspace.heads.head(name) is not None or workspace.conversations.thread(name)):
        check_own(workspace, caller, name)
    if not workspace.heads.claim(name, caller.owner):
        raise UnknownName("conversation", name, (), GONE)
    return name
