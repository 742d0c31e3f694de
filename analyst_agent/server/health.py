"""Whether the server lives, whether it can answer, and how it does, for whatever watches over it. Nothing of the data is told."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analyst_agent.errors import AnalystError
from analyst_agent.server.api import PREFIX
from analyst_agent.server.callers import Caller
from analyst_agent.server.service import Served, allowed

router = APIRouter(tags=["health"])
BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Measures:
    """Counts of one server: requests by route and status, their seconds, and questions on their way."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("analyst_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "analyst_request_seconds",
            "Seconds until the reply began.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.running = Gauge("analyst_questions_running", "Questions being answered.", registry=self.registry)

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request. route: its pattern, so that no id becomes a label."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class Measuring:
    """Counts every request of an app."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._measures.add(scope["method"], _pattern(scope), message["status"], time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, sending)


def _pattern(scope: Scope) -> str:
    """The pattern of a request's address. A route knows its own part only: what it is included under stands before it."""
    route: Any = scope.get("route")
    own: str = getattr(route, "path", "")
    if not own:
        return "other"
    return f"{PREFIX}{own}" if scope["path"].startswith(f"{PREFIX}/") and not own.startswith(PREFIX) else own


@router.get("/health")
def health() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"description": "It cannot answer yet; the reason is in the body"}})
def ready(service: Served) -> JSONResponse:
    """Data are loaded, the state database can be used, and the first question will not have to wait for what it needs."""
    if not service.warming.is_over:
        return JSONResponse(
            {"status": "not ready", "reason": "The workspace is being opened."}, 503, {"retry-after": "1"}
        )
    try:
        with service.opened.of() as workspace:
            workspace.conversations.turns("")
            generation = workspace.engine.generation
    except AnalystError as error:
        return JSONResponse({"status": "not ready", "reason": error.message}, 503)
    return JSONResponse({"status": "ok", "generation": generation})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, service: Served, _: Annotated[Caller, allowed("administer")]) -> Response:
    """For Prometheus, which is given a token of an admin."""
    measures: Measures = request.app.state.measures
    measures.running.set(len(service.asks.running()))
    return Response(generate_latest(measures.registry), media_type=CONTENT_TYPE_LATEST)
