"""Whose a conversation is: what is another person's does not exist for anybody else."""

from __future__ import annotations

from analyst_agent.errors import UnknownName
from analyst_agent.masking import one_line
from analyst_agent.server.callers import LOCAL, Caller
from analyst_agent.server.service import Service
from analyst_agent.state.asks import Ask
from analyst_agent.state.conversations import Conversations
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import LONGEST_ID
from analyst_agent.workspace.sessions import Session, opened


def is_own(workspace: Workspace, caller: Caller, conversation: str) -> bool:
    """Whether it belongs to the caller; without accounts also what belongs to nobody, such as what the command line began."""
    head = workspace.heads.head(conversation)
    return head.owner == caller.owner if head is not None else caller.owner == LOCAL


def own_session(workspace: Workspace, caller: Caller, conversation: str) -> Session:
    """The conversation as far as it may be seen. Raises UnknownName."""
    if is_own(workspace, caller, conversation):
        try:
            return opened(workspace, conversation, is_whole=True)
        except UnknownName:
            pass  # its hint lists everybody's
    raise UnknownName("conversation", conversation, ())


def own_ask(service: Service, caller: Caller, name: str) -> Ask:
    """A question of the caller's. Raises UnknownName."""
    ask = service.ask(name)
    if ask.owner != caller.owner:
        raise UnknownName("question", name, (), "Ask it again.")
    return ask


def place_of(workspace: Workspace, caller: Caller, given: str | None) -> str:
    """The conversation that a question is asked in: a new one without an id, the caller's own with one. Raises UnknownName."""
    name = one_line(given or "")[:LONGEST_ID] or Conversations.new_id()
    is_known = workspace.heads.head(name) is not None or (bool(given) and bool(workspace.conversations.thread(name)))
    if is_known and not is_own(workspace, caller, name):
        raise UnknownName("conversation", name, ())
    if not workspace.heads.claim(name, caller.owner):
        raise UnknownName("conversation", name, ())
    return name
