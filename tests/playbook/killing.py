"""Work done in a child process that is killed after the time it is told: what a test of crashes drives, a JSON line at a time."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any


def in_a_child(work: Callable[[], None], kill_after_s: float | None) -> dict[str, float | bool]:
    """Whether the child was killed or failed, and the seconds it took. kill_after_s: None to let it end by itself."""
    began = monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if kill_after_s is not None:
        sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    return {"killed": ended == -signal.SIGKILL, "failed": ended > 0, "seconds": monotonic() - began}


def answer(work: Callable[..., None]) -> None:
    """One JSON line in (what `work` is given, and last the seconds until the kill or null), one out, until there are no more."""
    for line in sys.stdin:
        given: list[Any] = json.loads(line)
        print(json.dumps(in_a_child(lambda told=given[:-1]: work(*told), given[-1])), flush=True)
