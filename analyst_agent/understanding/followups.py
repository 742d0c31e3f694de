"""Follow-ups: a clause that leans on the plan under discussion, and that plan changed by it."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.semantic.period_distance import at_distance
from analyst_agent.semantic.periods import Clock
from analyst_agent.understanding.changes import (
    TREND_FORM,
    compares_segments,
    focus_as_filter,
    only_qualifies,
    segments,
    with_metrics,
    with_splits,
)
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.fresh import currency_metric
from analyst_agent.understanding.periods_asked import Asked, before, shifted
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shapes import measures_escalation, wants_causes, wants_segments
from analyst_agent.understanding.values import merge_filters
from analyst_agent.understanding.words import word_set

_LEANS = re.compile(
    r"^(?:(?:ok|okay|great|good|thanks|thank you|cool|alright|right|hm+|fine|nice|yes|no)\W+)*(?:and|but|also|now|then|plus|or|only|just|again|instead|same|"
    r"the same|what about|how about|what if|without|excluding|except|not|ex|minus|so|split|break|drill|group|show (?:it|this|that|me (?:it|this|that))|as a|"
    r"compare (?:it|this|that|them)|compared|versus|vs|go back|per|by|in|for|on|sort|rank|order|narrow|filter|limit|remove|add|include|exclude)\b",
    re.IGNORECASE,
)
_MEANT = word_set("mean meant meaning")
_POINTS = word_set("they them their theirs those these it its ones same")
# "It" that stands for nothing: how long does it take.
_EXPLETIVE = re.compile(
    r"\b(?:does|did|do|will|would|is|was) it (?=(?:\w+ )?(?:take|true|that|possible|common|normal))|\bit (?=takes?\b|took\b)"
)


def is_follow_up(reading: Reading, asked: Asked, context: Context) -> bool:
    """Whether a clause leans on the plan before: by its first word, a pronoun, a shifted period or for want of a subject."""
    previous = context.previous
    if previous is None or previous.intent not in (Intent.SKILL, Intent.QUERY):
        return False
    if _LEANS.search(reading.text) and not _stands_alone(reading):
        return True
    words = set(_EXPLETIVE.sub(" ", " ".join(reading.words(0, len(reading.tokens)))).split())
    points = (words - _pointing_within(reading)) & _POINTS or {"this", "that"} & set(
        reading.words(len(reading.tokens) - 1, len(reading.tokens))
    )
    if points or (asked.shift is not None and asked.period is None):
        return True
    if "matches_known" in reading.cues:
        return "this" in words
    if reading.cues & {"how_doing", "remedy"} and not reading.metrics:
        return False
    if asked.period is not None and _is_whole(reading):
        return False
    under = previous.metrics or _measured(previous, context)
    if reading.metrics and reading.metrics == under and reading.rank is not None and asked.period is None:
        return True
    if not reading.metrics and "cause" in reading.cues:
        return len(reading.tokens) <= 3
    if not reading.metrics and reading.rank is not None and (reading.by or reading.bare or reading.grain):
        return asked.period is None or previous.intent is Intent.QUERY
    return not reading.metrics and (
        reading.names_something or bool(reading.periods) or reading.grain is not None or reading.rank is not None
    )


def _pointing_within(reading: Reading) -> set[str]:
    """ "The pair of teams with most hand-overs between them": a pronoun behind the thing it stands for, in the same clause."""
    return {
        token.word
        for i, token in enumerate(reading.tokens)
        if token.word in ("them", "these", "those")
        and reading.word(i - 1) in ("between", "among")
        and any(m.dimensions and m.end < i for m in reading.mentions)
    }


def _measured(previous: Plan, context: Context) -> tuple[str, ...]:
    """What a skill with a price is about: money."""
    held = next((skill.parameters for skill in context.skills if skill.name == previous.skill), ())
    return currency_metric(context.model) if "cost_per_hour" in held and previous.skill != CAUSES_SKILL else ()


def _is_whole(reading: Reading) -> bool:
    """A question with a period, a verb and something to compare ("Is Enterprise worse than Starter in October?") stands on its own."""
    asks = reading.word(0) in ("is", "are", "was", "were", "do", "does", "did", "which", "what", "how")
    return asks and wants_segments(reading, False)


def leans(text: str) -> bool:
    """Whether a text begins as the continuation of another."""
    return _LEANS.search(text) is not None


def _stands_alone(reading: Reading) -> bool:
    """A clause that begins with a preposition ("In Q3, how many ...", "For EMEA show the rate") but brings its own subject."""
    return (
        reading.word(0)
        in (
            "in",
            "for",
            "on",
            "by",
            "per",
            "show",
            "split",
            "break",
            "compare",
            "rank",
            "sort",
            "group",
            "just",
            "so",
        )
        and bool(reading.metrics)
        and not only_qualifies(reading)
    )


def changed(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """The plan under discussion changed by the clause; None where the clause changes nothing. Raises BadPeriod for an impossible shift."""
    previous = context.previous
    assert previous is not None
    plan = replace(previous, notes=tuple(reading.notes), confidence=0.9, choices=(), reason="", then=())
    plan = _with_filters(_as_meant(plan, reading), reading)
    plan = _with_time(plan, asked, context.clock)
    if _asks_why(reading, plan) and context.has_skill(CAUSES_SKILL):
        return replace(
            plan, intent=Intent.SKILL, skill=CAUSES_SKILL, metrics=(), by=(), where=focus_as_filter(plan), order=(), limit=None,
            focus=None, cost_per_hour=None,
        )  # fmt: skip
    if compares_segments(reading, asked, plan) and context.has_skill(SEGMENTS_SKILL):
        return segments(plan, reading, context)
    plan = with_metrics(plan, reading, context)
    plan = with_splits(plan, reading, asked, context)
    timeless = (
        asked.comparison is None and asked.shift is None and not (TREND_FORM.search(reading.text) or reading.grain)
    )
    if (
        reading.cues & {"compare", "change"}
        and timeless
        and not (reading.groups or reading.by)
        and plan.period is not None
    ):
        plan = replace(plan, comparison=before(plan.period))
    same = replace(plan, notes=(), confidence=1.0) == replace(
        previous, notes=(), confidence=1.0, choices=(), reason="", then=()
    )
    leaning = (
        reading.names_something or asked.period or asked.shift or asked.comparison or reading.grain or reading.rank
    )
    return None if same and not leaning else plan


def _as_meant(plan: Plan, reading: Reading) -> Plan:
    """ "I mean the plan": the value under discussion, taken as one of the field that is named and holds it too."""
    named = list(dict.fromkeys((*reading.bare, *reading.by)))
    if len(named) != 1 or reading.groups or not _MEANT & set(reading.words(0, len(reading.tokens))):
        return plan
    stored = reading.lexicon.values.get(named[0], ())
    held = [f for f in plan.where if f.field != named[0] and f.op in ("=", "in", "!=", "not in")]
    moved = [f for f in held if all(v in stored for v in (f.value if isinstance(f.value, tuple) else (f.value,)))]
    if len(moved) == 1:
        reading.by, reading.bare = [], []
        return replace(plan, where=tuple(replace(f, field=named[0]) if f is moved[0] else f for f in plan.where))
    if plan.skill == SEGMENTS_SKILL and plan.focus in stored and plan.by != (named[0],):
        reading.by, reading.bare = [], []
        return replace(plan, by=(named[0],))
    return plan


def _asks_why(reading: Reading, plan: Plan) -> bool:
    """Whether the reasons are asked for, or whether what is under discussion is changing for the better or worse."""
    if "matches_known" in reading.cues:
        return True
    if reading.by or TREND_FORM.search(reading.text):
        return False
    if wants_causes(reading):
        return True
    bare = not (reading.metrics or reading.groups or reading.grain or reading.bare)
    changing = "change" in reading.cues and "compare" not in reading.cues and bare
    return changing and (plan.intent is Intent.SKILL or measures_escalation(reading, plan.metrics))


def _with_filters(plan: Plan, reading: Reading) -> Plan:
    """Drop what is lifted ("all regions", "overall"), then add or replace what is named."""
    words = reading.words(0, len(reading.tokens))
    lifted = {d for d in reading.bare + reading.by if any(w in ("all", "every", "any") for w in words)}
    everything = (
        not reading.groups
        and not reading.bare
        and bool(set(words) & {"overall", "everyone", "everybody", "altogether", "unfiltered"})
    )
    everything = everything or (not reading.groups and bool(reading.entities) and "all" in words)
    held = {f.field for f in plan.where}
    # "All regions" lifts the condition on region; only where there is none does it ask for a split.
    reading.bare = [d for d in reading.bare if d not in lifted & held]
    where = () if everything else tuple(f for f in plan.where if f.field not in lifted)
    adding = (
        bool(set(words) & {"too", "also", "plus", "additionally", "add", "include", "including"})
        or "as well" in reading.text.lower()
    )
    if plan.skill == SEGMENTS_SKILL:
        mine = [f for f in reading.filters() if f.field in plan.by and f.op in ("=", "in")]
        if mine:
            plan = replace(plan, focus=str(mine[0].value[0] if isinstance(mine[0].value, tuple) else mine[0].value))
        new = [f for f in reading.filters() if f not in mine]
    else:
        new = list(reading.filters())
    return replace(plan, where=merge_filters(where, new, adding))


def _with_time(plan: Plan, asked: Asked, clock: Clock) -> Plan:
    period, is_default, against = plan.period, plan.period_is_default, plan.comparison
    if asked.period is not None:
        period, is_default, against = asked.period, False, None
    elif asked.shift is not None and period is not None:
        moved = shifted(period, asked.shift, clock)
        if asked.shift.role == "comparison":
            against = moved
        else:
            period, is_default, against = moved, False, None
    if asked.comparison is not None:
        against = asked.comparison
    if against is not None and period is not None and (against.start, against.end) == (period.start, period.end):
        against = at_distance(against, -1, "year", False, clock)
    return replace(plan, period=period, period_is_default=is_default, comparison=against)


def knowledge_again(reading: Reading, before_text: str) -> str:
    """The earlier document question with its values changed for the ones now named, or both questions together."""
    for group in reading.groups:
        for stored in reading.lexicon.values.get(group.dimension, ()):
            pattern = re.compile(rf"\b{re.escape(stored)}\b", re.IGNORECASE)
            if pattern.search(before_text) and stored not in group.values:
                return pattern.sub(lambda _, g=group: " and ".join(g.values), before_text)  # type: ignore[misc]
    return f"{before_text} {reading.text}".strip()
