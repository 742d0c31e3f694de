"""Conversations: each turn's question, plan and answer, in order; resumable by id after a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import WorkspaceError
from analyst_agent.records import Plan
from analyst_agent.state.asks import claim_turn
from analyst_agent.state.database import add_text_column, make_tables, pragmas, usable
from analyst_agent.state.plans import plan_from_json, plan_to_json

_schema = sa.MetaData()
_turns = sa.Table(
    "conversation_turns",
    _schema,
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("asked_at", sa.String(40), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("seen_by", sa.String(64), nullable=False, server_default=""),
    sa.Column("today", sa.String(10), nullable=False, server_default=""),
    sa.Column("ask", sa.String(32), nullable=False, server_default=""),
    sa.Column("parts", sa.Text, nullable=False, server_default=""),
    sa.Column("tickets", sa.Text, nullable=False, server_default=""),
)
_OF_TURNS = tuple(column for column in _turns.c if column.name != "tickets")
_OF_THREADS = tuple(column for column in _OF_TURNS if column.name not in ("answer", "parts"))


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its plan (None where there was none), its status and the answer as JSON. seen_by: the mark of the
    grants and scope under which it was answered, "" where nothing was held back. asked_at: ISO time in UTC; today: the day of
    the clock it was answered by, None for a turn kept before that was written down; parts: of the answer's text, as JSON, () for
    a turn kept before these were.
    """

    number: int
    question: str
    status: str
    plan: Plan | None
    answer: Mapping[str, Any]
    seen_by: str = ""
    asked_at: str = ""
    today: date | None = None
    parts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in a list: how many turns, the first question, and when it began and was last continued (ISO, UTC)."""

    conversation: str
    turns: int
    question: str
    began_at: str
    last_at: str


class Conversations:
    """The store of conversations. SQLite in WAL mode with a busy timeout, so that several processes may write in turn."""

    def __init__(self, url: str) -> None:
        with usable():
            self._engine = sa.create_engine(url)
            if self._engine.dialect.name == "sqlite":
                sa.event.listen(self._engine, "connect", pragmas)
            make_tables(self._engine, _schema)
            for name in ("seen_by", "today", "ask", "parts", "tickets"):
                add_text_column(self._engine, _turns, name)

    @staticmethod
    def new_id() -> str:
        """A fresh conversation id."""
        return uuid4().hex[:12]

    def turns(self, conversation: str) -> list[Turn]:
        """All turns of a conversation in order; empty for an unknown id."""
        query = sa.select(*_OF_TURNS).where(_turns.c.conversation == conversation).order_by(_turns.c.number)
        with usable(), self._engine.connect() as connection:
            return [_turn(row) for row in connection.execute(query).all()]

    def thread(self, conversation: str) -> list[Turn]:
        """All turns of a conversation in order, without their answers: what a further question follows on."""
        query = sa.select(*_OF_THREADS).where(_turns.c.conversation == conversation).order_by(_turns.c.number)
        with usable(), self._engine.connect() as connection:
            return [_turn(row, {}) for row in connection.execute(query).all()]

    def turn_of(self, conversation: str, ask: str) -> Turn | None:
        """The conversation's turn that answers the ask of that id, None where it is not answered."""
        query = sa.select(*_OF_TURNS).where(_turns.c.conversation == conversation, _turns.c.ask == ask)
        with usable(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _turn(row) if row is not None else None

    def tickets_of(self, conversation: str, number: int, fact: str) -> tuple[str, ...]:
        """Ids of the tickets that a turn's number is made of, where what is written in them chose them; else ()."""
        query = sa.select(_turns.c.tickets).where(_turns.c.conversation == conversation, _turns.c.number == number)
        with usable(), self._engine.connect() as connection:
            kept = connection.execute(query).scalar()
        told = json.loads(kept) if kept else {"facts": {}}
        return tuple(told["lists"][told["facts"][fact]]) if fact in told["facts"] else ()

    def listed(self, seen_by: str) -> list[Listed]:
        """Every conversation with turns under that mark, the last continued first; only those turns count."""
        own = _turns.c.seen_by == seen_by
        counted = (
            sa.select(
                _turns.c.conversation,
                sa.func.count().label("turns"),
                sa.func.min(_turns.c.number).label("first"),
                sa.func.min(_turns.c.asked_at).label("began_at"),
                sa.func.max(_turns.c.asked_at).label("last_at"),
            )
            .where(own)
            .group_by(_turns.c.conversation)
            .subquery()
        )
        is_first = sa.and_(_turns.c.conversation == counted.c.conversation, _turns.c.number == counted.c.first)
        query = (
            sa.select(counted, _turns.c.question)
            .join(_turns, is_first)
            .order_by(counted.c.last_at.desc(), counted.c.conversation)
        )
        with usable(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Listed(r.conversation, r.turns, r.question, r.began_at, r.last_at) for r in rows]

    def questions(self, seen_by: str) -> list[tuple[str, str]]:
        """Conversation and question of every turn under that mark."""
        query = sa.select(_turns.c.conversation, _turns.c.question).where(_turns.c.seen_by == seen_by)
        with usable(), self._engine.connect() as connection:
            return [(row.conversation, row.question) for row in connection.execute(query).all()]

    def add(
        self, conversation: str, question: str, status: str, plan: Plan | None, answer: Mapping[str, Any],
        seen_by: str = "", today: date | None = None, ask: str = "",
    ) -> int:  # fmt: skip
        """Appends a turn and returns its number, from 1; two writers at once each get their own.

        answer: as JSON; what it has under `parts` is kept apart, as the parts of its text, and what it has under `tickets` (ids by
        fact) for `tickets_of`. ask: the id of what it answers. Raises
        Abandoned where that was stopped, is answered already, or another process took it over; nothing is kept then.
        """
        parts, tickets = answer.get("parts"), answer.get("tickets")
        row = {
            "conversation": conversation,
            "asked_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "question": question,
            "status": status,
            "plan": json.dumps(plan_to_json(plan)) if plan else "",
            "answer": json.dumps({key: value for key, value in answer.items() if key not in ("parts", "tickets")}),
            "seen_by": seen_by,
            "today": today.isoformat() if today else "",
            "ask": ask,
            "parts": json.dumps(parts) if parts else "",
            "tickets": _listed_once(tickets) if tickets else "",
        }
        with usable():
            for _ in range(20):
                with self._engine.connect() as connection:
                    last = connection.execute(
                        sa.select(sa.func.max(_turns.c.number)).where(_turns.c.conversation == conversation)
                    ).scalar()
                number = int(last or 0) + 1
                try:
                    with self._engine.begin() as connection:
                        if ask:
                            claim_turn(connection, ask, number)
                        connection.execute(_turns.insert().values(number=number, **row))
                except sa.exc.IntegrityError:
                    continue  # another process took the number between reading and writing
                return number
        raise WorkspaceError(f"Conversation {conversation!r} is being written by too many processes.", "Ask again.")

    def close(self) -> None:
        """Closes the database's connections."""
        self._engine.dispose()


def _listed_once(tickets: Mapping[str, Sequence[str]]) -> str:
    """Lists of ids by fact as JSON, each list once: several numbers are made of the same tickets."""
    lists = list(dict.fromkeys(map(tuple, tickets.values())))
    places = {ids: place for place, ids in enumerate(lists)}
    return json.dumps({"lists": lists, "facts": {fact: places[tuple(ids)] for fact, ids in tickets.items()}})


def _turn(row: Any, answer: Mapping[str, Any] | None = None) -> Turn:
    plan = plan_from_json(json.loads(row.plan)) if row.plan else None
    today = date.fromisoformat(row.today) if row.today else None
    told = json.loads(row.answer) if answer is None else answer
    parts = json.loads(row.parts) if answer is None and row.parts else ()
    return Turn(row.number, row.question, row.status, plan, told, row.seen_by, row.asked_at, today, parts)
