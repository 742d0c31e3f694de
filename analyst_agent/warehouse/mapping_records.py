"""Source mappings as records: which file feeds which table, and how its columns become ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analyst_agent.warehouse.file_names import FileNames
from analyst_agent.warehouse.rule_records import Rules

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
    """How one value is made: from a source column, joined parts or a constant, then as an id, through lookups, by a list of values.

    first_of: instead of parts, other ways of which the first that gives a value counts.
    """

    parts: tuple[Part, ...] = ()
    separator: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "keep"
    date_format: str = ""
    optional: bool = False
    is_id: bool = False
    lookups: tuple[str, ...] = ()
    first_of: tuple[ColumnMap, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns it needs."""
        return tuple(p.column for p in self.parts if p.column) + tuple(
            c for one in self.first_of if not one.optional for c in one.columns
        )

    @property
    def all_lookups(self) -> tuple[str, ...]:
        """Every lookup it goes through."""
        return self.lookups + tuple(name for one in self.first_of for name in one.all_lookups)


@dataclass(frozen=True, slots=True)
class Ordering:
    """A column by which rows are put in order, compared as time, number or flag (true above false)."""

    column: str
    kind: str = "time"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that the source itself says are gone: set aside with the reason."""

    reason: str
    when: tuple[Condition, ...]


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

    names: FileNames
    table: str
    columns: Mapping[str, ColumnMap]
    fold_when: tuple[Condition, ...] = ()
    events: EventLog | None = None
    escalations: EscalationRule | None = None
    leave_out: tuple[LeftOut, ...] = ()

    def source_columns(self) -> tuple[str, ...]:
        """Every source column it needs, once, in the order of first use."""
        used = [c for m in self.columns.values() if not m.optional for c in m.columns]
        used += [c.column for c in self.fold_when]
        used += [c.column for one in self.leave_out for c in one.when]
        if self.events:
            used += [self.events.key, *(c for c, _ in self.events.order)]
        if self.escalations:
            used += [c.column for c in self.escalations.when]
            for columns in (self.escalations.columns, self.escalations.previous):
                used += [c for m in columns.values() for c in m.columns]
        return tuple(dict.fromkeys(used))


@dataclass(frozen=True, slots=True)
class Lookup:
    """A reference file of the export: what an id stands for. Of several rows with a key the newest counts, or with is_oldest the oldest.

    valid_from: a time column; where it is given every version of a key is kept.
    """

    name: str
    names: FileNames
    key: ColumnMap
    value: ColumnMap
    where: tuple[Condition, ...] = ()
    order: tuple[Ordering, ...] = ()
    is_oldest: bool = False
    valid_from: str = ""

    def source_columns(self) -> tuple[str, ...]:
        """Every source column it needs; those of the order are optional."""
        used = [*self.key.columns, *self.value.columns, *(c.column for c in self.where)]
        return tuple(dict.fromkeys([*used, *([self.valid_from] if self.valid_from else [])]))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row of a history says of a field: its value, where the conditions hold; `at` where it is another time than the row's."""

    field: str
    value: ColumnMap
    when: tuple[Condition, ...] = ()
    at: ColumnMap | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A file whose rows are changes of tickets. key: rows are objects with a state, the newest row of a key counts."""

    names: FileNames
    ticket: ColumnMap
    at: ColumnMap
    changes: tuple[Change, ...]
    by: ColumnMap | None = None
    key: ColumnMap | None = None
    order: tuple[Ordering, ...] = ()

    def source_columns(self) -> tuple[str, ...]:
        """Every source column it needs; those of the order are optional."""
        maps = [self.ticket, self.at, *(c.value for c in self.changes), *(c.at for c in self.changes if c.at)]
        maps += [m for m in (self.by, self.key) if m]
        used = [c for m in maps if not m.optional for c in m.columns]
        used += [c.column for change in self.changes for c in change.when]
        return tuple(dict.fromkeys(used))


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A whole source. missing: texts that mean no value; date_format: of time columns that name none; time_zone: of times without offset.

    escalates and lacks are words for people: how escalation is derived, what the source cannot give.
    """

    name: str
    description: str
    files: tuple[FileMap, ...]
    missing: tuple[str, ...] = ()
    date_format: str = ""
    time_zone: str = ""
    lookups: tuple[Lookup, ...] = ()
    histories: tuple[History, ...] = ()
    rules: Rules = field(default_factory=Rules)
    escalates: str = ""
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What `analyst sources` lists: the files a source needs, each with its table and columns; how it escalates; what it lacks."""

    name: str
    description: str
    files: tuple[dict[str, Any], ...]
    escalates: str = ""
    rules: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
