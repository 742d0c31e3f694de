"""Peak memory: of this process, and of it with every process it starts."""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.02
_PROC = Path("/proc")


@dataclass
class Peak:
    """The largest sum seen, in MB."""

    mb: float = 0.0


@contextmanager
def tree_peak() -> Iterator[Peak]:
    """Within it, the resident memory of this process and its descendants is added up every 20 ms. Shared pages count in each, so
    that it is rather too much than too little. Where the system has no /proc, it is this process alone.
    """
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(EVERY_S):
            peak.mb = max(peak.mb, _tree_mb())

    thread = threading.Thread(target=watch, daemon=True)
    if _PROC.exists():
        thread.start()
    try:
        yield peak
    finally:
        over.set()
        if thread.is_alive():
            thread.join()
        peak.mb = max(peak.mb, own_peak())


def own_peak() -> float:
    """Peak memory of this process in MB. On Linux from its status: getrusage there also holds what the parent had when it began
    this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return _of(status, "VmHWM:") or 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _tree_mb() -> float:
    found, waiting = 0.0, ["self"]
    while waiting:
        one = _PROC / waiting.pop()
        found += _of(one / "status", "VmRSS:") or 0.0
        try:
            for task in (one / "task").iterdir():
                waiting += (task / "children").read_text(encoding="ascii").split()
        except OSError:  # it ended in the meantime
            continue
    return found


def _of(status: Path, name: str) -> float | None:
    """A size in MB from a status file; None where the process ended in the meantime."""
    try:
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), None)
