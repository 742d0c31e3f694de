"""The files that deploy a scheduler: the unit and the image name what exists, and the flow runs what is due."""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.house.checkout import ROOT

DEPLOY = ROOT / "docs" / "deploy"
UNIT = DEPLOY / "analyst-schedule.service"
INSTRUCTIONS = {"FROM", "COPY", "RUN", "USER", "WORKDIR", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}


def test_the_unit_starts_the_scheduler_and_ends_it_after_the_step_at_hand() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT, encoding="utf-8")
    service = unit["Service"]
    assert Path(service["ExecStart"].split()[0]).name == "analyst"
    assert service["ExecStart"].split()[1:] == ["schedule"]
    assert (service["KillMode"], service["Restart"]) == ("mixed", "on-failure")
    assert service["WorkingDirectory"] == service["ReadWritePaths"]


def test_systemd_has_no_complaint_but_that_nothing_is_installed_there() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")
    done = subprocess.run([program, "verify", str(UNIT)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert [line for line in said if "is not executable" not in line] == []


def test_the_image_copies_what_the_wheel_is_built_of_and_starts_the_scheduler() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in re.sub(r"\\\n", " ", text).splitlines() if line and not line.startswith("#")]
    assert {line.split()[0] for line in lines} <= INSTRUCTIONS
    copied = {name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]}
    assert [name for name in copied if not (ROOT / name).exists()] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = set(re.findall(r'^"(\w+)" = "analyst_agent/builtin', project, re.MULTILINE))
    assert needed | {"analyst_agent", "pyproject.toml", "README.md", "LICENSE"} <= copied
    assert json.loads(lines[-2].split(" ", 1)[1]) == ["analyst"]
    assert json.loads(lines[-1].split(" ", 1)[1]) == ["schedule"]


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The flow's module, over the real Prefect's decorators reduced to nothing."""

    def plain(made: Callable[..., Any] | None = None, **_: Any) -> Any:
        return made if made is not None else plain

    prefect = ModuleType("prefect")
    prefect.flow, prefect.task = plain, plain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "prefect", prefect)
    spec = importlib.util.spec_from_file_location("prefect_flow", DEPLOY / "prefect_flow.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one playbook, and an `analyst` whose runner writes down what it ran."""
    program = tmp_path / "bin" / "analyst"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.cli.scheduling_app "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "analyst.toml").write_text("", encoding="utf-8")
    return tmp_path


def _make_due(workspace: Path, name: str) -> None:
    from datetime import UTC, datetime, timedelta

    from analyst_agent.state.database import sqlite_url
    from analyst_agent.state.schedules import Schedules

    (workspace / "playbooks.txt").write_text(f"{name}: cron: * * * * *\n", encoding="utf-8")
    (workspace / ".analyst").mkdir()
    Schedules(sqlite_url(workspace)).activate(name, datetime.now(UTC) - timedelta(hours=2))


def test_the_flow_runs_what_is_due(flow: ModuleType, workspace: Path) -> None:
    _make_due(workspace, "works")
    assert {event["kind"] for event in flow.analyst_schedule(str(workspace))} == {"done"}
    assert (workspace / "runs.txt").read_text().startswith("works ")


def test_the_flow_fails_where_a_playbook_failed(flow: ModuleType, workspace: Path) -> None:
    _make_due(workspace, "fails")
    with pytest.raises(RuntimeError, match="The step trend is wrong"):
        flow.analyst_schedule(str(workspace))


def test_the_flow_is_tried_again_where_there_is_no_workspace(flow: ModuleType, workspace: Path) -> None:
    (workspace / "analyst.toml").unlink()
    with pytest.raises(RuntimeError, match="No workspace"):
        flow.run_what_is_due(str(workspace))
