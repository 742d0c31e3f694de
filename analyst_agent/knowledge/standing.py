"""Which documents are in force: superseded ones are known by what they or others say, later ones by their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.searching import is_past


def marked(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents; the status of each that names its successor, or that another says it supersedes, tells it so."""
    successors: dict[str, str] = {}
    for document in documents:
        for name in document.metadata.get("supersedes", "").split(","):
            if name.strip() and name.strip().casefold() != document.id.casefold():
                successors[name.strip().casefold()] = document.id
    return tuple(_marked(document, successors.get(document.id.casefold(), "")) for document in documents)


def _marked(document: Document, successor: str) -> Document:
    by = document.metadata.get("superseded_by", "") or successor
    if not by or is_past(document.status):
        return document
    return replace(document, metadata={**document.metadata, "status": f"superseded by {by}"})


def standing_of(status: str | None, effective: str | None, today: date) -> str:
    """What keeps a document from being in force today, empty where nothing does.

    >>> standing_of("superseded by POL-9", "2024-01-01", date(2031, 1, 1))
    'superseded by POL-9'
    >>> standing_of(None, "2031-02-01", date(2031, 1, 1))
    'not yet in force'
    """
    if is_past(status):
        return str(status)
    return "not yet in force" if effective and effective > today.isoformat() else ""
