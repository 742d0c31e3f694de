"""Questions on their way to an answer: who asked, what has happened so far, which process is at it.

A page that is closed finds its events again, and what a process that died has not answered is taken up by another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import UnknownName, WorkspaceError
from analyst_agent.state.database import Database
from analyst_agent.state.processes import is_gone, this_process

RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"
LEASE = timedelta(seconds=60)
"""A question whose process says nothing for so long is taken for abandoned; a process says something every few seconds."""
STEP, TEXT, AGAIN, END = "step", "text", "again", "end"
"""Kinds of events. again: what was told before no longer holds, the answer is begun anew; end: nothing follows."""
_schema = sa.MetaData()
_asks = sa.Table(
    "asks",
    _schema,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("asked_by", sa.String(200), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("restrictions", sa.Text, nullable=False),
    sa.Column("conversation", sa.String(200), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("asked_at", sa.String(40), nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", sa.String(40), nullable=False),
)
_events = sa.Table(
    "ask_events",
    _schema,
    sa.Column("ask", sa.String(32), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)


class Abandoned(Exception):
    """A person stopped the question, or another process took it over: nothing of it is kept here."""


@dataclass(frozen=True, slots=True)
class NewAsk:
    """A question to be answered. owner: whose conversation it is in; asked_by: the name the audit gets; role and restrictions:
    within which it is answered; key: the same key of the same owner is the same question, "" for always another.
    """

    conversation: str
    question: str
    owner: str = ""
    asked_by: str = ""
    role: str = ""
    restrictions: Sequence[str] = ()
    model: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question and how far it is. turn: its number in the conversation once its answer is kept, 0 before; asked_at: ISO time in UTC."""

    id: str
    owner: str
    asked_by: str
    role: str
    restrictions: tuple[str, ...]
    conversation: str
    question: str
    model: str
    state: str
    asked_at: str
    turn: int
    holder: str
    held_until: str


@dataclass(frozen=True, slots=True)
class AskEvent:
    """Something that happened, numbered from 1 within its question."""

    number: int
    kind: str
    content: Mapping[str, Any]


class Asks:
    """The store of questions on their way, in the state database: several processes share one.

    listeners: are called with a question's id after each event that this process adds to it.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)
        self.listeners: list[Callable[[str], None]] = []

    def begin(self, new: NewAsk, now: datetime | None = None) -> tuple[Ask, bool]:
        """The question, held by this process; and whether it is new, False where its key was given before."""
        at = now or datetime.now(UTC)
        name = uuid4().hex
        key = f"{new.owner}\n{new.key}" if new.key else name
        row = {
            "id": name,
            "key": key,
            "owner": new.owner,
            "asked_by": new.asked_by,
            "role": new.role,
            "restrictions": json.dumps(list(new.restrictions)),
            "conversation": new.conversation,
            "question": new.question,
            "model": new.model,
            "state": RUNNING,
            "asked_at": _text(at),
            "turn": 0,
            "holder": this_process(),
            "held_until": _text(at + LEASE),
        }
        if self._database.insert(_asks, row):
            return self.get(name), True
        [known] = self._database.rows(sa.select(_asks).where(_asks.c.key == key))
        return _ask(known), False

    def get(self, name: str) -> Ask:
        """A question by its id. Raises UnknownName."""
        rows = self._database.rows(sa.select(_asks).where(_asks.c.id == name))
        if not rows:
            raise UnknownName("question", name, (), "Ask it again.")
        return _ask(rows[0])

    def running(self, conversation: str | None = None) -> list[Ask]:
        """Questions that are not answered yet, oldest first."""
        query = sa.select(_asks).where(_asks.c.state == RUNNING).order_by(_asks.c.asked_at, _asks.c.id)
        query = query.where(_asks.c.conversation == conversation) if conversation is not None else query
        return [_ask(row) for row in self._database.rows(query)]

    def count_running(self, owner: str) -> int:
        """How many questions of somebody's are not answered yet."""
        query = sa.select(sa.func.count()).select_from(_asks).where(_asks.c.state == RUNNING, _asks.c.owner == owner)
        rows = self._database.rows(query)
        return int(rows[0][0]) if rows else 0

    def events(self, name: str, after: int = 0) -> list[AskEvent]:
        """What happened after the event of that number, in order."""
        query = sa.select(_events).where(_events.c.ask == name, _events.c.number > after).order_by(_events.c.number)
        return [AskEvent(row.number, row.kind, json.loads(row.content)) for row in self._database.rows(query)]

    def tell(self, name: str, kind: str, *contents: Mapping[str, Any]) -> bool:
        """Adds events of one kind of a question that this process is at, in order; False, and nothing, where it no longer is."""
        with self._database.writing() as connection:
            is_mine = all(_add_event(connection, name, kind, content, _mine(name)) for content in contents)
        self._heard(name)
        return is_mine

    def beat(self, now: datetime | None = None) -> None:
        """Says that this process still lives, for all questions it is at."""
        held = _text((now or datetime.now(UTC)) + LEASE)
        mine = (_asks.c.state == RUNNING, _asks.c.holder == this_process())
        with self._database.writing() as connection:
            connection.execute(_asks.update().where(*mine).values(held_until=held))

    def take_abandoned(self, now: datetime | None = None) -> list[Ask]:
        """The questions whose process is gone, taken over by this one: each by one process only."""
        at = now or datetime.now(UTC)
        taken = []
        for one in self.running():
            if one.holder == this_process() or not (is_gone(one.holder) or one.held_until < _text(at)):
                continue
            still = (_asks.c.id == one.id, _asks.c.state == RUNNING, _asks.c.holder == one.holder)
            with self._database.writing() as connection:
                values = {"holder": this_process(), "held_until": _text(at + LEASE)}
                done = connection.execute(_asks.update().where(*still).values(**values))
                if done.rowcount == 1:
                    _add_event(connection, one.id, AGAIN, {})
                    taken.append(one.id)
        return [self.get(name) for name in taken]

    def is_mine(self, name: str) -> bool:
        """Whether the question still runs and this process is at it."""
        return bool(self._database.rows(sa.select(_asks.c.id).where(*_mine(name))))

    def finish(self, name: str, state: str, content: Mapping[str, Any], turn: int = 0) -> bool:
        """Ends a running question and tells it; False where it had ended, or another process took it.

        One whose answer is kept is not stopped any more.
        """
        stoppable = (_asks.c.id == name, _asks.c.state == RUNNING, _asks.c.turn == 0)
        ended = _asks.update().where(*(stoppable if state == STOPPED else _mine(name)))
        with self._database.writing() as connection:
            done = connection.execute(ended.values(state=state, **({"turn": turn} if turn else {})))
            if done.rowcount == 1:
                _add_event(connection, name, END, {"state": state, "turn": turn, **content})
        self._heard(name)
        return done.rowcount == 1

    def trim(self, older_than: datetime) -> int:
        """Forgets the events of questions that ended and were asked before a moment; how many questions that were."""
        old = (_asks.c.state != RUNNING, _asks.c.asked_at < _text(older_than))
        with self._database.writing() as connection:
            names = [row.id for row in connection.execute(sa.select(_asks.c.id).where(*old)).all()]
            for name in names:
                connection.execute(_events.delete().where(_events.c.ask == name))
                connection.execute(_asks.delete().where(_asks.c.id == name))
        return len(names)

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _heard(self, name: str) -> None:
        for listener in self.listeners:
            listener(name)


def claim_turn(connection: sa.Connection, name: str, turn: int) -> None:
    """Says in the transaction that keeps a question's answer that it is that turn: from then on it can neither be stopped nor
    answered again. Raises Abandoned where it was stopped or taken over, so that nothing is kept.
    """
    claimed = _asks.update().where(*_mine(name), _asks.c.turn == 0).values(turn=turn)
    if connection.execute(claimed).rowcount != 1:
        raise Abandoned


def _mine(name: str) -> tuple[sa.ColumnElement[bool], ...]:
    """That the question still runs and this process is at it."""
    return (_asks.c.id == name, _asks.c.state == RUNNING, _asks.c.holder == this_process())


def _add_event(
    connection: sa.Connection, name: str, kind: str, content: Mapping[str, Any], *conditions: Sequence[sa.ColumnElement[bool]]
) -> bool:  # fmt: skip
    """Adds an event with the next number, in one statement with the conditions on its question; False where these do not hold."""
    last = sa.select(sa.func.coalesce(sa.func.max(_events.c.number), 0) + 1).where(_events.c.ask == name)
    row = sa.select(sa.literal(name), last.scalar_subquery(), sa.literal(kind), sa.literal(json.dumps(content)))
    row = row.where(sa.exists().where(*(condition for some in conditions for condition in some))) if conditions else row
    for _ in range(20):
        try:
            with connection.begin_nested():
                # How many rows an insert adds is kept only where that is asked for; not every driver tells it afterwards.
                insert = _events.insert().from_select(["ask", "number", "kind", "content"], row)
                added = connection.execute(insert.execution_options(preserve_rowcount=True))
            return added.rowcount == 1
        except sa.exc.IntegrityError:
            continue  # a person stopped it just now, in another process
    raise WorkspaceError("What happens to a question cannot be kept: too many processes write.", "Ask again.")


def _ask(row: Any) -> Ask:
    return Ask(
        row.id,
        row.owner,
        row.asked_by,
        row.role,
        tuple(json.loads(row.restrictions)),
        row.conversation,
        row.question,
        row.model,
        row.state,
        row.asked_at,
        row.turn,
        row.holder,
        row.held_until,
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
