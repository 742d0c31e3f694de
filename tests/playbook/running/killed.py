"""A process that runs the small playbook in a child of its own, and kills that child after the time it is told.

One JSON line in (folder, seconds until the kill or null), one out (whether it was killed or failed, seconds it took).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from time import monotonic, sleep

import chromadb  # noqa: F401 - imported before the fork, so that a child begins at once
import duckdb  # noqa: F401
import langchain  # noqa: F401

from tests.playbook.running.small import run_or_resume


def in_a_child(folder: Path, kill_after_s: float | None) -> dict[str, float | bool]:
    began = monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run_or_resume(folder)
            code = 0
        finally:
            os._exit(code)
    if kill_after_s is not None:
        sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    return {"killed": ended == -signal.SIGKILL, "failed": ended > 0, "seconds": monotonic() - began}


if __name__ == "__main__":
    for line in sys.stdin:
        told_folder, told_s = json.loads(line)
        print(json.dumps(in_a_child(Path(told_folder), told_s)), flush=True)
