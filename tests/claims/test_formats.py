"""Numbers, periods and lists as they are written."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.claims import formats
from analyst_agent.records import Period


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0804, "ratio", "8.0 %"),
        (0.0004, "ratio", "0.04 %"),
        (0.00004, "ratio", "under 0.01 %"),
        (0.0, "ratio", "0.0 %"),
        (1.0, "ratio", "100.0 %"),
        (0.99996, "ratio", "over 99.99 %"),
        (0.9996, "ratio", "99.96 %"),
        (1.25, "ratio", "125.0 %"),
        (0.009, "points", "0.9 points"),
        (-0.009, "points", "0.9 points"),
        (0.0003, "points", "under 0.1 points"),
        (0.0, "points", "0.0 points"),
        (0.4, "minutes", "0.4 min"),
        (0.01, "minutes", "under 0.1 min"),
        (119.4, "minutes", "119 min"),
        (120, "minutes", "2.0 h"),
        (1284, "minutes", "21.4 h"),
        (4319, "minutes", "72.0 h"),
        (4320, "minutes", "3.0 days"),
        (8912.4, "currency", "8,912 USD"),
        (9.999, "currency", "10.00 USD"),
        (0.001, "currency", "under 0.01 USD"),
        (0, "currency", "0 USD"),
        (5120, "count", "5,120"),
        (12.0, "count", "12"),
        (3.44, "score", "3.4"),
        (0.01, "score", "under 0.1"),
        (None, "ratio", "not known"),
        (math.nan, "ratio", "not known"),
        (math.inf, "minutes", "not known"),
    ],
)
def test_a_number_in_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert formats.number(value, unit) == shown


def test_two_numbers_that_differ_are_written_differently() -> None:
    assert formats.two_numbers(0.04102, 0.04148, "ratio") == ("4.10 %", "4.15 %")
    assert formats.two_numbers(0.05, 0.05, "ratio") == ("5.0 %", "5.0 %")
    assert formats.two_numbers(100, 200, "minutes") == ("1.7 h", "3.3 h")


@pytest.mark.parametrize(
    ("interval", "unit", "shown"),
    [
        ((0.002, 0.016), "points", "0.2 to 1.6"),
        ((-0.003, 0.021), "points", "-0.3 to 2.1"),
        ((0.104, 0.140), "ratio", "10.4 to 14.0 %"),
        ((600.0, 1300.0), "minutes", "10.0 to 21.7 h"),
        ((math.nan, 1.0), "ratio", ""),
        (None, "ratio", ""),
    ],
)
def test_an_interval(interval: tuple[float, float] | None, unit: str, shown: str) -> None:
    assert formats.span(interval, unit) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (date(2026, 10, 1), date(2026, 11, 1), "1 to 31 October 2026"),
        (date(2026, 10, 22), date(2026, 11, 21), "22 October to 20 November 2026"),
        (date(2025, 12, 20), date(2026, 1, 5), "20 December 2025 to 4 January 2026"),
        (date(2026, 10, 5), date(2026, 10, 6), "5 October 2026"),
    ],
)
def test_the_days_of_a_period(start: date, end: date, shown: str) -> None:
    assert formats.days_of(Period(start, end)) == shown


def test_lists() -> None:
    assert [formats.listed(x) for x in ([], ["A"], ["A", "B"])] == ["", "A", "A and B"]
    assert formats.listed(list("ABCD"), 2) == "A, B and 2 more"
    assert formats.listed(["A", "B"], word="or") == "A or B"


@given(st.floats(0, 1, exclude_min=True, exclude_max=True, allow_subnormal=False))
def test_some_is_never_shown_as_none_nor_as_all(value: float) -> None:
    assert formats.ratio(value) not in ("0.0 %", "0.00 %", "100.0 %", "100.00 %")
