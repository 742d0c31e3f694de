"""Lists in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from analyst_agent.errors import InvalidDefinition

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many.")]
Cursor = Annotated[str | None, Query(max_length=40, description="The `next` of the part before.")]


def part(items: Sequence[Item], limit: int, cursor: str | None) -> tuple[list[Item], str | None]:
    """The items from a cursor on, and the next cursor, None at the end. Raises InvalidDefinition for one that is none.

    >>> part("abc", 2, None), part("abc", 2, "2")
    ((['a', 'b'], '2'), (['c'], None))
    """
    at = cursor or "0"
    if not (at.isascii() and at.isdigit()) or len(at) > 9:
        raise InvalidDefinition(f"The cursor {at!r} is none.", "Give the `next` of the part before, or leave it out.")
    begin = int(at)
    end = begin + limit
    return list(items[begin:end]), str(end) if end < len(items) else None
