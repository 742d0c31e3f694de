"""What stays of an answer: its turn, its recommendations, a line in the audit. What cannot be kept is said, and the answer is given all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from analyst_agent.agent.calls import call_of
from analyst_agent.agent.narrowing import EXECUTABLE
from analyst_agent.claims.escape import escaped
from analyst_agent.errors import WorkspaceError
from analyst_agent.masking import mask, one_line
from analyst_agent.records import Answer, Caveat, Plan, Usage, to_json
from analyst_agent.report import answer_json
from analyst_agent.report.answer import ended_with, parts_of
from analyst_agent.report.record import finite
from analyst_agent.settings import Settings
from analyst_agent.workspace import Workspace

NOT_KEPT, NOT_AUDITED = "not_kept", "not_audited"
LONGEST_QUESTION = 2_000
"""Of a question in the audit."""


def kept(workspace: Workspace, question: str, answer: Answer, by: str, ask: str = "") -> Answer:
    """The answer, with a caveat for whatever of it could not be kept. ask: the id of what it answers, where it has one."""
    problems: list[Caveat] = []
    turn = 0
    if answer.recommendations and answer.plan is not None:
        with _told("What it recommends could not be kept", NOT_KEPT, problems):
            workspace.recommendations.keep(answer.skills[0], answer.period, answer.plan.where, answer.recommendations)
    with _told("This answer could not be kept, so that nothing can follow on it", NOT_KEPT, problems):
        turn = workspace.conversations.add(
            answer.conversation,
            question,
            answer.status.value,
            answer.plan,
            {
                **answer_json(answer),
                "parts": finite(to_json(parts_of(answer))),
                "tickets": {one.id: one.tickets for one in answer.facts if one.tickets},
            },
            workspace.fingerprint,
            workspace.clock.today,
            ask,
        )
    if answer.citations:
        with _told("That it cites documents could not be kept", NOT_KEPT, problems):
            workspace.uses.note(((one.space, one.document) for one in answer.citations), workspace.fingerprint)
    with _told("No line could be added to the audit", NOT_AUDITED, problems):
        line = {**audit_content(question, answer, turn, by, workspace.settings), **({"ask": ask} if ask else {})}
        workspace.audit.add(line, workspace.fingerprint, keep_days=workspace.settings.audit_days, ask=ask)
    return _with(answer, problems)


def audited(workspace: Workspace, question: str, answer: Answer, by: str) -> Answer:
    """The answer of something that is no conversation's turn, its line added to the audit, with a caveat where it could not be."""
    problems: list[Caveat] = []
    with _told("No line could be added to the audit", NOT_AUDITED, problems):
        line = audit_content(question, answer, 0, by, workspace.settings)
        workspace.audit.add(line, workspace.fingerprint, keep_days=workspace.settings.audit_days)
    return _with(answer, problems)


def audit_content(question: str, answer: Answer, turn: int, by: str, settings: Settings) -> dict[str, Any]:
    """A line of the audit but its time: who asked what and was answered how, from which queries, at what cost.

    No text of tickets or answers is in it; personal data and secrets of the question and the arguments are masked.
    """
    usage = answer.usage
    return {
        "who": one_line(by)[:200],
        "conversation": answer.conversation,
        "turn": turn,
        "question": mask(question)[:LONGEST_QUESTION],
        "status": answer.status.value,
        "tools": [_tool(plan) for plan in _run(answer)],
        "queries": [query.id for query in answer.queries],
        "generation": answer.generation,
        "model": usage.model,
        "fallback": mask(usage.fallback) if usage.fallback else None,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost": cost_of(usage, settings),
        "currency": settings.currency,
        "seconds": usage.seconds,
        "unbound": len(answer.grounding.unbound),
    }


def cost_of(usage: Usage, settings: Settings) -> float | None:
    """What the tokens cost in the settings' currency; None where no price is set."""
    if not (settings.input_price or settings.output_price):
        return None
    amount = usage.input_tokens * settings.input_price + usage.output_tokens * settings.output_price
    return round(amount / 1_000_000, 6)


def _with(answer: Answer, problems: Sequence[Caveat]) -> Answer:
    if not problems:
        return answer
    said = " ".join(escaped(caveat.text, 400) for caveat in problems)
    return replace(ended_with(answer, said), caveats=(*answer.caveats, *problems))


def _run(answer: Answer) -> Sequence[Plan]:
    """What was run; of an answer that was refused, what was tried."""
    if answer.calls or answer.plan is None or answer.plan.intent not in EXECUTABLE:
        return answer.calls
    return (answer.plan,)


def _tool(plan: Plan) -> dict[str, Any]:
    name, arguments = call_of(plan)
    return {"name": name, "arguments": _masked(to_json(arguments))}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(one) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


@contextmanager
def _told(what: str, code: str, problems: list[Caveat]) -> Iterator[None]:
    """Turns a state database or folder that cannot be used into a caveat."""
    try:
        yield
    except WorkspaceError as error:
        problems.append(Caveat(f"{what}: {one_line(error.message)}", code))
    except OSError as error:
        problems.append(Caveat(f"{what}: {error.strerror}.", code))
