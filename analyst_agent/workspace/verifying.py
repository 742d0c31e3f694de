"""Readings that a person vouched for: a question is then read as it was, its numbers are computed anew, and the answer says who vouched.

Nothing that nobody vouched for influences a later answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.calls import call_of
from analyst_agent.agent.events import Done, Event, steps
from analyst_agent.agent.models import OFFLINE
from analyst_agent.agent.narrowing import EXECUTABLE
from analyst_agent.agent.threads import NO_THREAD, Thread
from analyst_agent.claims.escape import escaped
from analyst_agent.errors import NotPermitted, WorkspaceError
from analyst_agent.records import Answer, Caveat, Plan, Status, to_json
from analyst_agent.report.answer import opened_with
from analyst_agent.report.telling import SCOPE
from analyst_agent.semantic.effective import effective_definitions
from analyst_agent.semantic.fingerprints import fingerprints
from analyst_agent.state.conversations import Turn
from analyst_agent.state.verified import Verified
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.vouched_numbers import differing

VERIFIED, DIFFERS, NOT_LOOKED_UP = "verified", "verified_differs", "not_looked_up"
_PERIODS = ("period", "compare_with")


@dataclass(frozen=True, slots=True)
class _Preferred:
    """A reading to take: who vouched, and the plan of it as of now."""

    vouched: Verified
    plan: Plan


def answering(workspace: Workspace, question: str, thread: Thread, model: str | None) -> Iterator[Event]:
    """What happens on the way to the answer to a question, read as somebody vouched for where somebody did, and then saying so."""
    yield Done((yield from _answering(workspace, question, thread, model)))


def _answering(
    workspace: Workspace, question: str, thread: Thread, model: str | None
) -> Generator[Event, None, Answer]:
    analyst = workspace.analyst(model)
    try:
        preferred = _preferred(workspace, analyst, question, thread)
    except WorkspaceError as error:
        answer = yield from steps(analyst.stream(question, thread))
        caveat = Caveat(f"Whether somebody verified this could not be looked up: {error.message}", NOT_LOOKED_UP)
        return _said(answer, caveat)
    if preferred is None:
        return (yield from steps(analyst.stream(question, thread)))
    answer = yield from steps(analyst.stream(question, thread, preferred.plan))
    if not _is_of(answer, preferred) and analyst.model != OFFLINE:
        first = answer.usage
        answer = yield from steps(replace(analyst, model=OFFLINE).stream(question, thread, preferred.plan))
        why = "The model did not keep to the verified reading; it was run and the default text stands."
        seconds = round(first.seconds + answer.usage.seconds, 3)
        answer = replace(answer, usage=replace(first, fallback=why, seconds=seconds))
    return _labelled(workspace, answer, preferred.vouched) if _is_of(answer, preferred) else answer


def vouch(workspace: Workspace, conversation: str, turn: Turn, earlier: Sequence[Turn], by: str) -> Verified:
    """Keeps that a person vouches for how a turn was read. earlier: the turns before it, as far as they may be seen.

    Raises NotPermitted for a turn that is no answer from the data or the documents.
    """
    if turn.status != Status.ANSWERED or turn.plan is None or turn.plan.intent not in EXECUTABLE:
        raise NotPermitted(f"Turn {turn.number} is no answer from the data or the documents ({turn.status}).", "Verify one that is.")  # fmt: skip
    if _is_of_several(turn):
        raise NotPermitted(f"Turn {turn.number} was answered from several calls, of which no single reading can be kept.", "Ask its parts one by one and verify each.")  # fmt: skip
    if not by.strip():
        raise NotPermitted("Nobody is named who vouches.", "Give --by NAME.")
    alone = not earlier or _key(workspace.analyst(OFFLINE).read(turn.question)) == _key(turn.plan)
    made = Verified(
        conversation,
        turn.number,
        turn.question,
        turn.plan,
        workspace.fingerprint,
        definitions_mark(workspace),
        alone,
        tuple(turn.answer.get("facts", ())),
        turn.today or _day(turn.asked_at, workspace),
        by.strip(),
    )
    for known in workspace.verified.of_question(turn.question, workspace.fingerprint):
        if (known.conversation, known.turn) == (conversation, turn.number):
            workspace.verified.revoke(conversation, turn.number, by)
    workspace.verified.add(made)
    return made


def definitions_mark(workspace: Workspace) -> str:
    """The mark of every definition in force: of the semantic model as granted, and of the settings that decide numbers."""
    told: Mapping[str, Any] = {
        "model": fingerprints(workspace.model),
        "settings": effective_definitions(workspace.settings),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _preferred(workspace: Workspace, analyst: Analyst, question: str, thread: Thread) -> _Preferred | None:
    """The last reading somebody vouched for of these words, if it is one of this question here.

    Words that mean what was said before ("and for Enterprise?") are another question in another conversation: of these a
    reading is only recognised, never put in the place of what is understood.
    """
    if not workspace.verified.of_question(question, workspace.fingerprint):
        return None
    candidates = workspace.verified.of_question(question, workspace.fingerprint, definitions_mark(workspace))
    if not candidates:
        return None
    fresh = analyst.read(question, thread)
    for one in candidates:
        if _key(one.plan) == _key(fresh):
            return _Preferred(one, replace(fresh, confidence=1.0))
    if thread != NO_THREAD and _key(analyst.read(question)) != _key(fresh):
        return None
    for one in candidates:
        moved = _moved(one, fresh, workspace.clock.today) if one.stands_alone else None
        if moved is not None:
            return _Preferred(one, moved)
    return None


def _moved(one: Verified, fresh: Plan, today: date) -> Plan | None:
    """The plan vouched for with its periods as the words mean them today; None where these cannot be told.

    "Last month" is another month by now: days that were named come from the words read today. Where today nothing is read
    in them, days of then hold for the same day only.
    """
    plan = replace(one.plan, confidence=1.0)
    same_day = one.today == today
    if not plan.period_is_default and plan.period is not None and not same_day:
        if fresh.period is None or fresh.period_is_default:
            return None
        plan = replace(plan, period=fresh.period)
    if plan.comparison is not None and not same_day:
        if fresh.comparison is None:
            return None
        plan = replace(plan, comparison=fresh.comparison)
    return replace(plan, period=None) if plan.period_is_default else plan


def _key(plan: Plan) -> str:
    """What a plan asks for, whatever the days."""
    if plan.intent not in EXECUTABLE:
        return plan.intent.value
    name, arguments = call_of(plan)
    asked = {k: v for k, v in arguments.items() if k not in _PERIODS}
    named = [plan.period is not None and not plan.period_is_default, plan.comparison is not None]
    return json.dumps([name, to_json(asked), named, [_key(one) for one in plan.then]], sort_keys=True)


def _is_of_several(turn: Turn) -> bool:
    """Whether the answer was put together from more than one finding: the ids of later ones end in `.2`, `.3` ..."""
    ids = [str(one["id"]) for name in ("facts", "queries") for one in turn.answer.get(name, ())]
    return len(turn.answer.get("skills", ())) > 1 or any("." in one for one in ids)


def _is_of(answer: Answer, preferred: _Preferred) -> bool:
    """Whether the answer is what was vouched for, and nothing beside it."""
    if answer.status is not Status.ANSWERED or len(answer.calls) != 1:
        return False
    return answer.plan is not None and _key(answer.plan) == _key(preferred.vouched.plan)


def _labelled(workspace: Workspace, answer: Answer, vouched: Verified) -> Answer:
    """The answer with who vouched for its reading, and whether past numbers have changed since."""
    at = _day(vouched.at, workspace)
    said = f"Verified by {vouched.by} on {at.day} {at:%B %Y}."
    changed = differing(answer, vouched, workspace.desk.wording)
    if changed:
        answer = _said(answer, Caveat(changed, DIFFERS))
    return _said(answer, Caveat(said, VERIFIED))


def _said(answer: Answer, caveat: Caveat) -> Answer:
    """The answer with a caveat before everything but the scope that all stands under."""
    scoped = sum(part.kind == "scope" for part in answer.parts)
    place = 1 if answer.caveats and answer.caveats[0].code == SCOPE else 0
    caveats = (*answer.caveats[:place], caveat, *answer.caveats[place:])
    return replace(opened_with(answer, escaped(caveat.text, 600), scoped), caveats=caveats)


def _day(at: str, workspace: Workspace) -> date:
    return datetime.fromisoformat(at).astimezone(workspace.settings.zone).date()
