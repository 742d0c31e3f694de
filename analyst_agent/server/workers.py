"""Several processes behind one address: they share the socket and the state database, and one that dies is replaced."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from analyst_agent.errors import WorkspaceError
from analyst_agent.server.running import GRACE_S, Place, leave, run

END_S = GRACE_S + 5
"""So long a process may take to end before it is killed."""
SOON_S = 5.0
"""One that ends within so long of its beginning cannot run here: it is not begun again for ever."""
MOST_SOON = 3


class _Ended(Exception):
    """A signal said that it is enough."""


def run_several(place: Place, listener: socket.socket, count: int) -> None:
    """Serves the workspace by so many processes until a signal ends all of them. Raises WorkspaceError where they cannot run."""
    context = multiprocessing.get_context("spawn")
    running: dict[Any, tuple[BaseProcess, float]] = {}
    soon = 0

    def begin() -> None:
        made = context.Process(target=_work, args=(place, listener), name="analyst-server")
        made.start()
        running[made.sentinel] = (made, time.monotonic())

    before = {one: signal.signal(one, _end) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        for _ in range(count):
            begin()
        while True:
            for sentinel in wait(list(running)):
                _, begun = running.pop(sentinel)
                soon = soon + 1 if time.monotonic() - begun < SOON_S else 0
                if soon >= MOST_SOON:
                    raise WorkspaceError("The server's processes end as soon as they begin.", "Try without --workers.")
                begin()
    except _Ended:
        return
    finally:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        _end_all([process for process, _ in running.values()])
        for one, handler in before.items():
            signal.signal(one, handler)


def _work(place: Place, listener: socket.socket) -> None:
    """One of the processes; it ends with the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first one ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    run(place, listener)
    leave()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _end_all(processes: list[BaseProcess]) -> None:
    for one in processes:
        one.terminate()
    deadline = time.monotonic() + END_S
    for one in processes:
        one.join(max(0.0, deadline - time.monotonic()))
        if one.is_alive():
            one.kill()
            one.join()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise _Ended
