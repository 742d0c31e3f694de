"""Sign-ins end by themselves and when they are ended; tokens expire, are revoked and few; of neither is the secret kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.state.accounts import Account
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.sign_ins import IDLE, LONGEST, NOTED, UNDERWAY, SignIns
from analyst_agent.state.tokens import BEGINNING, MOST, NewToken, Tokens

NOW = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
ANA = Account("a" * 32, "ana", "Ana", "admin", (), "hash", "", "", "", 3, "")


@pytest.fixture
def sign_ins(tmp_path: Path) -> Iterator[SignIns]:
    (tmp_path / ".analyst").mkdir()
    made = SignIns(sqlite_url(tmp_path))
    yield made
    made.close()


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Tokens]:
    (tmp_path / ".analyst").mkdir()
    made = Tokens(sqlite_url(tmp_path))
    yield made
    made.close()


def _kept(folder: Path) -> bytes:
    with sqlite3.connect(folder / ".analyst" / "state.db") as connection:
        return "\n".join(connection.iterdump()).encode()


def test_somebody_is_known_by_their_secret_alone(sign_ins: SignIns, tmp_path: Path) -> None:
    assert sign_ins.of("anything", NOW) is None
    secret = sign_ins.begin(ANA, NOW)
    found = sign_ins.of(secret, NOW)
    assert found is not None
    assert (found.account, found.stamp) == (ANA.id, 3)
    assert sign_ins.of(found.mark, NOW) is None
    assert secret.encode() not in _kept(tmp_path)
    assert sign_ins.begin(ANA, NOW) != secret


def test_a_sign_in_ends_after_idle_hours_and_after_days_at_the_latest(sign_ins: SignIns) -> None:
    secret = sign_ins.begin(ANA, NOW)
    assert sign_ins.of(secret, NOW + IDLE) is None
    at = NOW
    while at + IDLE / 2 < NOW + LONGEST:
        at += IDLE / 2
        assert sign_ins.of(secret, at) is not None
    assert sign_ins.of(secret, NOW + LONGEST) is None


def test_that_somebody_was_there_is_written_once_a_minute(sign_ins: SignIns) -> None:
    secret = sign_ins.begin(ANA, NOW)
    sign_ins.of(secret, NOW + NOTED / 2)
    assert getattr(sign_ins.of(secret, NOW + NOTED / 2), "seen_at", "") == "2026-11-03T08:00:00+00:00"
    sign_ins.of(secret, NOW + NOTED)
    assert getattr(sign_ins.of(secret, NOW + NOTED), "seen_at", "") == "2026-11-03T08:01:00+00:00"


def test_signing_out_ends_one_and_disabling_all(sign_ins: SignIns) -> None:
    first, second, third = (sign_ins.begin(ANA, NOW) for _ in range(3))
    sign_ins.end(first)
    assert [sign_ins.of(one, NOW) is None for one in (first, second, third)] == [True, False, False]
    sign_ins.end_all(ANA.id)
    assert [sign_ins.of(one, NOW) is None for one in (first, second, third)] == [True, True, True]


def test_a_provider_is_come_back_from_once_in_time_and_by_the_same_browser(sign_ins: SignIns, tmp_path: Path) -> None:
    state = sign_ins.set_out("nonce", "verifier", "browser", NOW)
    assert state.encode() not in _kept(tmp_path)
    assert sign_ins.come_back(state, "another", NOW) is None
    assert sign_ins.come_back("made up", "browser", NOW) is None
    assert sign_ins.come_back(state, "browser", NOW + UNDERWAY) is None
    found = sign_ins.come_back(state, "browser", NOW)
    assert found is not None
    assert (found.nonce, found.verifier) == ("nonce", "verifier")
    assert sign_ins.come_back(state, "browser", NOW) is None


def _new(name: str = "board", days: int = 30) -> NewToken:
    return NewToken(ANA.id, name, "leader", ("region = EMEA",), NOW + timedelta(days=days))


def test_a_token_is_shown_once_and_told_by_its_beginning(tokens: Tokens, tmp_path: Path) -> None:
    secret, token = tokens.make(_new(), NOW)
    assert secret.startswith(BEGINNING)
    assert secret.startswith(token.beginning)
    assert len(secret) - len(token.beginning) >= 37
    assert secret.encode() not in _kept(tmp_path)
    found = tokens.of(secret, NOW)
    assert found is not None
    assert (found.role, found.restrictions) == ("leader", ("region = EMEA",))
    assert tokens.of_account(ANA.id)[0].used_at == "2026-11-03T08:00:00+00:00"


def test_a_token_is_good_until_it_expires_or_is_revoked(tokens: Tokens) -> None:
    secret, token = tokens.make(_new(), NOW)
    assert tokens.of(secret, NOW + timedelta(days=30)) is None
    assert tokens.of(secret[:-1], NOW) is None
    assert tokens.revoke(token, NOW)
    assert not tokens.revoke(token, NOW)
    assert tokens.of(secret, NOW) is None


def test_nobody_has_more_tokens_than_can_be_looked_after(tokens: Tokens) -> None:
    made = [tokens.make(_new(str(number)), NOW)[1] for number in range(MOST)]
    with pytest.raises(NotPermitted, match=f"{MOST} tokens already"):
        tokens.make(_new("one more"), NOW)
    tokens.revoke(made[0], NOW)
    assert tokens.make(_new("one more"), NOW)[1].name == "one more"
