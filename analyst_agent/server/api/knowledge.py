"""Policies and known issues by the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as InQuery

from analyst_agent.records import to_json
from analyst_agent.server.api.models import FAILURES, DocumentLine, Page, PassageLine
from analyst_agent.server.api.paging import Cursor, Limit, part
from analyst_agent.server.service import Asking, Served

router = APIRouter(tags=["knowledge"], responses=FAILURES)


@router.get("/knowledge/documents")
def list_documents(service: Served, caller: Asking, limit: Limit = 50, cursor: Cursor = None) -> Page[DocumentLine]:
    """The documents of the granted spaces, by space and id."""
    with service.workspace(caller) as workspace:
        shown = workspace.shown_documents
        found = [
            DocumentLine(
                id=shown.name(one.id),
                title=shown.text(one.title),
                space=one.space,
                status=one.status,
                effective=one.effective,
                product_area=one.product_area,
                passages=one.passages,
            )
            for one in workspace.knowledge.documents(workspace.granted_spaces)
        ]
    items, following = part(found, limit, cursor)
    return Page[DocumentLine](items=items, next=following)


@router.get("/knowledge/search")
def search(
    service: Served,
    caller: Asking,
    q: Annotated[str, InQuery(min_length=1, max_length=500, description="What is looked for.")],
    space: Annotated[str | None, InQuery(max_length=200, description="Only in this space.")] = None,
    limit: Annotated[int, InQuery(ge=1, le=20)] = 5,
) -> list[PassageLine]:
    """Passages that speak to a query, best first; empty where the documents do not say."""
    with service.workspace(caller) as workspace:
        library = workspace.desk.library
        found = library.looked_up(q, (space,) if space else (), limit).citations
    return [PassageLine.model_validate(to_json(one)) for one in found]
