"""How right the guess is: precision and recall of the columns that stand in the mapping, on third-party files and on invented exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from analyst_agent.warehouse.suggesting.names import vocabulary
from analyst_agent.warehouse.suggesting.proposing import propose
from analyst_agent.warehouse.suggesting.records import FileGuess
from analyst_agent.warehouse.tables import TABLES
from tests.warehouse.suggesting.disguises import LATER, SEEN, UNSEEN, Style, write
from tests.warehouse.suggesting.truths import TRUTHS

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.85


@dataclass
class Score:
    """Columns that stand in the mapping: right, wrong, and those that should stand there and do not."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.lacking))

    def add(self, where: str, guess: FileGuess, table: str, columns: dict[str, str], either: dict[str, str]) -> None:
        stands = {c.column: c.source for c in guess.proposed} if guess.is_proposed else {}
        if guess.is_proposed and guess.table != table:
            self.wrong += [f"{where}: {guess.table}.{c} <- {s}" for c, s in stands.items()]
            stands = {}
        for ours, theirs in stands.items():
            if theirs in columns.get(ours, "").split("|"):
                self.right += 1
            elif theirs not in either.get(ours, "").split("|"):
                self.wrong.append(f"{where}: {ours} <- {theirs}")
        self.lacking += [f"{where}: {c} <- {s}" for c, s in columns.items() if stands.get(c) not in s.split("|")]


def guess(paths: Iterable[Path], work: Path) -> list[FileGuess]:
    con = duckdb.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        return propose(con, list(paths), work, vocabulary()).files
    finally:
        con.close()


def _measured(styles: Iterable[Style], tmp_path: Path) -> Score:
    score = Score()
    for style in styles:
        folder = tmp_path / style.name
        folder.mkdir(exist_ok=True)
        columns = {ours: theirs for ours, theirs in style.headers.items() if ours in TABLES[style.table].names}
        score.add(style.name, guess([write(style, folder)], folder)[0], style.table, columns, {})
    return score


def test_columns_of_third_party_files(third_party: Callable[[str], Path], tmp_path: Path):
    score = Score()
    root = third_party("dbt_seeds").parent
    for truth in TRUTHS:
        found = guess([root / truth.file], tmp_path)[0]
        score.add(truth.file, found, truth.table, truth.columns, truth.open)
    assert score.precision >= LEAST_PRECISION, score.wrong
    assert score.recall >= LEAST_RECALL, score.lacking


def test_files_that_are_no_table_of_ours_are_not_proposed(third_party: Callable[[str], Path], tmp_path: Path):
    root = third_party("dbt_seeds").parent
    ours = {t.file for t in TRUTHS}
    others = [p for p in sorted((root / "dbt_seeds").glob("*/*.csv")) if str(p.relative_to(root)) not in ours]
    assert len(others) > 50
    assert [g.file for g in guess(others, tmp_path) if g.is_proposed] == []


@pytest.mark.parametrize("styles", [SEEN, UNSEEN, LATER], ids=["seen", "unseen", "later"])
def test_columns_of_invented_exports(styles: tuple[Style, ...], tmp_path: Path):
    score = _measured(styles, tmp_path)
    assert score.precision >= LEAST_PRECISION, score.wrong
    assert score.recall >= LEAST_RECALL, score.lacking
