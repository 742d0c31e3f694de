"""A number that was pressed: what it means and rests on, the query behind it, and the single tickets it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.playbook.page.attachments import csv_bytes
from analyst_agent.records import Fact, Value
from analyst_agent.report.record import fact_from_json
from analyst_agent.server.conversations import own_session
from analyst_agent.server.entrance import still_entered
from analyst_agent.server.explained import explained
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.rendering import render
from analyst_agent.server.rows_behind import PAGE, RowsBehind, rows_behind
from analyst_agent.server.service import Asking, Served
from analyst_agent.skillkit.tables import ALL_OTHERS
from analyst_agent.state.conversations import Turn
from analyst_agent.workspace import Workspace

router = APIRouter(prefix="/conversations/{name}/turns/{number}")
MOST_FACTS = 12
AT_ONCE = 5_000
"""Rows of a file that are read at a time."""


@router.get("/numbers", response_class=HTMLResponse)
def number(request: Request, service: Served, caller: Asking, name: str, number: int, fact: Annotated[list[str], Query(max_length=MOST_FACTS)]) -> Response:  # fmt: skip
    """What there is to say about numbers, the one that was meant first."""
    with service.workspace(caller) as workspace:
        turn = own_session(workspace, caller, name).turn(number)
        facts = [_fact(turn.answer, one) for one in fact]
        shown = [explained(one, turn.answer, workspace.desk.wording, workspace.model) for one in facts]
        return render(request, "parts/number.html", shown=shown, conversation=name, number=number)


@router.get("/rows", response_class=HTMLResponse)
def rows(
    request: Request, service: Served, caller: Asking, name: str, number: int, fact: str, side: str = "", first: Annotated[int, Query(ge=0)] = 0,
) -> Response:  # fmt: skip
    """Which lists of tickets there are behind a number; with a side, a page of that one."""
    with service.workspace(caller) as workspace:
        turn = own_session(workspace, caller, name).turn(number)
        found: RowsBehind | None = None
        problem = ""
        try:
            found = _rows_behind(workspace, name, turn, fact)
        except UnknownName:
            problem = "It was worked out from more than a count of tickets."
        except AnalystError as error:
            problem = f"{error.message} {error.way.page}".strip()
        page = found.page(side, first) if found is not None and side else None
        is_same = turn.answer.get("generation") == workspace.engine.generation
        return render(
            request, "parts/rows.html", found=found, page=page, problem=problem, is_same=is_same, conversation=name, number=number,
            fact=fact, first=first, most=PAGE,
        )  # fmt: skip


@router.get("/rows.csv")
def rows_file(
    request: Request, service: Served, caller: Asking, name: str, number: int, fact: str, side: str
) -> Response:
    """All tickets of one of the lists behind a number, for as long as their reader is let in."""
    with service.workspace(caller) as workspace:
        turn = own_session(workspace, caller, name).turn(number)
        count = _rows_behind(workspace, name, turn, fact).side(side).count

    def content() -> Iterator[bytes]:
        with service.workspace(caller) as workspace:
            found = _rows_behind(workspace, name, turn, fact)
            for first in range(0, max(count, 1), AT_ONCE):
                if first and not still_entered(service.people, request, caller):
                    raise NotSignedIn("You are signed out.", "Sign in again, then take the file anew.")
                page = found.page(side, first, AT_ONCE)
                yield csv_bytes([c.heading for c in page.columns] if not first else (), page.plain)

    headers = {"content-disposition": f'attachment; filename="tickets-{number}-{side}.csv"'}
    return StreamingResponse(content(), media_type="text/csv; charset=utf-8", headers=headers)


def _rows_behind(workspace: Workspace, conversation: str, turn: Turn, name: str) -> RowsBehind:
    """The lists behind a number of a turn. Raises as `rows_behind`."""
    fact = replace(
        _fact(turn.answer, name), tickets=workspace.conversations.tickets_of(conversation, turn.number, name)
    )
    return rows_behind(workspace, fact, apart_of(turn.answer, fact), _overlaps(turn.answer, fact))


def apart_of(answer: Mapping[str, Any], fact: Fact) -> dict[str, tuple[Value, ...]]:
    """Of a number in a row for all others the values with rows of their own, by dimension: those beside it in its column."""
    names = [name for name, value in fact.dimensions.items() if value == ALL_OTHERS]
    facts = {one["id"]: one for one in answer.get("facts") or ()} if names else {}
    for table in answer.get("tables") or () if names else ():
        for column in zip(*table["fact_ids"], strict=True):
            if fact.id in column:
                beside = [facts[one]["dimensions"] for one in column if one and one != fact.id]
                return {name: tuple(one[name] for one in beside if name in one) for name in names}
    return {}


def _fact(answer: Mapping[str, Any], name: str) -> Fact:
    for one in answer.get("facts") or ():
        if one["id"] == name:
            return fact_from_json(one)
    raise UnknownName("number", name, (), "Press it in the answer.")


def _overlaps(answer: Mapping[str, Any], fact: Fact) -> bool:
    """Whether a ticket may count in several rows of the query that the number is of."""
    return any(one["id"] == fact.query and one["semantic"].get("overlapping") for one in answer.get("queries") or ())
