"""Files that a form hands in, refused before they are read where they are too large or too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.knowledge.documents import MAX_FILE_BYTES
from analyst_agent.workspace.uploading import Upload

MOST_FILES = 10
LARGEST = MAX_FILE_BYTES + 1_000_000
"""Bytes of a whole request: as much as the largest file that can be read, and the form around it."""


class TooLarge(AnalystError):
    """A request with more than is read."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The files of a form and its other fields."""

    files: tuple[Upload, ...]
    fields: dict[str, str]


async def _handed_in(request: Request) -> HandedIn:
    """Raises TooLarge, or InvalidDefinition where no file was chosen."""
    await check_size(request, LARGEST)
    form = await request.form(max_files=MOST_FILES, max_fields=20, max_part_size=10_000)
    found = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    files = tuple([Upload(str(one.filename), await one.read()) for one in found])
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    await form.close()
    if not files:
        raise InvalidDefinition("No file was chosen.", "Choose one or more.")
    return HandedIn(files, fields)


async def check_size(request: Request, largest: int) -> None:
    """Raises TooLarge for a request of more bytes, or of nobody knows how many."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > largest:
        await _drained(request, largest)
        raise TooLarge(
            f"The files are larger than {largest // 1_000_000} MB together.", "Hand in fewer or smaller ones."
        )


async def _drained(request: Request, largest: int) -> None:
    """Reads on for a while and keeps nothing: a browser shows a reply only once it has sent what it wanted to."""
    read = 0
    async for part in request.stream():
        read += len(part)
        if read > 4 * largest:
            return


Given = Annotated[HandedIn, Depends(_handed_in)]
