"""Has errands with playbooks done beside the requests: a process for each, a few at a time, and a watch for what another server left."""

from __future__ import annotations

import logging
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread

from analyst_agent.errors import WorkspaceError
from analyst_agent.server.problems import TooMany
from analyst_agent.state.errands import RUNNING, SEND, Errand, Errands, NewErrand
from analyst_agent.workspace import PRIVATE
from analyst_agent.workspace.errands import command
from analyst_agent.workspace.previewing import FOLDER

AT_ONCE = 2
"""Processes at the same time; more errands wait for their turn."""
MOST_WAITING = 20
"""Errands of one person on their way at the same time."""
WAIT_S = 30
"""So long whoever has so many is told to wait."""
LOOK_S = 5.0
"""How often this server says that it lives, and looks for errands of those that do not."""
LISTEN_S = 0.5
"""How often a server that ends is noticed beside a process that goes on."""
KEPT = timedelta(days=2)
"""How long previews are kept, and what is known of an errand; a run itself stays."""
_log = logging.getLogger(__name__)


class Errandry:
    """The processes that do errands. At its end those that run go on, and those that wait are left to the next server."""

    def __init__(self, root: Path, errands: Errands, today: date | None = None) -> None:
        self.errands = errands
        self._root = root
        self._today = today
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="errand")
        self._ended = Event()
        self._at_hand: set[str] = set()
        self._lock = Lock()
        self._watch = Thread(target=self._watching, name="errands", daemon=True)

    def start(self) -> None:
        """Begins to look for errands that were left."""
        self._watch.start()

    def close(self) -> None:
        """Takes nothing up any more; what runs is not waited for."""
        self._ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, new: NewErrand) -> Errand:
        """Keeps an errand and has it done; one of the same key is the one there was. Raises WorkspaceError, or
        TooMany where so many of its owner's wait already.
        """
        # Sending is no work of its own to pile up: a person has decided of each mail.
        if new.kind != SEND and sum(one.owner == new.owner for one in self.errands.running()) >= MOST_WAITING:
            hint = f"Wait for some of them; try again in {WAIT_S} seconds."
            raise TooMany(f"{MOST_WAITING} of your runs and previews are on their way.", hint, WAIT_S)
        errand, is_new = self.errands.begin(new)
        if is_new:
            self._submit(errand)
        return errand

    def _submit(self, errand: Errand) -> None:
        with self._lock:
            if errand.id in self._at_hand:
                return
            self._at_hand.add(errand.id)
        self._pool.submit(self._perform, errand)

    def _perform(self, errand: Errand) -> None:
        try:
            self._followed(errand)
        except (WorkspaceError, OSError) as error:
            _log.warning("errand %s (%s) is tried again: %s", errand.id, errand.kind, error)
        finally:
            with self._lock:
                self._at_hand.discard(errand.id)

    def _followed(self, errand: Errand) -> None:
        left: Errand | None = errand
        while left is not None and not self._ended.is_set():
            if not self._has_ended(left):
                return
            now = self.errands.get(errand.id)
            # One that its process left undone is begun again; what it had finished of a run is kept.
            left = self.errands.take_again(now) if (now.state, now.attempts) == (RUNNING, left.attempts) else None

    def _has_ended(self, errand: Errand) -> bool:
        """Whether the process that does it has ended; False where this server ends before."""
        # A session of its own: what ends the server in a terminal does not end the run.
        child = subprocess.Popen(
            command(self._root, errand, self._today), cwd=self._root, stdin=subprocess.DEVNULL, start_new_session=True
        )
        while not self._ended.is_set():
            try:
                code = child.wait(LISTEN_S)
            except subprocess.TimeoutExpired:
                continue
            if code:
                _log.warning("the process of errand %s (%s) ended with %s", errand.id, errand.kind, code)
            return True
        return False

    def _watching(self) -> None:
        while not self._ended.is_set():
            try:
                self.errands.beat()
                for errand in (*self.errands.take_abandoned(), *self.errands.mine()):
                    self._submit(errand)
                for name in self.errands.trim(datetime.now(UTC) - KEPT):
                    shutil.rmtree(self._root / PRIVATE / FOLDER / name, ignore_errors=True)
            except WorkspaceError as error:
                _log.warning("%s %s", error.message, error.hint)
            self._ended.wait(LOOK_S)
