"""What people said of answers: right, or wrong and what would be right; every word is kept, the last one of a turn counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from analyst_agent.errors import UnknownName
from analyst_agent.state.database import Database

VERDICTS = ("right", "wrong")
_schema = sa.MetaData()
_said = sa.Table(
    "answer_feedback",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(200), nullable=False, index=True),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("correction", sa.Text, nullable=False),
    sa.Column("said_by", sa.String(200), nullable=False),
    sa.Column("said_at", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of one turn of a conversation. at: ISO time in UTC."""

    conversation: str
    turn: int
    verdict: str
    correction: str
    by: str
    at: str


class FeedbackStore:
    """The store of feedback, beside the conversations."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def add(
        self, conversation: str, turn: int, verdict: str, by: str, correction: str = "", now: datetime | None = None
    ) -> Feedback:
        """Keeps what somebody says of a turn. Raises UnknownName for a verdict that is neither right nor wrong."""
        if verdict not in VERDICTS:
            raise UnknownName("verdict", verdict, VERDICTS)
        at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        given = Feedback(conversation, turn, verdict, correction, by[:200], at)
        row = {
            "conversation": conversation,
            "turn": turn,
            "verdict": verdict,
            "correction": correction,
            "said_by": given.by,
            "said_at": at,
        }
        with self._database.writing() as connection:
            connection.execute(_said.insert().values(**row))
        return given

    def history(self, conversation: str | None = None) -> list[Feedback]:
        """Everything said, or of one conversation, oldest first."""
        query = sa.select(_said).order_by(_said.c.number)
        if conversation is not None:
            query = query.where(_said.c.conversation == conversation)
        return [
            Feedback(r.conversation, r.turn, r.verdict, r.correction, r.said_by, r.said_at)
            for r in self._database.rows(query)
        ]

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()


def counting(history: Iterable[Feedback]) -> dict[tuple[str, int], Feedback]:
    """The feedback that counts for each conversation and turn: the last, of a history oldest first."""
    return {(one.conversation, one.turn): one for one in history}
