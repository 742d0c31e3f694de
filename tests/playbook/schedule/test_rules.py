"""The texts that are schedules, those that are not and what is said of them, and what stays one occurrence."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.rules import FORMS, parse_schedule


@pytest.mark.parametrize("text", FORMS)
def test_the_forms_that_complaints_name_are_valid(text: str) -> None:
    assert parse_schedule(text).text == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("First Business Day of the Month at 8:00", "first business day of the month at 08:00"),
        ("the first business day of each month at 08:00", "first business day of the month at 08:00"),
        ("every thursday, monday at 08:00", "every monday and thursday at 08:00"),
        ("each business day at 7:00", "every business day at 07:00"),
        ("CRON:  0 8 * * mon-fri", "cron: 0 8 * * MON-FRI"),
    ],
)
def test_spellings_of_one_rule(text: str, same: str) -> None:
    one, other = parse_schedule(text), parse_schedule(same)
    assert (one.pattern, one.at, one.cron) == (other.pattern, other.at, other.cron)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("every day", "it says no time of day"),
        ("every day at 24:00", "'24:00' is no time of day"),
        ("every day at 8 am", "'8 am' is no time of day"),
        ("every mondy at 08:00", "did you mean 'monday'?"),
        ("every month at 08:00", "'month' is no weekday"),
        ("frist business day of the month at 08:00", "did you mean 'first'?"),
        ("zeroth business day of the month at 08:00", "is no place in a month"),
        ("monthly at 08:00", "'monthly' names no days"),
        ("cron: 0 8 * *", "has 4 fields"),
        ("cron: 0 0 8 * * 1", "has 6 fields"),
        ("cron: @daily", "is a name"),
        ("cron: 61 8 * * *", "bad minute"),
        ("cron: 0 8 * * 8", "bad day-of-week"),
        ("cron: 0 8 30 2 *", "bad day-of-month"),
        ("0 8 * * 1-5", "says no form"),
        ("every day at 08:00 " * 20, "characters"),
    ],
)
def test_what_is_no_schedule_is_named_with_the_valid_forms(text: str, why: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_schedule(text)
    assert why in caught.value.message
    assert "cron: " in caught.value.hint


def test_a_near_miss_is_shown_the_nearest_form() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_schedule("first bussiness day of the month at 8:00")
    assert caught.value.hint.startswith("Nearest form: 'first business day of the month at 08:00'.")


def _occurrence(text: str, due: str, zone: str = "Europe/Berlin") -> str:
    return parse_schedule(text).occurrence(datetime.fromisoformat(due).replace(tzinfo=ZoneInfo(zone)))


def test_an_occurrence_stays_the_same_when_hour_zone_or_holidays_move_it() -> None:
    monthly = "first business day of the month at 08:00"
    assert _occurrence(monthly, "2026-05-01T08:00") == _occurrence(monthly, "2026-05-04T08:00")
    assert _occurrence("every day at 08:00", "2026-05-01T08:00") == _occurrence(
        "every day at 09:30", "2026-05-01T09:30", "Asia/Tokyo"
    )
    assert _occurrence("cron: 0 8 * * *", "2026-05-01T08:00") == _occurrence("cron: 30 7 * * *", "2026-05-01T07:30")


def test_occurrences_of_other_days_and_other_rules_differ() -> None:
    assert _occurrence("every day at 08:00", "2026-05-01T08:00") != _occurrence(
        "every day at 08:00", "2026-05-02T08:00"
    )
    assert _occurrence("first business day of the month at 08:00", "2026-05-04T08:00") != _occurrence(
        "second business day of the month at 08:00", "2026-05-05T08:00"
    )
    assert _occurrence("cron: 0 * * * *", "2026-05-01T08:00") != _occurrence("cron: 0 * * * *", "2026-05-01T09:00")
