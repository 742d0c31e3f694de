"""Threads that work beside requests, and are not waited for when the process ends: what they were at is taken up by the next one."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread


class Threads:
    """Up to `most` daemon threads; work beyond that waits for its turn. Work must not raise: `Thread` would print it."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = Lock()
        self._started = 0
        self._idle = 0

    def submit(self, work: Callable[[], None]) -> None:
        """Has it done by the next free thread."""
        self._work.put(work)
        with self._lock:
            if self._started >= self._most or self._idle >= self._work.qsize():
                return
            self._started += 1
            number = self._started
        Thread(target=self._run, name=f"{self._name}-{number}", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            work = self._work.get()
            with self._lock:
                self._idle -= 1
            work()
