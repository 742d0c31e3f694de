"""A month and two figures: a month of a year, a day, or asked about."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.errors import AmbiguousDate, MonthOrDay
from analyst_agent.semantic.period_grammar import find_periods, parse_period
from analyst_agent.semantic.periods import Clock

CLOCK = Clock(date(2026, 11, 3), data_start=date(2024, 11, 1), data_end=date(2026, 11, 2))


def labels(text: str, clock: Clock = CLOCK) -> list[str]:
    matches = find_periods(text, clock)
    assert not any(m.problem for m in matches), [m.problem for m in matches]
    return [m.period.label for m in matches if m.period is not None]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("escalations in Jul 26", "July 2026"),
        ("cost for Oct 26", "October 2026"),
        ("during june 26", "June 2026"),
        ("for the month of Feb 25", "February 2025"),
        ("the causes of Aug 26", "August 2026"),
        ("throughout Sept 25", "September 2025"),
        ("in March 26", "March 2026"),
        ("in may 26 escalations by team", "May 2026"),
        ("in Aug '25", "August 2025"),
        ("Aug-25", "August 2025"),
        ("in 8/26", "August 2026"),
        ("during 02/25", "February 2025"),
    ],
)
def test_a_month_of_a_year(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("on Jul 26", "26 July 2026"),
        ("tickets July 26th", "26 July 2026"),
        ("in the week of Jul 22", "20 to 26 July 2026 (week 30)"),
        ("Aug 25, 2026", "25 August 2026"),
        ("of Aug 25, 2026", "25 August 2026"),
        ("25 Aug", "25 August 2026"),
        ("since Aug 25", "25 August to 3 November 2026"),
        ("until Aug 26", "1 November 2024 to 26 August 2026"),
        ("from Aug 25 to Aug 28", "25 to 28 August 2026"),
        ("Aug 26 - Aug 30", "26 to 30 August 2026"),
        ("in Aug 12", "12 August 2026"),
        ("on 8/26", "26 August 2026"),
        ("on 26/8", "26 August 2026"),
        ("on Wednesday, Aug 26", "26 August 2026"),
        ("Aug 26 at 10", "26 August 2026"),
    ],
)
def test_a_day(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Jul 26 and Aug 26", ["July 2026", "August 2026"]),
        ("in Jul 25 vs Jul 26", ["July 2025", "July 2026"]),
        ("Jul 25 against what we had in Jul 26", ["July 2025", "July 2026"]),
        ("on Jul 25 and Jul 26", ["25 July 2026", "26 July 2026"]),
    ],
)
def test_one_pair_tells_what_the_others_are(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize("text", ["escalations Jul 26", "the Jul 26 escalations", "looking at jul 26: rate by region"])
def test_both_are_told_where_nothing_says_which(text: str) -> None:
    problems = [m.problem for m in find_periods(text, CLOCK)]
    assert len(problems) == 1
    assert isinstance(problems[0], MonthOrDay)
    assert (problems[0].month, problems[0].day) == ("July 2026", "26 July 2026")


def test_only_the_month_lies_in_the_data_and_a_note_says_so() -> None:
    young = Clock(date(2026, 11, 3), data_start=date(2026, 8, 1), data_end=date(2026, 11, 2))
    (match,) = find_periods("escalations Nov 26", young)
    assert match.period is not None
    assert match.period.label == "1 to 3 November 2026"
    assert "Nov 26" in match.note


def test_a_year_outside_the_data_is_a_day_of_the_month() -> None:
    assert labels("in Jul 23") == ["23 July 2026"]
    assert labels("in Oct 16", Clock(date(2017, 2, 20), data_start=date(2016, 3, 1), data_end=date(2017, 2, 18))) == [
        "October 2016"
    ]


@pytest.mark.parametrize("text", ["in Aug 26 minutes", "26 % in Aug", "in Aug 26 percent were"])
def test_an_amount_behind_a_month_is_no_year(text: str) -> None:
    assert labels(text) == ["August 2026"]


def test_a_period_on_its_own_must_be_written_out() -> None:
    with pytest.raises(AmbiguousDate, match="July 2026 or as 26 July 2026"):
        parse_period("Jul 26", CLOCK)
