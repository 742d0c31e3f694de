"""`knowledge add` as typed: every file is accounted for, hidden ones too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app


def test_hidden_files_are_counted_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "analyst.toml").write_text("", encoding="utf-8")
    space = tmp_path / "kb" / "policies"
    space.mkdir(parents=True)
    for name in ("p.md", ".a.md", ".b.md"):
        (space / name).write_text("# Refunds\n\nRefunds take 5 days.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    typed = CliRunner().invoke(app, ["knowledge", "add", "kb"]).output
    assert "1 added" in typed
    assert "2 left aside (is hidden): .a.md, .b.md." in typed
    told = json.loads(CliRunner().invoke(app, ["knowledge", "add", "kb", "--json"]).output)
    assert [(Path(one["path"]).name, one["reason"]) for one in told["left_aside"]] == [
        (".a.md", "is hidden"),
        (".b.md", "is hidden"),
    ]
