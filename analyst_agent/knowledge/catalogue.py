"""The documents of one generation as a file: enough to list them and to make passages, without the vector index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.sections import Block, Section

FILE_NAME = "documents.json"


def write_catalogue(folder: Path, documents: Sequence[Document]) -> None:
    """Write the documents into a generation's folder."""
    text = json.dumps([asdict(document) for document in documents], ensure_ascii=False, sort_keys=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def read_catalogue(folder: Path) -> tuple[Document, ...]:
    """The documents of a generation, in the order they were written."""
    raw = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    return tuple(_document(entry) for entry in raw)


def _document(entry: dict[str, Any]) -> Document:
    sections = tuple(
        Section(tuple(section["headings"]), tuple(Block(**block) for block in section["blocks"]))
        for section in entry.pop("sections")
    )
    return Document(sections=sections, **entry)
