"""What the schedule's commands show and do, and how the service ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analyst_agent.errors import AnalystError, InvalidDefinition, NotGranted, UnknownName
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.schedules import WAITING, Schedules
from tests.cli.scheduling_app import PLAYBOOKS, RUNS, app
from tests.house.checkout import ROOT

PLAYBOOK_LINES = "digest: every monday at 08:00\nmonthly: first business day of the month at 08:00\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace in Berlin as the current folder."""
    (tmp_path / "analyst.toml").write_text(
        '[workspace]\ntime_zone = "Europe/Berlin"\nholidays = "DE-BY"\n', encoding="utf-8"
    )
    (tmp_path / PLAYBOOKS).write_text(PLAYBOOK_LINES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _say(*words: str) -> Result:
    found = CliRunner().invoke(app(), list(words))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def _json(*words: str) -> Any:
    return json.loads(_say(*words, "--json").stdout)


def _store(workspace: Path) -> Schedules:
    (workspace / ".analyst").mkdir(exist_ok=True)
    return Schedules(sqlite_url(workspace))


def _make_due(workspace: Path, *names: str) -> None:
    """Playbooks that are due every minute, active since two hours ago."""
    (workspace / PLAYBOOKS).write_text("".join(f"{name}: cron: * * * * *\n" for name in names), encoding="utf-8")
    for name in names:
        _store(workspace).activate(name, datetime.now(UTC) - timedelta(hours=2))


def test_the_dry_run_shows_what_is_next_and_the_holiday_that_moved_it(workspace: Path) -> None:
    _store(workspace).activate("monthly", datetime(2026, 4, 2, 12, tzinfo=UTC), "Dana")
    shown = _say("schedule", "--dry-run", "--today", "2026-04-28").stdout
    assert shown == (
        "It is Tuesday 28 April 2026, 00:00 in Europe/Berlin.\n"
        "\n"
        "digest: inactive\n"
        "  every monday at 08:00\n"
        "  once active, next: Monday 4 May 2026, 08:00; reports on April 2026\n"
        "  then: Monday 11 May 2026, 08:00; reports on April 2026\n"
        "  then: Monday 18 May 2026, 08:00; reports on April 2026\n"
        "\n"
        "monthly: active since Thursday 2 April 2026 (Dana)\n"
        "  first business day of the month at 08:00\n"
        "  next: Monday 4 May 2026, 08:00, because Friday 1 May is Labor Day; reports on April 2026\n"
        "  then: Monday 1 June 2026, 08:00; reports on May 2026\n"
        "  then: Wednesday 1 July 2026, 08:00; reports on June 2026\n"
        "\n"
        "No scheduler has looked yet. `analyst schedule` runs what is due, docs/scheduling.md says how as a service.\n"
    )


def test_the_dry_run_shows_what_is_due_and_runs_nothing(workspace: Path) -> None:
    _store(workspace).activate("digest", datetime(2026, 4, 2, 12, tzinfo=UTC))
    shown = _say("schedule", "--dry-run", "--today", "2026-04-28").stdout
    assert "  due now: Monday 27 April 2026, 08:00 (4 due times were missed; only the latest is caught up)\n" in shown
    assert not (workspace / RUNS).exists()
    found = _json("schedule", "--dry-run", "--today", "2026-04-28")
    assert (found["zone"], found["now"], found["looked_at"]) == ("Europe/Berlin", "2026-04-28T00:00:00+02:00", None)
    digest = found["playbooks"][0]
    assert (digest["state"], digest["due"], digest["missed"]) == ("active", "2026-04-27T08:00:00+02:00", 4)
    assert digest["coming"][0] == {"due": "2026-05-04T08:00:00+02:00", "reason": "", "period": "April 2026"}


def test_a_day_for_what_really_runs_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="--dry-run"):
        _say("schedule", "--once", "--today", "2026-04-28")


def test_activated_and_paused_and_said_which_is_next(workspace: Path) -> None:
    shown = _say("playbook", "activate", "monthly", "--by", "Dana").stdout
    assert shown.startswith("monthly is active.\nNext: ")
    assert _say("playbook", "activate", "monthly").stdout.startswith("monthly was active already.")
    assert _store(workspace).standings()["monthly"].said_by == "Dana"
    assert _json("playbook", "deactivate", "monthly")["state"] == "paused"
    assert _say("playbook", "deactivate", "monthly").stdout == "monthly was not active.\n"


def test_what_cannot_be_due_cannot_be_activated(workspace: Path) -> None:
    with pytest.raises(UnknownName, match="monthy"):
        _say("playbook", "activate", "monthy")
    (workspace / PLAYBOOKS).write_text("none: \nbad: every mondy at 08:00\n", encoding="utf-8")
    for name, why in (("none", "has no schedule"), ("bad", "did you mean 'monday'")):
        with pytest.raises(InvalidDefinition, match=why):
            _say("playbook", "activate", name)
    assert _store(workspace).standings() == {}


def test_a_playbook_whose_file_is_gone_is_shown_and_can_be_paused(workspace: Path) -> None:
    _say("playbook", "activate", "digest")
    (workspace / PLAYBOOKS).write_text("", encoding="utf-8")
    assert "digest: missing" in _say("schedule", "--dry-run").stdout
    assert _say("schedule", "--once").exit_code == 1
    assert "digest is paused." in _say("playbook", "deactivate", "digest").stdout
    assert _say("schedule", "--once").exit_code == 0


def test_who_sees_only_a_part_may_not_say_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYST_RESTRICT", "region = EMEA")
    with pytest.raises(NotGranted, match="activating a playbook"):
        _say("playbook", "activate", "digest")


def test_once_runs_what_is_due_and_says_what_is_next(workspace: Path) -> None:
    assert "No playbook is active" in _say("schedule", "--once").stdout
    _make_due(workspace, "minutely")
    found = _say("schedule", "--once")
    assert (found.exit_code, "due times were missed" in found.stdout) == (0, True)
    assert len((workspace / RUNS).read_text().splitlines()) in (1, 2)  # a minute may begin meanwhile


def test_once_tells_a_failure_by_its_exit_code(workspace: Path) -> None:
    _make_due(workspace, "fails", "works")
    found = _say("schedule", "--once", "--json")
    assert found.exit_code == 1
    kinds = {(event["playbook"], event["kind"]) for event in json.loads(found.stdout)["events"]}
    assert kinds == {("fails", "failed"), ("works", "done")}


def test_holidays_that_do_not_exist_are_named(workspace: Path) -> None:
    (workspace / "analyst.toml").write_text('[workspace]\nholidays = "DE-XX"\n', encoding="utf-8")
    with pytest.raises(AnalystError, match="part of DE"):
        _say("schedule", "--dry-run")


@contextmanager
def _service(*words: str) -> Iterator[subprocess.Popen[str]]:
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    service = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.scheduling_app", "schedule", *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        yield service
    finally:
        service.kill()
        service.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_in_a_run_it_ends_after_the_step_and_leaves_the_run_to_be_resumed(
    workspace: Path, number: signal.Signals
) -> None:
    _make_due(workspace, "slow")
    with _service() as service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith("Scheduling in Europe/Berlin. Next: slow, due now.")
        assert service.stdout.readline() == "running\n"
        service.send_signal(number)
        out, err = service.communicate("\n" * 1_000, timeout=60)
    assert (service.returncode, err) == (0, "")
    assert "stopped. (run-1)\nEnded." in out
    [claim] = _store(workspace).claims("slow")
    assert (claim.state, claim.attempts) == (WAITING, 0)


def test_told_to_end_in_a_pause_it_ends_at_once() -> None:
    with _service() as service:
        assert service.stdout is not None
        assert service.stdout.readline() == "Scheduling in Europe/Berlin. No playbook is active: " + (
            "`analyst playbook activate NAME` makes one.\n"
        )
        service.send_signal(signal.SIGTERM)
        out, err = service.communicate(timeout=60)
    assert (service.returncode, err) == (0, "")
    assert out.startswith("Ended.")


def test_told_twice_it_ends_at_once(workspace: Path) -> None:
    _make_due(workspace, "slow")
    with _service() as service:
        assert service.stdout is not None
        service.stdout.readline()
        assert service.stdout.readline() == "running\n"
        service.send_signal(signal.SIGTERM)
        while service.poll() is None:
            service.send_signal(signal.SIGTERM)
    assert service.returncode == -signal.SIGTERM
