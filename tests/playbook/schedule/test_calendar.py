"""Business days and due times against a table made by hand, for four countries and four time zones; own days off; what is no holiday."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.due import next_after
from analyst_agent.playbook.schedule.rules import parse_schedule

TABLE = Path(__file__).with_name("calendar_2026_2027.txt").read_text(encoding="utf-8").splitlines()
ZONES = {
    "DE-BY": "Europe/Berlin",
    "GB-ENG": "Europe/London",
    "US": "America/New_York",
    "IL": "Asia/Jerusalem",
}
_MONTH = re.compile(r"month (\S+) (\d{4})-(\d\d)  \w{3} \d\d  (\S+)  \w{3} \d\d  (\S+)")


def _months(country: str) -> list[tuple[datetime, datetime]]:
    """(first business day at 08:00, last at 17:30) of each month of the table, in UTC."""
    found = [row for line in TABLE if (row := _MONTH.match(line)) and row[1] == country]
    return [(_utc(row[2], row[4]), _utc(row[2], row[5])) for row in found]


def _utc(year: str, text: str) -> datetime:
    return datetime.strptime(f"{year}-{text}", "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("country", ZONES)
@pytest.mark.parametrize(
    ("place", "text"),
    [(0, "first business day of the month at 08:00"), (1, "last business day of the month at 17:30")],
)
def test_due_times_of_two_years_are_those_of_the_table(country: str, place: int, text: str) -> None:
    calendar = Calendar(ZONES[country], [country])
    expected = [row[place] for row in _months(country)]
    due, found = datetime(2025, 12, 31, 23, tzinfo=UTC), []
    for _ in expected:
        due = next_after(parse_schedule(text), due, calendar)
        found.append(due.astimezone(UTC))
    assert len(expected) == 24
    assert found == expected


@pytest.mark.parametrize("country", ZONES)
def test_business_days_are_all_but_the_weekends_and_the_holidays_of_the_table(country: str) -> None:
    calendar = Calendar(ZONES[country], [country])
    weekend = {4, 5} if country == "IL" else {5, 6}
    listed = {date.fromisoformat(line.split()[2]) for line in TABLE if line.startswith(f"holiday {country} ")}
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
    off = {day for day in days if not calendar.is_business_day(day) and day.weekday() not in weekend}
    assert off == listed
    assert not any(calendar.is_business_day(day) for day in days if day.weekday() in weekend)


def test_without_a_country_only_the_weekend_is_off() -> None:
    calendar = Calendar("UTC")
    assert calendar.is_business_day(date(2026, 12, 25))
    assert not calendar.is_business_day(date(2026, 12, 26))


def test_own_days_are_off_in_their_year_or_every_year_and_have_their_name() -> None:
    calendar = Calendar("UTC", ["2026-12-24", "12-31 Stocktaking", "02-29"])
    assert calendar.holiday(date(2026, 12, 24)) == "a day off"
    assert not calendar.holiday(date(2027, 12, 24))
    assert [calendar.holiday(date(year, 12, 31)) for year in (2026, 2031)] == ["Stocktaking", "Stocktaking"]
    assert not calendar.is_business_day(date(2028, 2, 29))


def test_a_weekend_day_that_the_country_made_a_working_day_is_a_business_day() -> None:
    calendar = Calendar("Asia/Shanghai", ["CN"])
    assert date(2026, 1, 4).weekday() == 6
    assert calendar.is_business_day(date(2026, 1, 4))


def test_the_weekend_of_a_country_that_changed_it_is_the_one_of_the_year() -> None:
    emirates = Calendar("Asia/Dubai", ["AE"])
    assert emirates.is_weekend(date(2021, 11, 5))  # a Friday, before the change of 2022
    assert not emirates.is_weekend(date(2026, 11, 6))


def test_a_day_off_in_one_of_two_countries_is_a_day_off() -> None:
    calendar = Calendar("UTC", ["DE", "US"])
    assert calendar.holiday(date(2026, 10, 12))
    assert calendar.holiday(date(2026, 5, 14)) == "Ascension Day"


@pytest.mark.parametrize(
    ("entry", "hint"),
    [("DX", "a code such as DE"), ("DE-XX", "BY"), ("2026-02-30", "2026-12-24"), ("13-01", "2026-12-24")],
)
def test_what_is_no_country_and_no_day_is_refused_with_the_valid_ones(entry: str, hint: str) -> None:
    with pytest.raises((UnknownName, InvalidDefinition)) as caught:
        Calendar("UTC", [entry])
    assert hint in caught.value.hint
