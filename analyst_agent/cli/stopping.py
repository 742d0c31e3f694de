"""Being told to end: SIGTERM and Ctrl-C ask a service to stop after the step at hand, a second one ends it at once."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Whether the process was told to end; a pause is over as soon as it is."""

    def __init__(self) -> None:
        # A pipe, since a handler may write to it at any moment; it may not take a lock that a pause holds.
        self._told, self._tell = os.pipe()
        self._is_asked = False

    @property
    def is_asked(self) -> bool:
        """Whether it was told to end."""
        return self._is_asked

    def pause(self, seconds: float) -> None:
        """Waits, or less where it is told to end."""
        select.select([self._told], [], [], seconds)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._is_asked = True
        os.write(self._tell, b"x")
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Within it, the signals are heard."""
    heard = Stopping()
    before = {number: signal.signal(number, heard._hear) for number in _SIGNALS}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(heard._told)
        os.close(heard._tell)
