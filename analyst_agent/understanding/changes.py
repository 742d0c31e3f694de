"""What a follow-up changes in a plan: its segments, its metrics, its splits and its order."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Filter, Intent, Order, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.semantic.periods import Clock
from analyst_agent.understanding import cues
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.fresh import COUNT, RATE, asked_metrics, currency_metric
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.periods_asked import Asked, default_period
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shapes import measures_escalation, wants_segments
from analyst_agent.understanding.shaping import orders, splits
from analyst_agent.understanding.words import word_set

TREND_FORM = re.compile(
    r"\b(?:as a (?:trend|line|chart|graph|time series)|over time|trend(?:line)?|historically|development)\b",
    re.IGNORECASE,
)
# The unit of a course over a period of at most so many days.
_GRAIN_OF = ((14, "day"), (92, "week"), (1100, "month"))
_LEAST_DAYS = {"day": 2, "week": 14, "month": 62, "quarter": 184, "year": 731}
_FORMS = (
    (word_set("median typical"), "median"),
    (word_set("p90 90th percentile"), "p90"),
    (word_set("mean average avg"), "mean"),
)
_ADDING = word_set("too also plus additionally add include including")
_POINTING = word_set("they them it these those others rest else")


def is_adding(reading: Reading) -> bool:
    """Whether what is named joins what was there instead of taking its place."""
    return bool(set(reading.words(0, len(reading.tokens))) & _ADDING) or "as well" in reading.text.lower()


def focus_as_filter(plan: Plan) -> tuple[Filter, ...]:
    """The filters of a plan and the segment that its comparison was about, as a condition."""
    if plan.skill != SEGMENTS_SKILL or not plan.focus or not plan.by:
        return plan.where
    return (*plan.where, Filter(plan.by[0], "=", plan.focus))


def compares_segments(reading: Reading, asked: Asked, plan: Plan) -> bool:
    """Whether the follow-up sets the segment under discussion against others."""
    if asked.comparison is not None or asked.shift is not None:
        return False
    if asked.period is not None and "compare" in reading.cues and not reading.groups:
        return False
    if wants_segments(reading, False) and (measures_escalation(reading, plan.metrics) or reading.metrics):
        return True
    pointing = bool(set(reading.words(0, len(reading.tokens))) & _POINTING)
    comparing = bool(reading.cues & {"more", "compare"}) and pointing and "change" not in reading.cues
    filtered = any(f.op in ("=", "in") for f in plan.where)
    return comparing and measures_escalation(reading) and filtered and "count" not in reading.cues


def segments(plan: Plan, reading: Reading, context: Context) -> Plan:
    """The filter under discussion becomes the focus: compared are the segments of its dimension, the other filters stay."""
    named = [*reading.by, *reading.bare, *[g.dimension for g in reading.groups if not g.negated]]
    wanted = [f for f in plan.where if f.op in ("=", "in")]
    held = next((f.field for f in wanted if f.field in context.model.dimensions()), plan.by[0] if plan.by else "")
    dimension = named[0] if named else held
    focus: str | None = None
    for one in wanted:
        if one.field == dimension:
            focus = str(one.value[0] if isinstance(one.value, tuple) else one.value)
    if plan.skill == SEGMENTS_SKILL and plan.by == (dimension,):
        focus = focus or plan.focus
    where = tuple(f for f in plan.where if f.field != dimension)
    by = (dimension,) if dimension else ()
    return replace(
        plan, intent=Intent.SKILL, skill=SEGMENTS_SKILL, metrics=(), by=by, where=where, focus=focus, order=(), limit=None
    )  # fmt: skip


def with_metrics(plan: Plan, reading: Reading, context: Context) -> Plan:
    """Another metric replaces the ones before, or joins them when adding; a skill gives way to a query."""
    metrics = asked_metrics(reading)
    if plan.intent is Intent.SKILL:
        return _from_skill(plan, metrics, reading, context)
    if reading.cost_per_hour is not None:
        plan = replace(plan, cost_per_hour=reading.cost_per_hour)
        priced = set(plan.metrics) & set(currency_metric(context.model))
        metrics = metrics or (() if priced else currency_metric(context.model))
    metrics = metrics or _as_rate(plan, reading, context) or _in_other_form(plan, reading, context)
    if not metrics:
        return plan
    names = tuple(dict.fromkeys([*plan.metrics, *metrics])) if is_adding(reading) else metrics
    order = plan.order
    if order and order[0].column not in names:
        old, new = context.model.metrics[order[0].column], context.model.metrics[names[0]]
        flips = {old.better, new.better} == {"higher", "lower"}
        order = (Order(names[0], order[0].descending != flips),)
    return replace(plan, metrics=names, order=order)


def _from_skill(plan: Plan, metrics: tuple[str, ...], reading: Reading, context: Context) -> Plan:
    splitting = reading.by or reading.bare or reading.grain
    if only_qualifies(reading) and not splitting and not reading.rank:
        return plan
    held = next((skill.parameters for skill in context.skills if skill.name == plan.skill), ())
    priced = "cost_per_hour" in held and plan.skill != CAUSES_SKILL
    if priced and reading.cost_per_hour is not None:
        plan = replace(plan, cost_per_hour=reading.cost_per_hour)
    if not metrics and not reading.rank and not reading.grain and _holds(plan, reading, held):
        named = tuple(dict.fromkeys((*reading.by, *reading.bare)))
        return replace(plan, by=named[:1] or plan.by) if priced or named else plan
    if not metrics and (reading.cost_per_hour is not None or (priced and (splitting or reading.rank))):
        metrics = currency_metric(context.model)
    if not metrics and not splitting and not reading.rank:
        return plan
    if not metrics and plan.skill == SEGMENTS_SKILL and not reading.grain and not reading.rank:
        return plan
    counts = tuple(m for m in (COUNT, RATE) if m in context.model.metrics)
    if reading.rank is not None:
        counts = counts[:1] if "commonest" in reading.cues else counts[::-1][:1]
    by = plan.by if plan.skill == SEGMENTS_SKILL else ()
    return replace(
        plan, intent=Intent.QUERY, skill=None, metrics=metrics or counts, by=by, focus=None, options={},
        cost_per_hour=plan.cost_per_hour if reading.cost_per_hour is None else reading.cost_per_hour,
    )  # fmt: skip


def _holds(plan: Plan, reading: Reading, held: tuple[str, ...]) -> bool:
    """Whether a skill that is found by meaning takes what a follow-up changes: one field to split by, a cost per hour."""
    named = dict.fromkeys((*reading.by, *reading.bare))
    if plan.skill in (CAUSES_SKILL, SEGMENTS_SKILL) or len(named) > 1:
        return False
    return "by" in held if named else reading.cost_per_hour is not None and "cost_per_hour" in held


def only_qualifies(reading: Reading) -> bool:
    """ "And for P1 tickets", "only for tickets in Reports": the thing counted only carries the value beside it."""
    nouns = [m for m in reading.mentions if m.metrics and m.weak]
    led = set(reading.words(0, 3)) & {"for", "in", "from", "among", "only", "just", "about", "with"}
    asks = set(reading.words(0, len(reading.tokens))) & (cues.WHICH | cues.LIST)
    alone = set(reading.metrics) <= set(reading.weak_metrics) and "count" not in reading.cues and not asks
    return alone and bool(nouns) and bool(led) and all(_carries_value(m, reading) for m in nouns)


def _carries_value(noun: Mention, reading: Reading) -> bool:
    before = {group.end for group in reading.groups}
    at = noun.end + 1 if reading.word(noun.end) in cues.PREPOSITIONS else -1
    while at > 0 and reading.word(at) in cues.DETERMINERS:
        at += 1
    return noun.start in before or any(group.start == at for group in reading.groups)


def _in_other_form(plan: Plan, reading: Reading, context: Context) -> tuple[str, ...]:
    """ "And the median?": the same duration in another form."""
    said = {t.word for t in reading.tokens}
    form = next((f for words, f in _FORMS if said & words), None)
    if form is None or reading.names_something:
        return ()
    names = tuple(dict.fromkeys(f"{form}_{m.split('_', 1)[-1]}" for m in plan.metrics))
    return names if all(n in context.model.metrics for n in names) else ()


def _as_rate(plan: Plan, reading: Reading, context: Context) -> tuple[str, ...]:
    """ "Now as a rate": the ratio whose numerator is what was counted."""
    if "rate" not in reading.cues or reading.names_something:
        return ()
    return tuple(m.name for m in context.model.metrics.values() if m.is_ratio and m.numerator in plan.metrics)[:1]


def with_splits(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan:
    """ "Now by region", "as a trend", "top 3": another split or order of the same numbers."""
    grain = reading.grain or asked.grain
    if TREND_FORM.search(reading.text) is not None and (reading.grain is None or "over time" in reading.text.lower()):
        plan = _as_query(plan, context)
        grain = next((g for days, g in _GRAIN_OF if plan.period is not None and plan.period.days <= days), "quarter")
    named = [d for d in splits(reading, asked, plan.metrics) if d not in GRAINS]
    beside = asked.grain is not None and reading.grain is None and not named and bool(plan.by)
    if grain and not (beside and plan.skill == SEGMENTS_SKILL):
        # "In Q2 and Q3" shows both beside what was split, and is no other split.
        named = [*plan.by, grain] if beside and grain not in plan.by else [*named, grain]
    if plan.skill == SEGMENTS_SKILL and named:
        where = tuple(f for f in plan.where if f.field != named[0])
        return replace(plan, by=(named[0],), focus=None, where=where)
    if plan.intent is not Intent.QUERY:
        return plan
    if named:
        further = is_adding(reading) or bool({"further", "within"} & set(reading.words(0, len(reading.tokens))))
        by = tuple(dict.fromkeys([*plan.by, *named])) if further else tuple(named)
        where = tuple(f for f in plan.where if f.field not in named or f.op != "=")
        plan = replace(plan, by=by, where=where, order=(), limit=None)
        if grain and asked.period is None:
            plan = _wide_enough(plan, grain, context.clock)
    else:
        fixed = {g.dimension for g in reading.groups if not g.negated and len(g.values) == 1}
        plan = replace(plan, by=tuple(d for d in plan.by if d not in fixed))
    if reading.rank is not None and plan.by and plan.metrics:
        metric = ranked_metric(plan, context)
        plan = replace(
            plan, order=orders(reading.rank, plan.by, context.model.metrics[metric]), limit=reading.rank.limit
        )
    return plan if plan.by else replace(plan, order=(), limit=None)


def ranked_metric(plan: Plan, context: Context) -> str:
    """What "worst" is judged by among several metrics: a rate before a count, for large groups always have most."""
    return next((m for m in plan.metrics if context.model.metrics[m].is_ratio), plan.metrics[0])


def _as_query(plan: Plan, context: Context) -> Plan:
    if plan.intent is Intent.QUERY:
        return plan
    counts = tuple(m for m in (COUNT, RATE) if m in context.model.metrics)
    where = focus_as_filter(plan)
    return replace(plan, intent=Intent.QUERY, skill=None, metrics=counts, by=(), where=where, focus=None)


def _wide_enough(plan: Plan, grain: str, clock: Clock) -> Plan:
    """A split by time needs several units: a period of one unit gives way to the usual number of them, said in a note."""
    if plan.period is None or plan.period.days >= _LEAST_DAYS.get(grain, 0):
        return plan
    period = default_period(clock, grain)
    note = f"A single {grain} shows no course: widened to {period.label}."
    return replace(plan, period=period, period_is_default=True, comparison=None, notes=(*plan.notes, note))
