"""Advisory locks between processes: one load at a time, and a generation in use is not removed."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO


class FileLock:
    """A lock on a small file beside what it protects, held until `release`; the system frees it when the process ends."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: IO[bytes] | None = stream

    def release(self) -> None:
        """Gives the lock back; safe to call twice."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> FileLock | None:
    """The lock on `path`, or None where another process still holds it after `wait_s` seconds. A shared lock needs the file to exist."""
    stream = path.open("rb" if shared else "a+b")
    deadline = time.monotonic() + wait_s
    while not _try_lock(stream, shared):
        if time.monotonic() >= deadline:
            stream.close()
            return None
        time.sleep(0.05)
    return FileLock(stream)


if sys.platform == "win32":  # DuckDB's own handle keeps an open file from being removed there, so readers need no lock.

    def _try_lock(stream: IO[bytes], shared: bool) -> bool:
        import msvcrt

        if shared:
            return True
        try:
            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _try_lock(stream: IO[bytes], shared: bool) -> bool:
        import fcntl

        try:
            fcntl.flock(stream.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
