"""Clauses that only set the scene for the one behind them: a supposed price, a heading of names and days."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.understanding.context import Context
from analyst_agent.understanding.cues import WHICH
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.words import clean, word_set

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
