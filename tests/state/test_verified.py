"""Verified readings are found by their words, grants and definitions, and no more once they are revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analyst_agent.records import Intent, Period, Plan
from analyst_agent.state.verified import Verified, VerifiedReadings

PLAN = Plan(
    Intent.QUERY,
    metrics=("escalation_rate",),
    period=Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month"),
)
ONE = Verified("a", 1, "Escalation rate?", PLAN, "emea", "d1", True, ({"value": 0.1},), date(2026, 11, 3), "Dana")


@pytest.fixture
def store(tmp_path: Path) -> VerifiedReadings:
    return VerifiedReadings(f"sqlite:///{tmp_path / 'state.db'}")


def test_a_reading_comes_back_whole(store: VerifiedReadings) -> None:
    assert store.of_question("anything", "emea") == []
    store.add(ONE)
    [found] = store.of_question("escalation  RATE", "emea", "d1")
    assert replace(found, at="", facts=tuple(found.facts)) == ONE
    assert found.at


@pytest.mark.parametrize(
    ("question", "seen_by", "definitions"),
    [("escalation rates?", "emea", "d1"), ("Escalation rate?", "", "d1"), ("Escalation rate?", "emea", "d2")],
)
def test_other_words_grants_or_definitions_find_nothing(store, question, seen_by, definitions) -> None:
    store.add(ONE)
    assert store.of_question(question, seen_by, definitions) == []


def test_the_last_vouched_for_comes_first(store: VerifiedReadings) -> None:
    store.add(ONE)
    store.add(replace(ONE, conversation="b", by="Eve"))
    assert [one.by for one in store.of_question("escalation rate", "emea")] == ["Eve", "Dana"]


def test_what_is_revoked_is_used_no_more_and_stays_written(store: VerifiedReadings) -> None:
    assert store.revoke("a", 1, "Eve") == 0
    store.add(ONE)
    assert store.revoke("a", 1, "Eve") == 1
    assert store.revoke("a", 1, "Eve") == 0
    assert store.of_question("Escalation rate?", "emea") == store.listed("emea") == []
    [written] = store.of_conversation("a", "emea")
    assert (written.by, written.revoked_by, bool(written.revoked_at)) == ("Dana", "Eve", True)
