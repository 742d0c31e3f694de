"""Which tools a model is shown for a question: the few that it can need."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.agent.calls import DESCRIBE, QUERY, SEARCH, call_of
from analyst_agent.records import Intent, Plan
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.kinds import likely_kinds
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.words import LONGEST_QUESTION, clean

SURE = 0.75
"""A plan of this confidence is run before the model is asked for anything."""
MOST_NEIGHBOURS = 2
EXECUTABLE = (Intent.SKILL, Intent.QUERY, Intent.KNOWLEDGE, Intent.DESCRIBE)
FOLLOWING = frozenset({QUERY})
"""What can still be missing once something was found: a plain number."""
LEFT_OUT = "Left out:"
"""How a plan's note begins that names a part of the question which the plan does not answer."""


def parts(plan: Plan) -> tuple[Plan, ...]:
    """The plan and those of the question's further parts, in the order of the question."""
    return (plan, *plan.then)


def is_sure(plan: Plan) -> bool:
    """Whether a plan can be run unasked, with all its parts."""
    return all(one.intent in EXECUTABLE and one.confidence >= SURE for one in parts(plan))


def is_partial(plan: Plan) -> bool:
    """Whether a part of the question is left for the model."""
    return any(note.startswith(LEFT_OUT) for note in plan.notes)


def shown_tools(question: str, plan: Plan, context: Context) -> frozenset[str]:
    """Names of the tools that a question can need.

    The proposed tool, the skills of the likeliest kinds of question, plain numbers and the documents; behind a plan that is sure and
    whole only `FOLLOWING`.
    """
    if is_sure(plan) and not is_partial(plan):
        return FOLLOWING
    proposed = {call_of(one)[0] for one in parts(plan) if one.intent in EXECUTABLE} or {DESCRIBE}
    return frozenset(proposed | {QUERY, SEARCH} | set(_neighbours(question, context)))


def _neighbours(question: str, context: Context) -> Sequence[str]:
    text = clean(question)[:LONGEST_QUESTION]
    if not text.strip():
        return ()
    skills = {skill.name for skill in context.skills}
    kinds = likely_kinds(read(text, context), context)
    return [name for name in sorted(kinds, key=lambda kind: -kinds[kind]) if name in skills][:MOST_NEIGHBOURS]
