"""Puts the server together: routes, files, guards and what runs beside requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from analyst_agent import __version__
from analyst_agent.server import api, health, mcp_http, problems
from analyst_agent.server.answering import Answering
from analyst_agent.server.bounded import Bounded
from analyst_agent.server.errands import Errandry
from analyst_agent.server.health import Measures, Measuring
from analyst_agent.server.kept import Kept
from analyst_agent.server.mcp_http import McpEndpoint
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.server.pages import PAGES, loading, uploading
from analyst_agent.server.pages.signing_in import PATH as SIGN_IN
from analyst_agent.server.passwords import prepare
from analyst_agent.server.people import People
from analyst_agent.server.provider import Provider
from analyst_agent.server.rendering import STATIC
from analyst_agent.server.security import Guard
from analyst_agent.server.service import Service, opened_first
from analyst_agent.server.warming import Warming
from analyst_agent.state.asks import Asks
from analyst_agent.state.errands import Errands
from analyst_agent.workspace import Workspace


class _Files(StaticFiles):
    """Files whose address holds the digest of their contents: a browser keeps them and never asks again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file."""
        reply = await super().get_response(path, scope)
        is_fixed = reply.status_code == 200 and b"v=" in scope.get("query_string", b"")
        reply.headers["cache-control"] = "public, max-age=31536000, immutable" if is_fixed else "no-cache"
        return reply


def make_app(root: Path, today: date | None = None, hosts: Collection[str] = ()) -> FastAPI:
    """The server of the workspace at `root`. today: fixes the clock; hosts: names it answers to beside those of this machine.

    Raises WorkspaceError or InvalidDefinition where the workspace cannot be opened.
    """
    workspace = Workspace.open(root, today)
    opened = OpenWorkspaces(workspace.root, today)
    asks = Asks(workspace.state_url)
    people = People.of(workspace)
    provider = Provider.of(workspace.settings.serving.oidc)
    workspace.close()
    prepare()
    answering = Answering(opened, asks, people.pace, workspace.settings.model)
    kept_errands = Errands(workspace.state_url)
    errands = Errandry(workspace.root, kept_errands, today)
    service = Service(workspace.root, opened, answering, asks, people, provider, errands, Warming(opened))
    mcp = McpEndpoint()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.warming.start()
        answering.start()
        errands.start()
        async with mcp.running(service):
            yield
        answering.close()
        errands.close()
        asks.close()
        kept_errands.close()
        opened.close()
        people.close()

    app = FastAPI(
        title=workspace.settings.name, version=__version__, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None
    )  # fmt: skip
    app.state.navigation = [(page.PATH, page.NAME, page.PERMISSION) for page in PAGES if page.NAME]
    app.state.service = service
    app.state.measures = Measures()
    app.state.kept = Kept()
    app.add_middleware(Measuring, measures=app.state.measures)
    app.add_middleware(Bounded, but=loading.UPLOADS | uploading.UPLOADS)
    app.add_middleware(Guard, hosts=hosts)
    app.mount("/static", _Files(directory=STATIC), name="static")
    problems.register(app)
    for page in PAGES:
        needs = [] if page.PATH == SIGN_IN else [opened_first]
        app.include_router(page.router, include_in_schema=False, dependencies=needs)
    for part in api.PARTS:
        app.include_router(part.router, prefix=api.PREFIX)
    app.include_router(health.router)
    app.router.routes.append(Route(mcp_http.PATH, endpoint=mcp, include_in_schema=False))
    return app
