"""A known issue's impact as facts: tickets, share, cost, the workaround's uptake, and the pace before and after its fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isfinite
from typing import Any

from analyst_agent.records import Citation, Fact, Period, Recommendation, Value
from analyst_agent.semantic.periods import Grain
from analyst_agent.skillkit.actions import recommend
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.issues.cases import Case, Cases, ids_of
from analyst_agent.skillkit.issues.issue_impact import DAYS_BEFORE_FIX, Impact
from analyst_agent.skillkit.parts import Part
from analyst_agent.skillkit.patterns import Pattern
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, count_difference
from analyst_agent.skillkit.time_units import units
from analyst_agent.statistics import benjamini_hochberg

MATCHES = "known_issue_matches"
SHARE = "share_of_escalations"
COST = "estimated_cost"
UPTAKE = "workaround_uptake"
ISSUE = "known_issue"
_Add = Callable[..., Fact]
WEEK_MINUTES, DAY_MINUTES = 7 * 1440.0, 1440.0


@dataclass(frozen=True, slots=True)
class Measured:
    """An issue with its facts; None where the data cannot say. before, since: tickets of the days that the fix is judged by;
    pace: the later pace over the earlier one. half_life: since the fix.
    """

    impact: Impact
    matches: Fact
    share: Fact
    cost: Fact
    uptake: Fact | None = None
    before: Fact | None = None
    since: Fact | None = None
    pace: Fact | None = None
    half_life: Fact | None = None
    to_half: Fact | None = None
    first_seen: Fact | None = None
    last_seen: Fact | None = None


@dataclass(frozen=True, slots=True)
class Costing:
    """What a ticket costs: its handle time, else the mean of the known ones, times the cost per hour."""

    mean_minutes: float
    per_hour: float

    def of(self, cases: Sequence[Case]) -> float:
        """In the workspace's currency."""
        return sum(self.mean_minutes if c.minutes is None else c.minutes for c in cases) / 60 * self.per_hour


def costing(inquiry: Inquiry, examined: Cases) -> Costing:
    """The mean handle time of all tickets examined, else the stated default, and the cost per hour asked for, or the workspace's."""
    settings = inquiry.context.settings
    known = [case.minutes for case in examined.cases if case.minutes is not None]
    mean = sum(known) / len(known) if known else settings.default_handle_minutes
    return Costing(mean, settings.cost_per_hour if inquiry.cost_per_hour is None else inquiry.cost_per_hour)


def as_measured(inquiry: Inquiry, impact: Impact, examined: Cases, cost: Costing) -> Measured:
    """The facts of one issue."""
    names: dict[str, Value] = {ISSUE: impact.issue.document}
    total, book, period = len(examined.cases), inquiry.book, inquiry.period

    def fact(metric: str, value: Value, unit: str, when: Period | None = period, **more: Any) -> Fact:
        return book.revise(book.add(metric, value, unit, when, names, **more), query=examined.query)

    count, shown = len(impact.cases), ids_of(impact.cases)
    days = [case.day for case in impact.cases]
    return Measured(
        impact,
        fact(MATCHES, count, "count", n=total, tickets=shown),
        fact(SHARE, count / total if total else None, "ratio", n=total, tickets=shown),
        fact(COST, cost.of(impact.cases), "currency", n=count, tickets=shown),
        _uptake(impact, fact),
        *_after(impact, fact, inquiry.period),
        fact("first_seen", min(days).isoformat(), "date", n=count, tickets=shown) if days else None,
        fact("last_seen", max(days).isoformat(), "date", n=count, tickets=shown) if days else None,
    )


def timeline(inquiry: Inquiry, found: Sequence[Measured], grain: Grain) -> list[tuple[str, Measured, Fact]]:
    """For each unit of time and issue the tickets that show it, zeros too; every issue's units add up to its tickets."""
    rows = []
    for key, unit in units(inquiry.context, inquiry.period, grain):
        for one in found:
            within = ids_of(one.impact.within(unit))
            names: dict[str, Value] = {ISSUE: one.impact.issue.document, grain: key}
            fact = inquiry.book.add(MATCHES, len(within), "count", unit, names, tickets=within)
            rows.append((key, one, inquiry.book.revise(fact, query=one.matches.query)))
    return rows


def advise_on(context: SkillContext, one: Measured) -> tuple[Recommendation, tuple[Citation, ...]] | None:
    """What to do about an issue: reopen it where tickets still come, else what its document plans; None where nothing is."""
    impact, issue = one.impact, one.impact.issue
    after = impact.after_fix
    if after is not None and after.goes_on and one.since is not None:
        action = f"Reopen {issue.document}: it is marked as fixed ({issue.fixed_on}) and tickets still show it. Check the fix."
        return Recommendation(issue.document, action, one.since.id, "fact", fact=one.since.id), ()
    if impact.is_fixed or impact.match is None:
        return None
    # Its own tickets are all there is to explain here, so that none of them is too few to act on.
    alone = Fact(one.matches.id, MATCHES, one.matches.value, "count", one.matches.period, n=len(impact.cases))
    area = Counter(case.area for case in impact.cases if case.area).most_common(1)
    where = Fact(one.matches.id, MATCHES, None, "count", None, {"product_area": area[0][0]}) if area else None
    return recommend(context, Pattern(ISSUE, issue.document, one.matches, area=where, matches=((impact.match, alone),)))


def _uptake(impact: Impact, fact: _Add) -> Fact | None:
    if not impact.noted or not impact.issue.workaround:
        return None
    rate = impact.applied / impact.noted
    return fact(UPTAKE, rate, "ratio", n=impact.noted, interval=impact.uptake_interval)


def _after(
    impact: Impact, fact: _Add, period: Period
) -> tuple[Fact | None, Fact | None, Fact | None, Fact | None, Fact | None]:
    """before, since, pace, half_life, to_half."""
    after = impact.after_fix
    if after is None or after.since is None or not after.days_after:
        return None, None, None, None, None
    start = max(after.fixed - timedelta(days=DAYS_BEFORE_FIX), period.start)
    before = Period(start, max(after.fixed, start + timedelta(days=1)), "", "custom")
    since = Period(after.since, period.end, "", "custom")
    earlier, later = (ids_of(impact.within(one)) for one in (before, since))
    then = (
        fact("matches_before_fix", after.tickets_before, "count", before, tickets=earlier)
        if after.days_before
        else None
    )
    now = fact("matches_since_fix", after.tickets_after, "count", since, tickets=later)
    pace = half = below = None
    if after.p_value is not None:
        verdict = {"p_value": after.p_value, "p_adjusted": after.p_adjusted, "significant": after.goes_on}
        pace = fact("pace_since_fix", after.ratio, "ratio", since, n=after.before + after.after, **verdict)
    if after.decay is not None and after.decay.half_life is not None and after.decay.interval is not None:
        low, high = (end * WEEK_MINUTES for end in after.decay.interval)
        if isfinite(high):
            half = fact("half_life_since_fix", after.decay.half_life * WEEK_MINUTES, "minutes", interval=(low, high))
    if half is None and after.days_to_half is not None:
        below = fact("time_to_half", after.days_to_half * DAY_MINUTES, "minutes")
    return then, now, pace, half, below


def compared(
    inquiry: Inquiry, found: Sequence[Measured], then: Sequence[Impact], days: tuple[int, int]
) -> list[Measured]:
    """The issues with the change of their tickets since the comparison period, per day and by account, corrected for all of
    them. days: examined days now and then.
    """
    by_issue = {one.issue.document: one for one in then}
    tested = []
    for one in found:
        sides = [_parts(one.impact.cases), _parts(by_issue[one.impact.issue.document].cases)]
        tested.append(count_difference(sides[0], sides[1], (max(1, days[0]), max(1, days[1]))))
    corrected = benjamini_hochberg([p for _, p in tested])
    changed = []
    for one, (_, p_value), p in zip(found, tested, corrected, strict=True):
        before = len(by_issue[one.impact.issue.document].cases)
        few = before + len(one.impact.cases) < inquiry.minimum
        fact = inquiry.book.revise(
            one.matches,
            reference="comparison_period",
            reference_period=inquiry.before,
            reference_value=float(before),
            difference=float(len(one.impact.cases) - before),
            p_value=p_value,
            p_adjusted=p,
            significant=None if few or p is None else p <= SIGNIFICANT_AT,
        )
        changed.append(replace(one, matches=fact))
    return changed


def _parts(cases: Sequence[Case]) -> list[Part]:
    return [Part(source, float(count), 0.0) for source, count in sorted(Counter(c.source for c in cases).items())]
