"""Two combinations of values set against each other: "Enterprise in EMEA with Starter in APAC"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from analyst_agent.records import Filter, Intent, Plan
from analyst_agent.understanding import confidence
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.fresh import RATE, asked_metrics
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.shaping import with_period
from analyst_agent.understanding.words import word_set

_AGAINST = word_set("with vs versus v than against and or compared to")


def combinations_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """The numbers of the one combination, then of the other; None where no two are set against each other.

    A filter joins fields by "and" and values by "or", so that one plan would hold the four combinations of two and two.
    """
    halves = _halves(reading)
    if halves is None or reading.by or reading.bare or reading.grain:
        return None
    metrics = asked_metrics(reading) or ((RATE,) if RATE in context.model.metrics else ())
    if not metrics:
        return None
    first, second = (
        replace(with_period(Plan(Intent.QUERY, metrics=metrics), asked, context), where=_filters(half, reading))
        for half in halves
    )
    note = (
        "Each combination is given on its own, with its interval; a test of differences takes the values of one field."
    )
    plan = replace(first, notes=(*reading.notes, note), then=(second,))
    return replace(plan, confidence=confidence.structural(plan, reading))


def _halves(reading: Reading) -> tuple[list[ValueGroup], list[ValueGroup]] | None:
    groups = sorted((g for g in reading.groups if not g.negated), key=lambda g: g.start)
    if any(len(g.values) > 1 for g in groups) or len(groups) < 4 or len(groups) % 2:
        return None
    one, other = groups[: len(groups) // 2], groups[len(groups) // 2 :]
    fields = [{g.dimension for g in half} for half in (one, other)]
    if fields[0] != fields[1] or len(fields[0]) < len(one):
        return None
    between = set(reading.words(one[-1].end, other[0].start))
    within = any(
        _AGAINST & set(reading.words(a.end, b.start)) - {"and", "with", "to"}
        for half in (one, other)
        for a, b in pairwise(half)
    )
    return (one, other) if between & _AGAINST and not within else None


def _filters(half: list[ValueGroup], reading: Reading) -> tuple[Filter, ...]:
    own = [Filter(g.dimension, "=", g.values[0]) for g in half]
    fields = {one.field for one in own}
    return (*own, *(one for one in reading.filters() if one.field not in fields))
