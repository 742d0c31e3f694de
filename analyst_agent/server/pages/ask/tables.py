"""An answer's tables as files."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from analyst_agent.errors import UnknownName
from analyst_agent.playbook.page.attachments import csv_bytes, heading_of
from analyst_agent.records import Column
from analyst_agent.server.conversations import own_session
from analyst_agent.server.service import Asking, Served

router = APIRouter(prefix="/conversations/{name}/turns/{number}")


@router.get("/tables/{place}.csv")
def table(service: Served, caller: Asking, name: str, number: int, place: int) -> Response:
    """A table with its numbers unrounded, in the units that its headings name."""
    with service.workspace(caller) as workspace:
        turn = own_session(workspace, caller, name).turn(number)
    tables = turn.answer.get("tables") or ()
    if not 0 <= place < len(tables):
        raise UnknownName("table", str(place), map(str, range(len(tables))))
    columns = [Column(one["name"], one["unit"], one["key"]) for one in tables[place]["columns"]]
    return csv_reply(
        csv_bytes([heading_of(one) for one in columns], tables[place]["rows"]), f"table-{number}-{place + 1}"
    )


def csv_reply(content: bytes, name: str) -> Response:
    """A CSV file to be kept. name: of plain letters."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
