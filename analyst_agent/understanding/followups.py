"""Follow-ups: a clause that leans on the plan under discussion, and that plan changed by it."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Filter, Intent, Order, Period, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.semantic.periods import Clock
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.fresh import COUNT, RATE, orders, splits
from analyst_agent.understanding.periods_asked import Asked, before, default_period, shifted
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
_POINTS = word_set("they them their theirs those these it its ones same")
_TREND_FORM = re.compile(
    r"\b(?:as a (?:trend|line|chart|graph|time series)|over time|trend(?:line)?|historically|development)\b",
    re.IGNORECASE,
)
_GRAIN_OF = ((14, "day"), (92, "week"), (1100, "month"))


def is_follow_up(reading: Reading, asked: Asked, context: Context) -> bool:
    """Whether a clause leans on the plan before: by its first word, a pronoun, a shifted period or for want of a subject."""
    previous = context.previous
    if previous is None or previous.intent not in (Intent.SKILL, Intent.QUERY):
        return False
    if _LEANS.search(reading.text) and not _stands_alone(reading):
        return True
    words = set(reading.words(0, len(reading.tokens)))
    points = words & _POINTS or {"this", "that"} & set(reading.words(len(reading.tokens) - 1, len(reading.tokens)))
    if points or (asked.shift is not None and asked.period is None):
        return True
    if reading.cues & {"how_doing", "remedy", "matches_known"} and not reading.metrics:
        return False
    if not reading.metrics and "cause" in reading.cues:
        return len(reading.tokens) <= 3
    if not reading.metrics and reading.rank is not None and (reading.by or reading.bare or reading.grain):
        return asked.period is None or previous.intent is Intent.QUERY
    return not reading.metrics and (
        reading.names_something or bool(reading.periods) or reading.grain is not None or reading.rank is not None
    )


def leans(text: str) -> bool:
    """Whether a text begins as the continuation of another."""
    return _LEANS.search(text) is not None


def _stands_alone(reading: Reading) -> bool:
    """A clause that begins with a preposition ("In Q3, how many ...", "For EMEA show the rate") but brings its own subject."""
    return reading.word(0) in (
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
    ) and bool(reading.metrics)


def changed(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """The plan under discussion changed by the clause; None where the clause changes nothing. Raises BadPeriod for an impossible shift."""
    previous = context.previous
    assert previous is not None
    plan = replace(previous, notes=tuple(reading.notes), confidence=0.9, choices=(), reason="")
    plan = _with_filters(plan, reading)
    plan = _with_time(plan, asked, context.clock)
    if _asks_why(reading) and context.has_skill(CAUSES_SKILL):
        keep = _focus_as_filter(plan)
        return replace(
            plan,
            intent=Intent.SKILL,
            skill=CAUSES_SKILL,
            metrics=(),
            by=(),
            where=keep,
            order=(),
            limit=None,
            focus=None,
            cost_per_hour=None,
        )
    if _compares_segments(reading, asked, plan) and context.has_skill(SEGMENTS_SKILL):
        return _segments(plan, reading, context)
    plan = _with_metrics(plan, reading, context)
    plan = _with_splits(plan, reading, asked, context)
    if (
        "compare" in reading.cues
        and asked.comparison is None
        and asked.shift is None
        and not reading.groups
        and not reading.by
        and plan.period
    ):
        plan = replace(plan, comparison=before(plan.period))
    same = replace(plan, notes=(), confidence=1.0) == replace(previous, notes=(), confidence=1.0, choices=(), reason="")
    leaning = (
        reading.names_something or asked.period or asked.shift or asked.comparison or reading.grain or reading.rank
    )
    return None if same and not leaning else plan


def _asks_why(reading: Reading) -> bool:
    return "matches_known" in reading.cues or (
        wants_causes(reading) and not reading.by and not _TREND_FORM.search(reading.text)
    )


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
    return replace(plan, period=period, period_is_default=is_default, comparison=against)


def _focus_as_filter(plan: Plan) -> tuple[Filter, ...]:
    """The segment a comparison was about, as a condition."""
    if plan.skill != SEGMENTS_SKILL or not plan.focus:
        return plan.where
    return (*plan.where, Filter(plan.by[0], "=", plan.focus))


def _compares_segments(reading: Reading, asked: Asked, plan: Plan) -> bool:
    if (
        asked.comparison is not None
        or asked.shift is not None
        or (asked.period is not None and "compare" in reading.cues and not reading.groups)
    ):
        return False
    if wants_segments(reading, False) and (measures_escalation(reading, plan.metrics) or reading.metrics):
        return True
    pointing = bool(
        set(reading.words(0, len(reading.tokens))) & {"they", "them", "it", "these", "those", "others", "rest", "else"}
    )
    comparing = bool(reading.cues & {"more", "compare"}) and pointing
    return (
        comparing
        and measures_escalation(reading)
        and any(f.op in ("=", "in") for f in plan.where)
        and "count" not in reading.cues
    )


def _segments(plan: Plan, reading: Reading, context: Context) -> Plan:
    """The filter under discussion becomes the focus: compared are the segments of its dimension, the other filters stay."""
    named = [*reading.by, *reading.bare, *[g.dimension for g in reading.groups if not g.negated]]
    wanted = [f for f in plan.where if f.op in ("=", "in")]
    dimension = (
        named[0]
        if named
        else next((f.field for f in wanted if f.field in context.model.dimensions()), plan.by[0] if plan.by else "")
    )
    focus: str | None = None
    for one in wanted:
        if one.field == dimension:
            focus = str(one.value[0] if isinstance(one.value, tuple) else one.value)
    if plan.skill == SEGMENTS_SKILL and plan.by == (dimension,):
        focus = focus or plan.focus
    where = tuple(f for f in plan.where if f.field != dimension)
    return replace(
        plan,
        intent=Intent.SKILL,
        skill=SEGMENTS_SKILL,
        metrics=(),
        by=(dimension,),
        where=where,
        focus=focus,
        order=(),
        limit=None,
    )


def _with_metrics(plan: Plan, reading: Reading, context: Context) -> Plan:
    """Another metric replaces the ones before, or joins them when adding; a skill gives way to a query."""
    metrics = reading.metrics
    if plan.intent is Intent.SKILL:
        if not metrics and not (reading.by or reading.bare or reading.grain or reading.rank):
            return plan
        if not metrics and plan.skill == SEGMENTS_SKILL and not reading.grain and not reading.rank:
            return plan
        counts = tuple(m for m in (COUNT, RATE) if m in context.model.metrics)
        if reading.rank is not None and not metrics:
            counts = counts[::-1][:1]
        by = plan.by if plan.skill == SEGMENTS_SKILL else ()
        where = plan.where
        return replace(
            plan,
            intent=Intent.QUERY,
            skill=None,
            metrics=metrics or counts,
            by=by,
            where=where,
            focus=None,
            cost_per_hour=reading.cost_per_hour,
        )
    if not metrics:
        return plan
    words = reading.words(0, len(reading.tokens))
    adding = (
        bool(set(words) & {"too", "also", "plus", "additionally", "add", "include"})
        or "as well" in reading.text.lower()
    )
    names = tuple(dict.fromkeys([*plan.metrics, *metrics])) if adding else metrics
    order = plan.order
    if order and not adding:
        old, new = context.model.metrics[order[0].column], context.model.metrics[names[0]]
        flips = {old.better, new.better} == {"higher", "lower"}
        order = (Order(names[0], order[0].descending != flips),)
    cost = reading.cost_per_hour if reading.cost_per_hour is not None else plan.cost_per_hour
    return replace(plan, metrics=names, order=order, cost_per_hour=cost)


def _with_splits(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan:
    """ "Now by region", "as a trend", "top 3": another split or order of the same numbers."""
    grain = reading.grain or asked.grain
    trend = _TREND_FORM.search(reading.text) is not None
    if trend and reading.grain is None:
        plan = _as_query(plan, context)
        grain = next((g for days, g in _GRAIN_OF if plan.period is not None and plan.period.days <= days), "quarter")
    named = [d for d in splits(reading, asked, plan.metrics) if d not in GRAINS]
    if grain:
        named.append(grain)
    if plan.skill == SEGMENTS_SKILL and named:
        return replace(plan, by=(named[0],), focus=None, where=tuple(f for f in plan.where if f.field != named[0]))
    if plan.intent is not Intent.QUERY:
        return plan
    words = set(reading.words(0, len(reading.tokens)))
    if named:
        adding = bool(words & {"also", "further", "additionally", "within", "too", "plus"})
        by = tuple(dict.fromkeys([*plan.by, *named])) if adding else tuple(named)
        where = tuple(f for f in plan.where if f.field not in named or f.op not in ("=",))
        plan = replace(plan, by=by, where=where, order=(), limit=None)
        if grain and asked.period is None:
            plan = _wide_enough(plan, grain, context.clock)
    if reading.rank is not None and plan.by and plan.metrics:
        limit = reading.rank.limit
        plan = replace(plan, order=orders(reading.rank, plan.by, context.model.metrics[plan.metrics[0]]), limit=limit)
    return plan


def _as_query(plan: Plan, context: Context) -> Plan:
    if plan.intent is Intent.QUERY:
        return plan
    counts = tuple(m for m in (COUNT, RATE) if m in context.model.metrics)
    return replace(
        plan, intent=Intent.QUERY, skill=None, metrics=counts, by=(), where=_focus_as_filter(plan), focus=None
    )


def _wide_enough(plan: Plan, grain: str, clock: Clock) -> Plan:
    """A split by time needs several units: a period of one unit gives way to the usual number of them, said in a note."""
    least = {"day": 2, "week": 14, "month": 62, "quarter": 184, "year": 731}.get(grain, 0)
    if plan.period is None or plan.period.days >= least:
        return plan
    period: Period = default_period(clock, grain)
    note = f"A single {grain} shows no course: widened to {period.label}."
    return replace(plan, period=period, period_is_default=True, comparison=None, notes=(*plan.notes, note))


def knowledge_again(reading: Reading, previous: Plan, before_text: str) -> str:
    """The earlier document question with its values changed for the ones now named, or both questions together."""
    groups = reading.groups
    text = before_text
    for group in groups:
        for stored in reading.lexicon.values.get(group.dimension, ()):
            pattern = re.compile(rf"\b{re.escape(stored)}\b", re.IGNORECASE)
            if pattern.search(text) and stored not in group.values:
                return pattern.sub(" and ".join(group.values), text)
    return f"{text} {reading.text}".strip()
