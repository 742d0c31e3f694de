"""Source mappings as records: which file feeds which table, and how its columns become ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

OPERATORS = ("=", "!=", "in", "not in", ">", ">=", "<", "<=", "missing", "present")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a source column with a literal; several must all hold."""

    column: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a joined value: a source column or a constant."""

    column: str = ""
    constant: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How one canonical column is made: from a source column, joined parts, or a constant."""

    parts: tuple[Part, ...]
    separator: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "keep"
    date_format: str = ""
    optional: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns it needs."""
        return tuple(p.column for p in self.parts if p.column)


@dataclass(frozen=True, slots=True)
class EventLog:
    """A file with one row an event: `key` is the object's id; `first` are canonical columns of its first event, the others of its last."""

    key: str
    order: tuple[tuple[str, str], ...] = ()
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """The first event that meets all conditions is the escalation. `previous` columns are taken from the event before it."""

    when: tuple[Condition, ...]
    columns: Mapping[str, ColumnMap]
    previous: Mapping[str, ColumnMap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileMap:
    """What one kind of file becomes."""

    match: str
    table: str
    columns: Mapping[str, ColumnMap]
    fold_when: tuple[Condition, ...] = ()
    events: EventLog | None = None
    escalations: EscalationRule | None = None

    def matches(self, name: str) -> bool:
        """Whether a file of that name is meant."""
        return fnmatchcase(name.lower(), self.match.lower())

    def source_columns(self) -> tuple[str, ...]:
        """Every source column it needs, once, in the order of first use."""
        used = [c for m in self.columns.values() if not m.optional for c in m.columns]
        used += [c.column for c in self.fold_when]
        if self.events:
            used += [self.events.key, *(c for c, _ in self.events.order)]
        if self.escalations:
            used += [c.column for c in self.escalations.when]
            for columns in (self.escalations.columns, self.escalations.previous):
                used += [c for m in columns.values() for c in m.columns]
        return tuple(dict.fromkeys(used))


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A whole source. missing: texts that mean no value; date_format: of time columns that name none; time_zone: of times without offset."""

    name: str
    description: str
    files: tuple[FileMap, ...]
    missing: tuple[str, ...] = ()
    date_format: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What `analyst sources` lists: the files a source needs, each with its table and columns."""

    name: str
    description: str
    files: tuple[dict[str, Any], ...]
