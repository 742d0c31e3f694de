"""Parts of a question that one plan can hold together, or that another part tells anyway."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL
from analyst_agent.understanding.fresh import COUNT, RATE
from analyst_agent.understanding.words import folded_words, word_set

_OF_AN_ISSUE = word_set(
    "and or also is are was there a an any the it this that for what whats when will be do we have has been how who can must should known documented "
    "workaround workarounds fix fixed fixes planned status solution solutions remedy plan s issue problem about to"
)


def joined(one: Plan, two: Plan) -> Plan | None:
    """Both in one plan, where they differ in nothing but the metrics asked."""
    if one.period_is_default and not two.period_is_default and two.period is not None:
        one = replace(one, period=two.period, period_is_default=False)
    if _is_told_by(one, two):
        return replace(two, confidence=min(one.confidence, two.confidence))
    plain = replace(one, confidence=1.0, notes=(), period_is_default=False)
    other = replace(two, confidence=1.0, notes=(), period_is_default=False)
    if plain == other:
        return replace(one, confidence=min(one.confidence, two.confidence))
    if one.intent is two.intent is Intent.QUERY and replace(plain, metrics=()) == replace(other, metrics=()):
        return replace(
            one,
            metrics=tuple(dict.fromkeys([*one.metrics, *two.metrics])),
            notes=tuple(dict.fromkeys([*one.notes, *two.notes])),
        )
    if one.intent is two.intent is Intent.KNOWLEDGE and _asks_more_of_it(two.knowledge_query or ""):
        return replace(
            one, knowledge_query=f"{one.knowledge_query} {two.knowledge_query}", spaces=one.spaces or two.spaces
        )
    if one.intent is two.intent is Intent.DESCRIBE and one.reason == two.reason:
        return replace(
            one, metrics=tuple(dict.fromkeys([*one.metrics, *two.metrics])), by=tuple(dict.fromkeys([*one.by, *two.by]))
        )
    return None


def _asks_more_of_it(query: str) -> bool:
    """ "Is there a workaround?", "when is it fixed?": of what was asked before, as nothing else is named."""
    return set(folded_words(query)) <= _OF_AN_ISSUE


def is_compared(taken: Plan, whole: Plan) -> bool:
    """Whether the text as one compares the very segments that a part of it only counts."""
    counts = taken.intent is Intent.QUERY and set(taken.metrics) <= {COUNT, RATE} and not taken.then
    return counts and whole.skill == SEGMENTS_SKILL and (taken.by, taken.where) == (whole.by, whole.where)


def _is_told_by(one: Plan, two: Plan) -> bool:
    """ "Escalations by cause, and why they happen": the causes that a first part counts are all in the answer to the second."""
    counts = one.intent is Intent.QUERY and one.by == ("root_cause",) and set(one.metrics) <= {COUNT, RATE}
    return counts and two.skill == CAUSES_SKILL and (one.where, one.period) == (two.where, two.period)
