"""A workspace that names an engine by URL: the same answers and facts as with the embedded warehouse, and what loading says."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.tables import TABLES
from analyst_agent.workspace import Workspace
from tests.engines.conftest import NAMES
from tests.soundness.desk import Desk

QUESTION = "What drove escalations last month?"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A demo workspace of its own, small enough for inserts."""
    from analyst_agent.workspace.starting import make_demo

    folder = tmp_path_factory.mktemp("embedded")
    make_demo(folder, tickets=1_500)
    return folder


@pytest.fixture(scope="module")
def demo(embedded):
    """Its rows as a desk that the stores can be filled from."""
    warehouse = open_current(embedded, "UTC")
    rows = {}
    for name, table in TABLES.items():
        columns = ", ".join(f'"{c}"' for c in table.names)
        found = warehouse.connection.execute(f"SELECT {columns} FROM {name}").fetchall()
        rows[name] = [dict(zip(table.names, row, strict=True)) for row in found]
    warehouse.close()
    return Desk(**rows)


@pytest.fixture(scope="module", params=NAMES)
def external(request, stores, demo, embedded, tmp_path_factory):
    """The same workspace with the engine's URL as the only difference, and the store."""
    store = stores(request.param, demo)
    folder = tmp_path_factory.mktemp(request.param) / "workspace"
    shutil.copytree(embedded, folder, ignore=shutil.ignore_patterns("warehouse", "*.duckdb", "state*"))
    toml = (folder / "analyst.toml").read_text(encoding="utf-8")
    assert "[workspace]" in toml
    (folder / "analyst.toml").write_text(
        toml.replace("[workspace]", f'[workspace]\nengine = "{store.url}"', 1), encoding="utf-8"
    )
    return SimpleNamespace(folder=folder, store=store)


def test_a_question_has_the_same_facts(external, embedded, monkeypatch):
    """The engine is opened by the store: a process can open a ClickHouse folder once."""
    monkeypatch.setattr(Workspace, "external", external.store.backend)
    monkeypatch.setattr(type(external.store.backend), "close", lambda self: None)
    theirs, ours = _answer(embedded, monkeypatch), _answer(external.folder, monkeypatch)
    assert ours["status"] == theirs["status"] == "answered"
    assert len(ours["facts"]) == len(theirs["facts"]) > 5
    for one, other in zip(ours["facts"], theirs["facts"], strict=True):
        _same(one, other)
    assert ours["recommendations"] == theirs["recommendations"]
    assert {q["engine"] for q in ours["queries"]} == {external.store.backend.name}


def test_doctor_says_what_the_engine_has_and_loading_where_to_load(external, monkeypatch):
    monkeypatch.setattr(Workspace, "external", external.store.backend)
    monkeypatch.chdir(external.folder)
    run = CliRunner()
    said = run.invoke(app, ["doctor", "--json"])
    assert "tickets: all 24 columns" in said.output
    for command in (["load", "."], ["rejects"]):
        refused = run.invoke(app, command)
        assert refused.exit_code != 0
        assert "loading is for the embedded warehouse" in str(refused.exception or refused.output)


def _answer(folder: Path, monkeypatch):
    monkeypatch.chdir(folder)
    said = CliRunner().invoke(app, ["ask", QUESTION, "--json"])
    assert said.exit_code == 0, said.output
    return json.loads(said.output)


def _same(one, other):
    if isinstance(other, dict):
        assert one.keys() == other.keys()
        for key in other:
            _same(one[key], other[key])
    elif isinstance(other, list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            _same(left, right)
    elif isinstance(other, float):
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    else:
        assert one == other
