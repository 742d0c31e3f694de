"""Which measures add up: whether parts of a total may be shown as shares of it, decided from the model's expressions."""

from __future__ import annotations

from sqlglot import exp

from analyst_agent.errors import NotPermitted
from analyst_agent.records import SemanticQuery
from analyst_agent.semantic.expressions import Scope
from analyst_agent.semantic.model import GRAINS, Metric, Model


def adds_up(model: Model, metric: Metric) -> bool:
    """Whether the metric of the whole is the sum of the metric of its parts: counts and sums, times or by constants."""
    if metric.is_ratio:
        return False
    tree = Scope(model, metric.dataset).parse(metric.expression)
    aggregates = list(tree.find_all(exp.AggFunc))
    plain = all(isinstance(a, (exp.Count, exp.Sum)) and not isinstance(a.this, exp.Distinct) for a in aggregates)
    products = (p for p in tree.find_all(exp.Mul, exp.Div) if not p.find_ancestor(exp.AggFunc))
    linear = all(
        not (p.expression.find(exp.AggFunc) and (isinstance(p, exp.Div) or p.this.find(exp.AggFunc))) for p in products
    )
    return bool(aggregates) and plain and linear


def dropped_by_denominator(model: Model, metric: Metric, by: tuple[str, ...]) -> tuple[str, ...]:
    """Dimensions that split only a ratio's numerator: the denominator is that of all (escalations of a kind per all tickets)."""
    if not metric.is_ratio:
        return ()
    scope = Scope(model, model.metric(metric.denominator).dataset)
    return tuple(name for name in by if name not in GRAINS and scope.role(name) == "escalation")


def contributes(model: Model, metric: Metric, by: tuple[str, ...]) -> bool:
    """Whether a ratio's parts add up to the whole: every dimension splits only its numerator."""
    dimensions = tuple(name for name in by if name not in GRAINS)
    if not metric.is_ratio or not dimensions or not adds_up(model, model.metric(metric.numerator)):
        return False
    return dropped_by_denominator(model, metric, by) == dimensions


def check_shares(model: Model, query: SemanticQuery) -> None:
    """Raises NotPermitted where a metric's parts do not add up to a total, with the reason and what to ask instead."""
    if query.overlapping:
        raise NotPermitted(
            "There is no share of groups that overlap: a ticket may be in several of them.", "Ask without a share."
        )
    for name in query.metrics:
        metric = model.metric(name)
        if adds_up(model, metric) or contributes(model, metric, query.by):
            continue
        counted = model.metric(metric.numerator).name if metric.is_ratio else _counterpart(model, metric)
        kind = "is a ratio" if metric.unit == "ratio" else "is a mean or a quantile"
        raise NotPermitted(
            f"There is no share of {metric.label}: it {kind}, so its parts do not add up to a total.",
            f"Ask for the share of {counted}, or for {name} without a share.",
        )


def _counterpart(model: Model, metric: Metric) -> str:
    """The count over the same objects."""
    counts = (m.name for m in model.metrics.values() if m.dataset == metric.dataset and m.is_count)
    return next(counts, "ticket_count")
