"""Where grammar found nothing: the kind of question whose sentences are nearest in meaning."""

from __future__ import annotations

import math
from dataclasses import replace

from analyst_agent.records import Choice, Intent, Plan
from analyst_agent.understanding import confidence, refusals
from analyst_agent.understanding.asking import ask_metric, asks_time
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.documents import knowledge_plan
from analyst_agent.understanding.fresh import causes_plan
from analyst_agent.understanding.kinds import ELSEWHERE, likely_kinds
from analyst_agent.understanding.meaning import likenesses
from analyst_agent.understanding.options import is_too_short_for, skill_plan
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.sentences import sentence
from analyst_agent.understanding.shaping import with_period
from analyst_agent.understanding.strange import is_elsewhere
from analyst_agent.understanding.unknown import known_share

NOT_OURS = 0.6
"""What is more likely than this to be no question about the desk is none, however near it comes to one of them in meaning."""
_REFUSED = {
    "off_topic": refusals.OFF_TOPIC,
    "forecast": refusals.FORECAST,
    "action": refusals.OFF_TOPIC,
    "secret": refusals.SECRET,
    "injection": refusals.INJECTION,
}


def plan_by_meaning(reading: Reading, asked: Asked, context: Context) -> Plan:
    """Where grammar found nothing: the kind of question whose sentences are nearest."""
    if reading.only_points() and reading.cues:
        return refusals.refuse(refusals.NOTHING_MEANT)
    if known_share(reading) < confidence.READABLE and not reading.names_something:
        near = likenesses(reading, context)
        if max(near.values()) < confidence.NEAR_KIND:
            return refusals.refuse(refusals.LANGUAGE if len(reading.tokens) > 1 else refusals.OFF_TOPIC)
    near = likenesses(reading, context)
    kind, score = max(near.items(), key=lambda item: item[1])
    sure = round(min(0.8, max(0.3, score)), 2)
    if score >= confidence.NEAR_KIND:
        if kind.startswith("skill:"):
            skill = kind.removeprefix("skill:")
            kinds = likely_kinds(reading, context)
            if kinds[ELSEWHERE] > math.log(NOT_OURS) and kinds[ELSEWHERE] > kinds.get(skill, -math.inf):
                return refusals.refuse(refusals.OFF_TOPIC, sure)
            if skill == CAUSES_SKILL or reading.by or reading.bare:
                by = tuple([*reading.by, *reading.bare][:1]) if skill != CAUSES_SKILL else ()
                plan = Plan(Intent.SKILL, sure, skill=skill, by=by, where=reading.filters(), notes=tuple(reading.notes))
                return with_period(plan, asked, context)
            if is_too_short_for(skill, asked.period, context) and context.has_skill(CAUSES_SKILL):
                return replace(causes_plan(reading, asked, context), confidence=sure)
            if skill != SEGMENTS_SKILL:
                made = skill_plan(skill, sure, reading, asked, context)
                return replace(made, notes=(*reading.notes, *made.notes))
            return ask_dimension(reading, asked, context)
        if kind == "overview" and context.has_skill(CAUSES_SKILL):
            return replace(causes_plan(reading, asked, context), confidence=sure)
        if kind == "knowledge":
            return knowledge_plan(reading, context, sure)
        if kind in ("capabilities", "data", "definition"):
            return Plan(
                Intent.DESCRIBE,
                sure,
                reason={"capabilities": "capabilities", "data": "data", "definition": "data"}[kind],
            )
        if kind == "smalltalk" and score >= confidence.NEAR_TALK:
            return Plan(Intent.SMALLTALK, sure)
        if kind in _REFUSED:
            return refusals.refuse(_REFUSED[kind], sure)
    if (
        {"how_doing", "remedy"} & reading.cues
        and context.has_skill(CAUSES_SKILL)
        and near["overview"] >= near["off_topic"]
    ):
        return replace(causes_plan(reading, asked, context), confidence=0.6)
    if reading.unknown and not is_elsewhere(near):
        return refusals.unknown_name(reading.unknown[0], context)
    if reading.periods and known_share(reading) >= 0.8 and near["off_topic"] < 0.3:
        return ask_metric(reading.filters(), (), asked.period, context, "time" if asks_time(reading) else "any")
    return refusals.refuse(refusals.OFF_TOPIC, 0.8)


def ask_dimension(reading: Reading, asked: Asked, context: Context) -> Plan:
    """Asks back by what to compare, where segments are to be compared and none is named."""

    base = with_period(Plan(Intent.SKILL, 0.9, skill=SEGMENTS_SKILL, where=reading.filters()), asked, context)
    names = [
        d
        for d in ("tier", "region", "segment", "product_area")
        if d in context.model.dimensions() and context.values.get(d)
    ]
    choices = tuple(Choice(sentence(replace(base, by=(d,)), context.model), replace(base, by=(d,))) for d in names)
    return Plan(Intent.CLARIFY, 0.6, where=reading.filters(), choices=choices, reason="Compared by what?")
