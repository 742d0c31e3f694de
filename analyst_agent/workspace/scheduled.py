"""What the scheduler runs: a playbook at its due time, gone on with where it was begun for that time before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from analyst_agent.playbook.delivery import Outcome as Sent
from analyst_agent.playbook.delivery import deliver_due
from analyst_agent.playbook.running.runner import Telling
from analyst_agent.playbook.schedule.records import Outcome, Scheduled
from analyst_agent.playbook.schedule.taking import told_missed
from analyst_agent.state.runs import DONE, STOPPED, Run
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import ListedPlaybook, find_playbook, listed_playbooks
from analyst_agent.workspace.playing import InputsChanged, Play, period_of, play_of, resume, run
from analyst_agent.workspace.scheduling import Bench


def bench_of(workspace: Workspace) -> Bench:
    """The scheduler's bench in a workspace."""

    def at_due(name: str, as_of: date, due: datetime, caught_up: int, stop: Callable[[], bool]) -> Outcome:
        return run_at_due(workspace.root, name, as_of, due, caught_up, stop)

    return Bench(workspace, scheduled_playbooks, at_due, lambda: send_due(workspace))


def scheduled_playbooks(workspace: Workspace) -> list[Scheduled]:
    """Every playbook with its schedule, and why one cannot run."""
    return scheduled_of(listed_playbooks(workspace))


def scheduled_of(listed: Sequence[ListedPlaybook]) -> list[Scheduled]:
    """The same of playbooks that were read already."""
    return [
        Scheduled(one.name, one.playbook.schedule, one.playbook.covers, "")
        if one.playbook
        else Scheduled(one.name, "", "", one.problem)
        for one in listed
    ]


def run_at_due(root: Path, name: str, as_of: date, due: datetime, caught_up: int, stop: Callable[[], bool]) -> Outcome:
    """Runs the playbook on the period before a day, delivering by SMTP where a server is set. Raises AnalystError."""
    workspace = Workspace.open(root)
    try:
        mark = due.astimezone(UTC).isoformat(timespec="seconds")
        before = workspace.runs.of_due(name, mark)
        if before is not None and before.state == DONE:
            return Outcome("done", before.id, "It was done before.")
        done = gone_on(workspace, before, stop) if before is not None else None
        if done is None:
            playbook = find_playbook(workspace, name)
            deliver = "smtp" if workspace.settings.delivery.server else "outbox"
            play = Play.of(workspace, playbook, period_of(playbook, workspace.clock, as_of), {}, deliver)
            play.stop = stop
            note = told_missed(caught_up) if caught_up else ""
            done = closing(play, lambda: run(play, note, due=mark))
        return Outcome("stopped" if done.state == STOPPED else "done", done.id, done.note)
    finally:
        workspace.close()


def send_due(workspace: Workspace) -> Sent:
    """A round of sending what waits in the outbox."""
    return deliver_due(workspace.mailroom, lambda: datetime.now(UTC))


def gone_on(
    workspace: Workspace, before: Run, stop: Callable[[], bool] = lambda: False, tell: Telling = lambda _: None
) -> Run | None:
    """The run that was begun before, gone on with; None where its inputs are others now, so that it must begin anew."""
    try:
        play = play_of(workspace, before)
        play.stop = stop
        return closing(play, lambda: resume(play, before, tell))
    except InputsChanged:
        return None


def closing(play: Play, work: Callable[[], Run]) -> Run:
    """What the work gives; the workspaces of the play's editions are freed in the end."""
    try:
        return work()
    finally:
        play.close()
