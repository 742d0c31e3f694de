"""The records of a playbook: what its file says, checked, and what its steps give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analyst_agent.errors import InvalidDefinition
from analyst_agent.records import Caveat, Chart, Citation, Definition, Finding, Grounding, Period, Table

Covers = Literal["day", "week", "month", "quarter"]
COVERS: tuple[Covers, ...] = ("day", "week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a playbook's file."""

    file: str
    line: int

    def wrong(self, what: str, hint: str = "") -> InvalidDefinition:
        """The complaint that something stands there."""
        return InvalidDefinition(f"{self.file}, line {self.line}: {what}", hint)

    def on(self, line: int) -> Place:
        """Another line of the same file."""
        return Place(self.file, line)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its kind, what the kind read of its options, and the earlier steps it is given the results of.

    is_optional: what is not there for this analyst (a source, a column, a skill) leaves the step empty and is said so.
    """

    name: str
    kind: str
    options: Any
    inputs: tuple[str, ...]
    place: Place
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook as read and checked; `steps` stand in an order in which each comes after its inputs.

    covers: the calendar unit a run reports on, the last complete one before its day. text: the file as it is, whose digest
    tells one version from another. files: further files of its folder that it uses, with their digests.
    """

    name: str
    title: str
    description: str
    covers: Covers
    schedule: str
    variables: Mapping[str, Any]
    steps: tuple[Step, ...]
    path: Path
    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    is_builtin: bool = False

    @property
    def digest(self) -> str:
        """The mark of its contents."""
        told = "\n".join([self.text, *(f"{name}={mark}" for name, mark in sorted(self.files.items()))])
        return hashlib.sha256(told.encode()).hexdigest()

    def step(self, name: str) -> Step:
        """The step of that name. Raises KeyError."""
        return next(one for one in self.steps if one.name == name)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a report: an address, and the conditions her numbers are counted under ("region = EMEA")."""

    address: str
    name: str = ""
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as a report shows it: headings and cells as text (Markdown escaped), and the raw table behind it.

    numeric: which columns are numbers, set to the right. notes: what stands under it. command: what reproduces its numbers, "" for none.
    """

    title: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    cells: tuple[tuple[str, ...], ...]
    raw: Table
    notes: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report: claims as Markdown, then tables and charts. actions: what to do, each as Markdown."""

    title: str
    text: str
    tables: tuple[ShownTable, ...] = ()
    charts: tuple[Chart, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Highlight:
    """One of the few things a reader of the first screen must know, as Markdown: a pattern, its size and change, what to do."""

    pattern: str
    text: str
    action: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a format step makes. subject and text hold nothing that is not bound to a fact.

    subject and title: plain text. highlights: what stands on the first screen, most important first. caveats, definitions,
    citations: of all findings that are shown, each once. commands: what reproduces the numbers. worded_by: the model in whose
    words the opening is, "" for the default text; worded_from: the mark of the claims it was given; wording_note: why the default
    text stands although a model is configured, which is told of the run and not in the report.
    """

    title: str
    subject: str
    period: Period
    comparison: Period | None
    opening: str
    sections: tuple[Section, ...]
    scope: str = ""
    caveats: tuple[Caveat, ...] = ()
    definitions: tuple[Definition, ...] = ()
    citations: tuple[Citation, ...] = ()
    commands: tuple[str, ...] = ()
    grounding: Grounding = Grounding()
    worded_by: str = ""
    worded_from: str = ""
    wording_note: str = ""
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """What a delivery step put into the outbox: the ids of its entries, those that were there already, or why it sent nothing."""

    entries: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    quiet: str = ""


Result = Finding | Report | Posted
