"""The audit: one line of JSON for each answer, only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from analyst_agent.state.database import Database

_schema = sa.MetaData()
_lines = sa.Table(
    "audit_lines",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(40), nullable=False, index=True),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("line", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One answer. at: ISO time in UTC; seen_by: the mark of the grants and scope; content: the rest of the line."""

    number: int
    at: str
    seen_by: str
    content: Mapping[str, Any]


class Audit:
    """The store of audit lines, in the state database: one truth for several processes, and in the backup with the conversations."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def add(self, content: Mapping[str, Any], seen_by: str, now: datetime | None = None) -> None:
        """Adds a line. Raises WorkspaceError where it cannot be written."""
        at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        row = {"at": at, "seen_by": seen_by, "line": json.dumps(content, ensure_ascii=False, allow_nan=False)}
        with self._database.writing() as connection:
            connection.execute(_lines.insert().values(**row))

    def lines(self, since: datetime | None = None) -> list[AuditLine]:
        """The lines from a moment on, oldest first."""
        query = sa.select(_lines).order_by(_lines.c.number)
        if since is not None:
            query = query.where(_lines.c.at >= since.astimezone(UTC).isoformat(timespec="seconds"))
        return [AuditLine(r.number, r.at, r.seen_by, json.loads(r.line)) for r in self._database.rows(query)]

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()
