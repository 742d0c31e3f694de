"""The audit: one line of JSON for each answer, and for each event of accounts and sign-ins, added to, never changed, and removed only when a line is older than it is to be kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from analyst_agent.state.database import Database

_AT_ONCE = 500
PEOPLE = "people"
"""Instead of a mark, on lines of accounts and sign-ins: they tell nothing of the data."""
_schema = sa.MetaData()
_lines = sa.Table(
    "audit_lines",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(40), nullable=False, index=True),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("line", sa.Text, nullable=False),
)
# A schema of its own, so that the lines of an earlier version are read before anything was removed.
_removal_schema = sa.MetaData()
_removals = sa.Table(
    "audit_removals",
    _removal_schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("older_than", sa.String(40), nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Removed:
    """How many lines were ever removed for their age; at: when last, older_than: those before this moment then. ISO times in UTC."""

    lines: int
    at: str
    older_than: str


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
        self._removals = Database(url, _removal_schema)

    def add(self, content: Mapping[str, Any], seen_by: str, now: datetime | None = None, keep_days: int = 0) -> None:
        """Adds a line, and removes those that are older than `keep_days` (0: none). Raises WorkspaceError where it cannot be written."""
        moment = now or datetime.now(UTC)
        row = {
            "at": _text(moment),
            "seen_by": seen_by,
            "line": json.dumps(content, ensure_ascii=False, allow_nan=False),
        }
        with self._database.writing() as connection:
            connection.execute(_lines.insert().values(**row))
        self.trim(keep_days, moment)

    def trim(self, keep_days: int, now: datetime | None = None) -> int:
        """Removes the lines that are older than so many days (0: none), notes it, and says how many they were."""
        moment = now or datetime.now(UTC)
        older = _lines.c.at < _text(moment - timedelta(days=keep_days))
        if not keep_days or not self._database.rows(sa.select(_lines.c.number).where(older).limit(1)):
            return 0
        with self._removals.writing() as connection:
            found = connection.execute(_lines.delete().where(older)).rowcount
            noted = {"at": _text(moment), "older_than": _text(moment - timedelta(days=keep_days)), "lines": found}
            connection.execute(_removals.insert().values(**noted))
        return found

    def removed(self) -> Removed | None:
        """What was removed so far; None where nothing was."""
        found = self._removals.rows(sa.select(_removals).order_by(_removals.c.number))
        return Removed(sum(r.lines for r in found), found[-1].at, found[-1].older_than) if found else None

    def lines(self, since: datetime | None = None) -> list[AuditLine]:
        """The lines from a moment on, oldest first."""
        query = sa.select(_lines).order_by(_lines.c.number)
        if since is not None:
            query = query.where(_lines.c.at >= _text(since))
        return [AuditLine(r.number, r.at, r.seen_by, json.loads(r.line)) for r in self._database.rows(query)]

    def latest(
        self, before: int | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[AuditLine]:
        """The lines before that number and between two moments, the latest first, read as they are wanted."""
        query = sa.select(_lines).order_by(_lines.c.number.desc()).limit(_AT_ONCE)
        query = query if since is None else query.where(_lines.c.at >= _text(since))
        query = query if until is None else query.where(_lines.c.at < _text(until))
        while True:
            rows = self._database.rows(query if before is None else query.where(_lines.c.number < before))
            yield from (AuditLine(r.number, r.at, r.seen_by, json.loads(r.line)) for r in rows)
            if len(rows) < _AT_ONCE:
                return
            before = rows[-1].number

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()
        self._removals.close()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
