"""Which process does something, written so that another one can tell whether that process still lives."""

from __future__ import annotations

import contextlib
import os
import socket
from functools import cache
from pathlib import Path


def this_process() -> str:
    """The mark of this process: its machine, its number and when it began."""
    return f"{_machine()}|{os.getpid()}|{_began(os.getpid())}"


def is_gone(mark: str) -> bool:
    """Whether the process of a mark has surely ended. False where that cannot be told: one of another machine or container."""
    machine, _, rest = mark.rpartition("|")[0].partition("|")
    number = int(rest) if rest.isdigit() else 0
    if machine != _machine() or not number or os.name == "nt":  # there, asking with a signal would end the process
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    began = mark.rpartition("|")[2]
    return bool(began) and _began(number) != began  # another process got the number since, or it is a zombie


@cache
def _machine() -> str:
    """This machine since its last start, within this container: process numbers mean something only there."""
    marks = [socket.gethostname()]
    with contextlib.suppress(OSError):  # not Linux: the host's name must do
        marks += [Path("/proc/sys/kernel/random/boot_id").read_text().strip(), os.readlink("/proc/self/ns/pid")]
    return "/".join(marks)


def _began(number: int) -> str:
    """When a process began, in the system's own count; "" where the system does not say, "ended" for a zombie."""
    try:
        after_name = (
            Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return ""
    return "ended" if after_name[0] in "ZX" else after_name[19]
