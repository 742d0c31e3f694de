"""Questions back: which number, which time, or by which field, each with complete questions to choose from."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from analyst_agent.records import Choice, Filter, Intent, Period, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.understanding import refusals
from analyst_agent.understanding.context import CAUSES_SKILL, Context
from analyst_agent.understanding.periods_asked import Asked, default_period
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.sentences import sentence
from analyst_agent.understanding.shaping import orders, splits, with_period

_TIME = re.compile(r"\b(?:average|avg|mean|median|typical|usual|total) (?:times?|durations?)\b(?! (?:of|to)\b)")
_OFFERED = {
    "any": ("escalation_rate", "escalated_ticket_count", "ticket_count"),
    "rate": ("escalation_rate", "reopen_rate", "sla_breach_rate", "re_escalation_rate"),
    "time": (
        "mean_resolution_minutes",
        "mean_time_to_escalation",
        "mean_minutes_to_acknowledge",
        "mean_handle_minutes",
    ),
}
_WHICH = {
    "any": "What would you like to know about this?",
    "rate": "Which rate do you mean?",
    "time": "Which time do you mean?",
}


def ask_metric(
    where: tuple[Filter, ...],
    by: tuple[str, ...],
    period: Period | None,
    context: Context,
    kind: Literal["any", "rate", "time"] = "any",
) -> Plan:
    """Asks back which number is meant, with complete questions to choose from; of rates or of times where one was asked for."""
    model = context.model
    grain = next((d for d in by if d in GRAINS), None)
    dated = period or default_period(context.clock, grain)
    base = Plan(Intent.QUERY, by=by, where=where, period=dated, period_is_default=period is None)
    options: list[Plan] = []
    if kind == "any" and context.has_skill(CAUSES_SKILL) and not by:
        options.append(replace(base, intent=Intent.SKILL, skill=CAUSES_SKILL))
    options += [replace(base, metrics=(n,)) for n in _OFFERED[kind] if n in model.metrics]
    choices = tuple(Choice(sentence(o, model), o) for o in options[:4])
    if not choices:
        return refusals.refuse(refusals.OFF_TOPIC)
    return Plan(Intent.CLARIFY, 0.6, where=where, by=by, period=period, choices=choices, reason=_WHICH[kind])


def asks_time(reading: Reading) -> bool:
    """ "Average time in September", "how long did it take": a time, but of what."""
    said = " ".join(reading.words(0, len(reading.tokens)))
    return "how_long" in reading.cues or _TIME.search(said) is not None


def ask_which_metric(said: str, names: list[str], reading: Reading, asked: Asked, context: Context) -> Plan:
    """Asks back for a measure that is not known by that name but resembles others."""
    by = splits(reading, asked, (names[0],))
    base = with_period(Plan(Intent.QUERY, by=by, where=reading.filters()), asked, context, reading.grain)
    choices = tuple(Choice(sentence(p, context.model), p) for p in (replace(base, metrics=(n,)) for n in names[:3]))
    reason = f"I have no metric called {said!r}; do you mean one of these?"
    return Plan(Intent.CLARIFY, 0.6, by=by, where=base.where, choices=choices, reason=reason)


def ask_split(reading: Reading, metrics: tuple[str, ...], asked: Asked, context: Context) -> Plan:
    """Asks back among what the highest or worst is sought: where, who, when, or any field."""
    words = set(reading.words(0, len(reading.tokens)))
    if "when" in words:
        names = ["month", "week", "weekday", "hour"]
    elif "who" in words:
        names = [d for d in ("account", "tier", "agent", "team") if context.values.get(d)]
    else:
        names = [d for d in ("product_area", "category", "region", "tier", "team") if context.values.get(d)]
    first = context.model.metrics[metrics[0]]
    plans = []
    for name in names[:4]:
        base = Plan(
            Intent.QUERY,
            metrics=metrics,
            by=(name,),
            where=reading.filters(),
            order=orders(reading.rank, (name,), first),
        )
        plans.append(with_period(base, asked, context, name if name in GRAINS else None))
    choices = tuple(Choice(sentence(p, context.model), p) for p in plans)
    reason = f"The {first.label} of what: by which field?"
    return Plan(Intent.CLARIFY, 0.6, metrics=metrics, where=reading.filters(), choices=choices, reason=reason)
