"""Handing in an export: what is understood of it is shown first, then it is loaded whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import InvalidDefinition
from analyst_agent.masking import mask, mask_secrets, mask_value
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed, service_of
from analyst_agent.server.uploads import check_size
from analyst_agent.warehouse.mappings.mapping import list_sources
from analyst_agent.warehouse.tables import TABLES
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.exports import Loaded, export_name, incoming, load_given, understood, unpacked

router = APIRouter(dependencies=[allowed("curate")])
PREVIEW, LOAD = "/data/preview", "/data/load"
UPLOADS = frozenset({PREVIEW, LOAD})
"""Addresses that take files, larger than any other request."""
MOST_FILES = 20
LARGEST = 512_000_000
"""Bytes of a whole request; larger exports are loaded on the command line."""
MOST_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The folder that the files were put into for the time of the request, and the form's other fields."""

    folder: Path
    source: str
    digest: str


async def _handed_in(request: Request) -> AsyncIterator[HandedIn]:
    """Raises TooLarge, InvalidDefinition or LoadError for what cannot be read at all."""
    await check_size(request, LARGEST)
    form = await request.form(max_files=MOST_FILES, max_fields=20, max_part_size=10_000)
    try:
        with incoming(service_of(request).root) as folder:
            await run_in_threadpool(_put, form, folder)
            yield HandedIn(folder, str(form.get("source") or ""), str(form.get("digest") or ""))
    finally:
        await form.close()


Given = Annotated[HandedIn, Depends(_handed_in)]


@router.post(PREVIEW, response_class=HTMLResponse)
def preview(request: Request, service: Served, caller: Asking, given: Given) -> Response:
    """What is understood of the files, and what a load of them would do; nothing is loaded."""
    with service.bare(caller) as workspace:
        seen = understood(workspace, given.folder, given.source)
        masked = mask_secrets if workspace.shows_personal else mask
    return render(
        request, "data/_understood.html", seen=seen, most_examples=MOST_EXAMPLES, masked=lambda text: mask_value(text or "", masked)
    )  # fmt: skip


@router.post(LOAD, response_class=HTMLResponse)
def load(request: Request, service: Served, caller: Asking, given: Given) -> Response:
    """Loads the files that were looked at."""
    with service.bare(caller) as workspace:
        done = load_given(workspace, given.folder, given.source, given.digest)
        _note(workspace, caller.name, done)
    return render(request, "data/_loaded.html", done=done, tables=[name for name in TABLES if done.after.get(name) or done.before.get(name)])  # fmt: skip


def source_names() -> list[str]:
    """Names of the built-in sources, for a choice."""
    return [one.name for one in list_sources()]


def _note(workspace: Workspace, who: str, done: Loaded) -> None:
    totals = done.report.totals
    files = ", ".join(one.file for one in done.report.files)
    counts = ", ".join(f"{totals[name]:,} {name.replace('_', ' ')}" for name in ("rows_read", "inserted", "updated", "unchanged", "set_aside"))  # fmt: skip
    more: dict[str, Any] = {"generation": done.report.generation, "source": done.report.source}
    note_action(workspace, who, f"loaded {files}: {counts}", **more)


def _put(form: FormData, folder: Path) -> None:
    given = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if not given:
        raise InvalidDefinition("No file was chosen.", "Choose one or more.")
    for one in given:
        path = folder / export_name(str(one.filename))
        if path.exists():
            raise InvalidDefinition("Two of the files have the same name.", "Hand them in one after the other.")
        with path.open("xb") as out:
            shutil.copyfileobj(one.file, out)
    unpacked(folder)
