"""Whose a conversation is and what it is called: each person sees only their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from analyst_agent.errors import UnknownName
from analyst_agent.state.database import Database

_schema = sa.MetaData()
_heads = sa.Table(
    "conversation_heads",
    _schema,
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("owner", sa.String(200), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("began_at", sa.String(40), nullable=False),
)
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation's owner, its title ("" for that of its first question) and when it began (ISO, UTC)."""

    conversation: str
    owner: str
    title: str
    began_at: str


class ConversationHeads:
    """The store of owners and titles, beside the conversations. One without an entry belongs to nobody with an account."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def claim(self, conversation: str, owner: str, now: datetime | None = None) -> bool:
        """Makes a conversation somebody's; False where it is another's already."""
        at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        row = {"conversation": conversation, "owner": owner, "title": "", "began_at": at}
        if self._database.insert(_heads, row):
            return True
        known = self.head(conversation)
        return known is not None and known.owner == owner

    def head(self, conversation: str) -> Head | None:
        """The entry of a conversation, None where it has none."""
        rows = self._database.rows(sa.select(_heads).where(_heads.c.conversation == conversation))
        return Head(**rows[0]._mapping) if rows else None

    def of(self, owner: str) -> dict[str, Head]:
        """All entries of a person, by conversation."""
        rows = self._database.rows(sa.select(_heads).where(_heads.c.owner == owner))
        return {row.conversation: Head(**row._mapping) for row in rows}

    def others(self, owner: str) -> frozenset[str]:
        """Conversations that belong to somebody else."""
        rows = self._database.rows(sa.select(_heads.c.conversation).where(_heads.c.owner != owner))
        return frozenset(row.conversation for row in rows)

    def rename(self, conversation: str, owner: str, title: str) -> None:
        """Gives a person's conversation a title, "" for that of its first question. Raises UnknownName where it is none of theirs."""
        named = (_heads.c.conversation == conversation, _heads.c.owner == owner)
        with self._database.writing() as connection:
            done = connection.execute(_heads.update().where(*named).values(title=title[:LONGEST_TITLE]))
        if done.rowcount != 1:
            raise UnknownName("conversation", conversation, _shown(self.of(owner)))

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()


def _shown(names: Iterable[str]) -> list[str]:
    return sorted(names)[:12]
