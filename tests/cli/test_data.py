"""What a load and the list of rejects say in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.workspace.starting import make_workspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_hundred_unused_columns_are_cut_in_words_and_whole_in_json(folder: Path):
    extra = ",".join(f"custom_{n}" for n in range(100))
    (folder / "tickets.csv").write_text(f"ticket_id,created_at,{extra}\n1,2026-01-01{',x' * 100}\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["load", "tickets.csv"]).output
    assert "custom_19 and 80 more, all in --json" in said
    found = json.loads(CliRunner().invoke(app, ["load", "tickets.csv", "--json"]).output)
    assert len(found["files"][0]["unknown_columns"]) == 100


def test_many_rejects_are_cut_in_words_and_whole_in_json(folder: Path):
    rows = "".join(f"{n},soon\n" for n in range(250))
    (folder / "tickets.csv").write_text(f"ticket_id,created_at\n{rows}", encoding="utf-8")
    assert "Rows set aside now (see `analyst rejects`): 250." in CliRunner().invoke(app, ["load", "tickets.csv"]).output
    said = CliRunner().invoke(app, ["rejects"]).output
    assert "Rows set aside: 250, the first 200 shown, all in --json" in said
    assert said.count("soon") == 200
    assert len(json.loads(CliRunner().invoke(app, ["rejects", "--json"]).output)["rejects"]) == 250


def test_files_left_aside_for_one_reason_are_one_line(folder: Path):
    export = folder / "export"
    export.mkdir()
    (export / "organization.csv").write_text("id,name\n1,Acme\n", encoding="utf-8")
    for number in range(30):
        (export / f"brand_{number:02}.csv").write_text("id\n1\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["load", "export", "--source", "zendesk"]).output
    assert said.count("Left aside") == 1
    assert "Left aside, since the source zendesk reads no file of that name: brand_00.csv, brand_01.csv" in said
    assert "brand_19.csv and 10 more, all in --json" in said
    found = json.loads(CliRunner().invoke(app, ["load", "export", "--source", "zendesk", "--json"]).output)
    assert len(found["left_aside"]) == 30


def test_unused_columns_of_a_known_layout_are_counted(folder: Path):
    (folder / "organization.csv").write_text("id,name,notes,url\n1,Acme,,\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["load", "organization.csv", "--source", "zendesk"]).output
    assert "Columns that the source does not use, their names in --json: organization.csv (2)." in said
    found = json.loads(CliRunner().invoke(app, ["load", "organization.csv", "--source", "zendesk", "--json"]).output)
    assert found["files"][0]["unknown_columns"] == ["notes", "url"]
