"""Days and years in words, limits that are no days, and a distance between two periods that are both named."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.semantic.period_grammar import find_periods
from analyst_agent.semantic.periods import Clock

CLOCK = Clock(date(2026, 11, 3), data_start=date(2024, 11, 1), data_end=date(2026, 11, 2))


def labels(text: str) -> list[str | None]:
    matches = find_periods(text, CLOCK)
    assert not any(m.problem for m in matches), [m.problem for m in matches]
    return [m.period.label if m.period else None for m in matches]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("escalations per week since the first of September", "1 September to 3 November 2026"),
        ("on October the twenty-third", "23 October 2026"),
        ("between the fifth and the eleventh of October", "5 to 11 October 2026"),
        ("September first through the fifteenth", "1 to 15 September 2026"),
        ("all escalations in twenty twenty-five", "2025"),
        ("the third quarter of two thousand and twenty-five", "Q3 2025"),
    ],
)
def test_days_and_years_in_words_are_those_in_figures(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    "text", ["joined less than 90 days ago", "opened more than two weeks ago", "at least 3 days ago"]
)
def test_a_limit_on_age_is_no_day(text: str) -> None:
    assert labels(text) == []


def test_a_distance_between_two_named_periods_shifts_neither() -> None:
    text = "same month last year: what was the rate in October 2025 and how does it compare to October 2026?"
    assert [(m.role, m.period.label) for m in find_periods(text, CLOCK) if m.period] == [
        ("period", "October 2025"),
        ("comparison", "October 2026"),
    ]
