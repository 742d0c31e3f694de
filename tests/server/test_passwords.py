"""Which passwords may be chosen, and that one is kept and checked by work and not in clear."""

from __future__ import annotations

import threading

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.server import passwords
from analyst_agent.server.passwords import LONGEST, check_choice, hashed, is_outdated, is_right
from analyst_agent.server.problems import TooMany


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven-chrs",
        "Password1234",
        "!!passw0rd!!2026",
        "adminadminadmin",
        "qwertyuiopas",
        "098765432109",
        "abcdefghijklm",
        "aaaaaaaaaaaa",
        "ababababababab",
        "Dana.Smith2026!",
        "2026-dana smith!",
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_tried_first_may_not_be_chosen(password: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        check_choice(password, ("dana.smith@example.com", "Dana Smith"))
    assert password not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("password", ["correct horse lamp", "наш пароль длинный", "g7#kP2!vQx9z", "wörter die passen"])
def test_what_nobody_would_guess_may(password: str) -> None:
    check_choice(password, ("dana.smith@example.com", "Dana Smith"))


def test_a_password_is_kept_with_a_salt_of_its_own_and_checked() -> None:
    first, second = hashed("correct horse lamp"), hashed("correct horse lamp")
    assert first != second
    assert first.startswith("$argon2id$")
    assert is_right(first, "correct horse lamp")
    assert not is_right(first, "correct horse lamb")
    assert not is_right("", "correct horse lamp")
    assert not is_right("no hash", "correct horse lamp")
    assert not is_outdated(first)
    assert is_outdated("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A")


def test_the_same_characters_put_together_otherwise_are_the_same_password() -> None:
    assert is_right(hashed("wörter die passen"), "wo\u0308rter die passen")


def test_the_beginning_of_a_very_long_one_is_not_enough() -> None:
    assert not is_right(hashed("w" * LONGEST), "w" * (LONGEST + 1))


def test_few_are_computed_at_once_and_the_rest_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is not signed in can ask for a hash, which takes memory and time."""
    monkeypatch.setattr(passwords, "_turn", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "WAIT_S", 0.01)
    with passwords._turn, pytest.raises(TooMany):
        is_right("", "correct horse lamp")
    assert not is_right("", "correct horse lamp")
