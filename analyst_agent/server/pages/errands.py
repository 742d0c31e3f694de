"""Beginning a run, a resumption or a preview on the page, and following it until there is something to show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import BadPeriod, InvalidDefinition, UnknownName
from analyst_agent.playbook.records import Playbook
from analyst_agent.server.begun import begun_run, own_errand
from analyst_agent.server.callers import Caller
from analyst_agent.server.rendering import render
from analyst_agent.server.security import MAIL_POLICY
from analyst_agent.server.service import Asking, Served, Service, allowed
from analyst_agent.state.errands import PREVIEW, RESUME, RUN, Errand, NewErrand
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.errands import folder_of, period_on
from analyst_agent.workspace.playbooks import find_playbook

router = APIRouter()
SET = "set_"
"""How the fields of a form begin that set a variable."""


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=100)


Given = Annotated[FormData, Depends(_form)]


@router.post("/playbooks/{name}/run", dependencies=[allowed("run")])
def begin_run(service: Served, caller: Asking, name: str, form: Given) -> Response:
    """Has a playbook run, into the outbox or by the mail server."""
    deliver = str(form.get("deliver") or "outbox")
    if deliver not in ("outbox", "smtp"):
        raise UnknownName("way to deliver", deliver, ("outbox", "smtp"))
    if deliver == "smtp":
        caller.check("send")
    return _to(_address(_begin(service, caller, RUN, name, form, deliver)))


@router.post("/playbooks/{name}/preview", response_class=HTMLResponse, dependencies=[allowed("run")])
def begin_preview(request: Request, service: Served, caller: Asking, name: str, form: Given) -> Response:
    """Has a playbook's mails computed; nothing is kept as a run and nothing is sent."""
    return _preview(request, _begin(service, caller, PREVIEW, name, form, PREVIEW))


@router.post("/playbooks/runs/{run}/resume", dependencies=[allowed("send")])
def begin_resumption(service: Served, caller: Asking, run: str) -> Response:
    """Goes on with a run that failed or whose process ended."""
    with service.reports(caller) as workspace:
        stopped = workspace.runs.get(run)
        note_action(workspace, caller.name, f"resumed the run {stopped.id}")
    new = NewErrand(
        RESUME, stopped.playbook, deliver=stopped.deliver, run=stopped.id, owner=caller.owner, asked_by=caller.name,
        restrictions=caller.restrictions,
    )  # fmt: skip
    return _to(_address(service.errands.begin(new)))


@router.get("/playbooks/errands/{name}", response_class=HTMLResponse, dependencies=[allowed("run")])
def follow(request: Request, service: Served, caller: Asking, name: str) -> Response:
    """How far an errand is: a preview as part of its playbook's page; of a run, its page as soon as it has begun."""
    errand = own_errand(service, caller, name)
    if errand.kind == PREVIEW:
        return _preview(request, errand)
    with service.reports(caller) as workspace:
        run = begun_run(workspace, errand)
    if run:
        return _to(f"/playbooks/runs/{run}", request)
    part = "playbooks/_starting.html" if request.headers.get("hx-request") else "playbooks/starting.html"
    return render(request, part, errand=errand)


@router.get("/playbooks/errands/{name}/mails/{number}", dependencies=[allowed("run")])
def previewed_mail(service: Served, caller: Asking, name: str, number: int) -> Response:
    """A previewed mail, as a document of its own in which nothing runs and nothing is loaded."""
    errand = own_errand(service, caller, name)
    mails = errand.told.get("mails", [])
    if not 1 <= number <= len(mails):
        raise UnknownName("mail", str(number), [str(n) for n in range(1, len(mails) + 1)])
    path = folder_of(service.root, errand) / Path(mails[number - 1]["file"]).name
    if not path.is_file():
        raise UnknownName("preview", name, (), "Previews are kept for two days; make it again.")
    return HTMLResponse(path.read_bytes(), headers={"content-security-policy": MAIL_POLICY})


def _begin(service: Service, caller: Caller, kind: str, name: str, form: FormData, deliver: str) -> Errand:
    """Keeps the errand and has it done; one of the same kind that is on its way already is that one."""
    with service.reports(caller) as workspace:
        playbook = find_playbook(workspace, name)
        day = _day(playbook, str(form.get("period") or ""))
        period = period_on(workspace, playbook, day)
        variables = _variables(playbook, form)
        new = NewErrand(
            kind, playbook.name, day, variables, deliver, "", caller.owner, caller.name, caller.restrictions
        )
        for one in service.errands.errands.running():
            if _is_same(one, new):
                return one
        if kind == RUN:
            note_action(workspace, caller.name, f"began a run of {playbook.name} on {period.label}", deliver=deliver)
    return service.errands.begin(new)


def _is_same(one: Errand, new: NewErrand) -> bool:
    kept = (one.kind, one.playbook, one.day, dict(one.variables), one.deliver, one.owner, one.restrictions)
    asked = (
        new.kind, new.playbook, new.day, dict(new.variables or {}), new.deliver, new.owner, tuple(new.restrictions)
    )  # fmt: skip
    return kept == asked


def _day(playbook: Playbook, text: str) -> str:
    """A day of the period that a field of the form names, "" for the last complete one. Raises BadPeriod."""
    if not text:
        return ""
    try:
        return date.fromisoformat(f"{text}-01" if playbook.covers == "month" and len(text) == 7 else text).isoformat()
    except ValueError as error:
        raise BadPeriod(
            f"{text!r} is no {playbook.covers}.", "Write a month as 2026-10, a day as 2026-10-30."
        ) from error


def _variables(playbook: Playbook, form: FormData) -> dict[str, Any]:
    """Variables that the form sets otherwise than the file. Raises InvalidDefinition for what is no number."""
    found: dict[str, Any] = {}
    for name, value in playbook.variables.items():
        given = form.get(f"{SET}{name}")
        if isinstance(value, bool):
            if f"{SET}{name}_shown" in form:
                found[name] = given is not None
        elif isinstance(given, str) and isinstance(value, (int, float, str)):
            found[name] = _typed(name, given, value)
    return {name: value for name, value in found.items() if value != playbook.variables[name]}


def _typed(name: str, given: str, like: Any) -> Any:
    if isinstance(like, str):
        return given
    try:
        return int(given) if isinstance(like, int) and given.strip().lstrip("-").isdigit() else float(given)
    except ValueError as error:
        raise InvalidDefinition(f"{name}: {given[:40]!r} is no number.", "Write it as 45 or 4.5.") from error


def _preview(request: Request, errand: Errand) -> Response:
    return render(request, "playbooks/_preview.html", errand=errand)


def _address(errand: Errand) -> str:
    return f"/playbooks/errands/{errand.id}"


def _to(address: str, request: Request | None = None) -> Response:
    """Has the browser go there; htmx is told in its own way, since it would put what it finds there into the page."""
    if request is not None and not request.headers.get("hx-request"):
        return Response(status_code=303, headers={"location": address})
    return Response(status_code=200, headers={"hx-redirect": address})
