"""A plan from a clause that stands on its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from analyst_agent.records import HAVING_OPTION, SHARE_OPTION, Choice, Filter, Intent, Order, Period, Plan, Value
from analyst_agent.semantic.model import GRAINS, Metric, Model
from analyst_agent.semantic.periods import everything
from analyst_agent.understanding import refusals
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.having import with_limits
from analyst_agent.understanding.periods_asked import Asked, before, default_period
from analyst_agent.understanding.portions import condition_as_part, part_of
from analyst_agent.understanding.reading import Rank, Reading
from analyst_agent.understanding.roles import is_handed_over, worker
from analyst_agent.understanding.sentences import sentence
from analyst_agent.understanding.shapes import focus_group, measures_escalation, wants_causes, wants_segments

_RATES = frozenset(("rate", "rates", "percent", "percentage", "share", "likely", "likelihood"))
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
RATE, COUNT, OPEN = "escalation_rate", "escalated_ticket_count", "open_escalated_count"


def data_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """The plan of a skill or query that the clause's grammar calls for, or None where it names too little."""
    if reading.limits:
        reading.metrics = reading.metrics or tuple(one.metric for one in reading.limits[:1] if one.metric)
        limited = query_plan(reading, asked, context)
        if limited is not None and HAVING_OPTION in limited.options:
            return limited
    if any(t.word == "why" for t in reading.tokens) and wants_causes(reading) and context.has_skill(CAUSES_SKILL):
        return causes_plan(reading, asked, context)
    if wants_segments(reading, asked.comparison is not None) and context.has_skill(SEGMENTS_SKILL):
        return segments_plan(reading, asked, context)
    two_periods = asked.comparison is not None and bool(reading.cues & {"compare", "change"})
    whole = two_periods and not (reading.metrics or reading.by or reading.bare or reading.grain)
    if (wants_causes(reading) or whole) and context.has_skill(CAUSES_SKILL):
        return causes_plan(reading, asked, context)
    return query_plan(reading, asked, context)


def with_period(plan: Plan, asked: Asked, context: Context, grain: str | None = None) -> Plan:
    """The plan with the period that was asked, else the default one."""
    period = asked.period or default_period(context.clock, grain)
    return replace(plan, period=period, comparison=asked.comparison, period_is_default=asked.period is None)


def causes_plan(reading: Reading, asked: Asked, context: Context) -> Plan:
    """Root causes and trend, under the clause's filters."""
    notes = list(reading.notes)
    others = [m for m in reading.metrics if not measures_escalation(reading, (m,))]
    if others and "volume_or_rate" not in reading.cues:
        labels = ", ".join(context.model.metrics[m].label for m in others)
        notes.append(f"Answered with the root causes of escalations; {labels} alone can be asked as a number.")
    where = reading.filters()
    if reading.cues & {"share_of_escalated", "share_of_tickets"}:
        # A share of causes is read among all causes.
        where = tuple(f for f in where if f.field != "root_cause")
    plan = Plan(Intent.SKILL, skill=CAUSES_SKILL, where=where, notes=tuple(notes))
    return with_period(plan, asked, context)


SEGMENT = "segment"


def segments_plan(reading: Reading, asked: Asked, context: Context) -> Plan:
    """A comparison of segments; the values it is about become the focus, not a filter."""
    group = focus_group(reading)
    named = [d for d in dict.fromkeys((*reading.by, *reading.bare)) if d != "root_cause"]
    # "Which segments" means any groups of customers where no account has a segment of its own.
    is_any = SEGMENT in named and not context.values.get(SEGMENT)
    named = [d for d in named if d != SEGMENT or not is_any]
    dimension = named[0] if named else group.dimension if group else ""
    values = [v for g in reading.groups if g.dimension == dimension and not g.negated for v in g.values]
    where = tuple(f for f in reading.filters() if f.field != dimension or f.op in ("!=", "not in"))
    notes = list(reading.notes)
    if is_any and SEGMENT in context.model.dimensions():
        notes.append(
            f"No account has a {context.model.dimension_label(SEGMENT)} in these data: other splits are compared."
        )
    elif not dimension:
        dimension = next((d for d in ("tier", "segment", "plan", "region") if context.values.get(d)), "")
        notes += [f"No field was named: compared by {context.model.dimension_label(dimension)}."] if dimension else []
    options: dict[str, Value] = {"second": named[1]} if len(named) > 1 else {}
    if len(named) > 2:
        labels = [context.model.dimension_label(name) for name in named]
        notes.append(f"Compared by {labels[0]} and {labels[1]}; left out: {', '.join(labels[2:])}.")
    rate = other_rate(reading.metrics, context.model)
    if rate:
        options["metric"] = rate
        # "Where do reopened tickets come from" asks for the rate of reopening, not for a rate among reopened ones.
        where = tuple(one for one in where if one.field.partition("_")[0] != rate.partition("_")[0])
    plan = Plan(
        Intent.SKILL,
        skill=SEGMENTS_SKILL,
        by=(dimension,) if dimension else (),
        where=where,
        focus=values[0] if values else None,
        notes=tuple(notes),
        options=options,
    )
    return with_period(plan, asked, context)


def other_rate(metrics: tuple[str, ...], model: Model) -> str:
    """The share of escalated tickets that is asked for instead of the escalation rate; empty where none or several are."""
    shares = [name for name in metrics if model.metrics[name].unit == "ratio" and not model.metrics[name].is_ratio]
    return shares[0] if len(shares) == 1 and len(metrics) == 1 and not shares[0].startswith("cohort") else ""


def query_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """Plain metrics with splits, filters, order and period; None where no metric is named and none follows."""
    notes = list(reading.notes)
    metrics = asked_metrics(reading) or implied_metrics(reading, notes)
    if not metrics:
        return None
    by = splits(reading, asked, metrics)
    metrics = _fitting(metrics, by, reading, context, notes)
    where = reading.filters()
    counted = all(context.model.metrics[m].is_count for m in metrics)
    options: dict[str, Value] = {}
    timed = condition_as_part(metrics, where, reading)
    if timed is not None:
        metrics, where, options = (COUNT,), timed[0], {SHARE_OPTION: ",".join(timed[1])}
    elif counted and (part := part_of(reading, where)) and _asks_share(reading, by):
        options = {SHARE_OPTION: ",".join(part)}
        if not by and len(part) == 1 and part[0] in context.model.dimensions():
            # What share of escalations are bugs: bugs beside all the others.
            by = part
    elif counted and reading.cues & {"share_of_escalated", "share_of_tickets"}:
        notes.append("Counts are given; the share of each is of their sum.")
    if reading.rank is not None and not by and not reading.used_by_metric(reading.rank.at):
        return ask_split(reading, metrics, asked, context)
    plan = Plan(
        Intent.QUERY,
        metrics=metrics,
        by=by,
        where=where,
        cost_per_hour=reading.cost_per_hour,
        notes=tuple(notes),
        options=options,
    )
    ordered = orders(reading.rank, by, context.model.metrics[metrics[0]], _chooses(reading))
    plan = replace(plan, order=ordered, limit=reading.rank.limit if reading.rank and by else None)
    plan = with_period(plan, asked, context, reading.grain or asked.grain)
    if plan.period_is_default and not (reading.grain or asked.grain):
        plan = _as_of_now(plan, context)
    return with_limits(_compared(plan, reading), reading)


def _asks_share(reading: Reading, by: tuple[str, ...]) -> bool:
    """Whether a share of what is counted is asked; one by a time or another field is told in the table."""
    return bool(reading.cues & {"share_of_escalated", "share_of_tickets"}) and not by


def _fitting(
    metrics: tuple[str, ...], by: tuple[str, ...], reading: Reading, context: Context, notes: list[str]
) -> tuple[str, ...]:
    """The metrics as the splits allow them: a hand-over is counted in escalations, and work on resolutions in minutes of resolutions."""
    model = context.model
    handed = (*by, *(group.dimension for group in reading.groups))
    if COUNT in model.metrics and any(is_handed_over(d) for d in handed):
        vague = not _RATES & {token.word for token in reading.tokens}
        metrics = tuple(COUNT if model.metrics[m].dataset == "ticket" or (vague and m == RATE) else m for m in metrics)
    dimensions = model.dimensions()
    grains = {dimensions[d].dataset for d in by if d in dimensions}
    own = [m for m in model.metrics.values() if m.dataset in grains and m.dataset == "resolution"]
    changed = []
    for name in metrics:
        metric = model.metrics[name]
        other = next((m for m in own if m.unit == metric.unit and m.unit in ("minutes", "count")), None)
        if other is None or metric.dataset == other.dataset:
            changed.append(name)
            continue
        notes.append(f"By {model.dimension_label(by[0])} the {other.label} can be given, not the {metric.label}.")
        changed.append(other.name)
    return tuple(dict.fromkeys(changed))


def currency_metric(model: Model) -> tuple[str, ...]:
    """The first metric in money, which is what a cost per hour is for."""
    return tuple(m.name for m in model.metrics.values() if m.unit == "currency")[:1]


def asked_metrics(reading: Reading) -> tuple[str, ...]:
    """The metrics named; with a cost per hour, plain counts give way to the cost."""
    model = reading.lexicon.model
    if reading.cost_per_hour is not None and all(model.metrics[m].is_count for m in reading.metrics):
        return currency_metric(model) if reading.metrics else ()
    return reading.metrics


def implied_metrics(reading: Reading, notes: list[str]) -> tuple[str, ...]:
    """ "Which month was worst" names no metric: the escalation rate, and a note that says so."""
    if reading.cost_per_hour is not None:
        return currency_metric(reading.lexicon.model)
    ends = {group.dimension.partition("_")[0] for group in reading.groups if is_handed_over(group.dimension)}
    if ends == {"from", "to"} and COUNT in reading.lexicon.model.metrics:
        # "From Frontline to Billing in October": how many went that way.
        return (COUNT,)
    split = bool(reading.by or reading.bare or reading.grain or _pair(reading))
    if not split or (reading.rank is None and "over_time" not in reading.cues):
        return ()
    model = reading.lexicon.model
    if COUNT in model.metrics and ("commonest" in reading.cues or any(is_handed_over(d) for d in reading.by)):
        return (COUNT,)
    if RATE not in model.metrics:
        return ()
    verb = "ranked by" if reading.rank else "taken is"
    notes.append(f"No metric was named: {verb} {reading.lexicon.model.metrics[RATE].label}.")
    return (RATE,)


def _pair(reading: Reading) -> str | None:
    """The dimension of which several values are named and set against each other."""
    for group in reading.groups:
        values = [v for g in reading.groups if g.dimension == group.dimension and not g.negated for v in g.values]
        if len(values) > 1:
            return group.dimension
    return None


def splits(reading: Reading, asked: Asked, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """What to split by: named dimensions, those two values are compared in, and a unit of time."""
    by = list(reading.by)
    boolean = [d for d in reading.bare if d.startswith("is_")]
    by += [d for d in reading.bare if d not in boolean and d not in by and d != "root_cause"]
    told = any(g.dimension == "root_cause" for g in reading.groups)
    if (
        "root_cause" in reading.bare
        and not told
        and (reading.grain or reading.rank or not measures_escalation(reading, metrics))
    ):
        by.append("root_cause")
    pair = _pair(reading)
    if pair and pair not in by and (reading.cues & {"compare", "than", "more"} or reading.rank is not None):
        by.append(pair)
    grain = reading.grain or asked.grain
    if grain and grain not in by:
        by.append(grain)
    doer = worker(reading) if not by and reading.rank is not None else None
    if doer:
        by.append(doer)
    elif not by and reading.rank is not None and reading.entities:
        by.append(reading.entities[0])
    return tuple(by)


def _chooses(reading: Reading) -> bool:
    """Whether "which X" asks for an order although no rank word stands there."""
    return any(t.word in ("which", "what", "who") for t in reading.tokens[:3]) and reading.grain is None


def orders(rank: Rank | None, by: tuple[str, ...], metric: Metric, chooses: bool = False) -> tuple[Order, ...]:
    """The order of rows: the worst is the high end of what should be low."""
    if not by or (rank is None and not chooses):
        return ()
    direction = rank.direction if rank else "high"
    if direction in ("bad", "good"):
        descending = (metric.better != "higher") == (direction == "bad")
    else:
        descending = direction == "high"
    return (Order(metric.name, descending),)


def _compared(plan: Plan, reading: Reading) -> Plan:
    """A question about change needs the period before, where none was named."""
    if (
        plan.comparison is None
        and "change" in reading.cues
        and (not plan.by or "over_time" in reading.cues)
        and plan.period is not None
        and not reading.rank
    ):
        return replace(plan, comparison=before(plan.period))
    return plan


def _as_of_now(plan: Plan, context: Context) -> Plan:
    """What is open is open today, whenever it was escalated: without a period all loaded data count, and a note says so."""
    open_now = OPEN in plan.metrics or any(f.field == "is_open" and f.op == "=" for f in plan.where)
    if not open_now:
        return plan
    note = "No period was named: what is open now is counted over all loaded data."
    return replace(plan, period=everything(context.clock), period_is_default=False, notes=(*plan.notes, note))


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
