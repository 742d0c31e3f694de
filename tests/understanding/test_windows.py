"""A count within some days that no date places is taken at the data's end, and said so; how long something took is no such window."""

from __future__ import annotations

import pytest

from analyst_agent.understanding.windows import with_windows


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("accounts with three or more escalations within 90 days", "the last 90 days"),
        ("which customers have 5 escalations in 30 days?", "the last 30 days"),
        ("Which accounts escalated more than 3 times within a month?", "the last 30 days"),
        ("who escalated twice within the same week", "the last 7 days"),
        ("customers with 10+ escalated tickets within one year", "the last 12 months"),
    ],
)
def test_a_window_is_placed_at_the_end_and_said(question: str, read: str) -> None:
    placed, notes = with_windows(question)
    assert f"in {read}" in placed
    assert [note.endswith(f"is read as {read}.") for note in notes] == [True]


@pytest.mark.parametrize(
    "question",
    [
        "how many of the 30 escalations were resolved within 3 days",
        "tickets escalated within a week of their creation",
        "accounts with more than 3 escalations a month",
        "5 escalations in the last 30 days",
        "which 10 tickets were answered within 2 hours",
        "how many escalations within 30 days of release",
        "accounts with three or more escalations in a month",
    ],
)
def test_what_is_dated_or_took_so_long_stays(question: str) -> None:
    assert with_windows(question) == (question, ())
