"""The six measures of the overview: each with its change against the period before, tested by account and corrected for all
six, and with its months.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analyst_agent.metric_finding import metric_finding
from analyst_agent.records import Fact, Finding, Intent, Period, Plan
from analyst_agent.skillkit import Inquiry, SkillContext, begin, benjamini_hochberg
from analyst_agent.skillkit.inquiry import COUNT, RATE
from analyst_agent.skillkit.mean_changes import COST, change_tested
from analyst_agent.skillkit.rates import SIGNIFICANT_AT
from analyst_agent.workspace.overview.selection import Selection

MEANS = ("mean_time_to_escalation", "mean_resolution_minutes", "mean_csat")
METRICS = (RATE, COUNT, *MEANS, COST)
PER_DAY = "_per_day"


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
    """The finding with the intervals of its means, where nothing that they are compared with has told them."""
    revised: dict[str, Fact] = {}
    for name in MEANS:
        fact = _fact(finding, name)
        if inquiry.before is None and fact is not None and fact.value is not None:
            revised[fact.id] = replace(
                fact, interval=change_tested(inquiry, inquiry.context.model.metric(name)).interval
            )
    return replace(finding, facts=tuple(revised.get(fact.id, fact) for fact in finding.facts))


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
