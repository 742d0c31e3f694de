"""Due times over both daylight-saving days, each form of a rule, and what a window between two looks holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.due import dues_between, latest_between, next_after
from analyst_agent.playbook.schedule.rules import parse_schedule

BERLIN = Calendar("Europe/Berlin", ["DE"])
EXAMPLES = (
    "second business day of the month at 00:15",
    "last business day of the month at 17:30",
    "every business day at 02:30",
    "every sunday and wednesday at 02:00",
    "every day at 03:00",
    "cron: 30 2 * * *",
    "cron: */20 1-3 * * 0",
    "cron: 0 8 1,15 * *",
)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _dues(text: str, begin: str, end: str, calendar: Calendar = BERLIN) -> list[str]:
    found = dues_between(parse_schedule(text), _utc(begin), _utc(end), calendar)
    return [f"{due.astimezone(UTC):%m-%dT%H:%M}" for due in found]


@pytest.mark.parametrize("text", ["every day at 02:30", "cron: 30 2 * * *"])
def test_a_time_that_the_clock_skips_is_due_at_the_first_instant_after_the_gap(text: str) -> None:
    """On 29 March 2026 clocks go from 01:59 (+1) to 03:00 (+2), which is 01:00 UTC."""
    assert _dues(text, "2026-03-28T00:00", "2026-03-31T00:00") == ["03-28T01:30", "03-29T01:00", "03-30T00:30"]


@pytest.mark.parametrize("text", ["every day at 02:30", "cron: 30 2 * * *"])
def test_a_time_that_comes_twice_is_due_the_first_time(text: str) -> None:
    """On 25 October 2026 it is 02:30 at 00:30 UTC and again at 01:30 UTC."""
    assert _dues(text, "2026-10-24T00:00", "2026-10-27T00:00") == ["10-24T00:30", "10-25T00:30", "10-26T01:30"]


def test_asked_within_the_hour_that_comes_twice_it_is_not_due_again() -> None:
    for minute in range(0, 120, 5):
        instant = _utc("2026-10-25T00:31") + timedelta(minutes=minute)
        for text in ("every day at 02:30", "cron: 30 2 * * *"):
            assert next_after(parse_schedule(text), instant, BERLIN).astimezone(UTC) == _utc("2026-10-26T01:30")


def test_a_rule_of_intervals_goes_on_through_both_hours() -> None:
    assert len(_dues("cron: */30 * * * *", "2026-10-24T22:00", "2026-10-25T23:00")) == 50


def test_both_daylight_saving_days_of_new_york_and_of_the_south() -> None:
    new_york, sydney = Calendar("America/New_York"), Calendar("Australia/Sydney")
    assert _dues("every day at 02:30", "2026-03-08T00:00", "2026-03-09T00:00", new_york) == ["03-08T07:00"]
    assert _dues("every day at 01:30", "2026-11-01T00:00", "2026-11-02T00:00", new_york) == ["11-01T05:30"]
    assert _dues("every day at 02:30", "2026-10-03T12:00", "2026-10-04T12:00", sydney) == ["10-03T16:00"]


def test_a_day_that_a_zone_left_out_is_due_when_the_next_begins() -> None:
    """Samoa had no 30 December 2011."""
    apia = Calendar("Pacific/Apia")
    found = next_after(parse_schedule("every friday at 08:00"), _utc("2011-12-29T00:00"), apia)
    assert found.astimezone(UTC) == _utc("2011-12-30T10:00")


def test_each_form_is_due_on_its_days() -> None:
    begin, end = "2026-04-29T00:00", "2026-05-08T00:00"
    assert _dues("every business day at 07:00", begin, end) == [
        "04-29T05:00", "04-30T05:00", "05-04T05:00", "05-05T05:00", "05-06T05:00", "05-07T05:00"
    ]  # fmt: skip
    assert _dues("every monday and thursday at 08:00", begin, end) == ["04-30T06:00", "05-04T06:00", "05-07T06:00"]
    assert _dues("third business day of the month at 08:00", begin, end) == ["05-06T06:00"]
    assert _dues("cron: 0 8 * * 1-5", begin, "2026-05-02T00:00") == ["04-29T06:00", "04-30T06:00", "05-01T06:00"]


def test_a_month_without_so_many_business_days_is_left_out() -> None:
    closed = Calendar("UTC", [f"2026-05-{day:02}" for day in range(8, 32)])
    assert _dues("tenth business day of the month at 08:00", "2026-04-20T00:00", "2026-06-30T00:00", closed) == [
        "06-12T08:00"
    ]


def test_a_calendar_without_business_days_is_a_complaint_and_no_endless_search() -> None:
    always_off = Calendar("UTC", [f"{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29)])
    with pytest.raises(InvalidDefinition, match="no day within"):
        next_after(parse_schedule("tenth business day of the month at 08:00"), _utc("2026-01-01T00:00"), always_off)


@given(
    text=st.sampled_from(EXAMPLES),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    instant=st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),
)
def test_due_times_rise_and_the_latest_is_the_last_of_them(text: str, zone: str, instant: datetime) -> None:
    calendar, rule, begin = Calendar(zone), parse_schedule(text), instant.replace(tzinfo=UTC)
    until = begin + timedelta(days=70)
    dues = [due.astimezone(UTC) for due in dues_between(rule, begin, until, calendar)]
    assert all(earlier < later for earlier, later in pairwise([begin, *dues]))
    latest = latest_between(rule, begin, until, calendar)
    assert (latest and latest.astimezone(UTC)) == (dues[-1] if dues else None)
    for due in dues[:3]:
        assert next_after(rule, due - timedelta(microseconds=1), calendar).astimezone(UTC) == due
        assert (
            due.astimezone(ZoneInfo(zone)).utcoffset()
            == next_after(rule, due - timedelta(seconds=1), calendar).utcoffset()
        )


def test_a_year_of_minutes_is_not_walked_through() -> None:
    rule = parse_schedule("cron: * * * * *")
    until = _utc("2030-01-01T00:00")
    assert latest_between(rule, _utc("1970-01-01T00:00"), until, BERLIN) == until
    assert latest_between(rule, until, until - timedelta(days=1), BERLIN) is None
