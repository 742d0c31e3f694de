"""Who is signed in with a browser, and whom a provider is asked about: the secret is in the browser's cookie, its digest here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from analyst_agent.state.accounts import Account
from analyst_agent.state.database import Database
from analyst_agent.state.secrets import digest, new_secret, text_of

IDLE = timedelta(hours=12)
"""Who does nothing for so long is signed out."""
LONGEST = timedelta(days=7)
"""Who signed in so long ago signs in again, whatever they did meanwhile."""
NOTED = timedelta(minutes=1)
"""How exact it is kept when somebody was last there: not every request writes."""
UNDERWAY = timedelta(minutes=10)
"""So long a sign-in at a provider may take."""
_schema = sa.MetaData()
_sign_ins = sa.Table(
    "sign_ins",
    _schema,
    sa.Column("mark", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(32), nullable=False, index=True),
    sa.Column("stamp", sa.Integer, nullable=False),
    sa.Column("began_at", sa.String(40), nullable=False),
    sa.Column("seen_at", sa.String(40), nullable=False),
)
_underway_schema = sa.MetaData()
_underway = sa.Table(
    "sign_ins_underway",
    _underway_schema,
    sa.Column("state", sa.String(64), primary_key=True),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(200), nullable=False),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("until", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody signed in. mark: the digest of the secret; stamp: that of the account then."""

    mark: str
    account: str
    stamp: int
    began_at: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class Underway:
    """A sign-in at a provider that has not come back yet: what its answer is held against, and the browser it is for."""

    state: str
    nonce: str
    verifier: str
    browser: str


class SignIns:
    """The store of both, in the state database: several processes share one."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)
        self._underway = Database(url, _underway_schema)

    def begin(self, account: Account, now: datetime) -> str:
        """Signs somebody in; the secret for their browser. What is long over is forgotten."""
        secret = new_secret()
        row = {
            "mark": digest(secret),
            "account": account.id,
            "stamp": account.stamp,
            "began_at": text_of(now),
            "seen_at": text_of(now),
        }
        over = (_sign_ins.c.began_at <= text_of(now - LONGEST)) | (_sign_ins.c.seen_at <= text_of(now - IDLE))
        with self._database.writing() as connection:
            connection.execute(_sign_ins.delete().where(over))
            connection.execute(_sign_ins.insert().values(**row))
        return secret

    def of(self, secret: str, now: datetime, *, is_noted: bool = True) -> SignIn | None:
        """Who is signed in with that secret, None for nobody. is_noted: that they were there lets it last."""
        good = (
            _sign_ins.c.mark == digest(secret),
            _sign_ins.c.began_at > text_of(now - LONGEST),
            _sign_ins.c.seen_at > text_of(now - IDLE),
        )
        rows = self._database.rows(sa.select(_sign_ins).where(*good))
        if not rows:
            return None
        found = SignIn(**rows[0]._mapping)
        if is_noted and found.seen_at <= text_of(now - NOTED):
            with self._database.writing() as connection:
                connection.execute(_sign_ins.update().where(*good).values(seen_at=text_of(now)))
        return found

    def end(self, secret: str) -> None:
        """Signs out whoever is signed in with that secret."""
        self._delete(_sign_ins.c.mark == digest(secret))

    def end_all(self, account: str) -> None:
        """Signs an account out everywhere."""
        self._delete(_sign_ins.c.account == account)

    def set_out(self, nonce: str, verifier: str, browser: str, now: datetime) -> str:
        """Keeps what a provider's answer is to be held against; the state that comes back with it."""
        state = new_secret()
        row = {
            "state": digest(state),
            "nonce": nonce,
            "verifier": verifier,
            "browser": digest(browser),
            "until": text_of(now + UNDERWAY),
        }
        with self._underway.writing() as connection:
            connection.execute(_underway.delete().where(_underway.c.until <= text_of(now)))
            connection.execute(_underway.insert().values(**row))
        return state

    def come_back(self, state: str, browser: str, now: datetime) -> Underway | None:
        """What was kept for that state and browser, once; None where there is nothing or it took too long."""
        good = (
            _underway.c.state == digest(state),
            _underway.c.browser == digest(browser),
            _underway.c.until > text_of(now),
        )
        query = sa.select(_underway.c.state, _underway.c.nonce, _underway.c.verifier, _underway.c.browser).where(*good)
        rows = self._underway.rows(query)
        if not rows:
            return None
        with self._underway.writing() as connection:
            is_first = connection.execute(_underway.delete().where(*good)).rowcount == 1
        return Underway(**rows[0]._mapping) if is_first else None

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()
        self._underway.close()

    def _delete(self, condition: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(_sign_ins.delete().where(condition))
