"""The outbox: what is to be sent to whom, in which state it is, and every change of it. The database is the truth, not the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.state.database import Database
from analyst_agent.state.processes import is_gone

STATES = {
    "outbox": "written and kept; nobody asked to send it",
    "held": "to be sent once somebody approves it",
    "queued": "to be sent at its next try",
    "claimed": "a process is about to send it; the server has nothing yet",
    "sending": "handed over, and the server's answer is not known yet",
    "sent": "the server took it",
    "in_doubt": "nobody can know whether the server took it",
    "failed": "given up",
    "refused": "refused for good, by the server or by the settings",
    "dropped": "somebody decided that it is not sent",
}
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "outbox": ("outbox", "held", "queued", "refused", "dropped"),
    "held": ("held", "queued", "refused", "dropped"),
    "queued": ("claimed", "dropped"),
    "claimed": ("sending", "queued", "refused", "failed"),
    "sending": ("sent", "in_doubt", "queued", "refused", "failed"),
    "in_doubt": ("sent", "queued", "dropped"),
    "failed": ("queued", "dropped"),
    "refused": ("queued", "dropped"),
    "sent": (),
    "dropped": (),
}
"""From each state, those that may follow it."""
BAD = ("failed", "refused", "in_doubt")
"""What the owner is told of."""
_schema = sa.MetaData()
_entries = sa.Table(
    "outbox_entries",
    _schema,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("message_id", sa.String(300), nullable=False, unique=True),
    sa.Column("run", sa.String(64), nullable=False, index=True),
    sa.Column("playbook", sa.String(200), nullable=False),
    sa.Column("step", sa.String(200), nullable=False),
    sa.Column("edition", sa.String(200), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("recipient", sa.String(300), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("is_notice", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("first_try_at", sa.String(40), nullable=False),
    sa.Column("next_try_at", sa.String(40), nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", sa.String(40), nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("told_at", sa.String(40), nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
    sa.Column("changed_at", sa.String(40), nullable=False),
)
_changes = sa.Table(
    "outbox_changes",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entry", sa.String(32), nullable=False, index=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What an entry is made of. id: 32 hexadecimal digits, the same for the same report to the same recipient. path: of the
    .eml, relative to the workspace. is_notice: tells the owner of a failure, so that its own failure tells nobody.
    """

    id: str
    message_id: str
    run: str
    playbook: str
    step: str
    edition: str
    channel: str
    recipient: str
    subject: str
    path: str
    sha256: str
    size: int
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Entry(Letter):
    """A letter in the outbox. Times are ISO in UTC, "" for never; last_error: what kept it, in the server's words or ours."""

    state: str = "outbox"
    attempts: int = 0
    first_try_at: str = ""
    next_try_at: str = ""
    holder: str = ""
    held_until: str = ""
    last_error: str = ""
    told_at: str = ""
    made_at: str = ""
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an entry's state: to which, who did it, why."""

    state: str
    by: str
    note: str
    at: str


class Outbox:
    """The store of entries. Every change is one transaction together with its line of history."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema, survives_power_loss=True)

    def add(self, letter: Letter, state: str, at: datetime, by: str = "", note: str = "") -> bool:
        """Puts a letter into the outbox; False where one of this id is there already, which is left as it is."""
        now = stamp(at)
        row = {**asdict(letter), "is_notice": int(letter.is_notice), "state": state, "next_try_at": now}
        blank = dict.fromkeys(("first_try_at", "holder", "held_until", "last_error", "told_at"), "")
        if state in BAD:
            blank["last_error"] = note
        if self.get(letter.id) is not None:
            return False
        return self._put({**row, **blank, "attempts": 0, "made_at": now, "changed_at": now}, by, note)

    def move(self, entry: Entry, state: str, at: datetime, by: str = "", note: str = "", **values: Any) -> Entry | None:
        """Changes the state of an entry that is still as it was read, else does nothing and returns None.

        values: further columns to write. Raises InvalidDefinition for a state that may not follow.
        """
        if state not in TRANSITIONS[entry.state]:
            raise InvalidDefinition(
                f"{entry.id[:8]} is {entry.state}: {STATES[entry.state]}. It cannot become {state}.",
                f"It can become {', '.join(TRANSITIONS[entry.state]) or 'nothing else'}.",
            )
        now = stamp(at)
        still = (
            _entries.c.id == entry.id, _entries.c.state == entry.state, _entries.c.holder == entry.holder,
            _entries.c.attempts == entry.attempts,
        )  # fmt: skip
        with self._database.writing() as connection:
            changed = connection.execute(
                _entries.update().where(*still).values(state=state, changed_at=now, **values)
            ).rowcount
            if changed:
                connection.execute(_changes.insert().values(entry=entry.id, state=state, by=by, note=note, at=now))
        return self.get(entry.id) if changed else None

    def get(self, name: str) -> Entry | None:
        """The entry of a whole id."""
        found = self._found(sa.select(_entries).where(_entries.c.id == name))
        return found[0] if found else None

    def find(self, name: str) -> Entry:
        """The entry of an id or the beginning of one. Raises UnknownName or InvalidDefinition."""
        known = self.listed()
        wanted = [one for one in known if name.strip() and one.id.startswith(name.strip().lower())]
        if len(wanted) > 1:
            raise InvalidDefinition(f"{name!r} begins {len(wanted)} ids.", "Give more of it.")
        if not wanted:
            raise UnknownName("entry of the outbox", name, [one.id[:8] for one in known])
        return wanted[0]

    def listed(self, states: Sequence[str] = (), run: str = "") -> list[Entry]:
        """The entries, those made last first. states, run: only of these."""
        query = sa.select(_entries).order_by(_entries.c.made_at.desc(), _entries.c.recipient, _entries.c.id)
        if states:
            query = query.where(_entries.c.state.in_(states))
        if run:
            query = query.where(_entries.c.run == run)
        return self._found(query)

    def due(self, now: datetime) -> list[Entry]:
        """What is queued and whose time has come, the longest waiting first."""
        waiting = (_entries.c.state == "queued", _entries.c.next_try_at <= stamp(now))
        return self._found(sa.select(_entries).where(*waiting).order_by(_entries.c.next_try_at, _entries.c.id))

    def abandoned(self, now: datetime) -> list[Entry]:
        """What a process was sending that has ended, or that did not finish in its time."""
        held = self._found(sa.select(_entries).where(_entries.c.state.in_(("claimed", "sending"))))
        return [one for one in held if one.held_until <= stamp(now) or is_gone(one.holder)]

    def untold(self) -> list[Entry]:
        """What went wrong and the owner was not told of yet."""
        wrong = (_entries.c.state.in_(BAD), _entries.c.told_at == "", _entries.c.is_notice == 0)
        return self._found(sa.select(_entries).where(*wrong).order_by(_entries.c.run, _entries.c.id))

    def told(self, entries: Sequence[Entry], at: datetime) -> None:
        """The owner has been told of these."""
        with self._database.writing() as connection:
            ids = [one.id for one in entries]
            connection.execute(_entries.update().where(_entries.c.id.in_(ids)).values(told_at=stamp(at)))

    def history(self, entry: Entry) -> list[Change]:
        """Every change of an entry, oldest first."""
        query = sa.select(_changes).where(_changes.c.entry == entry.id).order_by(_changes.c.number)
        return [Change(row.state, row.by, row.note, row.at) for row in self._database.rows(query)]

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _put(self, row: dict[str, Any], by: str, note: str) -> bool:
        change = {"entry": row["id"], "state": row["state"], "by": by, "note": note, "at": row["made_at"]}
        try:
            with self._database.writing() as connection:
                connection.execute(_entries.insert().values(**row))
                connection.execute(_changes.insert().values(**change))
        except WorkspaceError as error:
            if isinstance(
                error.__cause__, sa.exc.IntegrityError
            ):  # another process put it there since it was looked for
                return False
            raise
        return True

    def _found(self, query: sa.Select[Any]) -> list[Entry]:
        found = [dict(row._mapping) for row in self._database.rows(query)]
        return [Entry(**{**row, "is_notice": bool(row["is_notice"])}) for row in found]


def stamp(at: datetime) -> str:
    """An instant as text whose order is that of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
