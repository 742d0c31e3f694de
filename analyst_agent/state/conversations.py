"""Conversations: each turn's question, plan and answer, in order; resumable by id after a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import WorkspaceError
from analyst_agent.records import Plan
from analyst_agent.state.plans import plan_from_json, plan_to_json

_BUSY_S = 10
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
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its plan (None where there was none), its status and the answer as JSON. seen_by: the mark of the
    grants and scope under which it was answered, "" where nothing was held back.
    """

    number: int
    question: str
    status: str
    plan: Plan | None
    answer: Mapping[str, Any]
    seen_by: str = ""


class Conversations:
    """The store of conversations. SQLite in WAL mode with a busy timeout, so that several processes may write in turn."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", pragmas)
        try:
            make_tables(self._engine, _schema)
            _add_mark(self._engine)
        except sa.exc.SQLAlchemyError as error:
            raise WorkspaceError(f"The state database cannot be used: {error.__class__.__name__}.", "Check workspace.state_url and that the folder can be written.") from error  # fmt: skip

    @staticmethod
    def new_id() -> str:
        """A fresh conversation id."""
        return uuid4().hex[:12]

    def turns(self, conversation: str) -> list[Turn]:
        """All turns of a conversation in order; empty for an unknown id."""
        query = sa.select(_turns).where(_turns.c.conversation == conversation).order_by(_turns.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Turn(
                r.number,
                r.question,
                r.status,
                plan_from_json(json.loads(r.plan)) if r.plan else None,
                json.loads(r.answer),
                r.seen_by,
            )
            for r in rows
        ]

    def add(
        self, conversation: str, question: str, status: str, plan: Plan | None, answer: Mapping[str, Any], seen_by: str = ""
    ) -> int:  # fmt: skip
        """Appends a turn and returns its number, from 1; two writers at once each get their own."""
        row = {
            "conversation": conversation,
            "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": question,
            "status": status,
            "plan": json.dumps(plan_to_json(plan)) if plan else "",
            "answer": json.dumps(answer),
            "seen_by": seen_by,
        }
        for _ in range(20):
            with self._engine.connect() as connection:
                last = connection.execute(
                    sa.select(sa.func.max(_turns.c.number)).where(_turns.c.conversation == conversation)
                ).scalar()
            number = int(last or 0) + 1
            try:
                with self._engine.begin() as connection:
                    connection.execute(_turns.insert().values(number=number, **row))
            except sa.exc.IntegrityError:
                continue  # another process took the number between reading and writing
            return number
        raise WorkspaceError(f"Conversation {conversation!r} is being written by too many processes.", "Ask again.")

    def close(self) -> None:
        """Closes the database's connections."""
        self._engine.dispose()


def sqlite_url(folder: Path) -> str:
    """The URL of a workspace's own state file."""
    return f"sqlite:///{folder / '.analyst' / 'state.db'}"


def _add_mark(engine: sa.Engine) -> None:
    """Gives a table of an earlier version the column `seen_by`; of two processes at once, the second finds it there."""
    if any(column["name"] == "seen_by" for column in sa.inspect(engine).get_columns(_turns.name)):
        return
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE {_turns.name} ADD COLUMN seen_by VARCHAR(64) NOT NULL DEFAULT ''"))
    except sa.exc.DBAPIError:
        if all(column["name"] != "seen_by" for column in sa.inspect(engine).get_columns(_turns.name)):
            raise


def make_tables(engine: sa.Engine, schema: sa.MetaData) -> None:
    """Makes the tables that are missing; of two processes at once, the second finds them there."""
    with engine.begin() as connection:
        for table in schema.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))


def pragmas(connection: Any, _record: Any) -> None:
    """Sets a SQLite connection up so that several processes may write in turn."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_S * 1000}")
    deadline = monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # SQLite does not wait here: another process is making the same switch
            if monotonic() > deadline:
                raise
            sleep(0.02)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
