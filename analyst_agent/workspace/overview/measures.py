"""The six measures of the overview: each with its change against the period before, tested by account and corrected for all
six, and with its months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyst_agent.metric_finding import metric_finding
from analyst_agent.records import Fact, Finding, Intent, Period, Plan
from analyst_agent.skillkit import Inquiry, SkillContext, begin, benjamini_hochberg, number
from analyst_agent.skillkit.cells import covered_days
from analyst_agent.skillkit.inquiry import COUNT, RATE
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, by_account
from analyst_agent.statistics.means import MeanComparison, clustered_mean, compare_means
from analyst_agent.statistics.totals import total_change
from analyst_agent.workspace.overview.selection import Selection

COST = "estimated_cost"
MEANS = ("mean_time_to_escalation", "mean_resolution_minutes", "mean_csat")
METRICS = (RATE, COUNT, *MEANS, COST)
PER_DAY = "_per_day"
BOUNDS: Mapping[str, tuple[float, float]] = {"minutes": (0.0, float("inf")), "score": (1.0, 5.0)}


@dataclass(frozen=True, slots=True)
class Measures:
    """finding: every measure in the period, with its change; months: every measure month by month."""

    finding: Finding
    months: Finding

    @property
    def shown(self) -> dict[str, Fact]:
        """The fact of each measure in the period."""
        return {name: fact for name in METRICS if (fact := _fact(self.finding, name)) is not None}

    def changed(self, name: str) -> Fact | None:
        """The fact that tells how a measure changed: of a sum over periods of other lengths, what it is a day."""
        return _fact(self.finding, name + PER_DAY) or _fact(self.finding, name)

    def course(self, name: str) -> list[Fact]:
        """A measure month by month, the earliest first."""
        facts = [fact for fact in self.months.facts if fact.metric == name and "month" in fact.dimensions]
        return sorted(facts, key=lambda fact: str(fact.dimensions["month"]))


def measured(context: SkillContext, selection: Selection) -> Measures:
    """The measures of a selection. Raises an AnalystError where the period lies outside the data."""
    names = tuple(name for name in METRICS if name in context.model.metrics)
    before, caveats = context.comparison(selection.period)
    asked = Plan(Intent.QUERY, metrics=names, where=selection.where, period=selection.period, comparison=before)
    finding = metric_finding(context, asked)
    finding = replace(finding, caveats=(*caveats, *finding.caveats))
    months = metric_finding(context, replace(asked, by=("month",), period=selection.months, comparison=None))
    inquiry = begin(context, selection.period, selection.where, before, always_compared=False)
    return Measures(_corrected(_tested(inquiry, finding)), months)


def _tested(inquiry: Inquiry, finding: Finding) -> Finding:
    """The finding with what the accounts behind means and cost tell of their chance."""
    by = by_account(inquiry.context) or ("day",)
    names = [name for name in (*MEANS, COST) if (fact := _fact(finding, name)) is not None and fact.value is not None]
    periods = [inquiry.period, *([inquiry.before] if inquiry.before else [])]
    results = iter(inquiry.results([inquiry.query((name,), by, period) for name in names for period in periods]))
    revised: dict[str, Fact] = {}
    for name in names:
        sides = [_contributions(next(results).rows, name, by[0]) for _ in periods]
        fact = _cost(inquiry, finding, sides) if name == COST else _mean(inquiry, finding, name, sides)
        revised[fact.id] = fact
    return replace(finding, facts=tuple(revised.get(fact.id, fact) for fact in finding.facts))


def _contributions(rows: Sequence[Mapping[str, Any]], name: str, by: str) -> dict[Any, tuple[float, float]]:
    """What each account adds up to and how many tickets it counts."""
    found: dict[Any, tuple[float, float]] = {}
    for row in rows:
        n = number(row.get(f"{name}__n"))
        total = number(row.get(name)) * (1.0 if name == COST else n)
        if n:
            found[row.get(by)] = total, n
    return found


def _mean(inquiry: Inquiry, finding: Finding, name: str, sides: Sequence[dict[Any, tuple[float, float]]]) -> Fact:
    """The fact of a mean with its interval and, where there is a comparison, the test of its change."""
    fact = next(one for one in finding.facts if one.metric == name)
    own = [*sides[0].values()]
    alone = clustered_mean([total for total, _ in own], [n for _, n in own], list(sides[0]))
    is_enough = (fact.n or 0) >= inquiry.minimum
    low, high = BOUNDS.get(fact.unit, (float("-inf"), float("inf")))
    interval = (max(low, alone.interval[0]), min(high, alone.interval[1])) if alone.interval and is_enough else None
    if len(sides) == 1:
        return replace(fact, interval=interval)
    rows = [(account, *one, place == 0) for place, side in enumerate(sides) for account, one in side.items()]
    found: MeanComparison = compare_means(
        [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows], [row[0] for row in rows]
    )
    if not is_enough or found.second.n < inquiry.minimum:
        return replace(fact, interval=interval)
    return replace(fact, interval=interval, difference_interval=found.interval, p_value=found.p_value)


def _cost(inquiry: Inquiry, finding: Finding, sides: Sequence[dict[Any, tuple[float, float]]]) -> Fact:
    """The fact that tells how the cost changed, with the test of that."""
    per_day = _fact(finding, COST + PER_DAY)
    fact = per_day or next(one for one in finding.facts if one.metric == COST)
    if inquiry.before is None or sum(n for side in sides for _, n in side.values()) < inquiry.minimum:
        return fact
    accounts = list({**sides[0], **sides[1]})
    amounts = [[side.get(account, (0.0, 0.0))[0] for account in accounts] for side in sides]
    days = (max(covered_days(inquiry, inquiry.period), 1), max(covered_days(inquiry, inquiry.before), 1))
    _, interval, p_value = total_change(amounts[0], amounts[1], days)
    scale = 1 if per_day is not None else days[0]
    spread = None if interval is None else (interval[0] * scale, interval[1] * scale)
    return replace(fact, difference_interval=spread, p_value=p_value)


def _corrected(finding: Finding) -> Finding:
    """The finding with every change judged after Benjamini-Hochberg over all that were tested."""
    told = [fact for name in METRICS if (fact := _fact(finding, name + PER_DAY) or _fact(finding, name)) is not None]
    corrected = benjamini_hochberg([fact.p_value for fact in told])
    judged = {}
    for fact, p_adjusted in zip(told, corrected, strict=True):
        span = fact.difference_interval
        is_clear = p_adjusted is not None and p_adjusted <= SIGNIFICANT_AT and not (span and span[0] <= 0 <= span[1])
        verdict = None if p_adjusted is None else is_clear
        judged[fact.id] = replace(fact, p_adjusted=p_adjusted, significant=verdict)
    return replace(finding, facts=tuple(judged.get(fact.id, fact) for fact in finding.facts))


def _fact(finding: Finding, name: str) -> Fact | None:
    return next((one for one in finding.facts if one.metric == name and one.period == finding.period), None)


def comparison_of(measures: Measures) -> Period | None:
    """What the period is compared with."""
    return measures.finding.comparison
