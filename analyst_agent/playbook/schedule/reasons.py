"""Why a due time is on its day: the holidays and weekends that moved it, the hour that daylight saving took."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analyst_agent.playbook.schedule.calendar import Calendar, days_of
from analyst_agent.playbook.schedule.rules import Rule, day_name


def due_name(due: datetime) -> str:
    """A due time in words.

    >>> due_name(datetime(2026, 5, 4, 8, 0))
    'Monday 4 May 2026, 08:00'
    """
    return f"{day_name(due.date())}, {due:%H:%M}"


def reason(rule: Rule, due: datetime, calendar: Calendar, since: date) -> str:
    """What moved a due time, "" where nothing did.

    since: the day from which the reader counts, so that of a daily rule the holidays from there on are named. Such as "because
    Friday 1 May is Labour Day".
    """
    passed = [
        f"{day_name(day, with_year=False)} is {_what(calendar, day)}" for day in _passed(rule, due, calendar, since)
    ]
    if rule.at is not None and due.time() != rule.at:
        passed.append(f"clocks skip {rule.at:%H:%M}")
    if not passed:
        return ""
    return "because " + (f"{', '.join(passed[:-1])} and {passed[-1]}" if len(passed) > 1 else passed[0])


def _passed(rule: Rule, due: datetime, calendar: Calendar, since: date) -> list[date]:
    """The days that would have been the due day but for a holiday, or, where no holiday did it, the weekend."""
    day = due.date()
    if rule.kind == "business_day":
        days = [since + timedelta(days=n) for n in range((day - since).days)]
        return [one for one in days if calendar.holiday(one) and not calendar.is_weekend(one)]
    if rule.kind != "month":
        return []
    month = list(days_of(day.year, day.month))
    before = [one for one in month if one < day] if rule.nth > 0 else [one for one in month if one > day]
    off = [one for one in before if not calendar.is_business_day(one)]
    holidays = [one for one in off if calendar.holiday(one) and not calendar.is_weekend(one)]
    if holidays or abs(rule.nth) > 1:
        return holidays
    return off[:1] if rule.nth > 0 else off[-1:]


def _what(calendar: Calendar, day: date) -> str:
    return calendar.holiday(day) or "a weekend day"
