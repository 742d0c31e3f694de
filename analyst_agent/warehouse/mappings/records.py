"""Source mappings as records: which file feeds which table, and how its columns become ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyst_agent.warehouse.mappings.rule_records import Rules
from analyst_agent.warehouse.reading.file_names import FileNames

OPERATORS = ("=", "!=", "in", "not in", ">", ">=", "<", "<=", "missing", "present")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a value with a literal; several must all hold. how: the value, where it is more than the column of that name."""

    column: str
    op: str
    value: Any = None
    how: ColumnMap | None = None


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
    matches: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns it needs."""
        return tuple(p.column for p in self.parts if p.column) + tuple(
            c for one in self.first_of if not one.optional for c in one.columns
        )

    @property
    def optional_columns(self) -> tuple[str, ...]:
        """The source columns that a file may lack."""
        if self.optional:
            return tuple(p.column for p in self.parts if p.column) + tuple(
                c for one in self.first_of for c in one.columns
            )
        return tuple(c for one in self.first_of for c in one.optional_columns)

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
        used += _needed(self.fold_when)
        used += [c for one in self.leave_out for c in _needed(one.when)]
        if self.events:
            used += [self.events.key, *(c for c, _ in self.events.order)]
        if self.escalations:
            used += _needed(self.escalations.when)
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
        used = [c for how in (self.key, self.value) if not how.optional for c in how.columns] + _needed(self.where)
        return tuple(dict.fromkeys([*used, *([self.valid_from] if self.valid_from else [])]))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row of a history says of a field: its value, where the conditions of `when` hold and none of `unless` does.

    at: where it is another time than the row's. old: the value until then, where the row says it. thing: what of the ticket has the
    field by itself (a tag, a clock), so that values of different things do not follow on one another; None: with a key the row's
    object, unless is_of_ticket.
    """

    field: str
    value: ColumnMap
    when: tuple[Condition, ...] = ()
    at: ColumnMap | None = None
    old: ColumnMap | None = None
    unless: tuple[Condition, ...] = ()
    thing: ColumnMap | None = None
    is_of_ticket: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A file whose rows are changes of tickets. key: rows are objects with a state, the newest row of a key counts.

    folds_others: rows of tickets that are not loaded are of no interest, and not set aside.
    """

    names: FileNames
    ticket: ColumnMap
    at: ColumnMap
    changes: tuple[Change, ...]
    by: ColumnMap | None = None
    key: ColumnMap | None = None
    order: tuple[Ordering, ...] = ()
    folds_others: bool = False

    @property
    def values(self) -> tuple[ColumnMap, ...]:
        """Every value that it takes from a row."""
        of_rows = (self.ticket, self.at, self.by, self.key)
        of_changes = tuple(m for c in self.changes for m in (c.value, c.at, c.old, c.thing))
        return tuple(m for m in (*of_rows, *of_changes) if m)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on a row."""
        return tuple(c for change in self.changes for c in (*change.when, *change.unless))

    def source_columns(self) -> tuple[str, ...]:
        """Every source column it needs; those of the order are optional."""
        used = [c for m in self.values if not m.optional for c in m.columns]
        return tuple(dict.fromkeys([*used, *_needed(self.conditions)]))


def _needed(conditions: Iterable[Condition]) -> list[str]:
    """The source columns that conditions need."""
    found: list[str] = []
    for one in conditions:
        if one.how is None:
            found.append(one.column)
        elif not one.how.optional:
            found += one.how.columns
    return found


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
