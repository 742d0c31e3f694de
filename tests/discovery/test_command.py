"""`analyst discover`: works without a workspace, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analyst_agent.cli.main import run
from benchmarks.discovery_tables import PLANTED


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "incidents.csv"
    PLANTED["overloaded_agent"](np.random.default_rng(1)).table.to_csv(path, index=False)
    return path


def _run(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert not ended.value.code


def test_text_names_the_finding_and_what_was_scanned(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(["discover", str(table), "--top", "2"])
    text = " ".join(capsys.readouterr().out.split())
    assert "500 rows and 10 columns of incidents.csv were scanned" in text
    assert "Dev Patel has" in text
    assert "associated, not caused" in text


def test_json_has_facts_and_tables(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(["discover", str(table), "--json", "--today", "2024-01-01"])
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "answered"
    assert document["skills"] == ["discover"]
    assert document["facts"]
    assert document["tables"]
    assert any(f["filters"] == [{"field": "assigned_to", "op": "=", "value": "Dev Patel"}] for f in document["facts"])


@pytest.mark.parametrize(
    ("words", "code"),
    [(["missing.csv"], 1), (["incidents.csv", "--top", "0"], 2), ([], 2), (["incidents.csv", "--today", "x"], 2)],
)
def test_exit_codes(table: Path, words: list[str], code: int) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["discover", *words])
    assert ended.value.code == code
