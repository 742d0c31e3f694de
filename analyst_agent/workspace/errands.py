"""Does one errand of the page with a playbook, in a process of its own: the page stays quick, and the run outlives the server."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from analyst_agent.errors import AnalystError
from analyst_agent.playbook.records import Playbook
from analyst_agent.playbook.running.runner import BEAT_S, Progress
from analyst_agent.records import Period, to_json
from analyst_agent.semantic.periods import calendar_period
from analyst_agent.state.errands import DONE, FAILED, PREVIEW, RESUME, SEND, Errand, Errands
from analyst_agent.state.runs import DONE as RUN_DONE
from analyst_agent.state.runs import Run
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, play_of, resume, run
from analyst_agent.workspace.previewing import FOLDER, previewed
from analyst_agent.workspace.scheduled import closing, gone_on, send_due


def command(root: Path, errand: Errand, today: date | None = None) -> list[str]:
    """What starts a process that does the errand."""
    told = [str(root), errand.id, str(errand.attempts), errand.holder, today.isoformat() if today else ""]
    # -P: nothing that lies in the workspace's folder is taken for a module.
    return [sys.executable, "-P", "-m", __name__, *told]


def perform(root: Path, name: str, attempt: int, holder: str, today: date | None = None) -> None:
    """Does an errand that its holder hands on, where no other process has it since; how it ended is told in the store."""
    workspace = Workspace.open(root, today)
    errands = Errands(workspace.state_url)
    workspace.close()
    try:
        errand = errands.take(name, attempt, holder)
        if errand is None:
            return
        with _beating(errands):
            _finish(root, errands, errand, today)
    finally:
        errands.close()


def folder_of(root: Path, errand: Errand) -> Path:
    """Where the files of a preview lie."""
    return root / PRIVATE / FOLDER / errand.id


def period_on(workspace: Workspace, playbook: Playbook, day: str) -> Period:
    """What the playbook reports on that contains a day, "" for the last complete period."""
    if not day:
        return period_of(playbook, workspace.clock)
    return calendar_period(playbook.covers, date.fromisoformat(day), workspace.settings.week_start)


def _finish(root: Path, errands: Errands, errand: Errand, today: date | None) -> None:
    try:
        # Without the caller's role: a report is made for its recipients, whoever has it made.
        workspace = Workspace.open(root, today, errand.restrictions)
        try:
            told = _done(workspace, errands, errand)
        finally:
            workspace.close()
    except AnalystError as error:
        errands.finish(errand.id, FAILED, {"error": error.to_dict("page")})
    else:
        errands.finish(errand.id, DONE, told)


def _done(workspace: Workspace, errands: Errands, errand: Errand) -> dict[str, Any]:
    if errand.kind == PREVIEW:
        return _previewed(workspace, errands, errand)
    if errand.kind == RESUME:
        return {"run": _resumed(workspace, errand).id}
    if errand.kind == SEND:
        return {"sending": to_json(send_due(workspace))}
    return {"run": _run(workspace, errand).id}


def _run(workspace: Workspace, errand: Errand) -> Run:
    """A new run; one that was begun for this errand before its process died is gone on with."""
    before = workspace.runs.of_due(errand.playbook, errand.mark)
    if before is not None:
        done = before if before.state == RUN_DONE else gone_on(workspace, before)
        if done is not None:
            return done
    play = _play(workspace, errand, errand.deliver)
    return closing(play, lambda: run(play, f"Begun on the page by {errand.asked_by}.", due=errand.mark))


def _resumed(workspace: Workspace, errand: Errand) -> Run:
    stopped = workspace.runs.get(errand.run)
    if stopped.state == RUN_DONE and errand.attempts > 1:
        return stopped  # the process that resumed it died just before it could say so
    play = play_of(workspace, stopped)
    return closing(play, lambda: resume(play, stopped))


def _previewed(workspace: Workspace, errands: Errands, errand: Errand) -> dict[str, Any]:
    play = _play(workspace, errand, PREVIEW)
    try:
        found = previewed(play, _telling(errands, errand), folder_of(workspace.root, errand))
    finally:
        play.close()
    mails = [
        {"edition": one.edition, "step": one.step, "subject": one.subject, "file": one.files[0].name} for one in found
    ]
    return {"period": play.period.label, "mails": mails}


def _play(workspace: Workspace, errand: Errand, deliver: str) -> Play:
    playbook = find_playbook(workspace, errand.playbook)
    return Play.of(workspace, playbook, period_on(workspace, playbook, errand.day), errand.variables, deliver)


def _telling(errands: Errands, errand: Errand) -> Callable[[Progress], None]:
    steps: dict[str, dict[str, Any]] = {}

    def tell(progress: Progress) -> None:
        named = f"{progress.edition}\n{progress.step}"
        steps[named] = {
            "edition": progress.edition,
            "step": progress.step,
            "state": progress.state,
            "seconds": progress.seconds,
            "of": progress.of,
        }
        errands.tell(errand.id, {"steps": list(steps.values())})

    return tell


@contextmanager
def _beating(errands: Errands) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_S):
            errands.beat()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    _root, _name, _attempt, _holder, _today = sys.argv[1:]
    perform(Path(_root), _name, int(_attempt), _holder, date.fromisoformat(_today) if _today else None)
