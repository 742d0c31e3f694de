"""What a load tells whoever watches it: the phase, the file, and how much of it is done. It prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

Phase = Literal["reading", "checking", "merging", "settling", "deriving", "publishing", "comparing"]
Advance = Callable[[int], None]


class Watcher(Protocol):
    """Watches a load. Calls come in order, from the loading thread; what a watcher raises ends the load, and nothing is changed."""

    def begin(self, file_count: int, byte_count: int) -> None:
        """The load knows its files: how many, and their bytes on disk together."""
        ...

    def file(self, name: str, byte_count: int) -> None:
        """A file is begun, under the name that the report gives it."""
        ...

    def advance(self, byte_count: int) -> None:
        """So many more bytes of the file have been read."""
        ...

    def phase(self, name: Phase, row_count: int = 0) -> None:
        """The next phase begins; row_count: the rows that it works on, 0 where that is unknown. The last four belong to no file."""
        ...


class Unwatched:
    """Nobody watches."""

    def begin(self, file_count: int, byte_count: int) -> None:
        """Nothing to tell."""

    def file(self, name: str, byte_count: int) -> None:
        """Nothing to tell."""

    def advance(self, byte_count: int) -> None:
        """Nothing to tell."""

    def phase(self, name: Phase, row_count: int = 0) -> None:
        """Nothing to tell."""


def unseen(byte_count: int) -> None:
    """Nobody counts the bytes."""
