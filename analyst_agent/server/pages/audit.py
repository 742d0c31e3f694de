"""The audit: who asked what, who signed in, and what was changed about accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import BadPeriod
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.workspace.auditing import ACCOUNTS, ANSWERS, AuditWish, audit_page, said_removed

router = APIRouter(prefix="/audit", dependencies=[allowed("administer")])
PATH, NAME, PERMISSION = "/audit", "", "administer"
MOST = 50
KINDS = {"": "Everything", ANSWERS: "Questions and answers", ACCOUNTS: "Sign-ins and accounts"}


class Filters(BaseModel):
    """Which lines, as the address says it."""

    since: str = Field("", max_length=10)
    until: str = Field("", max_length=10)
    who: str = Field("", max_length=200)
    kind: str = Field("", max_length=20)
    words: str = Field("", max_length=200)
    before: int | None = Field(None, ge=1)


@router.get("", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, filters: Annotated[Filters, Query()]) -> Response:
    """A page of lines, the latest first; all filters are in the address."""
    kind = filters.kind if filters.kind in KINDS else ""
    wish = AuditWish(_day(filters.since), _day(filters.until), filters.who.strip(), kind, filters.words.strip())
    with service.workspace(caller) as workspace:
        found = audit_page(workspace, wish, filters.before, MOST)
        removed, settings = said_removed(workspace), workspace.settings
    given = {key: value for key, value in filters.model_dump(exclude={"before"}).items() if value}
    return render(
        request,
        "audit.html",
        lines=[_line(one, settings.zone) for one in found.lines],
        older=f"/audit?{urlencode({**given, 'before': found.older})}" if found.older else "",
        newest=f"/audit?{urlencode(given)}" if filters.before is not None else "",
        filters=filters,
        is_filtered=bool(given),
        kinds=KINDS,
        zone=settings.time_zone,
        currency=settings.currency,
        removed=removed,
    )


def _line(line: Any, zone: ZoneInfo) -> dict[str, Any]:
    at = datetime.fromisoformat(line["at"]).astimezone(zone)
    return {**line, "day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M:%S}"}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadPeriod(f"{text!r} is no day.", "Write it as 2026-11-03.") from error
