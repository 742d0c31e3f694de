"""Readings of questions that a person vouched for; what is revoked stays written and is used no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from analyst_agent.records import Plan
from analyst_agent.state.database import Database
from analyst_agent.state.plans import plan_from_json, plan_to_json

_schema = sa.MetaData()
_readings = sa.Table(
    "verified_readings",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("question_key", sa.String(64), nullable=False, index=True),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("definitions", sa.String(64), nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("stands_alone", sa.Integer, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("today", sa.String(10), nullable=False),
    sa.Column("verified_by", sa.String(200), nullable=False),
    sa.Column("verified_at", sa.String(40), nullable=False),
    sa.Column("revoked_by", sa.String(200)),
    sa.Column("revoked_at", sa.String(40)),
)


@dataclass(frozen=True, slots=True)
class Verified:
    """A reading somebody vouched for: the question and its plan, under which grants and scope (seen_by) and definitions.

    stands_alone: it was read so without what was said before it. facts: the numbers of the answer vouched for, as in its JSON;
    today: the day of the clock they were computed by. at: ISO time in UTC.
    """

    conversation: str
    turn: int
    question: str
    plan: Plan
    seen_by: str
    definitions: str
    stands_alone: bool
    facts: Sequence[Mapping[str, Any]]
    today: date
    by: str
    at: str = ""
    revoked_by: str = ""
    revoked_at: str = ""


class VerifiedReadings:
    """The store of verified readings, beside the conversations."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def add(self, one: Verified) -> None:
        """Keeps a reading; one vouched for now is of now."""
        row = {
            "conversation": one.conversation,
            "turn": one.turn,
            "question": one.question,
            "question_key": _key(one.question),
            "seen_by": one.seen_by,
            "definitions": one.definitions,
            "plan": json.dumps(plan_to_json(one.plan)),
            "stands_alone": int(one.stands_alone),
            "facts": json.dumps(list(one.facts)),
            "today": one.today.isoformat(),
            "verified_by": one.by[:200],
            "verified_at": one.at or _now(),
        }
        with self._database.writing() as connection:
            connection.execute(_readings.insert().values(**row))

    def of_question(self, question: str, seen_by: str, definitions: str | None = None) -> list[Verified]:
        """What holds for these words under these grants and scope (and definitions), the last vouched for first."""
        query = sa.select(_readings).where(
            _readings.c.question_key == _key(question),
            _readings.c.seen_by == seen_by,
            _readings.c.revoked_at.is_(None),
        )
        if definitions is not None:
            query = query.where(_readings.c.definitions == definitions)
        return self._found(query.order_by(_readings.c.number.desc()))

    def of_conversation(self, conversation: str, seen_by: str) -> list[Verified]:
        """What was vouched for in a conversation under these grants and scope, oldest first, also what is revoked."""
        here = (_readings.c.conversation == conversation, _readings.c.seen_by == seen_by)
        return self._found(sa.select(_readings).where(*here).order_by(_readings.c.number))

    def listed(self, seen_by: str) -> list[Verified]:
        """Every reading that holds under these grants and scope, oldest first."""
        holds = (_readings.c.seen_by == seen_by, _readings.c.revoked_at.is_(None))
        return self._found(sa.select(_readings).where(*holds).order_by(_readings.c.number))

    def revoke(self, conversation: str, turn: int, by: str) -> int:
        """Takes back what was vouched for of a turn; how many held until now."""
        with self._database.reading() as connection:
            if connection is None:
                return 0
        held = sa.and_(
            _readings.c.conversation == conversation, _readings.c.turn == turn, _readings.c.revoked_at.is_(None)
        )
        with self._database.writing() as connection:
            changed = connection.execute(_readings.update().where(held).values(revoked_by=by[:200], revoked_at=_now()))
            return int(changed.rowcount)

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _found(self, query: sa.Select[Any]) -> list[Verified]:
        return [
            Verified(
                r.conversation,
                r.turn,
                r.question,
                plan_from_json(json.loads(r.plan)),
                r.seen_by,
                r.definitions,
                bool(r.stands_alone),
                json.loads(r.facts),
                date.fromisoformat(r.today),
                r.verified_by,
                r.verified_at,
                r.revoked_by or "",
                r.revoked_at or "",
            )
            for r in self._database.rows(query)
        ]


def _key(question: str) -> str:
    """The same for the same words, whatever their case, spacing and closing mark."""
    return hashlib.sha256(" ".join(question.casefold().split()).rstrip(" ?!.").encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
