"""Passwords: which may be chosen, how they are kept, and how one is checked without telling whether there is such an account."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from analyst_agent.errors import InvalidDefinition
from analyst_agent.server.problems import TooMany

SHORTEST, LONGEST = 12, 200
_READ = 1_000
"""Characters that are read of what is given as one; nobody has a longer one."""
AT_ONCE = 2
"""Hashes computed at the same time in one process: each takes 64 MiB, and whoever is not signed in can ask for one."""
WAIT_S = 10
_COMMON_TEXT = (
    "password qwertyuiop qwerty qwertz azerty letmein welcome administrator iloveyou changeme monkey dragon football baseball "
    "sunshine princess superman batman trustno trustnoone master shadow michael jennifer jordan hunter secret summer winter "
    "spring autumn abcdefghijkl abcdef abc login starwars pokemon computer internet whatever escalation analyst correcthorsebatterystaple "
    "asdfghjkl zxcvbnm passw0rd p@ssw0rd p@ssword pa55word adminadmin admin root test testtest guest default support helpdesk "
    "qazwsx qwerasdf passphrase temporary company monday january"
)
"""Words that people take when a form asks for a password. One of them does not become better by figures and signs around it."""
_COMMON = frozenset(_COMMON_TEXT.split())
_hasher = PasswordHasher()
_turn = BoundedSemaphore(AT_ONCE)


def check_choice(password: str, about: Collection[str] = ()) -> None:
    """Raises InvalidDefinition for a password that would be guessed. about: the login and name of whose it is."""
    text = _form(password)
    if len(text) < SHORTEST:
        raise InvalidDefinition(
            f"The password has {len(text)} characters.", f"Take at least {SHORTEST}; a few words in a row are good."
        )
    if len(text) > LONGEST:
        raise InvalidDefinition(f"The password has {len(text)} characters.", f"Take at most {LONGEST}.")
    core = text.casefold().strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    words = {part for one in about for part in (one.casefold(), one.casefold().partition("@")[0]) if len(part) > 2}
    is_common = core in _COMMON or _repeated(core) in _COMMON or core in words
    if is_common or len(set(text)) < 5 or _is_row(text):
        raise InvalidDefinition(
            "This password is among the first that are tried.", "Take some words that nobody would put together."
        )


def hashed(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own. Raises TooMany where too many are at it."""
    with _one_of_few():
        return _hasher.hash(_form(password))


def is_right(kept: str, password: str) -> bool:
    """Whether the password is the one that was kept; with nothing kept it takes as long, and is not. Raises TooMany."""
    form = _form(password[:_READ])
    with _one_of_few():
        try:
            is_same = _hasher.verify(kept or _nobodys(), form)
        except (VerificationError, InvalidHashError):
            return False
    return is_same and bool(kept)


def prepare() -> None:
    """Makes the first check of a login that nobody has take as long as any other."""
    _nobodys()


def is_outdated(kept: str) -> bool:
    """Whether a password was hashed with less work than is usual now."""
    return _hasher.check_needs_rehash(kept)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_S):
        raise TooMany("Too many people sign in at the same time.", "Try again in a moment.", WAIT_S)
    try:
        yield
    finally:
        _turn.release()


@cache
def _nobodys() -> str:
    """A hash to compute against where there is none."""
    return _hasher.hash("nobody has this password")


def _form(password: str) -> str:
    """The same characters however a keyboard puts them together."""
    return unicodedata.normalize("NFKC", password)


def _repeated(core: str) -> str:
    """The shortest part of which the text is a row of repeats: "admin" of "adminadmin"."""
    place = (core + core).find(core, 1) if core else 0
    return core[:place]


def _is_row(text: str) -> bool:
    """Whether each character follows the one before it in the alphabet, the figures or the keyboard."""
    rows = "0123456789" * 4, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"
    low = text.casefold()
    return any(low in row or low in row[::-1] for row in rows)
