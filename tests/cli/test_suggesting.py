"""`analyst load --suggest`: YAML on the output, words beside it, a file that is never overwritten, nothing a terminal obeys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.workspace.starting import make_workspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"C{n},{n % 28 + 1:02}/03/2025 10:00,P1,Open,\x1b[31mred\x1b[0m {n},x\n" for n in range(40))
    head = 'Case Number,Opened At,Priority,Status,Subject,"evil\x1b[2J"\n'
    (tmp_path / "cases.csv").write_text(f"{head}{rows}C99,soon,P1,Open,s,x\n", encoding="utf-8")
    return tmp_path


def test_the_output_is_the_mapping_and_the_words_go_beside_it(folder: Path):
    found = CliRunner().invoke(app, ["load", "cases.csv", "--suggest"])
    assert found.exit_code == 0
    read = yaml.safe_load(found.stdout)
    assert read["files"][0]["columns"]["ticket_id"] == "Case Number"
    assert read["date_format"] == "%d/%m/%Y %H:%M"
    assert "41 read, 40 placed, 1 not placed" in found.stderr
    assert "cases.csv, line 42: Opened At 'soon' is not a date written as" in found.stderr
    assert "analyst load cases.csv --mapping mapping.suggested.yml" in found.stderr
    assert "\x1b" not in found.stdout + found.stderr
    assert not (folder / ".analyst" / "warehouse").exists()


def test_a_file_that_exists_is_not_overwritten_and_the_written_one_loads(folder: Path):
    run = CliRunner()
    assert "Written to m.yml" in run.invoke(app, ["load", "cases.csv", "--suggest", "--out", "m.yml"]).stdout
    before = (folder / "m.yml").read_text(encoding="utf-8")
    again = run.invoke(app, ["load", "cases.csv", "--suggest", "--out", "m.yml"])
    assert again.exception is not None
    assert "not overwritten" in str(again.exception)
    assert (folder / "m.yml").read_text(encoding="utf-8") == before
    loaded = json.loads(run.invoke(app, ["load", "cases.csv", "--mapping", "m.yml", "--json"]).stdout)
    assert (loaded["totals"]["inserted"], loaded["totals"]["set_aside"]) == (40, 1)


def test_the_record_holds_the_whole_proposal(folder: Path):
    record = json.loads(CliRunner().invoke(app, ["load", "cases.csv", "--suggest", "--json"]).stdout)
    assert record["is_loadable"] is True
    assert record["files"][0]["table"] == "tickets"
    assert {"column", "source", "confidence", "evidence", "others", "is_proposed"} <= set(
        record["files"][0]["columns"][0]
    )
    assert record["trial"]["unplaced"][0]["value"] == "soon"


@pytest.mark.parametrize("more", [["--suggest", "--source", "zendesk"], ["--out", "m.yml"]], ids=["source", "out"])
def test_options_that_make_no_sense_together_are_refused(folder: Path, more: list[str]):
    found = CliRunner().invoke(app, ["load", "cases.csv", *more])
    assert "--suggest" in str(found.exception)
    assert not (folder / "m.yml").exists()
