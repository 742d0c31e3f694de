"""How playbooks stand with the scheduler: what the list and the doctor say before, while and after they are active."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.workspace import Workspace
from analyst_agent.workspace.standing import Standing, schedule_text, standings
from tests.playbook.running.small import NAME, workspace_at

# The first business day of November 2026 is Monday the second.
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def workspace(demo_workspace: Path, tmp_path: Path):
    made = Workspace.open(workspace_at(demo_workspace, tmp_path / "w"))
    yield made
    made.close()


def small(workspace: Workspace, now: datetime = NOW) -> Standing:
    [found] = [one for one in standings(workspace, now) if one.listed.name == NAME]
    return found


def test_an_inactive_playbook_is_not_due_and_the_doctor_says_how_to_activate_one(workspace: Workspace):
    found = small(workspace)
    assert (found.state, found.next_due, found.last_run) == ("inactive", None, "")
    state, text = schedule_text(workspace, NOW)
    assert state == "ok"
    assert text == "No playbook is active; `analyst playbook activate NAME` makes one."


def test_an_active_playbook_says_when_it_is_due_and_that_nobody_looks(workspace: Workspace):
    workspace.schedules.activate(NAME, NOW, "Ana")
    found = small(workspace)
    assert (found.state, found.next_due) == ("active", DUE)
    state, text = schedule_text(workspace, NOW)
    assert state == "warning"
    assert "small is active, next on 2 November 2026 at 08:00, not run yet." in text
    assert "No scheduler is at work (it has not looked yet)" in text
    assert small(workspace, DUE + timedelta(hours=3)).next_due == DUE
    assert "due since 2 November 2026 at 08:00" in schedule_text(workspace, DUE + timedelta(hours=3))[1]


def test_a_paused_playbook_is_named_and_not_due(workspace: Workspace):
    workspace.schedules.activate(NAME, NOW, "Ana")
    workspace.schedules.deactivate(NAME, NOW + timedelta(hours=1), "Ana")
    found = small(workspace)
    assert (found.state, found.next_due) == ("paused", None)
    assert schedule_text(workspace, NOW)[1].endswith("Paused: small.")


def test_a_file_that_cannot_be_read_is_listed_with_its_problem(workspace: Workspace):
    (workspace.root / "playbooks" / "broken.yml").write_text("name: broken\n", encoding="utf-8")
    [found] = [one for one in standings(workspace, NOW) if one.listed.name == "broken"]
    assert found.listed.problem
    assert found.next_due is None
