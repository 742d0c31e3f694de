"""Local accounts: who may sign in, with which role and within which scope; nothing that would let somebody in is kept in clear."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.state.database import Database
from analyst_agent.state.secrets import digest, new_secret, text_of

_schema = sa.MetaData()
_accounts = sa.Table(
    "accounts",
    _schema,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("login", sa.String(200), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(40), nullable=False, index=True),
    sa.Column("restrictions", sa.Text, nullable=False),
    sa.Column("password", sa.String(300), nullable=False),
    sa.Column("subject", sa.String(600), nullable=False, index=True),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("disabled_at", sa.String(40), nullable=False),
    sa.Column("stamp", sa.Integer, nullable=False),
    sa.Column("link", sa.String(64), nullable=False, index=True),
    sa.Column("link_until", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody to be let in. login: an e-mail address or a name, in lower case; restrictions: conditions on every number;
    password: its hash, "" until one is chosen; subject: who it is at the provider that vouches for them, "" for nobody's.
    """

    login: str
    name: str
    role: str
    restrictions: Sequence[str] = ()
    password: str = field(default="", repr=False)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. stamp: grows with each change after which whoever is signed in must sign in again; times are
    ISO in UTC, "" for never. link_until: until when a one-time link is good.
    """

    id: str
    login: str
    name: str
    role: str
    restrictions: tuple[str, ...]
    password: str = field(repr=False)
    subject: str
    created_at: str
    disabled_at: str
    stamp: int
    link_until: str

    @property
    def is_disabled(self) -> bool:
        """Whether the account may not be used now."""
        return self.disabled_at != ""


class Accounts:
    """The store of accounts, in the state database: several processes share one.

    admin: the role of which one account that is not disabled always stays.
    """

    def __init__(self, url: str, admin: str) -> None:
        self._database = Database(url, _schema, survives_power_loss=True)
        self._admin = admin

    def exist(self) -> bool:
        """Whether there is any account, also a disabled one."""
        return bool(self._database.rows(sa.select(_accounts.c.id).limit(1)))

    def has_admin(self) -> bool:
        """Whether somebody could look after the accounts."""
        usable = (_accounts.c.role == self._admin, _accounts.c.disabled_at == "")
        return bool(self._database.rows(sa.select(_accounts.c.id).where(*usable).limit(1)))

    def all(self) -> list[Account]:
        """Every account, by login."""
        return [_account(row) for row in self._database.rows(sa.select(_accounts).order_by(_accounts.c.login))]

    def get(self, name: str) -> Account:
        """An account by its id. Raises UnknownName."""
        found = self._one(_accounts.c.id == name)
        if found is None:
            raise UnknownName("account", name, ())
        return found

    def of_login(self, login: str) -> Account | None:
        """An account by its login, None where there is none."""
        return self._one(_accounts.c.login == login)

    def of_subject(self, subject: str) -> Account | None:
        """The account of somebody at a provider, None where there is none."""
        return self._one(_accounts.c.subject == subject) if subject else None

    def add(self, new: NewAccount, now: datetime) -> Account:
        """Keeps an account. Raises NotPermitted where the login is taken."""
        name = uuid4().hex
        row = {
            "id": name,
            "login": new.login,
            "name": new.name,
            "role": new.role,
            "restrictions": json.dumps(list(new.restrictions)),
            "password": new.password,
            "subject": new.subject,
            "created_at": text_of(now),
            "disabled_at": "",
            "stamp": 1,
            "link": "",
            "link_until": "",
        }
        if not self._database.insert(_accounts, row):
            raise NotPermitted(
                f"There is an account {new.login!r} already.", "Choose another login, or change that one."
            )
        return self.get(name)

    def change(self, account: Account, name: str, role: str, restrictions: Sequence[str]) -> Account:
        """Gives an account a name, role and scope; where role or scope differ, whoever is signed in with it is signed out.

        Raises NotPermitted where it is the last admin's, who would no longer be one.
        """
        given = json.dumps(list(restrictions))
        is_other = (_accounts.c.role != role) | (_accounts.c.restrictions != given)
        stamp = _accounts.c.stamp + sa.case((is_other, 1), else_=0)
        values = {"name": name, "role": role, "restrictions": given, "stamp": stamp}
        self._update(account.id, values, keeps_admin=role == self._admin)
        return self.get(account.id)

    def disable(self, account: Account, now: datetime) -> Account:
        """Lets an account be used no more. Raises NotPermitted for the last admin's."""
        values = {"disabled_at": text_of(now), "stamp": _accounts.c.stamp + 1, "link": "", "link_until": ""}
        self._update(account.id, values, keeps_admin=False)
        return self.get(account.id)

    def enable(self, account: Account) -> Account:
        """Lets an account be used again."""
        self._update(account.id, {"disabled_at": ""}, keeps_admin=True)
        return self.get(account.id)

    def set_password(self, account: Account, hashed: str) -> Account:
        """Keeps the hash of a new password: whoever is signed in is signed out, a one-time link is good no more."""
        values = {"password": hashed, "stamp": _accounts.c.stamp + 1, "link": "", "link_until": ""}
        self._update(account.id, values, keeps_admin=True)
        return self.get(account.id)

    def renew_hash(self, account: Account, hashed: str) -> None:
        """Keeps the same password in another form; one that was changed meanwhile stays as it is."""
        same = (_accounts.c.id == account.id, _accounts.c.password == account.password)
        with self._database.writing() as connection:
            connection.execute(_accounts.update().where(*same).values(password=hashed))

    def make_link(self, account: Account, until: datetime) -> str:
        """A secret by which its bearer may choose the account's password, once, until then; one made before is good no more."""
        secret = new_secret()
        self._update(account.id, {"link": digest(secret), "link_until": text_of(until)}, keeps_admin=True)
        return secret

    def of_link(self, secret: str, now: datetime) -> Account | None:
        """The account whose password the bearer of a link may choose, None where it is good no more."""
        good = (
            _accounts.c.link == digest(secret),
            _accounts.c.link_until > text_of(now),
            _accounts.c.disabled_at == "",
        )
        return self._one(*good)

    def take_link(self, secret: str, hashed: str, now: datetime) -> bool:
        """Sets the password of a link's account and uses the link up; False where it is good no more."""
        good = (
            _accounts.c.link == digest(secret),
            _accounts.c.link_until > text_of(now),
            _accounts.c.disabled_at == "",
        )
        values = {"password": hashed, "stamp": _accounts.c.stamp + 1, "link": "", "link_until": ""}
        with self._database.writing() as connection:
            return connection.execute(_accounts.update().where(*good).values(**values)).rowcount == 1

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _one(self, *conditions: sa.ColumnElement[bool]) -> Account | None:
        rows = self._database.rows(sa.select(_accounts).where(*conditions))
        return _account(rows[0]) if rows else None

    def _update(self, name: str, values: Mapping[str, Any], keeps_admin: bool) -> None:
        """Changes an account; one that may not be an admin afterwards only where another admin is left."""
        usable = (_accounts.c.role == self._admin, _accounts.c.disabled_at == "")
        conditions: list[sa.ColumnElement[bool]] = [_accounts.c.id == name]
        if not keeps_admin:
            other = _accounts.alias()
            left = sa.exists().where(other.c.role == self._admin, other.c.disabled_at == "", other.c.id != name)
            conditions.append(~sa.and_(*usable) | left)
        with self._database.writing() as connection:
            # Two admins who demote each other at the same moment wait for one another here; in SQLite, writers do anyway.
            connection.execute(
                sa.select(_accounts.c.id).where(*usable).order_by(_accounts.c.id).with_for_update()
            ).all()
            is_done = connection.execute(_accounts.update().where(*conditions).values(**values)).rowcount == 1
        if not is_done:
            self.get(name)
            raise NotPermitted("This is the last admin.", "Make somebody else an admin first.")


def _account(row: Any) -> Account:
    return Account(
        row.id,
        row.login,
        row.name,
        row.role,
        tuple(json.loads(row.restrictions)),
        row.password,
        row.subject,
        row.created_at,
        row.disabled_at,
        row.stamp,
        row.link_until,
    )
