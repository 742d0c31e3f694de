"""Arithmetic of periods: whole days in the workspace's zone, half-open, as DESIGN section 3 defines them; no words, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_labels import EARLIEST, LATEST, describe, key_of, label
from analyst_agent.settings import WEEKDAYS, Settings

__all__ = [
    "EARLIEST", "LATEST", "Clock", "Grain", "add_months", "build", "calendar_period", "comparison", "complete_before", "current",
    "describe", "everything", "key_of", "label", "last_days", "move", "settle", "shift", "spine", "unit_start", "utc_bounds", "whole_units", "year_before",
]  # fmt: skip

Grain = Literal["day", "week", "month", "quarter", "year"]
Kind = Literal["calendar", "rolling", "to_date", "custom", "all"]
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
DAYS_IN = {"day": 1, "week": 7}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What "today", "week" and "fiscal year" mean here. data_start and data_end (last day, inclusive) bound "all time" and "until"."""

    today: date
    zone: ZoneInfo | str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1
    data_start: date | None = None
    data_end: date | None = None

    @classmethod
    def of(
        cls, settings: Settings, today: date | None = None, data_start: date | None = None, data_end: date | None = None
    ) -> Clock:
        """The clock of a workspace: `today`, else the settings' fixed day, else the real day in its zone."""
        day = today or settings.today or datetime.now(settings.zone).date()
        return cls(day, settings.zone, settings.week_start, settings.fiscal_year_start, data_start, data_end)

    @property
    def tomorrow(self) -> date:
        """The exclusive end of everything that runs through today."""
        return self.today + DAY


def build(start: date, end: date, kind: Kind = "custom", grain: Grain | None = None) -> Period:
    """A labelled period. Raises BadPeriod where it is empty or runs out of the years 1900 to 2199."""
    if end <= start:
        raise BadPeriod(
            f"The period ends ({end - DAY}) before it starts ({start}).", "Write the earlier date first, for example 2026-10-01..2026-10-31."
        )  # fmt: skip
    if start < EARLIEST or end > LATEST:
        raise BadPeriod(
            f"{start} to {end - DAY} is outside the years 1900 to 2199.", "Ask for a shorter or nearer period."
        )
    bare = Period(start, end, "", kind, grain)
    return Period(start, end, label(bare), kind, grain)


def add_months(day: date, n: int) -> date:
    """The same day n months on, or the month's last day where it has fewer (31 January + 1 = 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9998:
        raise BadPeriod(f"{n} months from {day} is no date.", "Ask for a shorter or nearer period.")
    first = date(year, month + 1, 1)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def add_days(day: date, n: int) -> date:
    """The day n days on. Raises BadPeriod where there is no such date."""
    try:
        return day + timedelta(days=n)
    except OverflowError as error:
        raise BadPeriod(f"{n} days from {day} is no date.", "Ask for a shorter or nearer period.") from error


def add_units(day: date, n: int, grain: str) -> date:
    """The day n units on."""
    return add_months(day, n * MONTHS_IN[grain]) if grain in MONTHS_IN else add_days(day, n * DAYS_IN[grain])


def unit_start(grain: str, day: date, week_start: str = "monday") -> date:
    """The first day of the unit that holds `day`."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)
    months = MONTHS_IN[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def calendar_period(grain: Grain, day: date, week_start: str = "monday") -> Period:
    """The whole day, week, month, quarter or year that holds `day`."""
    start = unit_start(grain, day, week_start)
    return build(start, add_units(start, 1, grain), "calendar", grain)


def complete_before(clock: Clock, n: int, grain: Grain) -> Period:
    """The n complete units before the current one; days count back from yesterday (kind rolling). Raises BadPeriod unless n is at least 1."""
    if n < 1:
        raise BadPeriod(
            f"{n} {grain}s is no length of time.", f"Use a count of at least 1, for example last 3 {grain}s."
        )
    end = unit_start(grain, clock.today, clock.week_start)
    try:
        return build(add_units(end, -n, grain), end, "rolling" if grain == "day" else "calendar", grain)
    except BadPeriod as error:
        raise BadPeriod(f"The last {n} {grain}s reach back before the year 1900.", "Use a smaller count.") from error


def last_days(clock: Clock, n: int) -> Period:
    """The n complete days before today."""
    return complete_before(clock, n, "day")


def current(clock: Clock, grain: Grain) -> Period:
    """The unit that holds today, from its first day through today."""
    return build(unit_start(grain, clock.today, clock.week_start), clock.tomorrow, "to_date", grain)


def everything(clock: Clock) -> Period:
    """All that is loaded: the data's first to last day where the clock knows them, else 1900 through today."""
    start = clock.data_start or EARLIEST
    return build(start, max(clock.data_end + DAY if clock.data_end else clock.tomorrow, start + DAY), "all")


def settle(period: Period, clock: Clock) -> Period:
    """The period as far as it has happened: one that holds today ends with today.

    A single calendar unit becomes `to_date`, several of them and two dates `custom`; what lies wholly in the past or the future stays.
    Days yet to come hold no tickets, and a comparison over the nominal length would be unfair.
    """
    if period.kind in ("all", "to_date") or not period.start <= clock.today < period.end:
        return period
    single = period.grain is not None and add_units(period.start, 1, period.grain) == period.end
    if period.kind == "calendar" and single:
        return build(period.start, clock.tomorrow, "to_date", period.grain)
    if period.end == clock.tomorrow:
        return period
    return build(period.start, clock.tomorrow, period.kind if period.kind == "rolling" else "custom")


def whole_units(start: date, end: date) -> Period:
    """A custom period, or the calendar months, quarter or years that these days exactly are: 1 to 31 October is October."""
    if start.day == end.day == 1 and end > start:
        months = (end.year - start.year) * 12 + end.month - start.month
        grain: Grain = "month"
        if months % 12 == 0 and start.month == 1:
            grain = "year"
        elif months == 3 and start.month % 3 == 1:
            grain = "quarter"
        return build(start, end, "calendar", grain)
    return build(start, end)


def shift(period: Period, n: int) -> Period:
    """The period n of its kind later (n < 0: earlier): October to September, three months to the three before, 30 days to the 30 before.

    A period to date keeps its number of days from the start of the other unit, at most that unit. Raises BadPeriod for `all`.
    """
    if period.kind == "all" or period.start == EARLIEST:
        raise BadPeriod(
            "A period that starts with the data has none before or after it.",
            "Name two dates, for example 2026-10-01..2026-10-31.",
        )
    if period.kind == "to_date" and period.grain is not None:
        start = add_units(period.start, n, period.grain)
        return build(
            start, min(add_days(start, period.days), add_units(start, 1, period.grain)), "to_date", period.grain
        )
    if period.kind == "calendar" and period.grain in MONTHS_IN:
        months = n * _months(period)
        return build(add_months(period.start, months), add_months(period.end, months), period.kind, period.grain)
    days = n * period.days
    return build(add_days(period.start, days), add_days(period.end, days), period.kind, period.grain)


def comparison(period: Period) -> Period:
    """What a period is compared with: the previous one of its kind, or the equal length before it. Raises BadPeriod for `all`."""
    return shift(period, -1)


def move(period: Period, n: int, unit: str) -> Period:
    """The period of the same shape n units later (n < 0: earlier): a month a year earlier, a day two weeks later.

    Weeks move by years in steps of 52 weeks, so that they stay weeks; rolling periods keep their length; others keep their dates.
    """
    if period.kind == "all" or period.start == EARLIEST:
        return shift(period, n)
    if unit in DAYS_IN or (period.grain == "week" and unit == "year"):
        days = n * (DAYS_IN.get(unit, 364))
        stays = (
            period.kind in ("rolling", "custom") or period.grain == "day" or (period.grain == "week" and days % 7 == 0)
        )
        kind: Kind = period.kind if stays else "custom"
        return build(add_days(period.start, days), add_days(period.end, days), kind, period.grain if stays else None)
    months = n * MONTHS_IN[unit]
    start = add_months(period.start, months)
    if period.kind == "calendar" and period.grain in MONTHS_IN:
        return build(start, add_months(period.end, months), period.kind, period.grain)
    if period.kind == "rolling" or period.grain == "day":
        return build(start, add_days(start, period.days), period.kind, period.grain)
    end = add_months(period.end - DAY, months) + DAY
    if period.kind == "to_date" and period.grain in MONTHS_IN:
        return build(start, min(end, add_units(start, 1, period.grain)), period.kind, period.grain)
    return build(start, end)


def year_before(period: Period) -> Period:
    """The same period a year earlier (a week: 52 weeks earlier)."""
    return move(period, -1, "year")


def spine(period: Period, grain: Grain, clock: Clock) -> list[Period]:
    """Every unit that the period touches, in order, the first and last clipped to it: together they are exactly the period."""
    return list(_units(period, grain, clock.week_start))


def _units(period: Period, grain: Grain, week_start: str) -> Iterator[Period]:
    start = unit_start(grain, period.start, week_start)
    while start < period.end:
        end = add_units(start, 1, grain)
        whole = start >= period.start and end <= period.end
        yield build(
            max(start, period.start), min(end, period.end), "calendar" if whole else "custom", grain if whole else None
        )
        start = end


def _months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month


def utc_bounds(period: Period, zone: ZoneInfo | str) -> tuple[datetime, datetime]:
    """The first instants of the period's first day and of the day after its last, in UTC without offset, for columns kept in UTC."""
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    return _day_begins(period.start, place), _day_begins(period.end, place)


def _day_begins(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != midnight.replace(tzinfo=None):
        # The clocks skip midnight: the day begins when they jump, which lies between the two readings of "00:00".
        before, after = midnight.replace(fold=1).astimezone(UTC) - timedelta(seconds=1), instant
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
            before, after = (before, middle) if middle.astimezone(zone).date() >= day else (middle, after)
        instant = after
    return instant.replace(tzinfo=None)
