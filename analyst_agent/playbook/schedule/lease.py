"""The lease of a run that goes on: prolonged from a thread of its own, and known to be lost when another took the run over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.schedule.records import Clock
from analyst_agent.state.schedules import Claim, Schedules

LEASE = timedelta(minutes=5)
"""A holder that was not heard of for so long has died, where its process cannot be looked up."""
BEAT_S = 30.0


class Lease:
    """A claim's lease. What it says is safe to ask from any thread."""

    def __init__(self, store: Schedules, claim: Claim, clock: Clock) -> None:
        self._store, self._claim, self._clock = store, claim, clock
        self._until = claim.lease_until
        self._is_taken = False

    @property
    def is_lost(self) -> bool:
        """Whether another scheduler has the run, or may take it: the lease ended, as after a sleep of the machine."""
        return self._is_taken or self._clock() > self._until

    def prolong(self) -> None:
        """Prolongs it. Where the database is away the old end stands."""
        until = self._clock() + LEASE
        try:
            is_mine = self._store.renew(self._claim, until)
        except WorkspaceError:
            return  # told by `is_lost` once the lease has run out
        self._is_taken = not is_mine
        if is_mine:
            self._until = until

    @contextmanager
    def kept(self, beat_s: float = BEAT_S) -> Iterator[None]:
        """Within it, the lease is prolonged again and again."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(beat_s):
                self.prolong()

        thread = threading.Thread(target=beat, name=f"lease of {self._claim.playbook}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def lease_end(now: datetime) -> datetime:
    """When a lease that is taken now ends."""
    return now + LEASE
