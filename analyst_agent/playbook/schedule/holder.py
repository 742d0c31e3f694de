"""Who holds a lease, written so that another scheduler on the same machine can tell whether that process still lives."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_holder() -> str:
    """A name for this scheduler: "host machine pid begun mark". machine and begun are "-" where the system does not tell."""
    pid = os.getpid()
    return f"{socket.gethostname()[:60] or '-'} {_machine()} {pid} {_begun(pid)} {secrets.token_hex(4)}".lower()


def lives(holder: str) -> bool | None:
    """Whether the process of a holder is alive; None where that cannot be known from here (another machine or container)."""
    parts = holder.split(" ")
    if len(parts) != 5 or "-" in (parts[1], parts[3]) or parts[1] != _machine() or not parts[2].isdigit():
        return None
    return _begun(int(parts[2])) == parts[3]


def place(holder: str) -> str:
    """The holder for people: host and process."""
    parts = holder.split(" ")
    return f"process {parts[2]} on {parts[0]}" if len(parts) == 5 else holder


def _machine() -> str:
    """The boot of the machine and the space of process numbers in it: a container has its own."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').readlink().name.strip('pid:[]')}"
    except OSError:
        return "-"


def _begun(pid: int) -> str:
    """When a process began, in ticks since the boot, so that a number that was given again is told apart."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "-"
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "-" if fields[0] in "ZX" else fields[19]
