"""Policies and known issues: which there are and when they were last used, what they say to a query, where they contradict each other."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.agent.calls import plan_of
from analyst_agent.errors import NotGranted, NotPermitted, OutsideData, UnknownName
from analyst_agent.playbook.page.shown import shown_table
from analyst_agent.records import Finding
from analyst_agent.server.anchors import document_url
from analyst_agent.server.marking import legible, marked
from analyst_agent.server.pages import documents, uploading
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conflicts import contradictions_of
from analyst_agent.workspace.library import listed_documents, passages_on, spaces_of

router = APIRouter()
router.include_router(uploading.router)
PATH, NAME, PERMISSION = "/knowledge", "Knowledge", "ask"
LONGEST_QUERY = 500
ISSUES = "known_issue_impact"


@router.get("/knowledge", response_class=HTMLResponse)
def listed(request: Request, service: Served, caller: Asking, q: str = "", space: str = "") -> Response:
    """All documents; with a query, what they say to it."""
    query = q.strip()[:LONGEST_QUERY]
    with service.workspace(caller) as workspace:
        found = listed_documents(workspace)
        return render(
            request,
            "knowledge/list.html",
            by_space=[(name, list(those)) for name, those in groupby(found, key=lambda one: one.space)],
            spaces=spaces_of(workspace),
            query=query,
            space=space,
            passages=passages_on(workspace, query, space) if query else (),
            marked=marked,
            legible=legible,
            url=document_url,
            zone=workspace.settings.zone,
            may_add=caller.may("curate") and not caller.restrictions,
        )


@router.get("/knowledge/conflicts", response_class=HTMLResponse)
def conflicts(request: Request, service: Served, caller: Asking) -> Response:
    """What documents in force say differently about the same case."""
    with service.workspace(caller) as workspace:
        found = contradictions_of(workspace)
        return render(request, "knowledge/_conflicts.html", conflicts=found, url=document_url, legible=legible)


@router.get("/knowledge/issues", response_class=HTMLResponse)
def issues(request: Request, service: Served, caller: Asking) -> Response:
    """Known issues with the escalated tickets that show them."""
    with service.workspace(caller) as workspace:
        finding, problem = _issues(workspace)
        tables = [shown_table(one, finding, workspace.desk.wording) for one in finding.tables[:1]] if finding else []
        return render(
            request,
            "knowledge/_issues.html",
            finding=finding,
            tables=tables,
            problem=problem,
            spaces={one.id: one.space for one in listed_documents(workspace)},
            url=document_url,
        )


def _issues(workspace: Workspace) -> tuple[Finding | None, str]:
    """What the skill finds over the last twelve months, or why there is nothing to show."""
    try:
        return workspace.desk.execute(plan_of(ISSUES, {}, workspace.clock)), ""
    except (NotPermitted, NotGranted, OutsideData, UnknownName) as error:
        return None, f"{error.message} {error.way.page}".strip()


# Last: its address would take those above for a space.
router.include_router(documents.router)
