"""A plan from a clause that stands on its own."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import HAVING_OPTION, SHARE_OPTION, Intent, Plan, Value
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.periods import everything
from analyst_agent.understanding.asking import ask_split
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.having import with_limits
from analyst_agent.understanding.periods_asked import Asked, before
from analyst_agent.understanding.portions import condition_as_part, part_of
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.roles import is_handed_over
from analyst_agent.understanding.shapes import focus_group, measures_escalation, wants_causes, wants_segments
from analyst_agent.understanding.shaping import chooses, orders, pair, splits, with_period

_RATES = frozenset(("rate", "rates", "percent", "percentage", "share", "likely", "likelihood"))
_AVERAGE = re.compile(r"\b(?:average|avg|mean)\b")
RATE, COUNT, OPEN = "escalation_rate", "escalated_ticket_count", "open_escalated_count"


def data_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """The plan of a skill or query that the clause's grammar calls for, or None where it names too little."""
    if reading.limits:
        limited_by = reading.limits[0].metric
        if limited_by and limited_by not in reading.metrics and reading.limits[0].op != "=":
            reading.metrics = (
                limited_by,
                *(m for m in reading.metrics if any(m in one.metrics and not one.weak for one in reading.mentions)),
            )
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
        notes.append(_told_of_share(reading, by, context))
    if counted and by and not options and _AVERAGE.search(reading.said) and not reading.limits:
        label = context.model.dimension_label(by[-1])
        notes.append(f"Given for each {label}, with the total; their mean is not worked out.")
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
    ordered = orders(reading.rank, by, context.model.metrics[metrics[0]], chooses(reading))
    plan = replace(plan, order=ordered, limit=reading.rank.limit if reading.rank and by else None)
    plan = with_period(plan, asked, context, reading.grain or asked.grain)
    if plan.period_is_default and not (reading.grain or asked.grain):
        plan = _as_of_now(plan, context)
    return with_limits(_compared(plan, reading), reading)


def _told_of_share(reading: Reading, by: tuple[str, ...], context: Context) -> str:
    if not (by and reading.conditions):
        return "Counts are given; the share of each is of their sum."
    label = context.model.dimension_label(by[0])
    return f"The numbers that fulfil the condition are given, not their share within each {label}; name one {label} to get its share."


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
    split = bool(reading.by or reading.bare or reading.grain or pair(reading))
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
