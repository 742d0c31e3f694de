"""A proposal as records: for each file its table, for each of our columns the source column that serves, all with confidence and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analyst_agent.records import to_json
from analyst_agent.warehouse.report import LeftAside

LIVE = 0.75
SHOWN = 0.35
TABLE_LIVE = 0.6
TABLE_SHOWN = 0.45


@dataclass(frozen=True, slots=True)
class Choice:
    """Another source column that may serve."""

    source: str
    confidence: float
    evidence: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(slots=True)
class ColumnGuess:
    """One of our columns and the source column (or joined columns) proposed for it; source is "" where only `remark` can be said.

    confidence: 0 to 1. is_proposed: whether it stands in the mapping, not only as a comment.
    """

    column: str
    source: str
    confidence: float
    evidence: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_proposed: bool = False
    values: dict[str, str] = field(default_factory=dict)
    date_format: str = ""
    join: tuple[str, ...] = ()
    separator: str = ""
    others: tuple[Choice, ...] = ()
    remark: str = ""


@dataclass(slots=True)
class EventGuess:
    """A file with one row an event: the key, what puts its events in order, and the columns taken from the first event."""

    key: str
    order: tuple[tuple[str, str], ...]
    first: tuple[str, ...]


@dataclass(slots=True)
class EscalationGuess:
    """How escalation can be derived. condition: (column, op, value); columns: of the escalation, ours to theirs; is_proposed as above."""

    condition: tuple[str, str, Any]
    columns: dict[str, str]
    previous: dict[str, str] = field(default_factory=dict)
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    is_proposed: bool = False


@dataclass(slots=True)
class FileGuess:
    """One file. table: "" where it is none of ours; source: the built-in source that reads it, is_canonical: it needs no mapping.
    is_proposed: it stands in the mapping. formats: of its time columns that are not ISO 8601; aside: columns left aside, with the reason.
    """

    file: str
    match: str
    table: str = ""
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    rows: int = 0
    note: str = ""
    columns: list[ColumnGuess] = field(default_factory=list)
    events: EventGuess | None = None
    escalations: EscalationGuess | None = None
    formats: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    source: str = ""
    is_canonical: bool = False
    is_proposed: bool = False
    missing_columns: tuple[str, ...] = ()
    problem: str = ""

    @property
    def proposed(self) -> list[ColumnGuess]:
        """The columns that stand in the mapping."""
        return [c for c in self.columns if c.is_proposed]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A row that the trial could not place, or a value that it had to empty (its row is kept)."""

    file: str
    line: int
    column: str
    value: str | None
    reason: str


@dataclass(slots=True)
class Trial:
    """What a load into a place of its own did. problem: why it could not be, where it could not; left_aside: files it did not load."""

    files: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    placed: int = 0
    unplaced_count: int = 0
    unplaced: list[Unplaced] = field(default_factory=list)
    emptied_count: int = 0
    emptied: list[Unplaced] = field(default_factory=list)
    problem: str = ""
    left_aside: list[LeftAside] = field(default_factory=list)


@dataclass(slots=True)
class Proposal:
    """The whole guess. mapping: the YAML to edit, "" where none is needed or possible; to_decide: what only a person knows."""

    files: list[FileGuess]
    missing: tuple[str, ...] = ()
    date_format: str = ""
    time_zone: str = ""
    to_decide: list[str] = field(default_factory=list)
    left_aside: list[str] = field(default_factory=list)
    trial: Trial | None = None
    mapping: str = ""
    commands: list[str] = field(default_factory=list)

    @property
    def is_loadable(self) -> bool:
        """Whether the mapping can be loaded as it stands."""
        return any(f.is_proposed for f in self.files)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `analyst load --suggest --json`."""
        found: dict[str, Any] = to_json(self)
        found["is_loadable"] = self.is_loadable
        return found
