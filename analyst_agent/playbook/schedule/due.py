"""Which instants a rule gives in a calendar, over daylight saving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.rules import Rule

_MOST_YEARS = 3
"""A rule without a business day for so long (every day a holiday) never comes."""


def next_after(rule: Rule, instant: datetime, calendar: Calendar) -> datetime:
    """The first due time after an aware instant, in the calendar's zone.

    A time of day that the clock skips is due at the first instant after the gap; one that comes twice is due the first time. Raises
    InvalidDefinition where the calendar has no such day.
    """
    # Two times of one zone compare by their wall clock, whatever their offset: instants are compared in UTC.
    after = instant.astimezone(UTC)
    if rule.kind == "cron":
        for found in CronSim(rule.cron, instant.astimezone(calendar.zone)):
            if found.astimezone(UTC) > after:
                return found
        raise InvalidDefinition(f"The schedule {rule.text!r} never comes.", "Name days that exist.")
    assert rule.at is not None
    for day in _days(rule, instant.astimezone(calendar.zone).date() - timedelta(days=1), calendar):
        due = at_wall(day, rule.at, calendar.zone)
        if due.astimezone(UTC) > after:
            return due
    raise InvalidDefinition(
        f"The schedule {rule.text!r} has no day within {_MOST_YEARS} years.", "Correct workspace.holidays."
    )


def latest_between(rule: Rule, after: datetime, until: datetime, calendar: Calendar) -> datetime | None:
    """The last due time after one instant and not after another; None where there is none."""
    span = timedelta(hours=1)
    while True:  # back from the end in growing steps: a year of a rule that comes every minute is not walked through
        begin = max(after, until - span)
        last = None
        for due in dues_between(rule, begin, until, calendar):
            last = due
        if last is not None or begin <= after:
            return last
        span *= 4


def dues_between(rule: Rule, after: datetime, until: datetime, calendar: Calendar) -> Iterator[datetime]:
    """The due times after one instant and not after another, in order."""
    due = next_after(rule, after, calendar)
    while due.astimezone(UTC) <= until:
        yield due
        due = next_after(rule, due, calendar)


def at_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant at which clocks of a zone first show a time on a day; where they skip it, the first instant after the gap."""
    wall = datetime.combine(day, at)
    while True:
        found = wall.replace(tzinfo=zone)
        if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
            return found
        wall += timedelta(minutes=1)


def _days(rule: Rule, first: date, calendar: Calendar) -> Iterator[date]:
    """The days of a rule from a day on."""
    if rule.kind == "month":
        for month in range(12 * _MOST_YEARS):
            years, number = divmod(first.month - 1 + month, 12)
            days = calendar.business_days(first.year + years, number + 1)
            place = rule.nth - 1 if rule.nth > 0 else rule.nth
            if -len(days) <= place < len(days) and days[place] >= first:
                yield days[place]
        return
    for number in range(366 * _MOST_YEARS):
        day = first + timedelta(days=number)
        if rule.kind == "weekday" and day.weekday() not in rule.weekdays:
            continue
        if rule.kind == "business_day" and not calendar.is_business_day(day):
            continue
        yield day
