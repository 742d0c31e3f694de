"""Periods at a distance from another: the month before, a year earlier, the previous 30 days."""

from __future__ import annotations

from typing import cast

from analyst_agent.records import Period
from analyst_agent.semantic.periods import (
    DAY,
    DAYS_IN,
    Clock,
    Grain,
    add_days,
    add_units,
    build,
    calendar_period,
    move,
    shift,
    unit_start,
)

UNIT_DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "quarter": (89, 92), "year": (365, 366)}


def at_distance(period: Period, by: int, name: str, whole_unit: bool, clock: Clock | None = None) -> Period:
    """The period at a distance from another.

    "period": that many of its own kind. "to_year": the same dates in the year `by`. whole_unit: "the month before", the whole calendar unit(s) beside it; of a rolling or custom period
    about as long as the unit, the equal length beside it; and "the year before" something shorter than a year is the same dates a year
    earlier. Otherwise the same shape that many units away.
    """
    if name == "to_year":
        return move(period, by - period.start.year, "year")
    if name == "period":
        if period.kind == "to_date" and whole_unit and period.grain is not None:
            return calendar_period(period.grain, add_units(period.start, by, period.grain), _week_start(clock))
        return shift(period, by)
    if not whole_unit:
        return move(period, by, name)
    if period.kind in ("rolling", "custom") and as_long(period, abs(by), name):
        return shift(period, 1 if by > 0 else -1)
    shorter = period.days < 365
    if name == "year" and shorter and not (period.kind == "to_date" and period.grain == "year"):
        return move(period, by, "year")
    if name == "day" or (name == "week" and period.kind != "calendar" and period.grain != "week"):
        days = abs(by) * DAYS_IN[name]
        start = add_days(period.start, -days) if by < 0 else period.end
        return build(start, add_days(start, days), "calendar" if days == 1 else "custom", "day" if days == 1 else None)
    return _units_beside(period, by, cast(Grain, name), _week_start(clock))


def as_long(period: Period, count: int, name: str) -> bool:
    """Whether a period is about as long as that many units."""
    low, high = UNIT_DAYS[name]
    return count * low <= period.days <= count * high


def _units_beside(period: Period, by: int, grain: Grain, week_start: str) -> Period:
    # A full calendar unit beside the period: one that only overlaps it does not count as "before" or "after".
    if by < 0:
        end = unit_start(grain, period.start, week_start)
        return build(add_units(end, by, grain), end, "calendar", grain)
    start = add_units(unit_start(grain, period.end - DAY, week_start), 1, grain)
    return build(start, add_units(start, by, grain), "calendar", grain)


def _week_start(clock: Clock | None) -> str:
    return clock.week_start if clock is not None else "monday"
