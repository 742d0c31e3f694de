"""The date grammar: a table of phrases by clock, roles, shifts, splits, refusals, and what must hold for any text."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_grammar import PeriodMatch, apply_shift, find_grain, find_periods, parse_period
from analyst_agent.semantic.periods import (
    Clock,
    Grain,
    build,
    calendar_period,
    complete_before,
    current,
    last_days,
    settle,
)
from analyst_agent.settings import WEEKDAYS

D = date
NOV = Clock(D(2026, 11, 3))


def dates(period: Period | None) -> str:
    """First and last day, as the tables below write them."""
    return f"{period.start} {period.end - timedelta(days=1)}" if period is not None else "-"


def shown(text: str, clock: Clock) -> list[str]:
    return [f"{m.role} {dates(m.period)}" for m in find_periods(text, clock)]


# Phrase, first day, last day; the clock is Tuesday 3 November 2026.
PHRASES = """
today | 2026-11-03 2026-11-03
Yesterday | 2026-11-02 2026-11-02
day before yesterday | 2026-11-01 2026-11-01
tomorrow | 2026-11-04 2026-11-04
last 30 days | 2026-10-04 2026-11-02
LAST 30 DAYS | 2026-10-04 2026-11-02
past 90 days | 2026-08-05 2026-11-02
the trailing 30-day window | 2026-10-04 2026-11-02
the previous thirty days | 2026-10-04 2026-11-02
last ninety days | 2026-08-05 2026-11-02
last 24 hours | 2026-11-02 2026-11-02
last 48 hours | 2026-11-01 2026-11-02
last 7d | 2026-10-27 2026-11-02
last day | 2026-11-02 2026-11-02
last week | 2026-10-26 2026-11-01
past week | 2026-10-26 2026-11-01
this past week | 2026-10-26 2026-11-01
last 2 weeks | 2026-10-19 2026-11-01
last couple of weeks | 2026-10-19 2026-11-01
last fortnight | 2026-10-19 2026-11-01
last weekend | 2026-10-31 2026-11-01
last month | 2026-10-01 2026-10-31
previous month | 2026-10-01 2026-10-31
this past month | 2026-10-01 2026-10-31
over the past month | 2026-10-01 2026-10-31
the last full month | 2026-10-01 2026-10-31
the most recent month | 2026-10-01 2026-10-31
the month before last | 2026-09-01 2026-09-30
last three months | 2026-08-01 2026-10-31
past twelve months | 2025-11-01 2026-10-31
the last 12 months | 2025-11-01 2026-10-31
twelve months | 2025-11-01 2026-10-31
30 days | 2026-10-04 2026-11-02
last quarter | 2026-07-01 2026-09-30
prior quarter | 2026-07-01 2026-09-30
last two quarters | 2026-04-01 2026-09-30
last year | 2025-01-01 2025-12-31
over the last year | 2025-01-01 2025-12-31
last 2 years | 2024-01-01 2025-12-31
last half year | 2026-05-01 2026-10-31
this week | 2026-11-02 2026-11-03
this month | 2026-11-01 2026-11-03
the current month | 2026-11-01 2026-11-03
this quarter | 2026-10-01 2026-11-03
this year | 2026-01-01 2026-11-03
this year so far | 2026-01-01 2026-11-03
MTD | 2026-11-01 2026-11-03
month to date | 2026-11-01 2026-11-03
qtd | 2026-10-01 2026-11-03
YTD | 2026-01-01 2026-11-03
year-to-date | 2026-01-01 2026-11-03
WTD | 2026-11-02 2026-11-03
next month | 2026-12-01 2026-12-31
next week | 2026-11-09 2026-11-15
next 3 months | 2026-12-01 2027-02-28
3 months ago | 2026-08-01 2026-08-31
two years ago | 2024-01-01 2024-12-31
a couple of weeks ago | 2026-10-19 2026-10-25
10 days ago | 2026-10-24 2026-10-24
October | 2026-10-01 2026-10-31
in october? | 2026-10-01 2026-10-31
Oct. | 2026-10-01 2026-10-31
sept | 2026-09-01 2026-09-30
November | 2026-11-01 2026-11-03
December | 2025-12-01 2025-12-31
may | 2026-05-01 2026-05-31
October 2026 | 2026-10-01 2026-10-31
October, 2025 | 2025-10-01 2025-10-31
October of 2025 | 2025-10-01 2025-10-31
Oct '25 | 2025-10-01 2025-10-31
Oct-25 | 2025-10-01 2025-10-31
Oct-2025 | 2025-10-01 2025-10-31
Oct 25 | 2026-10-25 2026-10-25
2025-10 | 2025-10-01 2025-10-31
10/2025 | 2025-10-01 2025-10-31
August 2016 | 2016-08-01 2016-08-31
last October | 2026-10-01 2026-10-31
last November | 2025-11-01 2025-11-30
this December | 2026-12-01 2026-12-31
next March | 2027-03-01 2027-03-31
October last year | 2025-10-01 2025-10-31
last year's October | 2025-10-01 2025-10-31
Q3 | 2026-07-01 2026-09-30
Q4 | 2026-10-01 2026-11-03
third quarter | 2026-07-01 2026-09-30
the 3rd quarter of 2025 | 2025-07-01 2025-09-30
third quarter of last year | 2025-07-01 2025-09-30
Q3 2025 | 2025-07-01 2025-09-30
2025 Q3 | 2025-07-01 2025-09-30
2025-Q3 | 2025-07-01 2025-09-30
Q3/2025 | 2025-07-01 2025-09-30
Q3 '25 | 2025-07-01 2025-09-30
3Q25 | 2025-07-01 2025-09-30
Q3 last year | 2025-07-01 2025-09-30
H1 2026 | 2026-01-01 2026-06-30
first half of 2026 | 2026-01-01 2026-06-30
first half of the year | 2026-01-01 2026-06-30
second half of last year | 2025-07-01 2025-12-31
2025 | 2025-01-01 2025-12-31
the year 2025 | 2025-01-01 2025-12-31
in 2031 | 2031-01-01 2031-12-31
fiscal year 2025 | 2025-01-01 2025-12-31
FY25 | 2025-01-01 2025-12-31
2026-10-05 | 2026-10-05 2026-10-05
2026-10-05T09:30:00Z | 2026-10-05 2026-10-05
5 October 2026 | 2026-10-05 2026-10-05
October 5th | 2026-10-05 2026-10-05
the 5th of October | 2026-10-05 2026-10-05
5 Oct | 2026-10-05 2026-10-05
October 5, 2025 | 2025-10-05 2025-10-05
Monday, 5 October 2026 | 2026-10-05 2026-10-05
25/10/2026 | 2026-10-25 2026-10-25
10/25/2026 | 2026-10-25 2026-10-25
10/10/2026 | 2026-10-10 2026-10-10
05.10.2026 | 2026-10-05 2026-10-05
29 February | 2024-02-29 2024-02-29
2026-W40 | 2026-09-28 2026-10-04
week 40 | 2026-09-28 2026-10-04
week 40 of 2025 | 2025-09-29 2025-10-05
week 53 | 2020-12-28 2021-01-03
weeks 38 to 40 | 2026-09-14 2026-10-04
week of 8 October | 2026-10-05 2026-10-11
the week commencing 5 October | 2026-10-05 2026-10-11
last Monday | 2026-11-02 2026-11-02
last Tuesday | 2026-10-27 2026-10-27
on Tuesday | 2026-11-03 2026-11-03
on Friday | 2026-10-30 2026-10-30
Monday of last week | 2026-10-26 2026-10-26
from August to October | 2026-08-01 2026-10-31
August to October | 2026-08-01 2026-10-31
August to October 2025 | 2025-08-01 2025-10-31
between August and October | 2026-08-01 2026-10-31
November to January | 2025-11-01 2026-01-31
Nov 2025 – Oct 2026 | 2025-11-01 2026-10-31
Q1-Q3 2026 | 2026-01-01 2026-09-30
Q4 2025 to Q2 2026 | 2025-10-01 2026-06-30
2024 to 2025 | 2024-01-01 2025-12-31
2024-2025 | 2024-01-01 2025-12-31
1-31 October | 2026-10-01 2026-10-31
from 1 to 15 October | 2026-10-01 2026-10-15
between 5 and 12 October 2025 | 2025-10-05 2025-10-12
October 1 through 15 | 2026-10-01 2026-10-15
5 Oct - 12 Oct 2026 | 2026-10-05 2026-10-12
from last Monday to yesterday | 2026-11-02 2026-11-02
2026-10-01..2026-10-31 | 2026-10-01 2026-10-31
2026-10-01/2026-10-31 | 2026-10-01 2026-10-31
2026-10-05 to 2026-10-07 inclusive | 2026-10-05 2026-10-07
2026-08..2026-10 | 2026-08-01 2026-10-31
since August | 2026-08-01 2026-11-03
ever since August | 2026-08-01 2026-11-03
since 5 October | 2026-10-05 2026-11-03
since last Monday | 2026-11-02 2026-11-03
since last month | 2026-10-01 2026-11-03
since the start of the year | 2026-01-01 2026-11-03
since 3 weeks | 2026-10-12 2026-11-01
since 2025 | 2025-01-01 2026-11-03
from August until now | 2026-08-01 2026-11-03
from 5 October onwards | 2026-10-05 2026-11-03
August to date | 2026-08-01 2026-11-03
after October | 2026-11-01 2026-11-03
until October | 1900-01-01 2026-10-31
through last Friday | 1900-01-01 2026-10-30
before 5 October | 1900-01-01 2026-10-04
first week of October | 2026-10-01 2026-10-07
second week of October | 2026-10-08 2026-10-14
last week of October | 2026-10-25 2026-10-31
last two weeks of October | 2026-10-18 2026-10-31
first 10 days of October | 2026-10-01 2026-10-10
last day of October | 2026-10-31 2026-10-31
second half of October | 2026-10-16 2026-10-31
first month of Q3 | 2026-07-01 2026-07-31
last quarter of 2025 | 2025-10-01 2025-12-31
last two months of 2025 | 2025-11-01 2025-12-31
the 30 days before 5 October | 2026-09-05 2026-10-04
the three months ending October | 2026-08-01 2026-10-31
the month before October | 2026-09-01 2026-09-30
all time | 1900-01-01 2026-11-03
ever | 1900-01-01 2026-11-03
since the beginning | 1900-01-01 2026-11-03
the entire history | 1900-01-01 2026-11-03
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in PHRASES.strip().splitlines()]


@pytest.mark.parametrize(("phrase", "expected"), ROWS)
def test_a_phrase_is_read_alone_and_inside_a_question(phrase: str, expected: str) -> None:
    assert dates(parse_period(phrase, NOV)) == expected
    if phrase not in (
        "30 days",
        "twelve months",
        "may",
        "ever",
    ):  # alone they are a period; in a question, a length, a verb, a flourish
        assert shown(f"What drove escalations for Enterprise, {phrase}?", NOV) == [f"period {expected}"]


OTHER_CLOCKS = [
    (Clock(D(2027, 1, 1)), "last month", "2026-12-01 2026-12-31"),
    (Clock(D(2027, 1, 1)), "this year", "2027-01-01 2027-01-01"),
    (Clock(D(2027, 1, 1)), "last week", "2026-12-21 2026-12-27"),
    (Clock(D(2027, 1, 1)), "December", "2026-12-01 2026-12-31"),
    (Clock(D(2027, 1, 1)), "last 3 months", "2026-10-01 2026-12-31"),
    (Clock(D(2027, 1, 1)), "week 53", "2026-12-28 2027-01-01"),
    (Clock(D(2028, 2, 29)), "this month", "2028-02-01 2028-02-29"),
    (Clock(D(2028, 2, 29)), "yesterday", "2028-02-28 2028-02-28"),
    (Clock(D(2028, 2, 29)), "last 30 days", "2028-01-30 2028-02-28"),
    (Clock(D(2028, 2, 29)), "29 February", "2028-02-29 2028-02-29"),
    (Clock(D(2028, 2, 29)), "last year", "2027-01-01 2027-12-31"),
    (Clock(D(2026, 3, 31)), "last month", "2026-02-01 2026-02-28"),
    (Clock(D(2026, 3, 31)), "a month ago", "2026-02-01 2026-02-28"),
    (Clock(D(2026, 3, 31)), "Q1", "2026-01-01 2026-03-31"),
    (Clock(D(2026, 3, 31)), "last quarter", "2025-10-01 2025-12-31"),
    (Clock(D(2026, 11, 2)), "last week", "2026-10-26 2026-11-01"),
    (Clock(D(2026, 11, 2)), "last Monday", "2026-10-26 2026-10-26"),
    (Clock(D(2026, 11, 2)), "this week", "2026-11-02 2026-11-02"),
    (Clock(D(2026, 11, 1)), "last week", "2026-10-19 2026-10-25"),
    (Clock(D(2026, 11, 1)), "last weekend", "2026-10-24 2026-10-25"),
    (Clock(D(2026, 11, 1), week_start="sunday"), "last week", "2026-10-25 2026-10-31"),
    (Clock(D(2026, 11, 1), week_start="sunday"), "this week", "2026-11-01 2026-11-01"),
    (Clock(D(2026, 11, 3), week_start="sunday"), "week 40", "2026-09-27 2026-10-03"),
    (Clock(D(2026, 11, 3), week_start="sunday"), "2026-W40", "2026-09-28 2026-10-04"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "FY2026", "2025-04-01 2026-03-31"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "FY2025/26", "2025-04-01 2026-03-31"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "fiscal Q1", "2026-04-01 2026-06-30"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "Q1 FY26", "2025-04-01 2025-06-30"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "Q1 2026", "2026-01-01 2026-03-31"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "this fiscal year", "2026-04-01 2026-11-03"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "last fiscal year", "2025-04-01 2026-03-31"),
    (Clock(D(2026, 11, 3), fiscal_year_start=4), "last fiscal quarter", "2026-07-01 2026-09-30"),
    (Clock(D(2026, 2, 3), fiscal_year_start=4), "this fiscal year", "2025-04-01 2026-02-03"),
    (Clock(D(2026, 2, 3), fiscal_year_start=2), "fiscal Q1", "2026-02-01 2026-02-03"),
    (Clock(D(2026, 11, 3), data_start=D(2025, 3, 4), data_end=D(2026, 10, 31)), "all time", "2025-03-04 2026-10-31"),
    (Clock(D(2026, 11, 3), data_start=D(2025, 3, 4)), "until June", "2025-03-04 2026-06-30"),
]


@pytest.mark.parametrize(("clock", "phrase", "expected"), OTHER_CLOCKS)
def test_phrases_on_other_days_and_settings(clock: Clock, phrase: str, expected: str) -> None:
    assert dates(parse_period(phrase, clock)) == expected


@pytest.mark.parametrize(
    ("phrase", "kind", "grain"),
    [
        ("last 30 days", "rolling", "day"), ("last month", "calendar", "month"), ("last 3 months", "calendar", "month"),
        ("this month", "to_date", "month"), ("November", "to_date", "month"), ("Q4", "to_date", "quarter"), ("since August", "custom", None),
        ("2026-10-01..2026-10-31", "calendar", "month"), ("2026-10-05..2026-10-07", "custom", None), ("all time", "all", None),
        ("yesterday", "calendar", "day"), ("today", "to_date", "day"), ("Q1 to Q3 2026", "calendar", "quarter"),
    ],
)  # fmt: skip
def test_kinds(phrase: str, kind: str, grain: str | None) -> None:
    period = parse_period(phrase, NOV)
    assert (period.kind, period.grain) == (kind, grain)


ROLES = """
October vs September | period 2026-10-01 2026-10-31 ; comparison 2026-09-01 2026-09-30
this month compared to last month | period 2026-11-01 2026-11-03 ; comparison 2026-10-01 2026-10-31
did we escalate more this month than last? | period 2026-11-01 2026-11-03 ; comparison 2026-10-01 2026-10-03
is October higher than in September? | period 2026-10-01 2026-10-31 ; comparison 2026-09-01 2026-09-30
compare August with the previous month | period 2026-08-01 2026-08-31 ; comparison 2026-07-01 2026-07-31
compare October and September | period 2026-10-01 2026-10-31 ; comparison 2026-09-01 2026-09-30
October over September | period 2026-10-01 2026-10-31 ; comparison 2026-09-01 2026-09-30
last 30 days vs the previous 30 days | period 2026-10-04 2026-11-02 ; comparison 2026-09-04 2026-10-03
last 7 days vs the 7 days before | period 2026-10-27 2026-11-02 ; comparison 2026-10-20 2026-10-26
yesterday vs the day before | period 2026-11-02 2026-11-02 ; comparison 2026-11-01 2026-11-01
October year over year | period 2026-10-01 2026-10-31 ; comparison 2025-10-01 2025-10-31
Q3 yoy | period 2026-07-01 2026-09-30 ; comparison 2025-07-01 2025-09-30
October vs the same month last year | period 2026-10-01 2026-10-31 ; comparison 2025-10-01 2025-10-31
October 2026 vs the same month in 2024 | period 2026-10-01 2026-10-31 ; comparison 2024-10-01 2024-10-31
was it higher in October than a year ago? | period 2026-10-01 2026-10-31 ; comparison 2025-10-01 2025-10-31
was October better than last year? | period 2026-10-01 2026-10-31 ; comparison 2025-10-01 2025-10-31
this year vs last year | period 2026-01-01 2026-11-03 ; comparison 2025-01-01 2025-12-31
how did last month change month over month | period 2026-10-01 2026-10-31 ; comparison 2026-09-01 2026-09-30
Q3 2025 vs Q2 | period 2025-07-01 2025-09-30 ; comparison 2025-04-01 2025-06-30
January 2026 vs December | period 2026-01-01 2026-01-31 ; comparison 2025-12-01 2025-12-31
October vs October 2025 | period 2026-10-01 2026-10-31 ; comparison 2025-10-01 2025-10-31
October and November 2025 | period 2025-10-01 2025-10-31 ; period 2025-11-01 2025-11-30
difference between September and October | comparison 2026-09-01 2026-09-30 ; period 2026-10-01 2026-10-31
how did the rate change from September to October? | comparison 2026-09-01 2026-09-30 ; period 2026-10-01 2026-10-31
how did the rate develop from January to June? | period 2026-01-01 2026-06-30
October and the month before | period 2026-10-01 2026-10-31 ; shift 2026-09-01 2026-09-30
compare this quarter to last | period 2026-10-01 2026-11-03 ; comparison 2026-07-01 2026-08-03
vs September | comparison 2026-09-01 2026-09-30
have we ever exceeded 5% in 2025? | period 2025-01-01 2025-12-31
"""
ROLE_ROWS = [tuple(part.strip() for part in line.split("|")) for line in ROLES.strip().splitlines()]


@pytest.mark.parametrize(("question", "expected"), ROLE_ROWS)
def test_roles(question: str, expected: str) -> None:
    assert " ; ".join(shown(question, NOV)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "may I ask something?", "tickets that may be wrong", "we march on", "on second thought", "more than 2000 tickets", "ticket 2024",
        "24/7 support", "9/10 customers", "resolved within 30 days", "KI-12 and KI-2024", "version 10.2.1", "tickets of agent April",
        "Office 2019 tickets", "recently", "lately", "how fast must a P1 be acknowledged?", "what will the weather be?", "remember the number",
        "tickets by customers under 90 days", "the sun and the mon", "top 10 accounts", "it costs $2025", "overall rate", "", " ",
        "this way", "last assigned agent", "wow, that is a lot",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_periods(text: str) -> None:
    assert find_periods(text, NOV) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("escalations in ocotber", "2026-10-01 2026-10-31"), ("setpember please", "2026-09-01 2026-09-30"), ("febuary", "2026-02-01 2026-02-28"),
        ("in Agust", "2026-08-01 2026-08-31"), ("last quater", "2026-07-01 2026-09-30"), ("yesteday", "2026-11-02 2026-11-02"),
        ("top 5 October categories", "2026-10-01 2026-10-31"), ("and in may?", "2026-05-01 2026-05-31"), ("what about march", "2026-03-01 2026-03-31"),
        ("March escalations", "2026-03-01 2026-03-31"), ("april, may and june" , "2026-04-01 2026-04-30"),
    ],
)  # fmt: skip
def test_misspelt_and_ambiguous_months_in_questions(text: str, expected: str) -> None:
    assert dates(find_periods(text, NOV)[0].period) == expected


def test_the_span_is_that_of_the_original_text() -> None:
    text = "Été:   what   drove escalations in  Ocotber ’25 – and why?"
    (match,) = find_periods(text, NOV)
    assert text[slice(*match.span)] == match.text == "Ocotber ’25"
    assert dates(match.period) == "2025-10-01 2025-10-31"


SHIFTS = [
    ("and the month before?", calendar_period("month", D(2026, 10, 1)), "2026-09-01 2026-09-30"),
    ("and before that?", calendar_period("month", D(2026, 10, 1)), "2026-09-01 2026-09-30"),
    ("the previous one", calendar_period("quarter", D(2026, 10, 1)), "2026-07-01 2026-09-30"),
    ("the month after", calendar_period("month", D(2026, 9, 1)), "2026-10-01 2026-10-31"),
    ("a year earlier", calendar_period("month", D(2026, 10, 1)), "2025-10-01 2025-10-31"),
    ("what about a year ago?", calendar_period("week", D(2026, 10, 1)), "2025-09-29 2025-10-05"),
    ("the year before", calendar_period("month", D(2026, 10, 1)), "2025-10-01 2025-10-31"),
    ("the year before", calendar_period("year", D(2026, 10, 1)), "2025-01-01 2025-12-31"),
    ("the month before", calendar_period("quarter", D(2026, 8, 1)), "2026-06-01 2026-06-30"),
    ("and the quarter before?", calendar_period("quarter", D(2026, 8, 1)), "2026-04-01 2026-06-30"),
    ("the week before that", calendar_period("week", D(2026, 10, 8)), "2026-09-28 2026-10-04"),
    ("two months earlier", calendar_period("month", D(2026, 10, 8)), "2026-08-01 2026-08-31"),
    ("the month before", last_days(NOV, 30), "2026-09-04 2026-10-03"),
    ("the 30 days before", last_days(NOV, 30), "2026-09-04 2026-10-03"),
    ("the month before", current(NOV, "month"), "2026-10-01 2026-10-31"),
    ("a month earlier", current(NOV, "month"), "2026-10-01 2026-10-03"),
    ("the same month in 2024", calendar_period("month", D(2026, 10, 8)), "2024-10-01 2024-10-31"),
    ("before that", complete_before(NOV, 3, "month"), "2026-05-01 2026-07-31"),
    ("year over year", current(NOV, "year"), "2025-01-01 2025-11-03"),
    ("month over month", current(NOV, "month"), "2026-10-01 2026-10-03"),
]


@pytest.mark.parametrize(("text", "period", "expected"), SHIFTS)
def test_shifts_of_the_period_under_discussion(text: str, period: Period, expected: str) -> None:
    (match,) = find_periods(text, NOV)
    assert match.role in ("shift", "comparison")
    assert match.period is None
    assert dates(apply_shift(period, match, NOV)) == expected


def test_what_is_no_distance_cannot_shift() -> None:
    with pytest.raises(BadPeriod):
        apply_shift(current(NOV, "month"), PeriodMatch((0, 1), "x", None))
    (match,) = find_periods("the month before", NOV)
    with pytest.raises(BadPeriod):
        apply_shift(parse_period("all time", NOV), find_periods("and before that?", NOV)[0])
    assert match.shift_by == -1


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("by month", "month"), ("per week", "week"), ("weekly trend", "week"), ("monthly", "month"), ("each quarter", "quarter"), ("day by day", "day"),
        ("month-by-month", "month"), ("by day of week", "weekday"), ("by weekday", "weekday"), ("by hour", "hour"), ("by hour of day", "hour"),
        ("which month was worst this year?", "month"), ("which weekday is busiest", "weekday"), ("what day of the week", "weekday"),
        ("the worst quarter", "quarter"), ("month on month trend", "month"), ("over time", "month"), ("month over month", None),
        ("last month", None), ("by priority", None), ("send the monthly report", None), ("by month end", None), ("in the last 3 weeks", None),
        ("yearly", "year"), ("how many per day since August", "day"),
    ],
)  # fmt: skip
def test_grain(text: str, grain: str | None) -> None:
    assert find_grain(text) == grain


def test_over_time_follows_the_length_of_the_period() -> None:
    lengths = {"last 30 days": "day", "last 3 months": "week", "2025": "month"}
    assert {text: find_grain("how did it go over time", parse_period(text, NOV)) for text in lengths} == lengths


def test_splits_are_not_periods() -> None:
    for text in (
        "by month",
        "day by day",
        "month on month trend",
        "which week",
        "by day of week",
        "monthly",
        "per quarter",
    ):
        assert find_periods(text, NOV) == []
    assert shown("which month was worst this year?", NOV) == ["period 2026-01-01 2026-11-03"]


BAD = [
    ("Febuary", "february"), ("2026-13", "1 to 12"), ("last fortnit", "fortnight"), ("30 February", "29 days"), ("31 November 2026", "30 days"),
    ("29 February 2026", "28 days"), ("last 0 days", "at least 1"), ("last -5 days", "at least 1"), ("last 1.5 months", "whole number"),
    ("last 99999 years", "smaller"), ("10/05/2026", "2026-05-10"), ("2026-10-31..2026-10-01", "earlier"), ("from December 2026 to October 2026", "earlier"),
    ("Q5", "Q3 2026"), ("2026-W54", "53"), ("2025-W53", "52 weeks"), ("last 5 business days", "calendar days"), ("last 7 hours", "yesterday"),
    ("Tuesday, 5 October 2026", "weekday"), ("since 2031", "passed"), ("", "last 30 days"), ("banana", "last 30 days"), ("lst month", "last month"),
    ("October and September", "2026-08-01..2026-10-31"), ("the month before", "last month"), ("last month for Enterprise", "last month"),
    ("last few weeks", "last 30 days"), ("9999-01-01", "last 30 days"), ("x" * 5000, "last 30 days"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hint"), BAD)
def test_what_is_no_period_is_refused_with_the_next_step(text: str, hint: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        parse_period(text, NOV)
    assert refused.value.message
    if text not in ("banana", "", "last month for Enterprise", "last few weeks", "9999-01-01"):
        assert hint in refused.value.hint.lower() or hint in refused.value.hint


@pytest.mark.parametrize(
    "text", ["30 February", "2026-13", "10/05/2026", "last 0 days", "last 99999 years", "since 2031", "Q7"]
)
def test_an_impossible_period_in_a_question_is_reported_not_passed_over(text: str) -> None:
    (match,) = find_periods(f"What was the escalation rate {text}?", NOV)
    assert match.period is None
    assert match.problem is not None


# --- any text, any day

clocks = st.builds(
    Clock,
    today=st.dates(D(1995, 1, 1), D(2090, 12, 31)),
    week_start=st.sampled_from(WEEKDAYS),
    fiscal_year_start=st.integers(1, 12),
)
grains = st.sampled_from(get_args(Grain))
words = st.sampled_from(
    [
        "last",
        "past",
        "previous",
        "this",
        "next",
        "0",
        "1",
        "3",
        "30",
        "31",
        "99999",
        "2026",
        "october",
        "Oct",
        "may",
        "March",
        "feb",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "quarter",
        "q3",
        "fy26",
        "year",
        "years",
        "of",
        "in",
        "to",
        "from",
        "between",
        "and",
        "since",
        "until",
        "before",
        "after",
        "vs",
        "than",
        "compared",
        "with",
        "same",
        "ago",
        "earlier",
        "first",
        "second",
        "half",
        "over",
        "all",
        "ever",
        "monday",
        "5th",
        "2026-10-05",
        "2026-13",
        "10/05/2026",
        "-",
        ",",
        "'",
        "?",
        "w40",
        "the",
        "a",
        "couple",
        "before",
        "that",
        "one",
        "previous",
        "fiscal",
        "h1",
        "to",
        "date",
        "today",
        "now",
        "end",
        "start",
        "1-31",
    ]
)


def reads_or_refuses(text: str, clock: Clock) -> bool:
    try:
        return parse_period(text, clock).days > 0
    except BadPeriod as refused:
        return bool(refused.message and refused.hint)


@given(st.text(max_size=80), clocks)
def test_arbitrary_text_is_read_or_refused(text: str, clock: Clock) -> None:
    for match in find_periods(text, clock):
        assert text[slice(*match.span)] == match.text
    assert reads_or_refuses(text, clock)
    assert find_grain(text) in (None, "hour", "weekday", *get_args(Grain))


@given(st.lists(words, max_size=12).map(" ".join), clocks)
def test_any_order_of_date_words_is_read_or_refused(text: str, clock: Clock) -> None:
    found = find_periods(text, clock)
    for match in found:
        assert match.period is not None or match.problem is not None or match.shift_unit is not None
        assert match.period is None or match.period.days > 0
    assert all(a.span[1] <= b.span[0] for a, b in pairwise(found))
    assert reads_or_refuses(text, clock)


@given(clocks, st.dates(D(1991, 1, 1), D(2095, 12, 31)), grains)
def test_a_calendar_label_reads_back(clock: Clock, day: date, grain: Grain) -> None:
    period = calendar_period(grain, day, clock.week_start)
    again = parse_period(period.label, clock)
    settled = settle(period, clock)
    assert (again.start, again.end) == (settled.start, settled.end)
    if settled == period:
        assert again == period


@given(clocks, st.integers(2, 9), grains)
def test_labels_of_several_units_read_back(clock: Clock, n: int, grain: Grain) -> None:
    period = complete_before(clock, n, grain)
    again = parse_period(period.label, clock)
    assert (again.start, again.end) == (period.start, period.end)
    if grain != "day":
        assert again == period


@given(clocks, st.dates(D(1991, 1, 1), D(2095, 12, 31)), st.integers(1, 900))
def test_iso_ranges_are_exact_up_to_today(clock: Clock, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    period = parse_period(f"{start}..{end - timedelta(days=1)}", clock)
    expected = settle(build(start, end), clock)
    assert (period.start, period.end) == (expected.start, expected.end)


@given(clocks, st.integers(1, 400))
def test_the_last_n_days_end_yesterday(clock: Clock, n: int) -> None:
    period = parse_period(f"the last {n} days", clock)
    assert (period.days, period.end) == (n, clock.today)
