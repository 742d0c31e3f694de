"""Labels keep their source and history; a person's label holds over any inference; samples come back as they were drawn."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.labels import Label, Labels


@pytest.fixture
def labels(tmp_path: Path) -> Labels:
    (tmp_path / ".analyst").mkdir()
    return Labels(sqlite_url(tmp_path))


def test_a_persons_label_holds_over_any_later_inference(labels: Labels) -> None:
    labels.add([Label("T1", "product_bug", "model:small")])
    assert labels.holding(["T1"])["T1"].source == "model:small"
    labels.add([Label("T1", "policy_gap", "human:Ana", "read it")])
    labels.add([Label("T1", "training_gap", "model:large")])
    held = labels.holding(["T1", "T2"])
    assert set(held) == {"T1"}
    assert (held["T1"].cause, held["T1"].source, held["T1"].note) == ("policy_gap", "human:Ana", "read it")
    labels.add([Label("T1", "process_failure", "human:Bo")])
    assert labels.holding(["T1"])["T1"].cause == "process_failure"


def test_nothing_is_overwritten(labels: Labels, tmp_path: Path) -> None:
    for cause in ("product_bug", "policy_gap", "product_bug"):
        labels.add([Label("T1", cause, "human:Ana")])
    labels.add([Label("T2", "policy_gap", "model:m")])
    labels.close()
    again = Labels(sqlite_url(tmp_path))
    assert [one.cause for one in again.history("T1")] == ["product_bug", "policy_gap", "product_bug"]
    assert [one.ticket for one in again.history()] == ["T1", "T1", "T1", "T2"]
    assert all(one.labelled_at.endswith("+00:00") for one in again.history())


def test_the_last_labelled_come_first_and_models_are_no_people(labels: Labels) -> None:
    labels.add([Label("T1", "product_bug", "human:Ana"), Label("T2", "policy_gap", "model:human:m")])
    labels.add([Label("T3", "policy_gap", "human:Bo"), Label("T1", "training_gap", "human:Bo")])
    assert {t: one.cause for t, one in labels.by_people(5).items()} == {"T1": "training_gap", "T3": "policy_gap"}
    assert list(labels.by_people(1)) == ["T1"]


def test_the_revision_grows_with_every_label(labels: Labels) -> None:
    seen = [labels.revision()]
    for _ in range(3):
        labels.add([Label("T1", "product_bug", "human:Ana")])
        seen.append(labels.revision())
    assert seen == sorted(set(seen))
    labels.add([])
    assert labels.revision() == seen[-1]


def test_thousands_of_tickets_are_looked_up_at_once(labels: Labels) -> None:
    labels.add([Label(f"T{i}", "product_bug", "human:Ana") for i in range(0, 3000, 3)])
    assert len(labels.holding([f"T{i}" for i in range(3000)])) == 1000


def test_samples_are_remembered_with_their_seed_population_and_scope(labels: Labels, tmp_path: Path) -> None:
    first = labels.remember(7, 606, ["T9", "T1"])
    second = labels.remember(8, 30, ["T2"], "mark")
    assert Labels(sqlite_url(tmp_path)).samples() == sorted([first, second], key=lambda s: (s.drawn_at, s.name))
    assert labels.samples("mark") == [second]
    assert (first.tickets, first.seed, first.population) == (("T9", "T1"), 7, 606)


def test_writers_at_once_lose_no_label(labels: Labels, tmp_path: Path) -> None:
    def write(name: str) -> None:
        own = Labels(sqlite_url(tmp_path))
        for i in range(10):
            own.add([Label(f"T{i}", "product_bug", f"human:{name}")])
        own.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(labels.history()) == 30
    with closing(sqlite3.connect(tmp_path / ".analyst" / "state.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_state_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    lost = Labels(f"sqlite:///{tmp_path / 'no' / 'such' / 'state.db'}")
    for use in (lambda: lost.add([Label("T1", "product_bug", "human:Ana")]), lost.history, lost.revision, lost.samples):
        with pytest.raises(WorkspaceError, match="cannot be used"):
            use()


def test_reading_makes_no_table(labels: Labels, tmp_path: Path) -> None:
    assert (labels.history(), labels.holding(["T1"]), labels.by_people(5), labels.revision()) == ([], {}, {}, 0)
    with closing(sqlite3.connect(tmp_path / ".analyst" / "state.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
