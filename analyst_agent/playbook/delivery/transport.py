"""What hands one message to a server or service, and the promise it makes about the moment that decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from analyst_agent.playbook.delivery.records import Handed


class ClaimLost(Exception):
    """Another process has taken the message over: it must not be handed over here."""


class Transport(Protocol):
    """Hands messages over, one at a time, for the length of one round."""

    def hand_over(self, recipient: str, content: bytes, before_end: Callable[[], None]) -> Handed:
        """Hands one message over. `before_end` is called once, right before the step after which the server may have it; what
        it raises ends the attempt such that the server does not have it, and is passed on.
        """
        ...

    def close(self) -> None:
        """Ends the round."""
        ...
