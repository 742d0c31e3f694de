"""Names of periods: absolute labels for people, and the stored keys of time dimensions."""

from __future__ import annotations

from datetime import date, timedelta

from analyst_agent.records import Period
from analyst_agent.settings import WEEKDAYS

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def label(period: Period) -> str:
    """The absolute name of a period, its last day included.

    >>> label(Period(date(2026, 10, 1), date(2026, 11, 1), kind="calendar", grain="month"))
    'October 2026'
    >>> label(Period(date(2026, 9, 28), date(2026, 10, 5), kind="calendar", grain="week"))
    '28 September to 4 October 2026 (week 40)'
    """
    last = period.end - timedelta(days=1)
    if period.start == EARLIEST:
        return f"all data up to {_day(last)}" if period.kind == "all" else f"up to {_day(last)}"
    if period.kind == "calendar" and period.grain == "week":
        first_week, last_week = _week_number(period.start), _week_number(period.end - timedelta(days=7))
        weeks = f"week {first_week}" if period.days == 7 else f"weeks {first_week} to {last_week}"
        return f"{_dates(period.start, last)} ({weeks})"
    if period.kind == "calendar" and period.grain in ("month", "quarter", "year"):
        return _units(period.grain, period.start, last)
    return _dates(period.start, last)


def describe(period: Period) -> str:
    """The label with its first and last day, where the label does not show them: `Q3 2026 (1 July to 30 September 2026)`."""
    name = label(period)
    if period.kind == "calendar" and period.grain in ("month", "quarter", "year"):
        return f"{name} ({_dates(period.start, period.end - timedelta(days=1))})"
    return name


def key_of(grain: str, day: date, week_start: str = "monday") -> str:
    """The stored value of a time dimension: 2026, 2026-Q4, 2026-10, a week's first day, or the day itself.

    >>> key_of("week", date(2026, 10, 1))
    '2026-09-28'
    """
    if grain == "year":
        return f"{day.year:04d}"
    if grain == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    if grain == "month":
        return f"{day.year:04d}-{day.month:02d}"
    if grain == "week":
        return (day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)).isoformat()
    return day.isoformat()


def _week_number(start: date) -> int:
    # A week has the ISO 8601 number of its Thursday, on whatever day weeks begin here.
    return (start + timedelta(days=(3 - start.weekday()) % 7)).isocalendar().week


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _dates(first: date, last: date) -> str:
    if first == last:
        return _day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTH_NAMES[first.month - 1]} to {_day(last)}"
    return f"{_day(first)} to {_day(last)}"


def _units(grain: str, first: date, last: date) -> str:
    def name(day: date) -> str:
        return MONTH_NAMES[day.month - 1] if grain == "month" else f"Q{(day.month + 2) // 3}"

    if grain == "year":
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    if first.year != last.year:
        return f"{name(first)} {first.year} to {name(last)} {last.year}"
    return f"{name(last)} {last.year}" if name(first) == name(last) else f"{name(first)} to {name(last)} {last.year}"
