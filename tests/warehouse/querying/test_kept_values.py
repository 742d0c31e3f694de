"""Lists of values are read once for a generation; never for another, never beyond one's rows, and never wrong for a broken file."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.records import Filter
from analyst_agent.semantic.model import model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.warehouse.querying.kept_values import KeptValues
from tests.soundness.desk import Desk, ticket


class Counting(Embedded):
    """Counts what is executed."""

    asked = 0

    def execute(self, sql: str):
        self.asked += 1
        return super().execute(sql)


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    file = tmp_path / "gen-000001.duckdb"
    file.write_text("one")
    return file


def engine(desk: Desk, kept: KeptValues, restrictions=()) -> tuple[Engine, Counting]:
    backend = Counting(desk.connection, "g1")
    made = Engine(backend, model_for(desk.settings), desk.settings, Clock.of(desk.settings), restrictions, (), kept)
    backend.asked = 0
    return made, backend


@pytest.fixture
def desk() -> Desk:
    return Desk(tickets=[ticket("A", channel="chat"), ticket("B", channel="mail")])


def test_a_second_process_reads_the_file_and_not_the_data(desk, generation, tmp_path):
    first, _ = engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))
    index = first.values_index()
    second, backend = engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))
    assert second.values_index() == index
    assert backend.asked == 0
    assert index["channel"] == ("chat", "mail")


def test_another_generation_of_the_same_number_is_read_anew(desk, generation, tmp_path):
    engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))[0].values_index()
    generation.write_text("other")
    other = Desk(tickets=[ticket("A", channel="fax")])
    found, _ = engine(other, KeptValues.of_generation(tmp_path / "cache", generation))
    assert found.values_index()["channel"] == ("fax",)
    assert len(list((tmp_path / "cache").glob("values-*.json"))) == 1


def test_a_restricted_reader_finds_only_its_own_rows(desk, generation, tmp_path):
    engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))[0].values_index()
    kept = KeptValues.of_generation(tmp_path / "cache", generation)
    found, _ = engine(desk, kept, [Filter("channel", "=", "mail")])
    assert found.values_index()["channel"] == ("mail",)
    again, _ = engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))
    assert set(again.values_index()["channel"]) == {"chat", "mail"}


def test_a_broken_file_and_a_folder_that_cannot_be_made_cost_nothing_but_time(desk, generation, tmp_path):
    kept = KeptValues.of_generation(tmp_path / "cache", generation)
    engine(desk, kept)[0].values_index()
    (tmp_path / "cache" / kept.name).write_text("{broken")
    found, backend = engine(desk, KeptValues.of_generation(tmp_path / "cache", generation))
    assert set(found.values_index()["channel"]) == {"chat", "mail"}
    assert backend.asked > 0
    unmade = KeptValues.of_generation(generation / "cache", generation)
    assert set(engine(desk, unmade)[0].values_index()["channel"]) == {"chat", "mail"}
