"""Errors as a reply: one JSON shape for programs, a page for people; no traceback reaches either."""

from __future__ import annotations

import logging
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from analyst_agent.errors import AnalystError, NothingLoaded, Surface, UnknownName
from analyst_agent.server.rendering import render

STATUS = {
    "unknown_name": 404,
    "not_granted": 403,
    "not_permitted": 422,
    "invalid_definition": 422,
    "bad_period": 422,
    "outside_data": 422,
    "not_signed_in": 401,
    "too_many": 429,
    "conflict": 409,
    "too_large": 413,
    "workspace": 503,
    "opening": 503,
    "model": 502,
}
"""By the error's code; any other is 500."""
RESOURCES = frozenset(
    {"conversation", "question", "turn", "run", "playbook", "document", "account", "token", "message", "entry", "page"}
    | {"mail", "errand", "preview", "text of the run", "result of the step"}
)
"""Kinds of names that stand in addresses."""
UNEXPECTED = {
    "code": "unexpected",
    "message": "Something went wrong that should not have.",
    "hint": "Try again. If it happens again, the server's log says what it was.",
}
_NAMES = {
    404: "not_found",
    405: "method_not_allowed",
    403: "not_granted",
    401: "not_signed_in",
    413: "too_large",
    429: "too_many",
}
_log = logging.getLogger(__name__)


class NotSignedIn(AnalystError):
    """A request that needs an account or a token and has none that is valid."""

    code = "not_signed_in"


class TooMany(AnalystError):
    """More requests than are allowed. after_s: seconds until the next may be tried."""

    code = "too_many"

    def __init__(self, message: str, hint: str, after_s: int) -> None:
        super().__init__(message, hint)
        self.after_s = after_s


class Opening(AnalystError):
    """The workspace is not open yet."""

    code = "opening"


def register(app: FastAPI) -> None:
    """Adds a handler for each kind of error."""
    app.add_exception_handler(AnalystError, _analyst_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: AnalystError) -> int:
    """The status of a reply with this error: a name in an address that leads nowhere is 404, one in a request's contents 422."""
    if isinstance(error, UnknownName) and error.kind not in RESOURCES:
        return 422
    return STATUS.get(error.code, 500)


def headers_of(error: AnalystError) -> dict[str, str]:
    """What a reply with this error says beside it: when to try again."""
    if isinstance(error, Opening):
        return {"retry-after": "1"}
    return {"retry-after": str(error.after_s)} if isinstance(error, TooMany) else {}


def wants_page(request: Request) -> bool:
    """Whether a person reads the reply."""
    return not request.url.path.startswith(("/api/", "/mcp")) and "text/html" in request.headers.get("accept", "")


def surface_of(request: Request) -> Surface:
    """Where the reply is read: on a page, also in a part of one, or by a program."""
    return "page" if wants_page(request) else "api"


async def _analyst_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AnalystError)
    if isinstance(error, NotSignedIn) and wants_page(request):
        return _to_sign_in(request)
    if isinstance(error, Opening):
        return render(request, "opening.html", status=STATUS[error.code], headers=headers_of(error), problem=error)
    if isinstance(error, NothingLoaded) and wants_page(request) and not request.headers.get("hx-request"):
        caller = getattr(request.state, "caller", None)
        may_load = caller is not None and caller.may("curate") and not caller.restrictions
        return render(request, "nothing.html", error=error, may_load=may_load)
    return _reply(request, status_of(error), error.to_dict(surface_of(request)), headers_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    record = {"code": "invalid_request", "message": f"{where}: {first['msg']}.", "hint": "See /api/v1/docs."}
    return _reply(request, 422, record)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _NAMES.get(error.status_code, "refused")
    record = {"code": code, "message": str(error.detail), "hint": ""}
    if error.status_code == 404:
        record |= {
            "message": f"There is nothing at {request.url.path}.",
            "hint": "Go back, or begin at the first page.",
        }
    return _reply(request, error.status_code, record, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _reply(request, 500, UNEXPECTED)


def _reply(request: Request, status: int, record: dict[str, str], headers: dict[str, str] | None = None) -> Response:
    if not wants_page(request):
        return JSONResponse({"error": record}, status, headers)
    if request.headers.get("hx-request"):
        return render(request, "parts/problem.html", status=status, headers=headers, problem=record)
    return render(request, "problem.html", status=status, headers=headers, problem=record)


def _to_sign_in(request: Request) -> Response:
    """The sign-in page, which afterwards leads back to the page that was wanted or that a part was for."""
    if request.headers.get("hx-request"):
        return Response(
            status_code=204, headers={"hx-redirect": sign_in_path(request.headers.get("hx-current-url", ""))}
        )
    wanted = str(request.url) if request.method == "GET" else ""
    return Response(status_code=303, headers={"location": sign_in_path(wanted)})


def sign_in_path(wanted: str) -> str:
    """Where one signs in to come to a page of this server, given its address.

    >>> sign_in_path("http://localhost:8000/people?x=1"), sign_in_path("http://localhost:8000/")
    ('/sign-in?to=%2Fpeople%3Fx%3D1', '/sign-in')
    """
    parts = urlsplit(wanted)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"/sign-in?to={quote(path, safe='')}" if path not in ("", "/") else "/sign-in"
