"""Changes of means and of cost, tested by account: tickets of one account are not independent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.records import Period
from analyst_agent.semantic.model import Metric
from analyst_agent.skillkit.cells import covered_days
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.rates import by_account
from analyst_agent.statistics.means import clustered_mean, compare_means
from analyst_agent.statistics.totals import total_change

COST = "estimated_cost"
BOUNDS: Mapping[str, tuple[float, float]] = {"minutes": (0.0, float("inf")), "score": (1.0, 5.0)}

Contributions = dict[Any, tuple[float, float]]
"""What each account adds up to, and how many tickets it counts."""


@dataclass(frozen=True, slots=True)
class Tested:
    """interval: of the value in the period. difference_interval, p_value: of its change; None where too few tickets tell of it."""

    interval: tuple[float, float] | None = None
    difference_interval: tuple[float, float] | None = None
    p_value: float | None = None


def is_tested(metric: Metric) -> bool:
    """Whether the change of a metric is tested here: a mean or the cost; not a median or a percentile."""
    return metric.name == COST or (metric.unit in BOUNDS and metric.expression.startswith("AVG("))


def change_tested(inquiry: Inquiry, metric: Metric) -> Tested:
    """The test of a mean's or the cost's change against the comparison period; without one, the interval of a mean alone."""
    by = by_account(inquiry.context) or ("day",)
    periods = [inquiry.period, *([inquiry.before] if inquiry.before else [])]
    results = inquiry.results([inquiry.query((metric.name,), by, period) for period in periods])
    sides = [_contributions(result.rows, metric.name, by[0]) for result in results]
    return _cost(inquiry, periods, sides) if metric.name == COST else _mean(inquiry, metric, sides)


def _contributions(rows: Sequence[Mapping[str, Any]], name: str, by: str) -> Contributions:
    found: Contributions = {}
    for row in rows:
        n = number(row.get(f"{name}__n"))
        total = number(row.get(name)) * (1.0 if name == COST else n)
        if n:
            found[row.get(by)] = total, n
    return found


def _mean(inquiry: Inquiry, metric: Metric, sides: Sequence[Contributions]) -> Tested:
    sizes = [sum(n for _, n in side.values()) for side in sides]
    if sizes[0] < inquiry.minimum:
        return Tested()
    own = [*sides[0].values()]
    alone = clustered_mean([total for total, _ in own], [n for _, n in own], list(sides[0]))
    low, high = BOUNDS[metric.unit]
    interval = (max(low, alone.interval[0]), min(high, alone.interval[1])) if alone.interval else None
    if len(sides) == 1 or sizes[1] < inquiry.minimum:
        return Tested(interval)
    rows = [(account, *one, place == 0) for place, side in enumerate(sides) for account, one in side.items()]
    found = compare_means(
        [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows], [row[0] for row in rows]
    )
    return Tested(interval, found.interval, found.p_value)


def _cost(inquiry: Inquiry, periods: Sequence[Period], sides: Sequence[Contributions]) -> Tested:
    """The change a day, times the days of the period."""
    if len(sides) == 1 or sum(n for side in sides for _, n in side.values()) < inquiry.minimum:
        return Tested()
    accounts = list({**sides[0], **sides[1]})
    amounts = [[side.get(account, (0.0, 0.0))[0] for account in accounts] for side in sides]
    days = (max(covered_days(inquiry, periods[0]), 1), max(covered_days(inquiry, periods[1]), 1))
    _, interval, p_value = total_change(amounts[0], amounts[1], days)
    return Tested(None, None if interval is None else (interval[0] * days[0], interval[1] * days[0]), p_value)
