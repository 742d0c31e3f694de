"""What people began of playbooks on the page: runs, resumptions, previews; how far each is, and which process is at it.

A page that is closed finds them again, and what a process that died has not finished is taken up by another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import UnknownName
from analyst_agent.state.database import Database
from analyst_agent.state.processes import is_gone, this_process

RUNNING, DONE, FAILED = "running", "done", "failed"
RUN, RESUME, PREVIEW, SEND = "run", "resume", "preview", "send"
LEASE = timedelta(seconds=90)
"""An errand whose process says nothing for so long is taken for abandoned; a process says something every few seconds."""
MOST_ATTEMPTS = 3
"""One that ended its process so often would end the next one too."""
_schema = sa.MetaData()
_errands = sa.Table(
    "errands",
    _schema,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(300), nullable=False, unique=True),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("asked_by", sa.String(200), nullable=False),
    sa.Column("restrictions", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("playbook", sa.String(64), nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("variables", sa.Text, nullable=False),
    sa.Column("deliver", sa.String(20), nullable=False),
    sa.Column("run", sa.String(120), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("begun_at", sa.String(40), nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class NewErrand:
    """Something to be done with a playbook. kind: run, resume, preview, or send: a round of
    sending what is queued. day: one of the period (ISO), "" for the last complete
    one. run: the one to resume. restrictions: within which it is done. key: the same key of the same owner is the same errand, "" for always another.
    """

    kind: str
    playbook: str
    day: str = ""
    variables: Mapping[str, Any] | None = None
    deliver: str = "outbox"
    run: str = ""
    owner: str = ""
    asked_by: str = ""
    restrictions: Sequence[str] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """An errand and how far it is. told: what its process said last, and at the end what came of it. attempts: how often it was
    begun. begun_at: ISO time in UTC.
    """

    id: str
    owner: str
    asked_by: str
    restrictions: tuple[str, ...]
    kind: str
    playbook: str
    day: str
    variables: Mapping[str, Any]
    deliver: str
    run: str
    state: str
    told: Mapping[str, Any]
    attempts: int
    begun_at: str
    holder: str
    held_until: str

    @property
    def mark(self) -> str:
        """What a run that is begun for it is known by, so that it is begun once."""
        return f"errand {self.id}"


class Errands:
    """The store of errands, in the state database: several processes share one."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def begin(self, new: NewErrand, now: datetime | None = None) -> tuple[Errand, bool]:
        """The errand, held by this process; and whether it is new, False where its key was given before."""
        at = now or datetime.now(UTC)
        name = uuid4().hex
        key = f"{new.owner}\n{new.key}" if new.key else name
        row = {
            "id": name,
            "key": key,
            "owner": new.owner,
            "asked_by": new.asked_by,
            "restrictions": json.dumps(list(new.restrictions)),
            "kind": new.kind,
            "playbook": new.playbook,
            "day": new.day,
            "variables": json.dumps(dict(new.variables or {})),
            "deliver": new.deliver,
            "run": new.run,
            "state": RUNNING,
            "told": "{}",
            "attempts": 1,
            "begun_at": _text(at),
            "holder": this_process(),
            "held_until": _text(at + LEASE),
        }
        if self._database.insert(_errands, row):
            return self.get(name), True
        [known] = self._database.rows(sa.select(_errands).where(_errands.c.key == key))
        return _errand(known), False

    def get(self, name: str) -> Errand:
        """An errand by its id. Raises UnknownName."""
        rows = self._database.rows(sa.select(_errands).where(_errands.c.id == name))
        if not rows:
            raise UnknownName("errand", name, (), "Begin it again.")
        return _errand(rows[0])

    def running(self) -> list[Errand]:
        """Those that have not ended, oldest first."""
        query = sa.select(_errands).where(_errands.c.state == RUNNING).order_by(_errands.c.begun_at, _errands.c.id)
        return [_errand(row) for row in self._database.rows(query)]

    def take(self, name: str, attempt: int, holder: str, now: datetime | None = None) -> Errand | None:
        """The errand, handed by its holder to this process; None where it has ended, or another process has it since."""
        return self._held(name, attempt, attempt, now or datetime.now(UTC), _errands.c.holder == holder)

    def take_again(self, seen: Errand, now: datetime | None = None) -> Errand | None:
        """The errand for another attempt by this process, after its process died. None where it has ended or another process has
        it; one that was tried too often is ended as failed.
        """
        at = now or datetime.now(UTC)
        if seen.attempts < MOST_ATTEMPTS:
            return self._held(seen.id, seen.attempts, seen.attempts + 1, at)
        problem = {
            "code": "ended",
            "message": f"Its process ended {seen.attempts} times before it was done.",
            "hint": "The server's log may say why; what was finished of a run is kept.",
        }
        where = (_errands.c.id == seen.id, _errands.c.state == RUNNING, _errands.c.attempts == seen.attempts)
        self._change(where, state=FAILED, told=json.dumps({"error": problem}))
        return None

    def take_abandoned(self, now: datetime | None = None) -> list[Errand]:
        """The errands whose process is gone, taken over by this one: each by one process only."""
        at = now or datetime.now(UTC)
        gone = [
            one
            for one in self.running()
            if one.holder != this_process() and (is_gone(one.holder) or one.held_until < _text(at))
        ]
        return [taken for one in gone if (taken := self.take_again(one, at)) is not None]

    def beat(self, now: datetime | None = None) -> None:
        """Says that this process still lives, for all errands it holds."""
        mine = (_errands.c.state == RUNNING, _errands.c.holder == this_process())
        self._change(mine, held_until=_text((now or datetime.now(UTC)) + LEASE))

    def tell(self, name: str, told: Mapping[str, Any]) -> None:
        """What a page may show of an errand that this process is at."""
        self._change((*_mine(name),), told=json.dumps(told))

    def finish(self, name: str, state: str, told: Mapping[str, Any]) -> bool:
        """Ends an errand that this process is at; False where another one took it over."""
        return self._change((*_mine(name),), state=state, told=json.dumps(told)) == 1

    def trim(self, older_than: datetime) -> list[str]:
        """Forgets errands that ended and were begun before a moment; their ids."""
        old = (_errands.c.state != RUNNING, _errands.c.begun_at < _text(older_than))
        with self._database.writing() as connection:
            names = [row.id for row in connection.execute(sa.select(_errands.c.id).where(*old)).all()]
            for name in names:
                connection.execute(_errands.delete().where(_errands.c.id == name))
        return names

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def mine(self) -> list[Errand]:
        """Those that this process holds and has not handed on."""
        return [one for one in self.running() if one.holder == this_process()]

    def _held(
        self, name: str, attempt: int, becomes: int, at: datetime, *more: sa.ColumnElement[bool]
    ) -> Errand | None:
        where = (_errands.c.id == name, _errands.c.state == RUNNING, _errands.c.attempts == attempt, *more)
        values = {"attempts": becomes, "holder": this_process(), "held_until": _text(at + LEASE)}
        return self.get(name) if self._change(where, **values) == 1 else None

    def _change(self, where: Sequence[sa.ColumnElement[bool]], **values: Any) -> int:
        with self._database.writing() as connection:
            return connection.execute(_errands.update().where(*where).values(**values)).rowcount


def _mine(name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_errands.c.id == name, _errands.c.state == RUNNING, _errands.c.holder == this_process())


def _errand(row: Any) -> Errand:
    return Errand(
        row.id,
        row.owner,
        row.asked_by,
        tuple(json.loads(row.restrictions)),
        row.kind,
        row.playbook,
        row.day,
        json.loads(row.variables),
        row.deliver,
        row.run,
        row.state,
        json.loads(row.told),
        row.attempts,
        row.begun_at,
        row.holder,
        row.held_until,
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
