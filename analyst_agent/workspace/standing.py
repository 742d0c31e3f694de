"""How the playbooks of a workspace stand with its scheduler: active or not, what is due next, and how the last run ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analyst_agent.errors import AnalystError
from analyst_agent.playbook.schedule.outlook import Outlook, last_look, outlooks
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import ListedPlaybook, listed_playbooks
from analyst_agent.workspace.scheduled import scheduled_of, scheduled_playbooks
from analyst_agent.workspace.scheduling import timetable_of

UNSEEN_HOURS = 2
"""A service looks every minute, a cron job once an hour; after two of them nobody is looking."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One playbook's file and how it stands. last_run: the id of the last run of any kind, "" for none, with its
    state and when it began (ISO, UTC).
    """

    listed: ListedPlaybook
    outlook: Outlook | None
    last_run: str = ""
    last_state: str = ""
    last_at: str = ""

    @property
    def state(self) -> str:
        """active, paused or inactive; "" where its file cannot be read."""
        return self.outlook.state if self.outlook else ""

    @property
    def next_due(self) -> datetime | None:
        """When a scheduler runs it next, in the workspace's zone; None while it is not active."""
        if self.outlook is None or self.outlook.state != "active":
            return None
        coming = self.outlook.coming
        return self.outlook.due or (coming[0].due if coming else None)


def standings(workspace: Workspace, now: datetime) -> list[Standing]:
    """Every playbook there is, in the order they are listed."""
    listed = listed_playbooks(workspace)
    table = timetable_of(workspace.settings, scheduled_of(listed))
    seen = {one.playbook: one for one in outlooks(table, workspace.schedules, now)}
    found = []
    for one in listed:
        runs = workspace.runs.listed(one.name, 1)
        last = (runs[0].id, runs[0].state, runs[0].started_at) if runs else ("", "", "")
        found.append(Standing(one, seen.get(one.name), *last))
    return found


def schedule_text(workspace: Workspace, now: datetime) -> tuple[str, str]:
    """State (ok or warning) and what to say of the schedule: what is active and due, and whether anybody looks."""
    try:
        table = timetable_of(workspace.settings, scheduled_playbooks(workspace))
        found = outlooks(table, workspace.schedules, now)
    except AnalystError as error:
        return "warning", f"{error.message} {error.hint}".strip()
    active = [one for one in found if one.state in ("active", "missing")]
    paused = [one.playbook for one in found if one.state == "paused"]
    rest = f" Paused: {', '.join(paused)}." if paused else ""
    if not active:
        return "ok", f"No playbook is active; `analyst playbook activate NAME` makes one.{rest}"
    told = [_told(workspace, one) for one in active]
    looked = last_look(workspace.schedules)
    is_late = any(one.complaint or one.missed for one in active)
    if looked is None or (now - looked).total_seconds() > UNSEEN_HOURS * 3600:
        at = f"the last look was at {_time(looked, workspace)}" if looked else "it has not looked yet"
        return "warning", f"{' '.join(told)}{rest} No scheduler is at work ({at}): start `analyst schedule`."
    return "warning" if is_late else "ok", f"{' '.join(told)}{rest}"


def _told(workspace: Workspace, one: Outlook) -> str:
    if one.complaint:
        return f"{one.playbook} is active but cannot be due: {one.complaint}"
    runs = workspace.runs.listed(one.playbook, 1)
    last = f"last run {runs[0].id} {runs[0].state}" if runs else "not run yet"
    if one.due is not None:
        late = f", {one.missed} due times were missed before" if one.missed > 1 else ""
        return f"{one.playbook} is active, due since {_time(one.due, workspace)}{late}, {last}."
    return f"{one.playbook} is active, next on {_time(one.coming[0].due, workspace)}, {last}."


def _time(at: datetime, workspace: Workspace) -> str:
    local = at.astimezone(workspace.settings.zone)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
