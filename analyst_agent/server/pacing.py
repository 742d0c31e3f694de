"""How often somebody may do something: questions, uploads and calls by the minute, and ever longer waits after wrong passwords.

It is counted in the memory of each process: nobody who is not signed in makes the database write, a start forgives, and a server
of several processes allows so many times as much.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from analyst_agent.server.callers import LOCAL
from analyst_agent.server.problems import TooMany
from analyst_agent.settings.serving import Serving

Kind = Literal["question", "upload", "call", "visit"]
"""visit: of an address that nobody has signed in from, to what asks a provider or takes a link."""
VISITS = 300
"""A whole company may come from one address in the morning."""
LOCAL_TIMES = 60
"""Without accounts everybody at this machine, and each of their programs, is one: so many times as much as a person may."""
FORGIVEN_S = 3_600
"""After so long without a wrong password, the ones before are forgotten."""
MOST_KEPT = 10_000
"""Logins and addresses whose wrong passwords are counted; the longest unused are forgotten first."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many wrong passwords are free, and how long the wait, which doubles with each one more, may become."""

    free: int
    longest_s: int


HERE = Tolerance(5, 900)
"""Of one login from one address."""
ADDRESS = Tolerance(20, 900)
"""Of all logins from one address: somebody who tries one password with many."""
LOGIN = Tolerance(30, 60)
"""Of one login from all addresses: a short wait, so that nobody can keep its owner out."""


class Pace:
    """How often each person may ask, upload and call within a minute."""

    def __init__(self, serving: Serving) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._most: dict[Kind, int] = {
            "question": serving.questions_per_minute,
            "upload": serving.uploads_per_minute,
            "call": serving.calls_per_minute,
            "visit": VISITS,
        }

    def check(self, kind: Kind, who: str) -> None:
        """Counts one more of somebody. Raises TooMany where it is one too many."""
        item = RateLimitItemPerMinute(self._most[kind] * (LOCAL_TIMES if who == LOCAL else 1))
        if self._limiter.hit(item, kind, who):
            return
        after = max(1, math.ceil(self._limiter.get_window_stats(item, kind, who).reset_time - time.time()))
        raise TooMany(f"More than {item.amount} {kind}s within a minute.", f"Try again in {after} seconds.", after)


@dataclass(slots=True)
class _Wrong:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


@dataclass(slots=True)
class WrongPasswords:
    """How long to wait after wrong passwords. clock: seconds that only grow."""

    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[tuple[str, ...], _Wrong] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def attempt(self, login: str, address: str) -> None:
        """Counts an attempt as a wrong one, until `forgive` says it was not: of a hundred at once, each sees those before it.

        Raises TooMany where it is too early; that is then no attempt.
        """
        now = self.clock()
        with self._lock:
            wrongs = [(self._of(key, now), tolerance) for key, tolerance in _keys(login, address)]
            until = max(wrong.until for wrong, _ in wrongs)
            if until > now:
                after = math.ceil(until - now)
                raise TooMany("There were too many wrong passwords.", f"Try again in {_said(after)}.", after)
            for wrong, tolerance in wrongs:
                wrong.count, wrong.last = wrong.count + 1, now
                if wrong.count >= tolerance.free:
                    wrong.until = now + min(tolerance.longest_s, 2 ** min(wrong.count - tolerance.free, 20))

    def forgive(self, login: str, address: str) -> None:
        """Says that the last attempt was right: the login's wrong ones from there are forgotten, of the address only this one."""
        with self._lock:
            for place, (key, _) in enumerate(_keys(login, address)):
                wrong = self._kept.get(key)
                if wrong is None:
                    continue
                if place == 0:
                    del self._kept[key]
                else:
                    wrong.count, wrong.until = wrong.count - 1, 0.0

    def _of(self, key: tuple[str, ...], now: float) -> _Wrong:
        found = self._kept.get(key)
        if found is None or now - found.last > FORGIVEN_S:
            found = self._kept[key] = _Wrong()
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found


def network_of(address: str) -> str:
    """What is counted as one address: of IPv6 the network, of which anybody has as many as they like.

    >>> network_of("2001:db8::17"), network_of("192.0.2.7")
    ('2001:db8::/64', '192.0.2.7')
    """
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{read}/64", strict=False)) if read.version == 6 else str(read)


def _keys(login: str, address: str) -> Sequence[tuple[tuple[str, ...], Tolerance]]:
    network = network_of(address)
    return ((("here", login, network), HERE), (("address", network), ADDRESS), (("login", login), LOGIN))


def _said(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
