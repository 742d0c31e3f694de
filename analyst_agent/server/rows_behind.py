"""The tickets behind a number, a page of them at a time, with what was written in them masked as everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analyst_agent.claims import Wording, formats
from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Fact, Value
from analyst_agent.semantic.listing import MEASURED
from analyst_agent.warehouse.querying.behind import Behind, Numbered
from analyst_agent.workspace import Workspace

PAGE = 25
FIELDS = (
    "ticket_id", "subject", "created_at", "escalated_at", "resolved_at", "product_area", "priority", "status", "tier", "root_cause",
    "reason_code", "resolution_type",
)  # fmt: skip
OBJECTS = {
    "ticket": ("ticket", "tickets"),
    "escalated_ticket": ("escalated ticket", "escalated tickets"),
    "escalation_event": ("escalation", "escalations"),
    "resolution": ("resolution", "resolutions"),
}
TIMES = ("created_at", "escalated_at", "resolved_at")
NAMES = {"ticket_id": "ticket", "created_at": "created", "escalated_at": "escalated", "resolved_at": "resolved"}
LONGEST_SUBJECT = 140


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of tickets. look: `n` of numbers, `number` of what stays on one line, `subject`, or "" of other words."""

    heading: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Some of the tickets, from the one after `first` others. shown: cells in words; plain: the same with numbers as numbers."""

    name: str
    first: int
    count: int
    columns: Sequence[ShownColumn]
    shown: Sequence[Sequence[str]]
    plain: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The lists behind a number of a workspace."""

    workspace: Workspace
    fact: Fact
    sides: Sequence[Behind]

    @property
    def adds_up(self) -> bool:
        """Whether every list is what the number says."""
        return all(one.adds_up for one in self.sides)

    def side(self, name: str) -> Behind:
        """The list of that name. Raises UnknownName, or NotPermitted where the lists are not what the number says."""
        if not self.adds_up:
            raise NotPermitted("The tickets found now do not add up to this number.", "Ask the question again.")
        for one in self.sides:
            if one.name == name:
                return one
        raise UnknownName("list", name, [one.name for one in self.sides])

    def words(self, one: Behind) -> str:
        """What a list holds: "157 escalated tickets", "9 escalated tickets left out (still open)"."""
        objects = f"{formats.count(one.count)} {formats.plural(one.count, *OBJECTS[one.side.metric.dataset])}"
        match one.name:
            case "missing":
                return f"{objects} left out ({self.workspace.desk.wording.without(self.fact.metric)})"
            case "rests":
                return f"{objects} it rests on"
            case "of":
                return f"all {objects} it is a share of"
        return objects

    def page(self, name: str, first: int, most: int = PAGE) -> TicketPage:
        """So many of a list's tickets. Raises as `side`."""
        behind, workspace = self.side(name), self.workspace
        found = workspace.engine.listed(behind, FIELDS, first, most)
        masking = workspace.engine.masking([str(row["ticket_id"]) for row in found.rows])
        wording = workspace.desk.wording
        unit = behind.side.metric.unit if MEASURED in found.columns else ""
        columns = [_column(one, masking.titled("subject"), behind, wording) for one in found.columns]
        shown, plain = [], []
        for row in found.rows:
            values = {**row, "subject": masking.cut(str(row.get("subject") or ""), LONGEST_SUBJECT)}
            shown.append([self._shown(one, values[one], unit, wording) for one in found.columns])
            plain.append([self._plain(one, values[one]) for one in found.columns])
        return TicketPage(behind.name, first, behind.count, columns, shown, plain)

    def _shown(self, column: str, value: Any, unit: str, wording: Wording) -> str:
        if column == MEASURED:
            return formats.number(value, unit, wording.currency)
        if value in (None, ""):
            return "–"
        return (
            str(self._plain(column, value)) if column in (*TIMES, "ticket_id") else wording.plain_value(column, value)
        )

    def _plain(self, column: str, value: Any) -> Value:
        if isinstance(value, datetime):
            zone = self.workspace.settings.zone
            return value.replace(tzinfo=value.tzinfo or UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return value if value is None or isinstance(value, (int, float)) else str(value)


def rows_behind(workspace: Workspace, fact: Fact, apart: Mapping[str, tuple[Value, ...]], overlaps: bool) -> RowsBehind:
    """The lists of tickets behind a number, within the caller's scope.

    apart: of a row for all others, the values that have rows of their own, by dimension. overlaps: whether a ticket may count in
    several rows. Raises NotPermitted, UnknownName or NotGranted where there are none: it is no number of a metric, or of no selection.
    """
    if fact.unit == "count" and not fact.value:
        raise NotPermitted("It counts none.")
    if overlaps:
        raise NotPermitted("A ticket may count in several rows here.", "Ask for one of them.")
    number = Numbered(
        fact.metric, fact.value, fact.dimensions, fact.filters, fact.period, fact.n, fact.missing, fact.tickets, apart
    )
    return RowsBehind(workspace, fact, [one for one in workspace.engine.behind(number) if one.count or one.expected])


def _column(name: str, subject: str, behind: Behind, wording: Wording) -> ShownColumn:
    if name == MEASURED:
        return ShownColumn(behind.side.metric.label, "n")
    if name == "subject":
        return ShownColumn(subject, "subject")
    return ShownColumn(NAMES.get(name) or wording.dimension(name), "number" if name in (*TIMES, "ticket_id") else "")
