"""What a query's period is compared with: as a whole, or unit by unit on the calendar, whether or not the data have anything there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from analyst_agent.errors import BadPeriod, NotPermitted
from analyst_agent.records import Period, SemanticQuery
from analyst_agent.semantic.periods import (
    DAY,
    Clock,
    Grain,
    add_months,
    add_units,
    build,
    comparison,
    key_of,
    spine,
    unit_start,
    whole_units,
    year_before,
)
from analyst_agent.settings import WEEKDAYS

CALENDAR_GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit of time and what it is compared with: `before` is None where the calendar has no such days. Keys are stored values, None without a grain."""

    key: str | None
    now: Period
    before_key: str | None
    before: Period | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The days to be queried for a comparison and how its units belong to those of the query's period."""

    period: Period
    grain: str | None
    pairs: tuple[Pair, ...]
    what: str


def plan_comparison(query: SemanticQuery, clock: Clock, data: tuple[date | None, date | None]) -> Comparison | None:
    """How a query with `compare` is to be compared; None for one without. data: first and last day of the data.

    Each unit of a time grain is compared with the one before it, or with that of a year before (a week: 52 weeks); units that the
    period cuts are compared with the same days of the other unit. Raises NotPermitted or BadPeriod.
    """
    if query.compare is None:
        return None
    if not isinstance(query.compare, Period) and query.compare not in ("previous", "year"):
        raise NotPermitted(f"Nothing can be compared with {query.compare!r}.", "Say previous, year, or a period.")
    grains = [name for name in query.by if name in CALENDAR_GRAINS]
    if len(grains) > 1:
        raise NotPermitted(f"A comparison takes one of {' and '.join(grains)}.", f"Split by {grains[0]} alone.")
    if not grains:
        return _whole(query)
    grain = cast(Grain, grains[0])
    units = spine(_known_days(query.period, data), grain, clock)
    if isinstance(query.compare, Period):
        return _by_place(units, query.compare, grain, clock)
    back = "year" if query.compare == "year" else "unit"
    pairs = []
    for unit in units:
        start = unit_start(grain, unit.start, clock.week_start)
        before = _unit_before(unit, start, grain, back)
        key = key_of(grain, start, clock.week_start)
        other = None if before is None else key_of(grain, before.start, clock.week_start)
        pairs.append(Pair(key, unit, other, before))
    found = [pair.before for pair in pairs if pair.before is not None]
    if not found:
        raise NotPermitted("None of these days has a counterpart to be compared with.", "Ask for a longer period.")
    what = f"each {grain} against " + (f"the {grain} a year before" if back == "year" else f"the {grain} before")
    return Comparison(whole_units(found[0].start, found[-1].end), grain, tuple(pairs), what)


def _whole(query: SemanticQuery) -> Comparison:
    now = query.period
    if now is None or now.kind == "all":
        raise BadPeriod("All loaded data have no period to be compared with.", "Give a period, or split by month.")
    if isinstance(query.compare, Period):
        before = query.compare
    else:
        before = year_before(now) if query.compare == "year" else comparison(now)
    return Comparison(before, None, (Pair(None, now, None, before),), f"against {before.label}")


def _known_days(period: Period | None, data: tuple[date | None, date | None]) -> Period:
    """The period; for all that is loaded, the days of the data."""
    if period is not None and period.kind != "all":
        return period
    first, last = data
    if first is None or last is None:
        raise BadPeriod("Without data there is nothing to compare.", "Load data, or give a period.")
    return build(first, last + DAY)


def _by_place(units: list[Period], other: Period, grain: Grain, clock: Clock) -> Comparison:
    """The first unit with the first of the other period, and so on; what has no counterpart stays without."""
    others = spine(other, grain, clock)
    pairs = []
    for place, unit in enumerate(units):
        before = others[place] if place < len(others) else None
        key = key_of(grain, unit_start(grain, unit.start, clock.week_start), clock.week_start)
        start = before and unit_start(grain, before.start, clock.week_start)
        pairs.append(Pair(key, unit, key_of(grain, start, clock.week_start) if start else None, before))
    return Comparison(other, grain, tuple(pairs), f"{grain} by {grain} against {other.label}")


def _unit_before(unit: Period, start: date, grain: Grain, back: str) -> Period | None:
    """The same days of the unit before, or of a year before; None where that unit is too short to have any of them."""
    end = add_units(start, 1, grain)
    if back == "unit":
        first = add_units(start, -1, grain)
    else:
        first = start - timedelta(days=364) if grain == "week" else add_months(start, -12)
    last = add_units(first, 1, grain)
    from_day = first if unit.start == start else min(first + (unit.start - start), last)
    to_day = last if unit.end == end else min(first + (unit.end - start), last)
    return build(from_day, to_day) if to_day > from_day else None


def covered_days(period: Period | None, data: tuple[date | None, date | None], weekday: str | None = None) -> int:
    """How many of a period's days (of one weekday) lie within the data's first and last day.

    >>> covered_days(Period(date(2026, 10, 1), date(2026, 11, 1)), (date(2026, 10, 11), date(2026, 12, 1)))
    21
    """
    first, last = data
    if period is None or first is None or last is None:
        return 0
    start, end = max(period.start, first), min(period.end, last + DAY)
    days = max((end - start).days, 0)
    if weekday is None:
        return days
    wanted = WEEKDAYS.index(weekday.lower())
    whole, rest = divmod(days, 7)
    return whole + sum((start.weekday() + n) % 7 == wanted for n in range(rest))
