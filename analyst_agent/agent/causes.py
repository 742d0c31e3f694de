"""Asking a model for the root causes of a few tickets: their texts are data, and only a name from the list is taken for an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from analyst_agent.agent.budget import Budget
from analyst_agent.agent.calling import Caller
from analyst_agent.agent.models import untraced

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

UNCLASSIFIED = "unclassified"
MOST_TICKETS = 20
LONGEST_TEXT = 500
MOST_SECONDS, MOST_TOKENS = 60.0, 20_000


def causes_by_model(
    open_chat: Callable[[], BaseChatModel], tickets: Sequence[tuple[str, str]], causes: Sequence[str]
) -> dict[str, str]:
    """A cause, or `unclassified`, for each of at most 20 tickets (id and masked text), in one call.

    What is no cause of the list, in whatever words, counts as unclassified, so that no ticket is asked about twice. Raises
    ModelError where the model cannot be reached or set up.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    asked = list(tickets)[:MOST_TICKETS]
    if not asked or not causes:
        return {}
    text = files("analyst_agent.agent").joinpath("prompts/causes.md").read_text(encoding="utf-8")
    system = Template(text).substitute(causes="\n".join(f"- {cause}" for cause in causes), example=causes[0])
    body = "\n".join(f'<ticket number="{i}">{_data(words)}</ticket>' for i, (_, words) in enumerate(asked, start=1))
    caller = Caller(["The model"], lambda _: open_chat(), Budget(MOST_SECONDS, 1, MOST_TOKENS))
    messages = [SystemMessage(system), HumanMessage(body)]
    with untraced():
        reply = caller.call(lambda model, seconds: model.invoke(messages, timeout=seconds))
    said = _object(str(reply.text))
    return {ticket: _cause(said.get(str(i)), causes) for i, (ticket, _) in enumerate(asked, start=1)}


def _data(words: str) -> str:
    """A ticket's text that cannot end its own mark or begin another."""
    return " ".join(words.replace("<", "(").replace(">", ")").split())[:LONGEST_TEXT]


def _object(text: str) -> dict[str, Any]:
    """The first JSON object in a reply; empty where there is none."""
    start = text.find("{")
    if start < 0:
        return {}
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:])
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _cause(said: Any, causes: Sequence[str]) -> str:
    wanted = said.strip().lower() if isinstance(said, str) else ""
    return next((cause for cause in causes if cause.lower() == wanted), UNCLASSIFIED)
