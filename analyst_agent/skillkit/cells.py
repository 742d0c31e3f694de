"""The cells of a query: their keys and periods, which of them can be ranked, and whether the first is clearly ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analyst_agent.records import Fact, Filter, Period, Value
from analyst_agent.semantic.model import GRAINS, Metric
from analyst_agent.semantic.periods import Grain, calendar_period
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.parts import Part
from analyst_agent.skillkit.rates import (
    ACCOUNT,
    SIGNIFICANT_AT,
    Difference,
    count_difference,
    parts_by_cell,
    parts_of_count,
    parts_of_rate,
    rate_difference,
)

Cell = tuple[Value, ...]
CALENDAR: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Cells that can be compared with each other, best first; left_out says why others are not, by code."""

    facts: tuple[Fact, ...]
    left_out: Mapping[str, int]


def calendar_grain(by: Sequence[str]) -> Grain | None:
    """The calendar unit among the dimensions, None without one (weekday and hour recur and are none)."""
    return next((grain for grain in CALENDAR if grain in by), None)


def cell_period(inquiry: Inquiry, by: Sequence[str], cell: Cell) -> Period:
    """The days a cell is about: those of its calendar unit within the period, else the whole period."""
    grain = calendar_grain(by)
    key = cell[list(by).index(grain)] if grain else None
    if grain is None or key is None:
        return inquiry.period
    unit = calendar_period(grain, first_day(grain, str(key)), inquiry.context.clock.week_start)
    if inquiry.period.kind == "all" or (inquiry.period.start <= unit.start and unit.end <= inquiry.period.end):
        return unit
    return Period(max(unit.start, inquiry.period.start), min(unit.end, inquiry.period.end))


def first_day(grain: str, key: str) -> date:
    """The first day of a stored key: 2026, 2026-Q4, 2026-10, or a day.

    >>> first_day("quarter", "2026-Q4")
    datetime.date(2026, 10, 1)
    """
    if grain == "year":
        return date(int(key), 1, 1)
    if grain == "quarter":
        return date(int(key[:4]), 3 * int(key[-1]) - 2, 1)
    if grain == "month":
        return date(int(key[:4]), int(key[5:7]), 1)
    return date.fromisoformat(key)


def covered_days(inquiry: Inquiry, period: Period) -> int:
    """Days of a period that the data cover."""
    first, last = inquiry.context.queries.first_day, inquiry.context.queries.last_day
    start = max(period.start, first) if first else period.start
    end = min(period.end, last + timedelta(days=1)) if last else period.end
    return max((end - start).days, 0)


def ranked(inquiry: Inquiry, metric: Metric, by: Sequence[str], facts: Sequence[Fact], descending: bool) -> Ranking:
    """The facts of one metric's cells by value. Left out: empty ones, what is not recorded, cells of too few tickets for
    a rate or mean, and, for counts, calendar units that the period or the data cut short.
    """
    left: dict[str, int] = {}
    grain = calendar_grain(by)
    candidates = [f for f in facts if f.value is not None and None not in f.dimensions.values()]
    whole = [f for f in candidates if not (grain and metric.is_count and _is_cut(inquiry, grain, f))]
    if whole and len(whole) < len(candidates):
        left["cut_short"] = len(candidates) - len(whole)
        candidates = whole
    if not metric.is_count and metric.unit != "currency":
        enough = [f for f in candidates if (f.n or 0) >= inquiry.minimum]
        if enough and len(enough) < len(candidates):
            left["too_few"] = len(candidates) - len(enough)
            candidates = enough
    candidates.sort(key=lambda f: number(f.value), reverse=descending)
    return Ranking(tuple(candidates), left)


def _is_cut(inquiry: Inquiry, grain: Grain, fact: Fact) -> bool:
    if fact.period is None:
        return False
    unit = calendar_period(grain, fact.period.start, inquiry.context.clock.week_start)
    last = inquiry.context.queries.last_day
    over = inquiry.context.clock.today if last is None else min(inquiry.context.clock.today, last + timedelta(days=1))
    return fact.period.days < unit.days or unit.end > over


def against_runner_up(inquiry: Inquiry, metric: Metric, by: Sequence[str], first: Fact, second: Fact) -> Fact:
    """The first fact with its difference from the second, tested where it is a rate or a count; as a fact of its own
    where it is compared with something else already.
    """
    if inquiry.book[first.id].reference is not None:
        first = inquiry.book.again(first)
    gap = number(first.value) - number(second.value)
    found = Difference(gap, reference=number(second.value))
    verdict: bool | None = None
    if metric.unit == "ratio":
        sides = [_parts(inquiry, metric.name, by, one) for one in (first, second)]
        found = rate_difference(sides[0], sides[1], inquiry.minimum)
        found = replace(found, difference=gap, reference=number(second.value))
        verdict = found.significant(found.p_value)
    elif metric.is_count and number(first.value) + number(second.value) >= inquiry.minimum:
        p_value, verdict = _counts_differ(inquiry, metric.name, by, first, second)
        found = replace(found, p_value=p_value)
    return inquiry.book.revise(
        first,
        reference="runner_up",
        reference_value=found.reference,
        reference_period=second.period,
        difference=found.difference,
        difference_interval=found.interval,
        p_value=found.p_value,
        significant=verdict,
    )


def _counts_differ(
    inquiry: Inquiry, metric: str, by: Sequence[str], first: Fact, second: Fact
) -> tuple[float | None, bool | None]:
    where = [_where(inquiry, by, one) for one in (first, second)]
    if where[0] is None or where[1] is None:
        return None, None
    parts = [
        parts_of_count(replace(inquiry, where=conditions), metric, one.period or inquiry.period)
        for one, conditions in zip((first, second), where, strict=True)
        if conditions is not None
    ]
    if ACCOUNT in by:  # each side is one account: nothing tells how its tickets depend on each other
        parts = [[replace(part, account=None) for part in side] for side in parts]
    days = tuple(covered_days(inquiry, one.period) if one.period else 1 for one in (first, second))
    p_value = count_difference(parts[0], parts[1], (max(days[0], 1), max(days[1], 1)))[1]
    return p_value, None if p_value is None else p_value <= SIGNIFICANT_AT


def _parts(inquiry: Inquiry, metric: str, by: Sequence[str], fact: Fact) -> list[Part]:
    where = _where(inquiry, by, fact)
    if where is not None:
        parts = parts_of_rate(replace(inquiry, where=where), metric, fact.period or inquiry.period)
        return [replace(part, account=None) for part in parts] if ACCOUNT in by else parts
    cells = parts_by_cell(inquiry, metric, by, inquiry.period)
    return cells.get(tuple(fact.dimensions[name] for name in by), [])


def _where(inquiry: Inquiry, by: Sequence[str], fact: Fact) -> tuple[Filter, ...] | None:
    """The filters that leave one cell, None where it is an hour or weekday, which no filter names."""
    if any(name in GRAINS and name not in CALENDAR for name in by):
        return None
    own = [Filter(name, "=", fact.dimensions[name]) for name in by if name not in GRAINS]
    return (*inquiry.where, *own)
