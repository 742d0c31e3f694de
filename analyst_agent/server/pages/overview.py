"""The overview: measures with their changes, the line of the rate, root causes, segments, areas, hours and flow of one selection."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.claims import formats
from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.server.callers import Caller
from analyst_agent.server.kept import Kept
from analyst_agent.server.problems import status_of
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Served, allowed
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.overview import PANELS, Selection, choices_of, measured, panel_of, selected
from analyst_agent.workspace.overview.tiles import tiles_of

router = APIRouter()
PATH, NAME, PERMISSION = "/overview", "Overview", "ask"
TILES = "tiles"


def kept_of(request: Request) -> Kept:
    """The running server's."""
    kept: Kept = request.app.state.kept
    return kept


Reader = Annotated[Caller, allowed("ask")]
Keeping = Annotated[Kept, Depends(kept_of)]


@router.get(PATH, response_class=HTMLResponse)
def overview(request: Request, service: Served, caller: Reader) -> Response:
    """The frame with its lists to choose from; the parts come one by one."""
    with service.workspace(caller) as workspace:
        try:
            selection = selected(workspace, dict(request.query_params))
        except UnknownName as error:
            links = _corrected(dict(request.query_params), error)
            return render(
                request, "overview_unknown.html", status=status_of(error), problem=error.to_dict("page"), links=links
            )
        choices = choices_of(workspace, selection)
        return render(
            request,
            "overview.html",
            selection=selection,
            choices=choices,
            scope=workspace.scope,
            period=formats.sentence(formats.period_name(selection.period)),
            days=formats.days_of(selection.period),
            panels={name: kind.title for name, kind in PANELS.items()},
        )


def _corrected(given: dict[str, str], error: UnknownName) -> list[tuple[str, str]]:
    """What each nearest valid name would make of the address: the name, and the address's query."""
    return [
        (
            near,
            urlencode(
                [
                    (near if name == error.name else name, near if value == error.name else value)
                    for name, value in given.items()
                ]
            ),
        )
        for near in error.suggestions
    ]


@router.get(f"{PATH}/{{part}}", response_class=HTMLResponse)
def part(request: Request, service: Served, caller: Reader, kept: Keeping, part: str) -> Response:
    """The tiles or one panel."""
    if part not in (TILES, *PANELS):
        raise UnknownName("page", part, (TILES, *PANELS))
    with service.workspace(caller) as workspace:
        selection = selected(workspace, dict(request.query_params))
        common: dict[str, Any] = {
            "name": part,
            "title": PANELS[part].title if part in PANELS else "",
            "selection": selection,
        }
        try:
            if part == TILES:
                return render(request, "parts/overview/tiles.html", **common, **_tiles(workspace, selection, kept))
            panel = kept.get(workspace, (part, selection), lambda: panel_of(workspace.desk, part, selection))
            return render(request, "parts/overview/panel.html", **common, panel=panel)
        except AnalystError as error:
            return render(request, "parts/overview/failed.html", **common, problem=error.to_dict("page"))


def _tiles(workspace: Workspace, selection: Selection, kept: Kept) -> dict[str, Any]:
    desk = workspace.desk
    measures = kept.get(workspace, (TILES, selection), lambda: measured(desk.context, selection))
    before = measures.finding.comparison
    return {
        "tiles": tiles_of(measures, selection, desk.model, desk.wording),
        "before": formats.period_name(before) if before else "",
        "notes": [caveat.text for caveat in measures.finding.caveats if caveat.code != "scope"],
    }
