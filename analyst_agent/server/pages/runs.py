"""A run of a playbook: its steps as they go, what each gave, its mails, and going on with one that stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from analyst_agent.errors import UnknownName
from analyst_agent.playbook.page.shown import shown_table
from analyst_agent.playbook.records import Posted, Report, Result, ShownTable
from analyst_agent.records import Finding
from analyst_agent.report.charts import charts_for
from analyst_agent.server.callers import Caller
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, Service
from analyst_agent.state.errands import Errand
from analyst_agent.state.outbox import Entry
from analyst_agent.state.runs import DONE, RUNNING, Run, RunStep, is_alive
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.comparing_runs import run_json
from analyst_agent.workspace.editions import editions_for
from analyst_agent.workspace.playbooks import listed_playbooks
from analyst_agent.workspace.playing import results_of, run_folder

router = APIRouter()
MOST_ROWS = 100
"""Of a step's table on the page; the mail's CSV has all of them."""
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as the page shows it. is_going: whether something is at it, so that the page asks again; is_stuck: whether it stands
    as running and nothing is at it. steps: with those that have not begun yet. mails: entries of the outbox.
    """

    run: Run
    is_going: bool
    is_stuck: bool
    steps: tuple[RunStep, ...]
    mails: tuple[Entry, ...] = ()
    quiet: tuple[str, ...] = ()
    reports: tuple[dict[str, Any], ...] = ()
    earlier: str = ""
    changed: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def done_count(self) -> int:
        """How many of its steps are done."""
        return sum(step.state == DONE for step in self.steps)

    @property
    def last_day(self) -> date:
        """The last day it reports on."""
        return self.run.end - timedelta(days=1)

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is under way."""
        if not self.run.finished_at or self.run.state == RUNNING:
            return None
        begun, ended = (datetime.fromisoformat(at) for at in (self.run.started_at, self.run.finished_at))
        return (ended - begun).total_seconds()


@router.get("/playbooks/runs/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """A run; to htmx the part of it that changes while it goes on."""
    with service.reports(caller) as workspace:
        if editions := _editions(service, workspace, caller, name):
            run, mails = editions
            return render(request, "playbooks/edition.html", run=run, mails=mails, zone=workspace.settings.zone)
        shown = _shown(service, workspace, workspace.runs.get(name))
        part = "playbooks/_run.html" if request.headers.get("hx-request") else "playbooks/run.html"
        return render(request, part, shown=shown, zone=workspace.settings.zone)


@router.get("/playbooks/runs/{name}/steps/{step}", response_class=HTMLResponse)
def result(request: Request, service: Served, caller: Asking, name: str, step: str, edition: str = "") -> Response:
    """What a step gave. Raises UnknownName where its result is not there any more."""
    with service.reports(caller) as workspace:
        found = results_of(workspace, workspace.runs.get(name)).get(edition, {}).get(step)
        if found is None:
            raise UnknownName("result of the step", step, (), "Its file is gone; run the playbook again.")
        return render(request, "playbooks/_result.html", **_told(workspace, found))


@router.get("/playbooks/runs/{name}/texts/{file}")
def text(service: Served, caller: Asking, name: str, file: str) -> Response:
    """A text that a step kept with the run, as it is."""
    with service.reports(caller) as workspace:
        run = workspace.runs.get(name)
        if file not in _texts(workspace, run):
            raise UnknownName("text of the run", file, _texts(workspace, run))
        return PlainTextResponse((run_folder(workspace, run.id).path / file).read_bytes())


def _editions(service: Service, workspace: Workspace, caller: Caller, name: str) -> tuple[Run, Sequence[Entry]] | None:
    """A run of everything with the mails of it that went to the caller within their scope; None where the run is their own, or none did."""
    mails = editions_for(workspace, caller.name, run=name)
    if not mails or any(one.id == name for one in workspace.runs.listed(mails[0].playbook)):
        return None
    with service.opened.of() as whole:  # where the analyst is granted less by now, the run does not exist any more
        return whole.runs.get(name), mails


def _shown(service: Service, workspace: Workspace, run: Run) -> ShownRun:
    errand = _errand_at(service, run)
    is_alive_now = run.state == RUNNING and is_alive(run, datetime.now(UTC))
    is_going = is_alive_now or errand is not None
    shown = ShownRun(run, is_going, run.state == RUNNING and not is_going, _steps(workspace, run))
    if is_going:
        return shown
    told = run_json(workspace, run)
    found = (workspace.outbox.get(one["id"]) for one in told["messages"])
    return replace(
        shown,
        mails=tuple(one for one in found if one is not None),
        quiet=tuple(told["quiet"]),
        reports=tuple(told["reports"]),
        earlier=told["earlier"] or "",
        changed=tuple(told["changed_since"]),
        texts=_texts(workspace, run),
    )


def _errand_at(service: Service, run: Run) -> Errand | None:
    """The errand that is at the run, or is about to take it up again."""
    running = service.errands.errands.running()
    return next((one for one in running if run.due == one.mark or one.run == run.id), None)


def _steps(workspace: Workspace, run: Run) -> tuple[RunStep, ...]:
    """The run's steps, and those of the playbook as it is that are still to come."""
    known = {(one.edition, one.step) for one in run.steps}
    playbook = next((one.playbook for one in listed_playbooks(workspace) if one.name == run.playbook), None)
    if playbook is None or playbook.digest != run.inputs.get("playbook") or run.state == DONE:
        return run.steps
    editions: Sequence[str] = run.inputs.get("editions", [""])
    to_come = [
        RunStep(edition, step.name, place, WAITING, "")
        for edition in editions
        for place, step in enumerate(playbook.steps, start=1)
        if (edition, step.name) not in known
    ]
    in_order = {edition: number for number, edition in enumerate(editions)}
    return tuple(sorted((*run.steps, *to_come), key=lambda one: (in_order.get(one.edition, 0), one.place)))


def _texts(workspace: Workspace, run: Run) -> tuple[str, ...]:
    folder = run_folder(workspace, run.id).path
    kept = {step.file for step in run.steps}
    files = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(f.name for f in files if f.is_file() and f.name not in kept and not f.name.startswith(".")))


def _told(workspace: Workspace, found: Result) -> dict[str, Any]:
    """What the template shows of a result of each kind."""
    if isinstance(found, Finding):
        wording = workspace.desk.wording
        tables = [shown_table(one, found, wording) for one in found.tables if one.columns]
        charts = charts_for(found, wording)
        return {"kind": "finding", "finding": found, "tables": [_cut(one) for one in tables], "charts": charts}
    if isinstance(found, Report):
        return {"kind": "report", "report": found}
    assert isinstance(found, Posted)
    return {"kind": "posted", "posted": found, "entries": [workspace.outbox.get(one) for one in found.entries]}


def _cut(table: ShownTable) -> ShownTable:
    """The first rows of a table too long for the page, and a note that says so."""
    count = len(table.cells)
    if count <= MOST_ROWS:
        return table
    note = f"The first {MOST_ROWS} of {count:,} rows."
    return replace(table, cells=table.cells[:MOST_ROWS], notes=(*table.notes, note))
