"""Playbooks: which there are, when each runs next, how its last run ended; one of them with its steps, recipients and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.playbook.kinds import KINDS
from analyst_agent.playbook.records import Playbook, Recipient
from analyst_agent.playbook.schedule.outlook import last_look
from analyst_agent.server.pages import errands, mails, runs
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.activating import activate, deactivate
from analyst_agent.workspace.editions import editions_for
from analyst_agent.workspace.mails import entries_waiting
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import period_of
from analyst_agent.workspace.scheduled import bench_of
from analyst_agent.workspace.standing import UNSEEN_HOURS, Standing, standings

router = APIRouter()
for _part in (runs, mails, errands):
    router.include_router(_part.router)
PATH, NAME, PERMISSION = "/playbooks", "Playbooks", "ask"
MOST_RUNS = 30
"""Of one playbook, the latest; the page says how many more there are."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A variable of a playbook that may be set for one run: a number, a text or yes and no. kind: of its field in a form."""

    name: str
    value: Any
    kind: str


@router.get("/playbooks", response_class=HTMLResponse)
def listed(request: Request, service: Served, caller: Asking) -> Response:
    """Every playbook and how it stands."""
    now = datetime.now(UTC)
    with service.reports(caller) as workspace:
        found = standings(workspace, now)
        return render(
            request,
            "playbooks/list.html",
            standings=found,
            waiting=entries_waiting(workspace) if caller.may("run") else (),
            unwatched=_unwatched(workspace, found, now),
            zone=workspace.settings.zone,
        )


@router.get("/playbooks/{name}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """One playbook. Raises UnknownName."""
    with service.reports(caller) as workspace:
        standing = _standing(workspace, name)
        playbook = standing.listed.playbook
        known = workspace.runs.listed(name)
        return render(
            request,
            "playbooks/playbook.html",
            one=standing,
            playbook=playbook,
            period=period_of(playbook, workspace.clock) if playbook else None,
            period_value=_period_value(playbook, workspace) if playbook else "",
            chosen=_chosen(playbook) if playbook else (),
            recipients=_recipients(playbook) if playbook and caller.may("run") else (),
            runs=known[:MOST_RUNS],
            run_count=len(known),
            editions=editions_for(workspace, caller.name, playbook=name)[:MOST_RUNS],
            has_server=bool(workspace.settings.delivery.server),
            zone=workspace.settings.zone,
        )


@router.post("/playbooks/{name}/active", response_class=HTMLResponse, dependencies=[allowed("send")])
def switch(request: Request, service: Served, caller: Asking, name: str, active: Annotated[bool, Form()]) -> Response:
    """Has a playbook run on its own, or no longer."""
    now = datetime.now(UTC)
    with service.reports(caller) as workspace:
        done = (activate if active else deactivate)(bench_of(workspace), name, caller.name, now)
        if done.is_changed:
            note_action(workspace, caller.name, f"{'activated' if active else 'paused'} the playbook {name}")
        return render(request, "playbooks/_standing.html", one=_standing(workspace, name), zone=workspace.settings.zone)


def _standing(workspace: Workspace, name: str) -> Standing:
    """How the playbook of that name stands. Raises UnknownName."""
    found = [one for one in standings(workspace, datetime.now(UTC)) if one.listed.name == name]
    if not found:
        find_playbook(workspace, name)
    return next((one for one in found if one.listed.playbook), found[0])


def _unwatched(workspace: Workspace, found: list[Standing], now: datetime) -> bool:
    """Whether playbooks are active and no scheduler looks after them."""
    if not any(one.state == "active" for one in found):
        return False
    looked = last_look(workspace.schedules)
    return looked is None or (now - looked).total_seconds() > UNSEEN_HOURS * 3600


def _period_value(playbook: Playbook, workspace: Workspace) -> str:
    """The last complete period as the form's field holds it: a month, else a day of it."""
    period = period_of(playbook, workspace.clock)
    return f"{period.start:%Y-%m}" if playbook.covers == "month" else period.start.isoformat()


def _chosen(playbook: Playbook) -> list[Chosen]:
    """Lists, such as recipients, are the file's."""
    kinds: Mapping[type, str] = {bool: "checkbox", int: "number", float: "number", str: "text"}
    return [
        Chosen(name, value, kinds[type(value)]) for name, value in playbook.variables.items() if type(value) in kinds
    ]


def _recipients(playbook: Playbook) -> list[tuple[str, Recipient]]:
    """Each recipient with the step that writes to her."""
    return [(step.name, to) for step in playbook.steps for to in KINDS[step.kind].recipients(step, playbook.variables)]
