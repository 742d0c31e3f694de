"""What a load did, row by row: the record behind `analyst load`, its totals checked before anyone sees them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from analyst_agent.warehouse.raw import must_add_up


@dataclass(slots=True)
class FileReport:
    """The accounting of one file: rows_read = inserted + updated + unchanged + folded + set_aside. stale rows are part of unchanged.

    emptied counts fields, not rows. escalations_found: escalations derived from the events of a log, which are no rows of the file.
    """

    file: str
    table: str
    rows_read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    folded: int = 0
    set_aside: int = 0
    stale: int = 0
    emptied: int = 0
    escalations_found: int = 0
    unknown_columns: tuple[str, ...] = ()
    note: str = ""

    def check(self) -> None:
        """Raises LoadError where a row is not accounted for."""
        must_add_up(
            self.file, self.inserted + self.updated + self.unchanged + self.folded + self.set_aside, self.rows_read
        )


@dataclass(frozen=True, slots=True)
class LeftAside:
    """A file that was not loaded, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is set aside now."""

    file: str
    line: int
    column: str
    value: str | None
    reason: str
    table: str = ""


@dataclass(slots=True)
class LoadReport:
    """What one load did. generation: the one in use afterwards ("" before the first). changed: whether it is a new one.

    adopted: rows set aside by earlier loads whose ticket has come; withdrawn: stored rows that a changed ticket made impossible, or
    that the source says are gone. escalations_derived, resolutions_derived: how many follow from the changes of tickets kept so far.
    remarks: what else to know, in sentences.
    """

    files: list[FileReport] = field(default_factory=list)
    left_aside: list[LeftAside] = field(default_factory=list)
    unknown_accounts: int = 0
    unknown_agents: int = 0
    adopted: int = 0
    withdrawn: int = 0
    rejects: int = 0
    generation: str = ""
    changed: bool = False
    dry_run: bool = False
    source: str = ""
    escalations_derived: int = 0
    resolutions_derived: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the files."""
        keys = (
            "rows_read",
            "inserted",
            "updated",
            "unchanged",
            "folded",
            "set_aside",
            "stale",
            "emptied",
            "escalations_found",
        )
        return {k: sum(getattr(f, k) for f in self.files) for k in keys}

    def check(self) -> None:
        """Raises LoadError where a row is not accounted for, in a file or in total."""
        for one in self.files:
            one.check()
        t = self.totals
        must_add_up(
            "All files", t["inserted"] + t["updated"] + t["unchanged"] + t["folded"] + t["set_aside"], t["rows_read"]
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `analyst load --json`."""
        return {
            "files": [{**asdict(f), "unknown_columns": list(f.unknown_columns)} for f in self.files],
            "totals": self.totals,
            "left_aside": [asdict(f) for f in self.left_aside],
            "unknown_accounts": self.unknown_accounts,
            "unknown_agents": self.unknown_agents,
            "adopted": self.adopted,
            "withdrawn": self.withdrawn,
            "rejects": self.rejects,
            "generation": self.generation,
            "changed": self.changed,
            "dry_run": self.dry_run,
            "source": self.source,
            "escalations_derived": self.escalations_derived,
            "resolutions_derived": self.resolutions_derived,
            "remarks": list(self.remarks),
        }
