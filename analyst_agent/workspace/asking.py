"""A question asked by way of a server: kept before anything runs, answered step by step, and taken up again when its process dies."""

from __future__ import annotations

from typing import Any

from analyst_agent.agent.events import Delta, Done, step_text
from analyst_agent.errors import AnalystError
from analyst_agent.masking import mask
from analyst_agent.records import Usage
from analyst_agent.state.asks import DONE, STEP, TEXT, Ask, Asks
from analyst_agent.state.conversations import Turn
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse_events
from analyst_agent.workspace.keeping import LONGEST_QUESTION, cost_of


class Abandoned(Exception):
    """A person stopped the question, or another process took it over: nothing of it is kept here."""


def perform(workspace: Workspace, asks: Asks, ask: Ask) -> None:
    """Answers a question that this process holds, and tells each step and the text as it comes. Raises an AnalystError where it
    cannot; the question then still runs.

    One that was answered before the process which did it died is ended with that answer: no turn is there twice.
    """
    try:
        turn = workspace.conversations.turn_of(ask.conversation, ask.id)
        number = _recovered(workspace, ask, turn) if turn is not None else _answered(workspace, asks, ask)
    except Abandoned:
        return
    else:
        asks.finish(ask.id, DONE, {}, number)


def _answered(workspace: Workspace, asks: Asks, ask: Ask) -> int:
    def check() -> None:
        if not asks.is_mine(ask.id):
            raise Abandoned

    events = converse_events(
        workspace, ask.question, ask.conversation, ask.model or None, ask.asked_by, ask.id, before_keeping=check
    )
    told: list[dict[str, str]] = []
    for event in events:
        if isinstance(event, Delta):
            # No part of the text comes before the whole is bound and kept: they are written together.
            told.append({"text": event.text})
        elif isinstance(event, Done):
            asks.tell(ask.id, TEXT, *told)
            kept = workspace.conversations.turn_of(ask.conversation, ask.id)
            if kept is None:
                raise AnalystError(event.answer.caveats[-1].text, "Check the state database, then ask again.")
            return kept.number
        else:
            check()
            if step := step_text(event):
                asks.tell(ask.id, STEP, {"text": step})
    raise AssertionError("a stream ends with the answer")


def _recovered(workspace: Workspace, ask: Ask, turn: Turn) -> int:
    """Ends what was answered and kept already; its line in the audit may not have been."""
    if not any(line.content.get("ask") == ask.id for line in workspace.audit.lines()):
        workspace.audit.add(_audit_line(workspace, ask, turn), turn.seen_by, keep_days=workspace.settings.audit_days)
    return turn.number


def _audit_line(workspace: Workspace, ask: Ask, turn: Turn) -> dict[str, Any]:
    """The line of an answer as far as its stored form tells it."""
    answer = turn.answer
    usage: dict[str, Any] = {"model": "", **(answer.get("usage") or {})}
    spent = Usage(usage["model"], None, usage.get("input_tokens", 0), usage.get("output_tokens", 0))
    return {
        "who": ask.asked_by[:200],
        "conversation": ask.conversation,
        "turn": turn.number,
        "question": mask(turn.question)[:LONGEST_QUESTION],
        "status": turn.status,
        "tools": [{"name": name, "arguments": {}} for name in answer.get("skills") or ()],
        "queries": [one.get("id") for one in answer.get("queries") or ()],
        "generation": answer.get("generation", ""),
        "model": spent.model,
        "fallback": mask(usage["fallback"]) if usage.get("fallback") else None,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "cost": cost_of(spent, workspace.settings),
        "currency": workspace.settings.currency,
        "seconds": usage.get("seconds", 0.0),
        "unbound": len((answer.get("grounding") or {}).get("unbound") or ()),
        "ask": ask.id,
    }
