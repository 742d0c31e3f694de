"""The canonical tables as data: columns, types, ranges, keys. `analyst load` takes these names without a mapping."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "timestamp", "number", "integer", "boolean"]
SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column. lowest and highest bound what is accepted, both included."""

    name: str
    kind: Kind = "text"
    required: bool = False
    lowest: float | None = None
    highest: float | None = None

    @property
    def sql_type(self) -> str:
        """Its DuckDB type; times are stored in UTC without a zone."""
        return SQL_TYPES[self.kind]

    @property
    def expects(self) -> str:
        """What a valid value looks like, for the reason of a row set aside."""
        if self.kind == "timestamp":
            return "an ISO 8601 date or time"
        if self.kind == "boolean":
            return "true or false"
        noun = "a whole number" if self.kind == "integer" else "a number"
        if self.lowest is not None and self.highest is not None:
            return f"{noun} from {self.lowest:g} to {self.highest:g}"
        return f"{noun} of at least {self.lowest:g}" if self.lowest is not None else noun


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table. natural_key: what identifies a row whose key is empty. after: the time that may not precede the ticket's creation."""

    name: str
    columns: tuple[Column, ...]
    key: str
    natural_key: tuple[str, ...] = ()
    after: str = ""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return {c.name: c for c in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a file of this table must have."""
        return tuple(c.name for c in self.columns if c.required)

    @property
    def of_ticket(self) -> bool:
        """Whether its rows belong to a ticket that must exist."""
        return bool(self.after)

    def create_sql(self) -> str:
        """The statement that makes it. Rows of a ticket remember file and line, so that they can be set aside later."""
        columns = [f'"{c.name}" {c.sql_type}' for c in self.columns]
        if self.of_ticket:
            columns += ["_path VARCHAR", "_line BIGINT"]
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({', '.join(columns)})"


def _table(name: str, key: str, spec: str, natural_key: tuple[str, ...] = (), after: str = "") -> Table:
    """A table from one line of words `name[:kind[:lowest..highest]][*]`."""
    columns: list[Column] = []
    for word in spec.split():
        parts = word.rstrip("*").split(":")
        kind = _KINDS[parts[1]] if len(parts) > 1 else "text"
        low, _, high = (parts[2] if len(parts) > 2 else "").partition("..")
        columns.append(
            Column(parts[0], kind, word.endswith("*"), float(low) if low else None, float(high) if high else None)
        )
    return Table(name, tuple(columns), key, natural_key, after)


_KINDS: dict[str, Kind] = {
    "time": "timestamp",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "text": "text",
}

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        _table(
            "accounts",
            "account_id",
            "account_id* name tier segment industry region plan arr:number created_at:time health_score:number csm updated_at:time",
        ),
        _table("agents", "agent_id", "agent_id* name team support_level hourly_cost:number:0.."),
        _table(
            "tickets",
            "ticket_id",
            "ticket_id* created_at:time* updated_at:time subject description status priority channel product_area category "
            "account_id agent_id team is_escalated:boolean first_response_at:time resolved_at:time closed_at:time "
            "reopen_count:integer:0.. csat:number:1..5 handle_minutes:number:0.. customer_reply_count:integer:0.. "
            "sla_due_at:time sentiment:number:-1..1 language",
        ),
        _table(
            "escalations",
            "escalation_id",
            "escalation_id ticket_id* escalated_at:time reason_code reason root_cause trigger from_team to_team level "
            "escalated_by acknowledged_at:time deescalated_at:time necessary:boolean",
            natural_key=("ticket_id", "escalated_at", "level"),
            after="escalated_at",
        ),
        _table(
            "resolutions",
            "resolution_id",
            "resolution_id ticket_id* resolved_at:time* resolution_type minutes:number:0.. agent_id notes",
            natural_key=("ticket_id", "resolved_at", "resolution_type"),
            after="resolved_at",
        ),
    )
}


def normal_name(header: str) -> str:
    """A column header as it is compared: trimmed, lower case, spaces and hyphens as underscores.

    >>> normal_name(" Created-At ")
    'created_at'
    """
    return re.sub(r"[\s\-]+", "_", header.strip("\ufeff\u200b \t\r\n")).lower()
