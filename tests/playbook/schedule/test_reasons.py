"""What is said of a due time that was moved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.due import next_after
from analyst_agent.playbook.schedule.reasons import due_name, reason
from analyst_agent.playbook.schedule.rules import parse_schedule


@pytest.mark.parametrize(
    ("text", "after", "said"),
    [
        ("first business day of the month at 08:00", "2026-04-20", "Monday 4 May 2026, 08:00 because Friday 1 May is Labor Day"),
        ("first business day of the month at 08:00", "2026-07-20", "Monday 3 August 2026, 08:00 because Saturday 1 August is a weekend day"),
        ("first business day of the month at 08:00", "2026-08-20", "Tuesday 1 September 2026, 08:00 "),
        ("last business day of the month at 08:00", "2026-12-20", "Wednesday 30 December 2026, 08:00 because Thursday 31 December is Stocktaking"),
        ("second business day of the month at 08:00", "2026-12-31", "Tuesday 5 January 2027, 08:00 because Friday 1 January is New Year's Day"),
        ("every business day at 07:00", "2026-05-01", "Monday 4 May 2026, 07:00 because Friday 1 May is Labor Day"),
        ("every business day at 07:00", "2026-05-09", "Monday 11 May 2026, 07:00 "),
        ("every day at 02:30", "2026-03-29", "Sunday 29 March 2026, 03:00 because clocks skip 02:30"),
        ("every monday at 08:00", "2026-04-05", "Monday 6 April 2026, 08:00 "),
    ],
)  # fmt: skip
def test_the_holiday_that_moved_it_is_named(text: str, after: str, said: str) -> None:
    calendar = Calendar("Europe/Berlin", ["DE", "12-31 Stocktaking"])
    rule, day = parse_schedule(text), date.fromisoformat(after)
    due = next_after(rule, datetime(day.year, day.month, day.day, tzinfo=UTC), calendar)
    assert f"{due_name(due)} {reason(rule, due, calendar, day)}" == said
