"""A plan back as a question in plain words, such that the question is understood to that plan again."""

from __future__ import annotations

from datetime import timedelta

from analyst_agent.records import Filter, Intent, Period, Plan
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL

_OPS = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "=": "exactly"}


def sentence(plan: Plan, model: Model) -> str:
    """A complete question for a plan of a skill or query."""
    rest = "".join(f" {_condition(f, model)}" for f in plan.where)
    when = f" {_dates(plan.period)}" if plan.period is not None and not plan.period_is_default else ""
    if plan.intent is Intent.SKILL and plan.skill == CAUSES_SKILL:
        return f"What drove escalations{rest}{when}?"
    by = " and ".join(model.dimension_label(d) if d not in GRAINS else d for d in plan.by)
    if plan.intent is Intent.SKILL and plan.skill == SEGMENTS_SKILL:
        return f"Do escalation rates differ by {by}{rest}{when}?"
    if plan.order and plan.by and plan.limit is None:
        metric = model.metrics[plan.order[0].column]
        most, least = ("most", "fewest") if metric.is_count else ("highest", "lowest")
        extreme = most if plan.order[0].descending else least
        return f"Which {by} has the {extreme} {metric.label}{rest}{when}?"
    names = " and ".join(model.metrics[m].label for m in plan.metrics)
    return f"{names[:1].upper()}{names[1:]}{' by ' + by if by else ''}{rest}{when}?"


def _condition(one: Filter, model: Model) -> str:
    label = model.dimension_label(one.field)
    if one.op in ("=", "in", "!=", "not in") and (isinstance(one.value, (str, tuple))):
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        said = " or ".join(str(v) for v in values)
        return f"{'excluding' if one.op in ('!=', 'not in') else 'for'} {label} {said}"
    if one.op == "between" and isinstance(one.value, tuple):
        return f"with {label} between {one.value[0]} and {one.value[1]}"
    return f"with {label} {_OPS.get(one.op, one.op)} {one.value}"


def _dates(period: Period) -> str:
    last = period.end - timedelta(days=1)
    return (
        f"from {period.start.isoformat()} to {last.isoformat()}" if last != period.start else f"on {last.isoformat()}"
    )
