"""Feedback is kept whole; the last word on a turn counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyst_agent.errors import UnknownName, WorkspaceError
from analyst_agent.state.feedback import FeedbackStore, counting


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(f"sqlite:///{tmp_path / 'state.db'}")


def test_nothing_was_said_before_somebody_says_it(store: FeedbackStore) -> None:
    assert store.history() == []


def test_every_word_is_kept_and_the_last_counts(store: FeedbackStore, tmp_path: Path) -> None:
    now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    store.add("a", 1, "right", "Dana", now=now)
    store.add("a", 1, "wrong", "Eve", "12 %, not 11 %", now)
    store.add("b", 1, "right", "Dana", now=now)
    again = FeedbackStore(f"sqlite:///{tmp_path / 'state.db'}")
    assert [(one.turn, one.verdict, one.by) for one in again.history("a")] == [
        (1, "right", "Dana"),
        (1, "wrong", "Eve"),
    ]
    held = counting(again.history())
    assert (held["a", 1].verdict, held["a", 1].correction) == ("wrong", "12 %, not 11 %")
    assert held["b", 1].at == "2026-11-03T09:00:00+00:00"


def test_another_verdict_names_the_valid_ones(store: FeedbackStore) -> None:
    with pytest.raises(UnknownName, match="'rihgt'") as caught:
        store.add("a", 1, "rihgt", "Dana")
    assert caught.value.suggestions == ["right"]


def test_a_folder_that_is_not_there_is_said_as_ours(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="state database"):
        FeedbackStore(f"sqlite:///{tmp_path / 'none' / 'state.db'}").add("a", 1, "right", "Dana")
