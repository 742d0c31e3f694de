"""Calendar units of a period, with the keys by which the engine names them."""

from __future__ import annotations

from datetime import date, timedelta

from analyst_agent.errors import UnknownName
from analyst_agent.records import Period
from analyst_agent.semantic.periods import Grain, calendar_period, complete_before
from analyst_agent.skillkit.context import SkillContext

GRAINS_SHOWN: tuple[Grain, ...] = ("day", "week", "month", "quarter")
LONGEST_BY_WEEK = 62


def grain_for(asked: str | None, period: Period) -> Grain:
    """The unit asked for, else months, or weeks within two months. Raises UnknownName for what is no unit."""
    if asked is None:
        return "month" if period.days > LONGEST_BY_WEEK else "week"
    found = next((grain for grain in GRAINS_SHOWN if grain == asked.strip().lower()), None)
    if found is None:
        raise UnknownName("unit of time", asked, GRAINS_SHOWN)
    return found


def units(context: SkillContext, period: Period, grain: Grain) -> list[tuple[str, Period]]:
    """Key and days of every unit that the period touches, in order; the first and last may be cut short by it."""
    found = []
    day = period.start
    while day < period.end:
        unit = calendar_period(grain, day, context.clock.week_start)
        within = Period(max(unit.start, period.start), min(unit.end, period.end), "", "custom")
        found.append((key_of(grain, unit.start), unit if within.days == unit.days else within))
        day = unit.end
    return found


def key_of(grain: str, first: date) -> str:
    """The stored key of a unit that begins on a day.

    >>> key_of("month", date(2026, 10, 1)), key_of("quarter", date(2026, 10, 1)), key_of("week", date(2026, 10, 5))
    ('2026-10', '2026-Q4', '2026-10-05')
    """
    if grain == "month":
        return f"{first:%Y-%m}"
    if grain == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return first.isoformat()


def months_to_date(context: SkillContext, months: int) -> Period:
    """So many complete months before the current one, and this one so far."""
    start = complete_before(context.clock, months, "month").start
    return Period(start, context.clock.today, "", "custom")


def unit_so_far(context: SkillContext, period: Period, grain: Grain) -> str | None:
    """The key of the period's last unit, where the period or the data end within it; else None."""
    listed = units(context, period, grain)
    if not listed or context.queries.last_day is None:
        return None
    key, within = listed[-1]
    whole = calendar_period(grain, within.start, context.clock.week_start)
    return key if min(period.end, context.queries.last_day + timedelta(days=1)) < whole.end else None
