"""Clauses that only set the scene for others: before them a supposed price or a heading, behind them names and days."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.understanding.context import Context
from analyst_agent.understanding.cues import WHICH
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.words import clean, word_set

_LONGEST_TAIL = 9
_LEANS = word_set(
    "and but or also what how which why who where when is are was were do does did can show give tell compare list then same"
)
_TAKES = re.compile(
    r"^(?:(?:please|let us|let's|and) )*(?:use|take|consider|make (?:it|that)|look at)\s+", re.IGNORECASE
)
_PER_EACH = re.compile(
    r"^(?:(?:on |in )?(?:average|mean|avg) )?(?:per|for each|for every|by each) (?:escalated )?(?:ticket|escalation|case)s?\b"
)
_LAST_SPLIT = re.compile(r",\s*(?:both |each )?(?:by|split by|broken down by|per)\s+[^,]+$", re.IGNORECASE)
_LIMITS = word_set("only just within considering")


def with_premises(clauses: list[str], context: Context) -> list[str]:
    """ "Imagine an hour is worth 75 dollars; what did ... cost?", "Mobile; escalation rate": a price supposed or a heading belongs to
    the clause behind it."""
    found: list[str] = []
    for clause in clauses:
        heads = bool(found) and (_only_prices(found[-1], context) or _only_heads(found[-1], context))
        held = found.pop() if heads else ""
        joint = ":" if held and clean(held).split()[0].lower() in _LIMITS else ","
        found.append(f"{held.rstrip('.;:! ')}{joint} {clause}" if held else clause)
    return found


def with_tails(clauses: list[str], context: Context) -> list[str]:
    """ "What drove it, and what did it cost? October please.": days and names behind the questions hold for each of them.

    A tail asks for nothing of its own. Days behind a question that names days are another question ("and September?"), and stay one.
    """
    tails: list[str] = []
    while len(clauses) > 1 and _only_limits(clauses[-1], clauses[:-1], context):
        tails.insert(0, _TAKES.sub("", clauses[-1]).strip(" .!"))
        clauses = clauses[:-1]
    return [f"{one.rstrip('?!.; ')}, {', '.join(tails)}" for one in clauses] if tails else clauses


def with_last_split(clauses: list[str], context: Context) -> list[str]:
    """ "How many came in and how many escalated, by priority?": a split behind a comma at the end holds for each part."""
    said = _LAST_SPLIT.search(clauses[-1])
    if len(clauses) < 2 or said is None:
        return clauses
    alone = replace(context, previous=None)
    tail, others = read(said[0].strip(" ,?."), alone), [read(one, alone) for one in clauses[:-1]]
    if (
        not tail.by
        or tail.metrics
        or tail.unknown
        or any(one.by or one.grain or not (one.metrics or one.weak_metrics) for one in others)
    ):
        return clauses
    return [f"{one.rstrip('?!. ')}{said[0].rstrip('?!. ')}" for one in clauses[:-1]] + clauses[-1:]


def _only_limits(clause: str, before: list[str], context: Context) -> bool:
    alone = replace(context, previous=None)
    clause = _TAKES.sub("", clause)
    reading = read(clause, alone)
    per_each = _PER_EACH.match(reading.said) is not None
    if clause.rstrip().endswith("?") or reading.word(0) in _LEANS or (reading.metrics and not per_each):
        return False
    says = reading.by or reading.bare or reading.grain or reading.rank or reading.unknown or reading.loose
    if says or reading.conditions or reading.issue_spans or reading.cues - {"rate"}:
        return False
    if not (reading.groups or reading.periods) or len(reading.tokens) > _LONGEST_TAIL:
        return False
    return not (reading.periods and any(read(one, alone).periods for one in before))


def _only_prices(clause: str, context: Context) -> bool:
    reading = read(clause, replace(context, previous=None))
    says = reading.metrics or reading.weak_metrics or reading.by or reading.bare or reading.groups or reading.periods
    return reading.cost_per_hour is not None and not says


def _only_heads(clause: str, context: Context) -> bool:
    """ "Mobile;", "Only tickets about Reports.": names and days that the clause behind is asked under."""
    reading = read(clause, replace(context, previous=None))
    if not (reading.groups or reading.periods) or clause.rstrip().endswith("?") or WHICH & set(reading.words(0, 3)):
        return False
    if reading.word(0) in _LIMITS:
        return clause.endswith((";", ".")) and not reading.by
    return clause.endswith(";") and len(reading.tokens) <= 4 and not asks(clause, context)


def asks(clause: str, context: Context) -> bool:
    """Whether a clause is a question or names a measure."""
    reading = read(clause, replace(context, previous=None))
    return clause.rstrip().endswith("?") or bool(
        reading.metrics or reading.weak_metrics or WHICH & set(reading.words(0, 3))
    )
