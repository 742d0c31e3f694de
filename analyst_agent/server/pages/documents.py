"""One document as its reader sees it, with its headings as anchors that citations link to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.passages import cut
from analyst_agent.knowledge.sections import Block
from analyst_agent.server.anchors import slug
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.library import document_of
from analyst_agent.workspace.retiring import retire

router = APIRouter()
DEEPEST = 6
TABLE, NUMBERED = "table", "numbered"
_BULLET = re.compile(r"[-*+•]\s+")
_NUMBER = re.compile(r"(\d{1,4})[.)]\s+")


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that belong together. kind: text, item, numbered, code or table; rows: of a table its cells, of anything else one text a
    row, of an item without its mark. first: the number of the first one of those that are numbered.
    """

    kind: str
    rows: tuple[tuple[str, ...], ...]
    has_header: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands under it. level: of the heading, from 2; 0 where there is none, for what comes before the first."""

    heading: str
    level: int
    anchor: str
    groups: tuple[Group, ...]


@router.get("/knowledge/{space}/{name:path}", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking, space: str, name: str) -> Response:
    """A granted document."""
    with service.workspace(caller) as workspace:
        document = document_of(workspace, space, name)
    return render(
        request,
        "knowledge/document.html",
        document=document,
        parts=list(parts_of(document)),
        anchor=slug(document.title),
        passage_count=len(cut(document)),
        name=name,
        may_retire=caller.may("curate") and not caller.restrictions,
    )


@router.post("/knowledge/{space}/{name:path}/retire", response_class=HTMLResponse, dependencies=[allowed("curate")])
def take_out(request: Request, service: Served, caller: Asking, space: str, name: str) -> Response:
    """Retires a granted document."""
    with service.workspace(caller) as workspace:
        retired = retire(workspace, space, name)
        note_action(workspace, caller.name, f"retired the document {retired.name} in {retired.space}")
    return render(request, "knowledge/_retired.html", retired=retired)


def parts_of(document: Document) -> Iterator[Part]:
    """Its headings and texts in order; a heading is told where it first comes, also one that only holds deeper ones."""
    path: tuple[str, ...] = ()
    taken = {slug(document.title): 1}  # stands above the page, with its own anchor
    for section in document.sections:
        shared = 0
        while shared < min(len(path), len(section.headings)) and path[shared] == section.headings[shared]:
            shared += 1
        new = list(enumerate(section.headings))[shared:]
        groups = _groups(section.blocks)
        for depth, heading in new or [(-1, "")]:
            is_last = depth == len(section.headings) - 1 or not new
            is_titled = section.headings[:1] == (document.title,)  # that heading stands above the page already
            shown_heading = "" if is_titled and depth == 0 else heading
            level = min(depth + (1 if is_titled else 2), DEEPEST) if shown_heading else 0
            yield Part(shown_heading, level, _anchor(shown_heading, taken), groups if is_last else ())
        path = section.headings


def _anchor(heading: str, taken: dict[str, int]) -> str:
    """The heading's address in the page; a heading that comes again gets a number, so that the first one is found."""
    name = slug(heading)
    if not name:
        return ""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}-{taken[name]}"


def _groups(blocks: Sequence[Block]) -> tuple[Group, ...]:
    def kind_of(block: Block) -> str:
        if block.kind == "item":
            return NUMBERED if _NUMBER.match(block.text) else "item"
        return TABLE if block.kind in ("row", "header") else block.kind

    found = []
    for kind, members in groupby(blocks, key=kind_of):
        listed = list(members)
        if kind in ("item", NUMBERED):
            found.append(_items(kind, [one.text for one in listed]))
            continue
        rows = tuple(_cells(one.text) if kind == TABLE else (one.text,) for one in listed)
        found.append(Group(kind, rows, kind == TABLE and listed[0].kind == "header"))
    return tuple(found)


def _items(kind: str, texts: Sequence[str]) -> Group:
    mark = _NUMBER if kind == NUMBERED else _BULLET
    first = _NUMBER.match(texts[0])
    return Group(
        kind,
        tuple((mark.sub("", text, count=1) if mark.match(text) else text,) for text in texts),
        first=int(first[1]) if first else 1,
    )


def _cells(row: str) -> tuple[str, ...]:
    """The cells of a row as `table_row` writes it.

    >>> _cells("| P1 |  | 15 minutes |")
    ('P1', '', '15 minutes')
    """
    return tuple(row.removeprefix("| ").removesuffix(" |").split(" | "))
