"""When documents were last cited in an answer, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from analyst_agent.state.database import Database

_schema = sa.MetaData()
_uses = sa.Table(
    "document_uses",
    _schema,
    sa.Column("space", sa.String(100), primary_key=True),
    sa.Column("document", sa.String(300), primary_key=True),
    sa.Column("seen_by", sa.String(64), primary_key=True),
    sa.Column("last_at", sa.String(40), nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
)
Named = tuple[str, str]
"""A document: its space and its id."""


@dataclass(frozen=True, slots=True)
class Use:
    """last_at: ISO time in UTC of the last answer that cites it; answers: how many do."""

    last_at: str
    answers: int


class Uses:
    """The store of uses. An answer counts under the mark of the grants and scope it was given in."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def note(self, documents: Iterable[Named], seen_by: str, now: datetime | None = None) -> None:
        """An answer cites these documents."""
        at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        for space, document in sorted(set(documents)):
            key = {"space": space, "document": document, "seen_by": seen_by}
            if not self._database.insert(_uses, {**key, "last_at": at, "answers": 1}):
                again = _uses.update().where(*(_uses.c[name] == value for name, value in key.items()))
                with self._database.writing() as connection:
                    connection.execute(again.values(last_at=at, answers=_uses.c.answers + 1))

    def of(self, seen_by: str | None = None) -> dict[Named, Use]:
        """The uses of each document that has any. seen_by: only in answers under that mark, None for all."""
        counted = sa.select(
            _uses.c.space,
            _uses.c.document,
            sa.func.max(_uses.c.last_at).label("last_at"),
            sa.func.sum(_uses.c.answers).label("answers"),
        ).group_by(_uses.c.space, _uses.c.document)
        counted = counted if seen_by is None else counted.where(_uses.c.seen_by == seen_by)
        return {(r.space, r.document): Use(r.last_at, int(r.answers)) for r in self._database.rows(counted)}

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()
