"""What a model is told: a system prompt that stays the same for a day, and behind it the conversation, the question last."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from analyst_agent.agent.calls import call_of, filter_text
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.narrowing import EXECUTABLE, is_sure, parts
from analyst_agent.masking import one_line
from analyst_agent.records import Plan
from analyst_agent.semantic.periods import describe

EARLIER_QUESTIONS = 4
LONGEST_EARLIER = 200
LONGEST_ASKED = 4_000


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question asked before, and how it was understood. What was answered is not repeated: it may hold what customers wrote."""

    question: str
    plan: Plan | None = None


def system_prompt(desk: Desk) -> str:
    """The system prompt: who it is, how it works, today and the data's days."""
    text = files("analyst_agent.agent").joinpath("prompts/system.md").read_text(encoding="utf-8")
    settings, engine = desk.settings, desk.engine
    return Template(text).substitute(
        name=one_line(settings.name),
        role=one_line(settings.role),
        goal=one_line(settings.goal),
        description=one_line(settings.description),
        today=desk.clock.today.isoformat(),
        first_day=engine.first_day,
        last_day=engine.last_day,
        zone=settings.time_zone,
    )


def user_message(question: str, plan: Plan, earlier: Sequence[Earlier]) -> str:
    """What was asked before, the call that an unsure plan proposes, and the question."""
    lines = earlier_lines(earlier)
    if plan.intent in EXECUTABLE and not is_sure(plan):
        for name, arguments in map(call_of, parts(plan)):
            lines.append(f"Proposed call: {name} {json.dumps(arguments, ensure_ascii=False)}")
    return "\n".join([*lines, f"Question: {question[:LONGEST_ASKED]}"])


def again_prompt() -> str:
    """What a model is told that words an answer for the second time."""
    return files("analyst_agent.agent").joinpath("prompts/again.md").read_text(encoding="utf-8")


def again_message(question: str, views: Sequence[str], draft: str = "", unbound: Sequence[str] = ()) -> str:
    """The findings and the question once more. unbound: parts of the draft to be replaced; without any, only marks are asked for."""
    found = "\n\n".join(views)
    lines = [found, "", f"Question: {question[:LONGEST_ASKED]}", ""]
    if not unbound:
        return "\n".join([*lines, "Answer with marks only, the most important first."])
    lines += ["Your answer was:", draft, "", "These parts are covered by no claim:", *(f"- {part}" for part in unbound)]
    return "\n".join([*lines, "Write the answer again with claim marks such as [c1] instead of them."])


def earlier_lines(earlier: Sequence[Earlier]) -> list[str]:
    """The last questions with what each was taken for; those before them only counted by kind."""
    if not earlier:
        return []
    older, last = earlier[:-EARLIER_QUESTIONS], earlier[-EARLIER_QUESTIONS:]
    lines = ["Asked before:"]
    if older:
        kinds = Counter(label(one.plan).split(",")[0] for one in older)
        lines.append(
            f"- {len(older)} questions: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        )
    for one in last:
        lines.append(f"- {one.question[:LONGEST_EARLIER]} ({label(one.plan)})")
    return [*lines, ""]


def label(plan: Plan | None) -> str:
    """A plan in a few words: its tool, period, conditions and split.

    >>> label(None)
    'not answered'
    """
    if plan is None or plan.intent not in EXECUTABLE:
        return "not answered" if plan is None else plan.intent.value
    words = [call_of(plan)[0], *plan.metrics]
    if plan.period is not None:
        words.append(describe(plan.period))
    words += [filter_text(one) for one in plan.where]
    return ", ".join([*words, *(f"by {name}" for name in plan.by)])
