"""The course of escalations over time: daily counts read once, the units they are shown in, and the blocks that are tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analyst_agent.errors import UnknownName
from analyst_agent.records import Fact, Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.semantic.periods import Clock, Grain, build, calendar_period, complete_before, key_of, spine
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, RATE, TICKETS, Inquiry
from analyst_agent.statistics import wilson_interval

Counts = NDArray[np.float64]
Days = NDArray[np.bool_]
COHORT = "cohort_escalation_rate"
TREND_GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter")
DEFAULT_MONTHS = 12
BLOCK = 7
FEWEST_BLOCKS = 12
COLUMNS = (f"{RATE}__denominator", f"{COHORT}__numerator", f"{RATE}__numerator", f"{RATE}__unknown_time")
AVERAGED = 3
"""Units in a moving average."""
RECORDED = (("reason_code", COUNT), ("category", TICKETS), ("tier", TICKETS))
"""Fields whose recording may have begun or ended within a period, and what they belong to."""
LONGEST = {"day": 21, "week": 120, "month": 1100}
"""Days up to which a period is shown by that unit, where none is asked for."""


def trend_period(context: SkillContext, asked: Period | None) -> Period:
    """The period asked about, or the last 12 complete months: a month's course says little of a trend."""
    return asked or complete_before(context.clock, DEFAULT_MONTHS, "month")


def trend_grain(asked: str | None, days: int) -> Grain:
    """The unit of time asked for, else one that suits so many days. Raises UnknownName for another word."""
    if asked:
        name = asked.strip().lower()
        found = next((grain for grain in TREND_GRAINS if name in (grain, f"{grain}s")), None)
        if found is None:
            raise UnknownName("unit of time", asked, TREND_GRAINS)
        return found
    return next((grain for grain in TREND_GRAINS[:3] if days <= LONGEST[grain]), "quarter")


@dataclass(frozen=True, slots=True)
class Daily:
    """Counts of each day from `first` on: tickets created, those of them escalated at any time, and tickets escalated on the day.

    unknown: those of `escalated` whose time of escalation is unknown and that count by creation. Every array has the same
    length, which is that of the days of the period that the data cover whole. recorded: by field of RECORDED, the query that
    counts what has a value of it by day.
    """

    first: date
    tickets: Counts
    cohort: Counts
    escalated: Counts
    unknown: Counts
    source: QueryResult
    recorded: Mapping[str, QueryResult] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tickets)

    def day(self, place: int) -> date:
        """The date of a place in the arrays."""
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        """Where a date lies, within 0 and the length."""
        return min(max((day - self.first).days, 0), len(self))

    def period(self, start: int, end: int) -> Period:
        """The days from one place up to, not including, another."""
        return build(self.day(start), self.day(end))


def covered(inquiry: Inquiry) -> tuple[date, date]:
    """The days of the period that the data hold whole: from the first ticket's up to the day after the last complete one.

    The data's last day is complete unless it is today, which has not ended.
    """
    queries, clock = inquiry.context.queries, inquiry.context.clock
    start, end = inquiry.period.start, min(inquiry.period.end, clock.today)
    if queries.first_day is not None:
        start = max(start, queries.first_day)
    if queries.last_day is not None:
        end = min(end, queries.last_day + timedelta(days=1))
    return start, max(end, start)


def daily_queries(inquiry: Inquiry) -> dict[str, SemanticQuery]:
    """What is counted by day: under "" everything, under the name of a field of RECORDED what has a value of it."""
    context = inquiry.context
    queries = {"": inquiry.query((RATE, COHORT), ("day",))}
    for name, metric in RECORDED:
        if name in context.model.filterable() and context.has(name):
            queries[name] = inquiry.query((metric,), ("day",), where=(Filter(name, "present"),))
    return queries


def daily_of(inquiry: Inquiry) -> Daily:
    """The daily counts of the covered days, from one statement that aggregates in the engine."""
    queries = daily_queries(inquiry)
    result, *others = inquiry.results(list(queries.values()))
    names = [name for name in queries if name]
    start, end = covered(inquiry)
    tickets, cohort, escalated, unknown = by_day(inquiry.book.note(result), COLUMNS, start, end)
    return Daily(start, tickets, cohort, escalated, unknown, result, dict(zip(names, others, strict=True)))


def by_day(result: QueryResult, columns: Sequence[str], start: date, end: date) -> list[Counts]:
    """Columns of a query by day as arrays over the days from start up to end; days without a row are 0."""
    arrays = [np.zeros((end - start).days) for _ in columns]
    for row in result.rows:
        if row["day"] is None:
            continue
        place = (date.fromisoformat(str(row["day"])[:10]) - start).days
        if 0 <= place < len(arrays[0]):
            for array, column in zip(arrays, columns, strict=True):
                array[place] += number(row.get(column))
    return arrays


def counted_where(inquiry: Inquiry, metric: str, condition: Filter, daily: Daily) -> tuple[Counts, QueryResult]:
    """A count by day of the objects that also meet a condition, over the days of `daily`."""
    query = SemanticQuery((metric,), ("day",), (*inquiry.where, condition), inquiry.period)
    result = inquiry.book.note(inquiry.context.queries.run(query))
    return by_day(result, (metric,), daily.first, daily.day(len(daily)))[0], result


@dataclass(frozen=True, slots=True)
class Unit:
    """One day, week, month or quarter. is_complete: whether the period and the data hold all of its days."""

    key: Value
    period: Period
    is_complete: bool
    count: Fact
    tickets: Fact
    rate: Fact
    cohort: Fact


def units_of(inquiry: Inquiry, grain: Grain, daily: Daily) -> list[Unit]:
    """The units of the covered days, in order of time, each with its facts: the sums of the daily rows, read already."""
    start, end = daily.first, daily.day(len(daily))
    clock = inquiry.context.clock
    sums: dict[Value, list[int]] = {}
    for row in daily.source.rows:
        if row["day"] is not None:
            key = key_of(grain, date.fromisoformat(str(row["day"])[:10]), clock.week_start)
            own = sums.setdefault(key, [0, 0, 0])
            for place, column in enumerate(COLUMNS[:3]):
                own[place] += int(number(row.get(column)))
    found = []
    for part in spine(build(start, max(end, start + timedelta(days=1))), grain, clock):
        key = key_of(grain, part.start, clock.week_start)
        whole = calendar_period(grain, part.start, clock.week_start)
        is_complete = start <= whole.start and whole.end <= end
        found.append(_unit(inquiry, daily, (grain, key), _asked(inquiry, whole), sums.get(key, [0, 0, 0]), is_complete))
    return found


def _asked(inquiry: Inquiry, unit: Period) -> Period:
    """The days of the unit that were asked about."""
    asked = inquiry.period
    if asked.kind == "all" or (asked.start <= unit.start and unit.end <= asked.end):
        return unit
    return build(max(unit.start, asked.start), min(unit.end, asked.end))


def _unit(
    inquiry: Inquiry, daily: Daily, named: tuple[Grain, Value], period: Period, sums: Sequence[int], is_complete: bool
) -> Unit:
    (created, cohort, escalated), book, (grain, key) = sums, inquiry.book, named
    group: dict[str, Value] = {grain: key}
    count = book.add(COUNT, escalated, "count", period, group, source=daily.source, n=escalated)
    tickets = book.add(TICKETS, created, "count", period, group, source=daily.source, n=created)
    rates = []
    for metric, part in ((RATE, escalated), (COHORT, cohort)):
        value = part / created if created else None
        interval = wilson_interval(part, created) if 0 <= part <= created and created else None
        rates.append(book.add(metric, value, "ratio", period, group, source=daily.source, n=created, interval=interval))
    return Unit(key, period, is_complete, count, tickets, rates[0], rates[1])


@dataclass(frozen=True, slots=True)
class Blocks:
    """Counts and exposures in equal stretches of `days` days, the last one ending with the last day that may be used.

    starts: the place in the daily arrays at which each begins.
    """

    y: Counts
    x: Counts
    starts: NDArray[np.int64]
    days: int

    def __len__(self) -> int:
        return len(self.y)


def blocks_of(y: Counts, x: Counts, usable: Days) -> Blocks:
    """Weeks where the usable days hold twelve of them, else days. What is not usable counts as neither event nor exposure;
    a week of which fewer than three days may be used has no exposure.
    """
    places = np.flatnonzero(usable)
    if not places.size:
        return Blocks(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), 1)
    first, end = int(places[0]), int(places[-1]) + 1
    kept_y, kept_x = np.where(usable, y, 0.0), np.where(usable, x, 0.0)
    if end - first < FEWEST_BLOCKS * BLOCK:
        return Blocks(kept_y[first:end], kept_x[first:end], np.arange(first, end), 1)
    weeks = (end - first) // BLOCK
    first = end - weeks * BLOCK
    cut_y, cut_x = (values[first:end].reshape(weeks, BLOCK) for values in (kept_y, kept_x))
    enough = usable[first:end].reshape(weeks, BLOCK).sum(axis=1) >= 3
    starts = np.arange(first, end, BLOCK)
    return Blocks(np.where(enough, cut_y.sum(axis=1), 0.0), np.where(enough, cut_x.sum(axis=1), 0.0), starts, BLOCK)


def coming_units(grain: Grain, after: date, horizon: int, clock: Clock) -> list[Period]:
    """The next whole units of time that begin on or after a day."""
    found: list[Period] = []
    start = after
    while len(found) < horizon:
        unit = calendar_period(grain, start, clock.week_start)
        if unit.start >= after:
            found.append(unit)
        start = unit.end
    return found
