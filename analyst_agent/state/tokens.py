"""Tokens of the API: each belongs to an account, may do and see at most what that may, and is kept as a digest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.state.database import Database
from analyst_agent.state.secrets import digest, new_secret, text_of

BEGINNING = "esc_"
"""By which a token that was written down where it should not be is found."""
SHOWN = len(BEGINNING) + 6
MOST = 20
"""Of one account that are good at the same time."""
NOTED = timedelta(minutes=1)
"""How exact it is kept when a token was last used."""
_schema = sa.MetaData()
_tokens = sa.Table(
    "api_tokens",
    _schema,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("account", sa.String(32), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("beginning", sa.String(20), nullable=False),
    sa.Column("mark", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("restrictions", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("until", sa.String(40), nullable=False),
    sa.Column("revoked_at", sa.String(40), nullable=False),
    sa.Column("used_at", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made. restrictions: conditions beside those of the account; until: when it expires."""

    account: str
    name: str
    role: str
    restrictions: Sequence[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A token but its secret. beginning: its first characters, to tell it by; times are ISO in UTC, "" for never."""

    id: str
    account: str
    name: str
    beginning: str
    role: str
    restrictions: tuple[str, ...]
    created_at: str
    until: str
    revoked_at: str
    used_at: str

    def is_good(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return not self.revoked_at and self.until > text_of(now)


class Tokens:
    """The store of tokens, in the state database: several processes share one."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def make(self, new: NewToken, now: datetime) -> tuple[str, Token]:
        """A new token: its secret, which nobody can find out again, and what is kept. Raises NotPermitted for one too many."""
        if sum(one.is_good(now) for one in self.of_account(new.account)) >= MOST:
            raise NotPermitted(f"There are {MOST} tokens already.", "Revoke one that is not used.")
        secret = BEGINNING + new_secret()
        name = uuid4().hex
        row = {
            "id": name,
            "account": new.account,
            "name": new.name,
            "beginning": secret[:SHOWN],
            "mark": digest(secret),
            "role": new.role,
            "restrictions": json.dumps(list(new.restrictions)),
            "created_at": text_of(now),
            "until": text_of(new.until),
            "revoked_at": "",
            "used_at": "",
        }
        with self._database.writing() as connection:
            connection.execute(_tokens.insert().values(**row))
        return secret, self.get(name)

    def get(self, name: str) -> Token:
        """A token by its id. Raises UnknownName."""
        rows = self._database.rows(sa.select(_tokens).where(_tokens.c.id == name))
        if not rows:
            raise UnknownName("token", name, ())
        return _token(rows[0])

    def of(self, secret: str, now: datetime, *, is_noted: bool = True) -> Token | None:
        """The token of that secret, None where there is none or it is good no more. is_noted: that it was used is kept."""
        rows = self._database.rows(sa.select(_tokens).where(_tokens.c.mark == digest(secret)))
        found = _token(rows[0]) if rows else None
        if found is None or not found.is_good(now):
            return None
        if is_noted and found.used_at <= text_of(now - NOTED):
            with self._database.writing() as connection:
                connection.execute(_tokens.update().where(_tokens.c.id == found.id).values(used_at=text_of(now)))
        return found

    def of_account(self, account: str) -> list[Token]:
        """An account's tokens, the latest first, also those that are good no more."""
        query = sa.select(_tokens).where(_tokens.c.account == account)
        return [_token(row) for row in self._database.rows(query.order_by(_tokens.c.created_at.desc(), _tokens.c.id))]

    def all(self) -> list[Token]:
        """Everybody's tokens, the latest first."""
        query = sa.select(_tokens).order_by(_tokens.c.created_at.desc(), _tokens.c.id)
        return [_token(row) for row in self._database.rows(query)]

    def revoke(self, token: Token, now: datetime) -> bool:
        """Makes a token good no more; False where it was revoked before."""
        still = (_tokens.c.id == token.id, _tokens.c.revoked_at == "")
        with self._database.writing() as connection:
            return connection.execute(_tokens.update().where(*still).values(revoked_at=text_of(now))).rowcount == 1

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()


def _token(row: Any) -> Token:
    return Token(
        row.id,
        row.account,
        row.name,
        row.beginning,
        row.role,
        tuple(json.loads(row.restrictions)),
        row.created_at,
        row.until,
        row.revoked_at,
        row.used_at,
    )
