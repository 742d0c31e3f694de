"""Plans of skills and queries: a follow-up where the clause leans on the last plan, else on its own."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding import confidence, refusals
from analyst_agent.understanding.asking import ask_metric, asks_time
from analyst_agent.understanding.combinations import combinations_plan
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.cues import DETERMINERS, PREPOSITIONS
from analyst_agent.understanding.followups import changed, is_follow_up
from analyst_agent.understanding.fresh import causes_plan, data_plan, segments_plan
from analyst_agent.understanding.guesses import ask_dimension
from analyst_agent.understanding.meaning import likenesses
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shapes import wants_causes, wants_rows
from analyst_agent.understanding.strange import field_as_metric, metric_by_meaning, unknown_plan
from analyst_agent.understanding.ticket_lists import list_plan, number_of_those
from analyst_agent.understanding.unknown import known_share
from analyst_agent.understanding.words import fold, is_english, word_set

_QUESTION_WORDS = word_set(
    "what which why is are do does did was were has have can could tell explain show anything any where"
)


def not_granted(reading: Reading, context: Context) -> Plan | None:
    """A refusal where a name is asked for that was not granted."""
    return refusals.revoked(reading.revoked, context) if reading.revoked else None


def data_or_nothing(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A skill or query by grammar and names: a follow-up where the clause leans on the last plan, else on its own."""
    if refusals.RAW.search(reading.said):
        return refusals.refuse(refusals.ROWS)
    listed = list_plan(reading, context)
    if listed is not None:
        return listed
    number = number_of_those(reading, context)
    if number is not None:
        context = replace(context, previous=number)
        if not (reading.by or reading.grain):
            return number
    unknown = unknown_plan(reading, asked, context) or field_as_metric(reading, context)
    if unknown is not None:
        return unknown
    if "predict" in reading.cues and (reading.names_something or asked.period is not None):
        return refusals.refuse(refusals.FORECAST)
    if (
        reading.entities
        and not reading.limits
        and not _counts_those(reading, context)
        and (_counts_entity(reading) or ("count" in reading.cues and not (reading.metrics or reading.by)))
    ):
        name = context.model.dimension_label(reading.entities[0])
        return refusals.refuse(
            f"I count tickets, escalations and resolutions, not {name}s; ask for example which {name} has the most escalations."
        )
    if wants_rows(reading):
        return refusals.refuse(refusals.ROWS)
    metric_by_meaning(reading, context)
    plan: Plan | None = combinations_plan(reading, asked, context)
    if plan is not None:
        return refusals.private(plan, context) or plan
    if is_follow_up(reading, asked, context):
        plan = changed(reading, asked, context)
    elif (
        reading.names_something
        or reading.grain
        or reading.rank
        or wants_causes(reading)
        or _names_a_rate(reading)
        or _only_time(reading)
        or asked.comparison is not None
    ):
        plan = _fresh(reading, asked, context)
    elif asked.shift is not None and asked.period is None:
        return refusals.refuse(
            "There is no period under discussion to count from; name one, for example last month or October 2026."
        )
    if plan is None:
        return None
    if plan.intent in (Intent.CLARIFY, Intent.REFUSE):
        return plan
    plan = replace(plan, notes=(*plan.notes, *_left_aside(reading)))
    return refusals.private(plan, context) or replace(plan, confidence=confidence.structural(plan, reading))


def _counts_those(reading: Reading, context: Context) -> bool:
    """ "How many of those came from Retail customers": what was counted before, of these customers."""
    of_those = re.search(r"\bof (?:those|these|them)\b", reading.said) is not None
    return of_those and context.previous is not None and bool(reading.groups)


def _counts_entity(reading: Reading) -> bool:
    """ "How many customers escalated": customers are to be counted, not their tickets."""
    words = reading.words(0, len(reading.tokens))
    at = next((i + 2 for i in range(len(words) - 1) if words[i : i + 2] == ("how", "many")), None)
    while at is not None and reading.word(at) in DETERMINERS | {"of", "different"}:
        at += 1
    here = reading.mention_at(at) if at is not None else None
    if here is None or here.metrics or here.values or not here.dimensions or here.dimensions[0] not in reading.entities:
        return False
    following = reading.mention_at(here.end)
    if following is None or following.start != here.end or not (following.metrics and following.weak):
        return True
    # "Customer tickets" are tickets, "customers escalated" are customers.
    return reading.word(following.end - 1).endswith("ed")


def _left_aside(reading: Reading) -> list[str]:
    """A note for words that name nothing known and hang on a preposition or are no English: they may have been a condition."""
    words = [t.word for t in reading.tokens]
    asides = []
    for said in reading.loose:
        i = _place_of(said, reading)
        after = i + len(said.split())
        hangs = (i > 0 and words[i - 1] in PREPOSITIONS | DETERMINERS) or words[after : after + 1] == ["than"]
        if hangs or not all(is_english(fold(w)) for w in said.split()):
            asides.append(said)
    return [f"Left aside, as it names nothing I know: {said!r}." for said in asides]


def _place_of(said: str, reading: Reading) -> int:
    return next((i for i, t in enumerate(reading.tokens) if said.startswith(t.text)), 0)


def _names_a_rate(reading: Reading) -> bool:
    """ "What was the rate last month": a rate, but of what."""
    return "rate" in reading.cues and any(t.word in ("rate", "rates") for t in reading.tokens) and not reading.loose


def _only_time(reading: Reading) -> bool:
    """A period and nothing else that matters."""
    return any(p.role == "period" for p in reading.periods) and len(reading.tokens) <= 6 and known_share(reading) == 1.0


def _fresh(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    if _compares_all(reading, asked) and context.has_skill(SEGMENTS_SKILL):
        return ask_dimension(reading, asked, context)
    plan = data_plan(reading, asked, context)
    if plan is not None:
        return _reasons_by_meaning(plan, reading, asked, context) or plan
    if "rate" in reading.cues and not reading.metrics:
        return ask_metric(reading.filters(), tuple(reading.by), asked.period, context, "rate")
    if not reading.metrics and asks_time(reading):
        return ask_metric(reading.filters(), tuple(reading.by), asked.period, context, "time")
    named = [*reading.by, *(d for d in reading.bare if not d.startswith("is_"))]
    by = tuple(dict.fromkeys([*named, *([reading.grain] if reading.grain else [])]))
    if not (reading.filters() or by or _only_time(reading)):
        return None
    near = likenesses(reading, context)
    segments, causes = near.get(f"skill:{SEGMENTS_SKILL}", 0.0), near.get(f"skill:{CAUSES_SKILL}", 0.0)
    if (
        by
        and segments >= confidence.NEAR_KIND
        and segments > near["measure"] + 2 * confidence.MARGIN
        and not reading.grain
    ):
        return segments_plan(reading, asked, context)
    if (
        not by
        and max(near["overview"], causes) >= confidence.NEAR_KIND + confidence.MARGIN
        and context.has_skill(CAUSES_SKILL)
    ):
        return causes_plan(reading, asked, context)
    if reading.loose and max(near["off_topic"], near["secret"]) > max(near["measure"], near["overview"], 0.35):
        return None
    return ask_metric(reading.filters(), by, asked.period, context)


def _compares_all(reading: Reading, asked: Asked) -> bool:
    """ "Compare our customers": all of them, and by nothing that is named."""
    named = reading.metrics or reading.by or reading.bare or reading.groups or reading.grain or asked.comparison
    return reading.word(0) == "compare" and reading.entities == ["account"] and not named


def _reasons_by_meaning(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A whole question that names nothing but "escalations" and asks for no number: reasons, where meaning says so."""
    plain = plan.intent is Intent.QUERY and not (plan.by or plan.order or reading.conditions or plan.comparison)
    weak = set(plan.metrics) <= set(reading.weak_metrics) and not reading.cues & {"count", "rate", "how_long"}
    if not (plain and weak and reading.word(0) in _QUESTION_WORDS and context.has_skill(CAUSES_SKILL)):
        return None
    near = likenesses(reading, context)
    causes = max(near["overview"], near.get(f"skill:{CAUSES_SKILL}", 0.0))
    return causes_plan(reading, asked, context) if causes >= confidence.NEAR_KIND and causes > near["measure"] else None
