"""What the store tells of its documents and of an add, as records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["added", "updated", "unchanged", "removed", "skipped"]


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document as `knowledge list` shows it."""

    id: str
    title: str
    space: str
    path: str
    product_area: str | None
    status: str | None
    effective: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class LeftAside:
    """A file or folder that an add did not look at."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddEntry:
    """What became of one file; reason says why it was skipped, removed or replaced another."""

    path: str
    outcome: Outcome
    document: str = ""
    space: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddReport:
    """Every file named by an add, once, and the generation it led to (None: there is no document at all).

    left_aside: hidden files and folders, and links to folders.
    """

    entries: tuple[AddEntry, ...]
    generation: str | None
    left_aside: tuple[LeftAside, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many files had each outcome."""
        found = Counter(entry.outcome for entry in self.entries)
        return {outcome: found.get(outcome, 0) for outcome in ("added", "updated", "unchanged", "removed", "skipped")}
