"""The API's description: OpenAPI as JSON, and as a page that needs nothing from another host."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, Response

from analyst_agent import __version__
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking

router = APIRouter()
SUMMARY = "Why support tickets escalate: questions, numbers, documents and reports, each within the caller's scope."
DESCRIPTION = (
    "Send `Authorization: Bearer TOKEN`; without accounts, from this machine, nothing is needed. Every error has the one shape "
    '`{"error": {"code", "message", "hint"}}`. Rates are 0 to 1, durations minutes, periods whole days with an exclusive end.'
)


def description_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI of the app's described routes."""
    made = get_openapi(
        title="Escalation Analyst", version=__version__, summary=SUMMARY, description=DESCRIPTION, routes=app.routes
    )
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}, {}]
    return made


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> dict[str, Any]:
    """The OpenAPI."""
    return _kept(request)


@router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
def page(request: Request, caller: Asking) -> Response:
    """The API as a page."""
    described = _kept(request)
    operations = [
        {"method": method.upper(), "path": path, **operation, "body": _body(operation, described)}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api.html", operations=operations, described=described)


def _kept(request: Request) -> dict[str, Any]:
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = description_of(app)
    return app.openapi_schema


def _body(operation: dict[str, Any], described: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, whether it is needed, description and example of each part of an operation's body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    schema = described["components"]["schemas"].get(name, {})
    return [
        {
            "name": part,
            "is_needed": part in schema.get("required", ()),
            "description": known.get("description", ""),
            "example": next(iter(known.get("examples", ())), None),
        }
        for part, known in schema.get("properties", {}).items()
    ]
