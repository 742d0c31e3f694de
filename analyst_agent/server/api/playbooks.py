"""Playbooks and their runs by the API."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header
from fastapi import Path as InPath
from fastapi import Query as InQuery
from pydantic import BaseModel, Field

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.playbook.reading.reader import variables_with
from analyst_agent.server.api.asking import Conflict
from analyst_agent.server.api.models import FAILURES, Given, Name, Page, Record
from analyst_agent.server.api.paging import Cursor, Limit, part
from analyst_agent.server.begun import begun_run, own_errand
from analyst_agent.server.callers import Caller
from analyst_agent.server.service import Asking, Served, Service, allowed
from analyst_agent.state.errands import RESUME, RUN, Errand, NewErrand
from analyst_agent.state.runs import DONE, Run
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.comparing_runs import run_json
from analyst_agent.workspace.errands import period_on
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.standing import standings

router = APIRouter(tags=["playbooks"], responses=FAILURES)
PlaybookName = Annotated[str, InPath(max_length=64)]
RunId = Annotated[str, InPath(max_length=120)]
ErrandId = Annotated[str, InPath(max_length=64)]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=120, description="The same key is the same run.")
]


class PlaybookLine(BaseModel):
    """A playbook and how it stands with its schedule. problem: why it cannot be run."""

    name: str
    description: str | None
    covers: str | None
    schedule: str | None
    state: str | None
    next_due: str | None
    last_run: str | None
    last_state: str | None
    problem: str | None


class NewRun(Given):
    """A run to begin. smtp needs a role that may send."""

    day: date | None = Field(None, description="A day of the period to report on; unset: the last complete one.")
    variables: dict[Name, Any] = Field({}, max_length=30, examples=[{"cost_per_hour": 52}])
    deliver: Literal["outbox", "smtp"] = "outbox"


class Begun(BaseModel):
    """Something begun: its state, and its run as soon as there is one."""

    errand: str
    playbook: str
    state: str
    run: str | None
    told: Record


class RunLine(BaseModel):
    """A run in a list. period: days, `end` exclusive."""

    id: str
    playbook: str
    state: str
    start: date
    end: date
    deliver: str
    started_at: str
    finished_at: str | None
    error: str | None


@router.get("/playbooks")
def list_playbooks(service: Served, caller: Asking) -> list[PlaybookLine]:
    """Every playbook, its schedule and how the last run ended."""
    with service.reports(caller) as workspace:
        return [
            PlaybookLine(
                name=one.listed.name,
                description=one.listed.playbook.description if one.listed.playbook else None,
                covers=one.listed.playbook.covers if one.listed.playbook else None,
                schedule=one.listed.playbook.schedule if one.listed.playbook else None,
                state=one.state or None,
                next_due=one.next_due.isoformat(timespec="minutes") if one.next_due else None,
                last_run=one.last_run or None,
                last_state=one.last_state or None,
                problem=one.listed.problem or None,
            )
            for one in standings(workspace, datetime.now(UTC))
        ]


@router.post("/playbooks/{name}/runs", status_code=202, dependencies=[allowed("run")])
def begin_run(name: PlaybookName, body: NewRun, service: Served, caller: Asking, key: Key = None) -> Begun:
    """Run a playbook, into the outbox or by the mail server; GET /errands/{errand} follows it."""
    if body.deliver == "smtp":
        caller.check("send")
    day = body.day.isoformat() if body.day else ""
    with service.reports(caller) as workspace:
        playbook = find_playbook(workspace, name)
        period = period_on(workspace, playbook, day)
        variables_with(playbook, dict(body.variables))
        new = NewErrand(
            RUN, playbook.name, day, body.variables, body.deliver, "", caller.owner, caller.name, caller.restrictions, key or ""
        )  # fmt: skip
        begun = service.errands.begin(new)
        if (begun.playbook, begun.day, dict(begun.variables), begun.deliver) != (
            name,
            day,
            body.variables,
            body.deliver,
        ):
            raise Conflict(f"The idempotency key {key!r} was given with another run.", "Use a new key.")
        note_action(workspace, caller.name, f"began a run of {playbook.name} on {period.label}", deliver=body.deliver)
    return _begun(service, caller, begun)


@router.get("/errands/{errand}", dependencies=[allowed("run")])
def show_errand(errand: ErrandId, service: Served, caller: Asking) -> Begun:
    """How far something begun is, and its run."""
    return _begun(service, caller, own_errand(service, caller, errand))


@router.get("/runs")
def list_runs(
    service: Served,
    caller: Asking,
    playbook: Annotated[str | None, InQuery(max_length=64)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RunLine]:
    """The runs within the caller's scope, the latest first."""
    with service.reports(caller) as workspace:
        found = [RunLine.model_validate(one, from_attributes=True) for one in workspace.runs.listed(playbook)]
    items, following = part(found, limit, cursor)
    return Page[RunLine](items=items, next=following)


@router.get("/runs/{run}")
def show_run(run: RunId, service: Served, caller: Asking) -> Record:
    """A run: inputs, steps, reports, what was sent to whom, and what changed since the one before."""
    with service.reports(caller) as workspace:
        return run_json(workspace, _run(workspace.runs.get(run), run))


@router.post("/runs/{run}/resume", status_code=202, dependencies=[allowed("send")])
def resume_run(run: RunId, service: Served, caller: Asking) -> Begun:
    """Go on with a run that failed or whose process ended."""
    with service.reports(caller) as workspace:
        stopped = _run(workspace.runs.get(run), run)
        if stopped.state == DONE:
            raise NotPermitted(f"The run {stopped.id} is done.", "Run the playbook again to make a new one.")
        new = NewErrand(
            RESUME, stopped.playbook, deliver=stopped.deliver, run=stopped.id, owner=caller.owner, asked_by=caller.name,
            restrictions=caller.restrictions,
        )  # fmt: skip
        begun = service.errands.begin(new)
        note_action(workspace, caller.name, f"resumed the run {stopped.id}")
    return _begun(service, caller, begun)


def _run(found: Run, name: str) -> Run:
    """The run of just that id: an address is no beginning of one. Raises UnknownName."""
    if found.id != name:
        raise UnknownName("run", name, ())
    return found


def _begun(service: Service, caller: Caller, errand: Errand) -> Begun:
    with service.reports(caller) as workspace:
        run = begun_run(workspace, errand)
    return Begun(
        errand=errand.id, playbook=errand.playbook, state=errand.state, run=run or None, told=dict(errand.told)
    )
