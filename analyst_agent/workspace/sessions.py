"""Conversations as a person looks at them again: listed, shown, exported as Markdown, and what was said of their answers.

Turns that were answered under other grants or another scope do not exist here but for their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analyst_agent import ways
from analyst_agent.claims.escape import escaped
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.masking import one_line, visible
from analyst_agent.state.conversations import Listed, Turn
from analyst_agent.state.feedback import Feedback, counting
from analyst_agent.state.verified import Verified
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.verifying import vouch

LONGEST_SHOWN = 10_000
LONGEST_NAME = 200
"""Of a question, a correction or a name in an export."""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation as far as it may be seen. withheld: turns under other grants or another scope; feedback and verified: what
    counts for each turn.
    """

    conversation: str
    turns: tuple[Turn, ...]
    withheld: int
    feedback: Mapping[int, Feedback]
    verified: Mapping[int, Verified]

    def turn(self, number: int | None) -> Turn:
        """The turn of that number, the last without one. Raises UnknownName."""
        if number is None:
            return self.turns[-1]
        for one in self.turns:
            if one.number == number:
                return one
        raise UnknownName("turn", str(number), [str(one.number) for one in self.turns])


def listed(workspace: Workspace) -> list[Listed]:
    """Every conversation of these grants and scope, the last continued first."""
    return workspace.conversations.listed(workspace.fingerprint)


def opened(workspace: Workspace, name: str, *, is_whole: bool = False) -> Session:
    """The conversation of that id, or unless the id is whole the only one whose id begins so. Raises UnknownName or InvalidDefinition."""
    name = one_line(name)
    known = [one.conversation for one in listed(workspace)]
    found = [name] if name in known else [one for one in known if name and not is_whole and one.startswith(name)]
    if len(found) > 1:
        raise InvalidDefinition(f"{name!r} begins {len(found)} ids: {', '.join(found[:4])}.", "Give more of it.")
    if not found:
        raise UnknownName("conversation", name, known, ways.CONVERSATIONS)
    [conversation] = found
    mark = workspace.fingerprint
    turns = workspace.conversations.turns(conversation)
    own = tuple(turn for turn in turns if turn.seen_by == mark)
    said = counting(workspace.feedback.history(conversation))
    vouched = workspace.verified.of_conversation(conversation, mark)
    return Session(
        conversation,
        own,
        len(turns) - len(own),
        {turn.number: said[conversation, turn.number] for turn in own if (conversation, turn.number) in said},
        {one.turn: one for one in vouched if not one.revoked_at},
    )


def give_feedback(
    workspace: Workspace, session: Session, number: int | None, verdict: str, by: str, correction: str = ""
) -> Feedback:
    """Keeps what a person says of a turn, the last without a number. Raises UnknownName."""
    return workspace.feedback.add(
        session.conversation, session.turn(number).number, verdict, person(by), visible(correction)
    )


def verify(workspace: Workspace, name: str, number: int | None, by: str) -> Verified:
    """Keeps that a person vouches for how a turn, the last without a number, was read.

    Raises UnknownName, InvalidDefinition, or NotPermitted for a turn that cannot be vouched for.
    """
    session = opened(workspace, name)
    turn = session.turn(number)
    earlier = [one for one in session.turns if one.number < turn.number]
    return vouch(workspace, session.conversation, turn, earlier, person(by))


def revoke(workspace: Workspace, name: str, number: int | None, by: str) -> tuple[str, int]:
    """Takes back what was vouched for of a turn; conversation and turn. Raises UnknownName where nobody vouched."""
    session = opened(workspace, name)
    turn = session.turn(number).number
    if turn not in session.verified:
        known = [str(one) for one in session.verified]
        raise UnknownName("verified turn", str(turn), known, "`analyst verify` alone lists them.")
    workspace.verified.revoke(session.conversation, turn, person(by))
    return session.conversation, turn


def person(name: str) -> str:
    """Somebody's name as it is kept and shown: one line. Raises InvalidDefinition where nothing of it is visible."""
    shown = one_line(name)[:LONGEST_NAME].strip()
    if not shown:
        raise InvalidDefinition("Nobody is named.", "Give --by NAME.")
    return shown


def session_json(session: Session, workspace: Workspace) -> dict[str, Any]:
    """The conversation as JSON types: each turn's answer is that of `analyst ask --json`."""
    return {
        "conversation": session.conversation,
        "withheld": session.withheld,
        "turns": [
            {
                "turn": turn.number,
                "asked_at": turn.asked_at,
                "today": turn.today.isoformat() if turn.today else None,
                "question": turn.question,
                "status": turn.status,
                "answer": dict(turn.answer),
                "feedback": _feedback_json(session.feedback.get(turn.number)),
                "verified": _verified_json(session.verified.get(turn.number)),
            }
            for turn in session.turns
        ],
    }


def session_markdown(session: Session, workspace: Workspace) -> str:
    """The conversation as Markdown: questions, answers, data generation, model, date and what people said of them.

    Answers are harmless Markdown already; whatever else somebody typed is escaped.
    """
    parts = [f"# Conversation {escaped(session.conversation, LONGEST_SHOWN)}"]
    about = f"{escaped(workspace.settings.name)}, {len(session.turns)} question{'s' * (len(session.turns) != 1)}."
    parts.append(f"{about} {withheld_note(session)}".strip())
    for turn in session.turns:
        parts.append(f"## {turn.number}. {escaped(turn.question, LONGEST_SHOWN)}")
        parts.append(f"*{provenance(turn, workspace)}*")
        parts += [f"*{escaped(line, LONGEST_SHOWN)}*" for line in remarks(session, turn.number, workspace)]
        parts.append(str(turn.answer.get("answer", "")).strip() or "No answer.")
    return "\n\n".join(parts) + "\n"


def provenance(turn: Turn, workspace: Workspace) -> str:
    """When a turn was asked, how it ended, which model and which data generation answered, in harmless Markdown."""
    usage: Mapping[str, Any] = turn.answer.get("usage") or {}
    said = [_moment(turn.asked_at, workspace), turn.status, f"model {escaped(usage.get('model') or 'not known')}"]
    if usage.get("fallback"):
        said.append(f"fallback: {escaped(usage['fallback'], 300)}")
    if turn.answer.get("generation"):
        said.append(f"data generation {escaped(turn.answer['generation'])}")
    return ", ".join(said)


def remarks(session: Session, number: int, workspace: Workspace) -> list[str]:
    """What people said of a turn, as plain text."""
    lines = []
    if number in session.verified:
        one = session.verified[number]
        lines.append(f"Verified by {one.by} on {_moment(one.at, workspace)}")
    if number in session.feedback:
        said = session.feedback[number]
        correction = f": {said.correction}" if said.correction else ""
        lines.append(f"Said to be {said.verdict} by {said.by} on {_moment(said.at, workspace)}{correction}")
    return lines


def withheld_note(session: Session) -> str:
    """That turns are left out, and why; "" where none is."""
    if not session.withheld:
        return ""
    was = "turn was" if session.withheld == 1 else "turns were"
    return f"{session.withheld} {was} answered under other grants or another scope and left out."


def _feedback_json(said: Feedback | None) -> dict[str, str] | None:
    if said is None:
        return None
    return {"verdict": said.verdict, "correction": said.correction, "by": said.by, "at": said.at}


def _verified_json(one: Verified | None) -> dict[str, str] | None:
    return None if one is None else {"by": one.by, "at": one.at}


def _moment(at: str, workspace: Workspace) -> str:
    """A stored time in the workspace's zone, to the minute."""
    if not at:
        return "day not known"
    return f"{datetime.fromisoformat(at).astimezone(workspace.settings.zone):%Y-%m-%d %H:%M}"
