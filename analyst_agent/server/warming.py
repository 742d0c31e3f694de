"""Opens the workspace when the server starts, beside everything else: the first page and the first question wait for as little as later ones."""

from __future__ import annotations

import logging
from threading import Event, Thread

from analyst_agent.errors import AnalystError
from analyst_agent.server.callers import ADMIN
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.workspace.rehearsing import rehearse

_log = logging.getLogger(__name__)


class Warming:
    """One thread that opens the workspace and does what its first question needs. What goes wrong is found again by whoever asks."""

    def __init__(self, opened: OpenWorkspaces) -> None:
        self._opened = opened
        self._is_open, self._is_over = Event(), Event()
        self._is_open.set()
        self._is_over.set()

    def start(self) -> None:
        """Begins."""
        self._is_open.clear()
        self._is_over.clear()
        Thread(target=self._warm, name="warming", daemon=True).start()

    @property
    def is_open(self) -> bool:
        """Whether the workspace is open, or cannot be opened."""
        return self._is_open.is_set()

    @property
    def is_over(self) -> bool:
        """Whether everything is done that was to be done beforehand."""
        return self._is_over.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits until it is over; False where it takes longer."""
        return self._is_over.wait(seconds)

    def _warm(self) -> None:
        try:
            # Without accounts whoever is here is an admin, who may see what others do not: that is then another one.
            with self._opened.of() as workspace, self._opened.of((), ADMIN):
                self._is_open.set()
                rehearse(workspace)
        except AnalystError as error:
            _log.warning("%s %s", error.message, error.hint)
        finally:
            self._is_open.set()
            self._is_over.set()
