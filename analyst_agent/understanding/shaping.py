"""What a plan is split and ordered by, and the days it takes."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Order, Plan
from analyst_agent.semantic.model import Metric
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.periods_asked import Asked, default_period, shifted, unit_of
from analyst_agent.understanding.rates_asked import is_ratio_of_values
from analyst_agent.understanding.reading import Rank, Reading
from analyst_agent.understanding.roles import worker
from analyst_agent.understanding.shapes import measures_escalation


def with_period(plan: Plan, asked: Asked, context: Context, grain: str | None = None) -> Plan:
    """The plan with the period that was asked, else the default one."""
    period, comparison = asked.period or default_period(context.clock, grain), asked.comparison
    if asked.shift is not None and asked.period is None and comparison is None and asked.shift.role == "comparison":
        # "Better than a year ago": the last days, or the last whole month or quarter that is named, against the same a year before.
        period = unit_of(asked.shift, context.clock) or period
        comparison = shifted(period, asked.shift, context.clock)
    return replace(plan, period=period, comparison=comparison, period_is_default=asked.period is None)


def pair(reading: Reading) -> str | None:
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
    set_against = pair(reading)
    if (
        set_against
        and set_against not in by
        and (reading.cues & {"compare", "than", "more"} or reading.rank is not None or is_ratio_of_values(reading))
    ):
        by.append(set_against)
    grain = reading.grain or asked.grain
    if grain and grain not in by:
        by.append(grain)
    doer = worker(reading) if not by and reading.rank is not None else None
    if doer:
        by.append(doer)
    elif not by and reading.rank is not None and reading.entities:
        by.append(reading.entities[0])
    return tuple(by)


def chooses(reading: Reading) -> bool:
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
