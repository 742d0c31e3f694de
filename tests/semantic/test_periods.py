"""Arithmetic of periods: lengths, neighbours, partitions and the local midnights in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.periods import (
    Clock,
    Grain,
    add_months,
    build,
    calendar_period,
    comparison,
    complete_before,
    current,
    describe,
    everything,
    key_of,
    label,
    last_days,
    settle,
    shift,
    spine,
    utc_bounds,
    whole_units,
    year_before,
)
from analyst_agent.settings import WEEKDAYS, Settings

D = date
TODAY = Clock(D(2026, 11, 3))
GRAINS = get_args(Grain)
days = st.dates(D(1990, 1, 1), D(2100, 12, 31))
clocks = st.builds(Clock, today=days, week_start=st.sampled_from(WEEKDAYS), fiscal_year_start=st.integers(1, 12))
grains = st.sampled_from(GRAINS)


def bounds(period: Period) -> tuple[date, date]:
    return period.start, period.end


@pytest.mark.parametrize(
    ("today", "n", "grain", "start", "end"),
    [
        (D(2026, 11, 3), 30, "day", D(2026, 10, 4), D(2026, 11, 3)),
        (D(2026, 11, 3), 1, "month", D(2026, 10, 1), D(2026, 11, 1)),
        (D(2027, 1, 1), 1, "month", D(2026, 12, 1), D(2027, 1, 1)),
        (D(2027, 1, 1), 1, "year", D(2026, 1, 1), D(2027, 1, 1)),
        (D(2028, 2, 29), 1, "month", D(2028, 1, 1), D(2028, 2, 1)),
        (D(2028, 3, 31), 1, "month", D(2028, 2, 1), D(2028, 3, 1)),
        (D(2026, 11, 3), 1, "quarter", D(2026, 7, 1), D(2026, 10, 1)),
        (D(2026, 11, 3), 12, "month", D(2025, 11, 1), D(2026, 11, 1)),
        (D(2026, 11, 2), 1, "week", D(2026, 10, 26), D(2026, 11, 2)),
        (D(2026, 11, 1), 1, "week", D(2026, 10, 19), D(2026, 10, 26)),
    ],
)
def test_complete_units_end_before_the_current_one(
    today: date, n: int, grain: Grain, start: date, end: date
) -> None:  # fmt: skip
    assert bounds(complete_before(Clock(today), n, grain)) == (start, end)


def test_weeks_begin_where_the_settings_say() -> None:
    sunday = Clock(D(2026, 11, 1), week_start="sunday")
    assert bounds(complete_before(sunday, 1, "week")) == (D(2026, 10, 25), D(2026, 11, 1))
    assert bounds(current(sunday, "week")) == (D(2026, 11, 1), D(2026, 11, 2))


@pytest.mark.parametrize("count", [0, -3, 99999])
def test_impossible_counts_are_refused(count: int) -> None:
    with pytest.raises(BadPeriod):
        complete_before(TODAY, count, "year")


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (calendar_period("month", D(2026, 10, 9)), calendar_period("month", D(2026, 9, 9))),
        (calendar_period("month", D(2026, 3, 31)), calendar_period("month", D(2026, 2, 1))),
        (calendar_period("quarter", D(2026, 1, 31)), calendar_period("quarter", D(2025, 12, 1))),
        (calendar_period("year", D(2028, 2, 29)), calendar_period("year", D(2027, 2, 1))),
        (complete_before(TODAY, 3, "month"), build(D(2026, 5, 1), D(2026, 8, 1), "calendar", "month")),
        (last_days(TODAY, 30), build(D(2026, 9, 4), D(2026, 10, 4), "rolling", "day")),
        (current(TODAY, "month"), build(D(2026, 10, 1), D(2026, 10, 4), "to_date", "month")),
        (current(Clock(D(2026, 3, 31)), "month"), build(D(2026, 2, 1), D(2026, 3, 1), "to_date", "month")),
        (build(D(2026, 10, 5), D(2026, 10, 13)), build(D(2026, 9, 27), D(2026, 10, 5))),
    ],
)
def test_comparison_is_the_previous_of_its_kind(period: Period, before: Period) -> None:
    assert comparison(period) == before


def test_everything_has_nothing_before_it() -> None:
    with pytest.raises(BadPeriod):
        comparison(everything(TODAY))
    known = Clock(D(2026, 11, 3), data_start=D(2025, 1, 5), data_end=D(2026, 10, 30))
    assert bounds(everything(known)) == (D(2025, 1, 5), D(2026, 10, 31))


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        (calendar_period("month", D(2028, 2, 1)), (D(2027, 2, 1), D(2027, 3, 1))),
        (calendar_period("week", D(2026, 11, 3)), (D(2025, 11, 3), D(2025, 11, 10))),
        (calendar_period("day", D(2028, 2, 29)), (D(2027, 2, 28), D(2027, 3, 1))),
        (last_days(Clock(D(2028, 3, 15)), 30), (D(2027, 2, 14), D(2027, 3, 16))),
        (current(Clock(D(2028, 11, 3)), "year"), (D(2027, 1, 1), D(2027, 11, 4))),
    ],
)
def test_a_year_before(period: Period, earlier: tuple[date, date]) -> None:
    assert bounds(year_before(period)) == earlier


@pytest.mark.parametrize(
    ("period", "name", "full"),
    [
        (calendar_period("month", D(2026, 10, 1)), "October 2026", "October 2026 (1 to 31 October 2026)"),
        (calendar_period("quarter", D(2026, 8, 1)), "Q3 2026", "Q3 2026 (1 July to 30 September 2026)"),
        (calendar_period("year", D(2025, 8, 1)), "2025", "2025 (1 January to 31 December 2025)"),
        (calendar_period("week", D(2026, 10, 1)), "28 September to 4 October 2026 (week 40)", None),
        (calendar_period("week", D(2026, 10, 1), "sunday"), "27 September to 3 October 2026 (week 40)", None),
        (calendar_period("day", D(2026, 10, 5)), "5 October 2026", None),
        (last_days(TODAY, 30), "4 October to 2 November 2026", None),
        (current(TODAY, "month"), "1 to 3 November 2026", None),
        (build(D(2026, 12, 28), D(2027, 1, 4)), "28 December 2026 to 3 January 2027", None),
        (
            complete_before(TODAY, 3, "month"),
            "August to October 2026",
            "August to October 2026 (1 August to 31 October 2026)",
        ),
        (complete_before(TODAY, 3, "quarter"), "Q1 to Q3 2026", None),
        (complete_before(TODAY, 2, "year"), "2024 to 2025", None),
        (everything(TODAY), "all data up to 3 November 2026", None),
    ],
)
def test_labels_are_absolute(period: Period, name: str, full: str | None) -> None:
    assert label(period) == period.label == name
    assert full is None or describe(period) == full


def test_stored_keys() -> None:
    keys = {g: key_of(g, D(2026, 10, 1)) for g in GRAINS}
    assert keys == {"day": "2026-10-01", "week": "2026-09-28", "month": "2026-10", "quarter": "2026-Q4", "year": "2026"}
    assert key_of("week", D(2026, 10, 1), "sunday") == "2026-09-27"


def test_spine_clips_its_ends() -> None:
    weeks = spine(calendar_period("month", D(2026, 10, 1)), "week", TODAY)
    assert [w.label for w in weeks] == [
        "1 to 4 October 2026", "5 to 11 October 2026 (week 41)", "12 to 18 October 2026 (week 42)", "19 to 25 October 2026 (week 43)",
        "26 to 31 October 2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("UTC", D(2026, 10, 25), datetime(2026, 10, 25), datetime(2026, 10, 26)),
        ("Europe/Berlin", D(2026, 3, 29), datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)),
        ("Europe/Berlin", D(2026, 10, 25), datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 23)),
        # São Paulo went from 00:00 to 01:00 on 4 November 2018 and back from 00:00 to 23:00 on 18 February 2018.
        ("America/Sao_Paulo", D(2018, 11, 4), datetime(2018, 11, 4, 3), datetime(2018, 11, 5, 2)),
        ("America/Sao_Paulo", D(2018, 2, 17), datetime(2018, 2, 17, 2), datetime(2018, 2, 18, 3)),
        # Beirut skips midnight every spring: 28 March 2021 began at 01:00.
        ("Asia/Beirut", D(2021, 3, 28), datetime(2021, 3, 27, 22), datetime(2021, 3, 28, 21)),
        # In Havana midnight happens twice on 1 November 2026; the day begins at the first.
        ("America/Havana", D(2026, 11, 1), datetime(2026, 11, 1, 4), datetime(2026, 11, 2, 5)),
        # Toronto jumped from 23:30 to 00:30 on 30 March 1919: the 31st began at the jump.
        ("America/Toronto", D(1919, 3, 31), datetime(1919, 3, 31, 4, 30), datetime(1919, 4, 1, 4)),
    ],
)
def test_local_midnights_in_utc(zone: str, day: date, start: datetime, end: datetime) -> None:
    assert utc_bounds(calendar_period("day", day), ZoneInfo(zone)) == (start, end)


def test_a_day_that_did_not_exist_is_empty() -> None:
    start, end = utc_bounds(calendar_period("day", D(2011, 12, 30)), "Pacific/Apia")
    assert start == end == datetime(2011, 12, 30, 10)


@given(
    day=st.dates(D(1990, 1, 1), D(2037, 1, 1)),
    zone=st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "America/Havana"]),
)
def test_the_first_instant_of_a_day_is_in_it_and_the_one_before_is_not(day: date, zone: str) -> None:
    instant = utc_bounds(calendar_period("day", day), zone)[0].replace(tzinfo=UTC)
    assert instant.astimezone(ZoneInfo(zone)).date() == day
    assert (instant - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day - timedelta(days=1)


def test_the_clock_prefers_what_it_is_told() -> None:
    settings = Settings(today=D(2026, 1, 2), time_zone="Europe/Berlin", week_start="sunday", fiscal_year_start=4)
    clock = Clock.of(settings)
    assert (clock.today, clock.week_start, clock.fiscal_year_start) == (D(2026, 1, 2), "sunday", 4)
    assert Clock.of(settings, D(2027, 5, 6)).today == D(2027, 5, 6)
    zone = ZoneInfo("Pacific/Kiritimati")
    assert Clock.of(Settings(time_zone=zone.key)).today in {
        datetime.now(zone).date(), datetime.now(zone).date() - timedelta(days=1)
    }  # fmt: skip


def test_settling_cuts_at_today() -> None:
    assert settle(calendar_period("month", D(2026, 11, 1)), TODAY) == current(TODAY, "month")
    assert bounds(settle(build(D(2026, 10, 1), D(2026, 12, 1), "calendar", "month"), TODAY)) == (
        D(2026, 10, 1),
        D(2026, 11, 4),
    )
    past, future = calendar_period("month", D(2026, 10, 1)), calendar_period("month", D(2026, 12, 1))
    assert (settle(past, TODAY), settle(future, TODAY)) == (past, future)


def test_days_that_are_whole_units_become_them() -> None:
    assert whole_units(D(2026, 10, 1), D(2026, 11, 1)) == calendar_period("month", D(2026, 10, 1))
    assert whole_units(D(2026, 7, 1), D(2026, 10, 1)) == calendar_period("quarter", D(2026, 7, 1))
    assert whole_units(D(2026, 1, 1), D(2027, 1, 1)) == calendar_period("year", D(2026, 7, 1))
    assert whole_units(D(2026, 10, 2), D(2026, 11, 1)).kind == "custom"


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(BadPeriod):
        build(D(2026, 10, 1), D(2026, 10, 1))


def test_end_of_month_arithmetic() -> None:
    assert add_months(D(2026, 1, 31), 1) == D(2026, 2, 28)
    assert add_months(D(2028, 1, 31), 1) == D(2028, 2, 29)
    assert add_months(D(2026, 1, 15), -13) == D(2024, 12, 15)


@given(clock=clocks, n=st.integers(1, 12), grain=grains)
def test_comparison_ends_where_the_period_starts(clock: Clock, n: int, grain: Grain) -> None:
    period = complete_before(clock, n, grain)
    assert comparison(period).end == period.start
    assert shift(shift(period, -2), 2) == period
    assert period.end <= clock.today


@given(start=days, length=st.integers(1, 900))
def test_a_custom_comparison_is_as_long_and_adjacent(start: date, length: int) -> None:
    period = build(start, start + timedelta(days=length))
    before = comparison(period)
    assert (before.end, before.days) == (period.start, length)


@given(clock=clocks, grain=grains)
def test_a_period_to_date_is_compared_with_the_start_of_the_unit_before(clock: Clock, grain: Grain) -> None:
    now = current(clock, grain)
    before = comparison(now)
    assert before.days <= now.days
    assert before.end <= now.start
    assert comparison(calendar_period(grain, clock.today, clock.week_start)).start == before.start


@given(start=days, length=st.integers(1, 800), grain=grains, clock=clocks)
def test_the_spine_is_exactly_the_period(start: date, length: int, grain: Grain, clock: Clock) -> None:
    period = build(start, start + timedelta(days=length))
    parts = spine(period, grain, clock)
    assert (parts[0].start, parts[-1].end) == bounds(period)
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert sum(p.days for p in parts) == period.days
    assert len({key_of(grain, p.start, clock.week_start) for p in parts}) == len(parts)
