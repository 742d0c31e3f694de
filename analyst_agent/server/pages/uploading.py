"""Handing in documents: how they would be cut is shown first, then they are added."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import InvalidDefinition
from analyst_agent.server.anchors import document_url
from analyst_agent.server.marking import legible
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.server.uploads import Given, HandedIn
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.uploading import Upload, add_uploads, looked_at

router = APIRouter(dependencies=[allowed("curate")])
PREVIEW, ADD = "/knowledge/preview", "/knowledge/add"
UPLOADS = frozenset({PREVIEW, ADD})
"""Addresses that take files, larger than any other request."""


@router.post(PREVIEW, response_class=HTMLResponse)
def preview(request: Request, service: Served, caller: Asking, given: Given) -> Response:
    """How the files would be cut into passages; nothing is kept."""
    space = _space(given)
    with service.workspace(caller) as workspace:
        cuttings = looked_at(workspace, space, given.files)
    digest = _digest(space, given.files)
    return render(request, "knowledge/_cuttings.html", cuttings=cuttings, space=space, digest=digest, legible=legible)


@router.post(ADD, response_class=HTMLResponse)
def add(request: Request, service: Served, caller: Asking, given: Given) -> Response:
    """Adds the files that were previewed."""
    space = _space(given)
    if given.fields.get("digest") != _digest(space, given.files):
        raise InvalidDefinition(
            "These are not the files that were looked at.", "Look at the preview again, then add them."
        )
    with service.workspace(caller) as workspace:
        report = add_uploads(workspace, space, given.files)
        for entry in report.entries:
            note_action(workspace, caller.name, f"{entry.outcome} the document {entry.document} in {space}")
        name = workspace.shown_documents.name
        added = [(entry, name(entry.document)) for entry in report.entries]
    return render(request, "knowledge/_added.html", added=added, space=space, url=document_url)


def _space(given: HandedIn) -> str:
    """The space that was chosen, or named anew."""
    return (given.fields.get("new_space", "").strip() or given.fields.get("space", "")).strip()


def _digest(space: str, files: Sequence[Upload]) -> str:
    """The mark of what was looked at."""
    told = hashlib.sha256(space.encode())
    for one in files:
        told.update(hashlib.sha256(one.name.encode()).digest() + hashlib.sha256(one.content).digest())
    return told.hexdigest()
