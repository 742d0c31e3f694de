"""Charts drawn in a process of their own: the library that draws holds the interpreter's lock from a picture's first line to its last."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from analyst_agent.report.renderer_process import HEAD

_PROGRAM = Path(__file__).with_name("renderer_process.py")


class Renderer(contextlib.AbstractContextManager["Renderer"]):
    """Draws what it is asked for, one after the other, each different chart once, in a process that the first one starts. It is gone
    when the renderer is closed, and ends by itself should this process end.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(1)
        self._asked: dict[tuple[str, float], Future[bytes | None]] = {}

    def begin(self, spec: Mapping[str, Any], scale: float) -> Future[bytes | None]:
        """The chart's PNG once it is drawn; None where the process cannot be started, has ended or cannot draw it."""
        line = json.dumps({"spec": spec, "scale": scale}, default=str)
        key = json.dumps(spec, sort_keys=True, default=str), scale
        if key not in self._asked:
            self._asked[key] = self._pool.submit(self._draw, line)
        return self._asked[key]

    def close(self) -> None:
        """End the process; what it has not begun to draw is not drawn."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._is_closed = True
            process = self._process
        if process is not None:
            process.kill()
            process.wait()
        self._pool.shutdown()
        for pipe in (process.stdin, process.stdout) if process is not None else ():
            with contextlib.suppress(OSError):  # what could not be written is not wanted any more
                pipe.close()  # type: ignore[union-attr]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _draw(self, line: str) -> bytes | None:
        try:
            process = self._started()
            if process is None:
                return None
            to, back = process.stdin, process.stdout
            assert to is not None and back is not None  # noqa: PT018 - both are pipes
            to.write(f"{line}\n".encode())
            to.flush()
        except OSError:  # it cannot be started, or has ended
            return None
        head = back.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        is_picture, size = HEAD.unpack(head)
        picture = back.read(size)
        return picture if is_picture and len(picture) == size else None

    def _started(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._is_closed:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-B", str(_PROGRAM)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            return None if self._is_closed else self._process
