"""Accounts: the last admin stays, whoever is changed signs in again, a one-time link is good once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.state.accounts import Account, Accounts, NewAccount
from analyst_agent.state.database import sqlite_url
from tests.state.postgres import postgres_databases

NOW = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    with postgres_databases() as make:
        yield make


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres")())
    (tmp_path / ".analyst").mkdir()
    return sqlite_url(tmp_path)


@pytest.fixture
def accounts(url: str) -> Iterator[Accounts]:
    made = Accounts(url, "admin")
    yield made
    made.close()


def _add(accounts: Accounts, login: str, role: str = "admin") -> Account:
    return accounts.add(NewAccount(login, login.title(), role, password="hash of " + login), NOW)


def test_before_anybody_is_added_there_is_nobody(accounts: Accounts) -> None:
    assert (accounts.exist(), accounts.has_admin(), accounts.all()) == (False, False, [])
    assert accounts.of_login("ana") is None
    with pytest.raises(UnknownName):
        accounts.get("0" * 32)


def test_a_login_is_somebodys_once(accounts: Accounts) -> None:
    _add(accounts, "ana")
    with pytest.raises(NotPermitted, match="'ana' already"):
        _add(accounts, "ana")
    assert [one.login for one in accounts.all()] == ["ana"]


def test_nobody_without_a_subject_is_found_by_one(accounts: Accounts) -> None:
    _add(accounts, "ana")
    assert accounts.of_subject("") is None


def test_the_last_admin_stays_one_and_usable(accounts: Accounts) -> None:
    ana = _add(accounts, "ana")
    _add(accounts, "ben", "leader")
    with pytest.raises(NotPermitted, match="last admin"):
        accounts.disable(ana, NOW)
    with pytest.raises(NotPermitted, match="last admin"):
        accounts.change(ana, "Ana", "leader", ())
    assert accounts.get(ana.id) == ana
    cy = _add(accounts, "cy")
    assert accounts.disable(ana, NOW).is_disabled
    with pytest.raises(NotPermitted, match="last admin"):  # a disabled admin is none
        accounts.change(cy, "Cy", "leader", ())
    assert accounts.change(accounts.get(ana.id), "Ana", "leader", ()).role == "leader"


def test_of_two_admins_who_demote_each_other_at_once_one_is_left(url: str) -> None:
    for turn in range(10):
        stores = [Accounts(url, "admin") for _ in range(2)]
        pair = [_add(stores[0], f"a{turn}"), _add(stores[0], f"b{turn}")]
        for other in [one for one in stores[0].all() if one.login[1:] != str(turn) and not one.is_disabled]:
            stores[0].disable(other, NOW)
        start, refused = threading.Barrier(2), []

        def demote(
            store: Accounts, account: Account, start: threading.Barrier = start, refused: list[str] = refused
        ) -> None:
            start.wait()
            try:
                store.change(account, "x", "leader", ())
            except NotPermitted as error:
                refused.append(error.message)

        threads = [threading.Thread(target=demote, args=(s, a)) for s, a in zip(stores, pair, strict=True)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert refused == ["This is the last admin."]
        assert stores[0].has_admin()
        for store in stores:
            store.close()


def test_only_what_decides_what_may_be_seen_signs_people_out(accounts: Accounts) -> None:
    ana = _add(accounts, "ana")
    ben = _add(accounts, "ben", "leader")
    assert accounts.change(ben, "Benjamin", "leader", ()).stamp == ben.stamp
    assert accounts.change(ben, "Benjamin", "operations", ()).stamp == ben.stamp + 1
    assert accounts.change(ben, "Benjamin", "operations", ("region = EMEA",)).stamp == ben.stamp + 2
    assert accounts.set_password(ben, "other").stamp == ben.stamp + 3
    assert accounts.disable(ben, NOW).stamp == ben.stamp + 4
    assert accounts.get(ana.id).stamp == ana.stamp


def test_a_link_is_good_once_until_its_time_and_not_in_clear(accounts: Accounts, url: str) -> None:
    ana = _add(accounts, "ana")
    old = accounts.make_link(ana, NOW + timedelta(hours=1))
    link = accounts.make_link(ana, NOW + timedelta(hours=1))
    assert accounts.of_link(old, NOW) is None
    assert accounts.of_link("", NOW) is None
    assert accounts.of_link(link, NOW + timedelta(hours=1)) is None
    assert accounts.of_link(link, NOW) is not None
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert link not in str(connection.execute(sa.text("SELECT * FROM accounts")).all())
    engine.dispose()
    assert not accounts.take_link(link, "new", NOW + timedelta(hours=1))
    assert accounts.take_link(link, "new", NOW)
    assert not accounts.take_link(link, "newer", NOW)
    assert accounts.get(ana.id).password == "new"


def test_a_disabled_accounts_link_is_good_no_more(accounts: Accounts) -> None:
    _add(accounts, "ana")
    ben = _add(accounts, "ben", "leader")
    link = accounts.make_link(ben, NOW + timedelta(hours=1))
    accounts.disable(ben, NOW)
    assert not accounts.take_link(link, "new", NOW)
    accounts.enable(ben)
    assert not accounts.take_link(link, "new", NOW)


def test_a_hash_is_renewed_unless_the_password_was_changed_meanwhile(accounts: Accounts) -> None:
    ana = _add(accounts, "ana")
    accounts.renew_hash(ana, "more work")
    assert accounts.get(ana.id).password == "more work"
    accounts.renew_hash(ana, "still more")
    assert accounts.get(ana.id).password == "more work"
    assert "more work" not in repr(accounts.get(ana.id))
