"""After a load, what the first answers compare is embedded already, and a load never fails for it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from analyst_agent.embedding import Embedder, Vectors
from analyst_agent.errors import WorkspaceError
from analyst_agent.semantic.periods import complete_before
from analyst_agent.settings import FILE_NAME
from analyst_agent.skillkit.causes.inference import infer
from analyst_agent.skillkit.causes.wordings import tickets_of
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.loading import load_files, make_ready

MORE = "ticket_id,created_at,priority,channel\nMORE-1,2026-10-30T12:00:00Z,P3,email\n"


@pytest.fixture
def copied(demo_workspace: Path, tmp_path: Path) -> Path:
    """The demo, with nothing embedded yet."""
    shutil.copytree(demo_workspace, tmp_path / "copied")
    shutil.rmtree(tmp_path / "copied" / PRIVATE / "cache")
    return tmp_path / "copied"


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the sentence model is run on from here on."""
    texts: list[str] = []
    embed = Embedder.embed

    def noting(self: Embedder, wanted: Sequence[str]) -> Vectors:
        texts.extend(wanted)
        return embed(self, wanted)

    monkeypatch.setattr(Embedder, "embed", noting)
    return texts


def test_what_last_months_causes_are_inferred_from_is_embedded_by_the_load(copied: Path, computed: list[str]) -> None:
    (copied / "tickets.csv").write_text(MORE, encoding="utf-8")
    report = load_files(Workspace.open(copied), [copied / "tickets.csv"])
    assert report.totals["inserted"] == 1
    assert len(computed) > 100
    computed.clear()
    opened = Workspace.open(copied)
    context = opened.desk.context
    assert context.reading is not None
    tickets = [
        t for t in tickets_of(context, period=complete_before(opened.clock, 1, "month"))[0] if t.cause == "unclassified"
    ]
    reads, reader = infer(context, context.reading, tickets)
    assert len(reads) == len(tickets) > 0
    assert not reader.problem
    assert computed == []


def test_nothing_is_embedded_where_nothing_is_to_be_inferred(copied: Path, computed: list[str]) -> None:
    file = copied / FILE_NAME
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[analyst]\n", '[analyst]\ninference = "off"\n', 1), encoding="utf-8")
    opened = Workspace.open(copied)
    assert opened.settings.inference == "off"
    assert make_ready(opened) == 0
    assert computed == []


def test_a_load_is_in_use_also_where_the_sentence_model_is_damaged(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(self: Embedder, wanted: Sequence[str]) -> Vectors:
        raise WorkspaceError("The embedding model's file is damaged.", "Reinstall it.")

    monkeypatch.setattr(Embedder, "embed", damaged)
    (copied / "tickets.csv").write_text(MORE, encoding="utf-8")
    report = load_files(Workspace.open(copied), [copied / "tickets.csv"])
    assert report.generation == Workspace.open(copied).warehouse.generation
    assert (
        report.remarks[-1]
        == "What tickets say could not be compared yet: The embedding model's file is damaged. Reinstall it."
    )
