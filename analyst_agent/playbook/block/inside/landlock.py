"""Landlock for the rest of the process's life: only the given folders can be read, nothing can be written, no port reached.

The system calls as landlock(7) describes them, through ctypes; rights younger than the kernel at hand are left out.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from . import syscalls
from .seccomp import Sealing

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_VERSION, _BENEATH = 1, 1
_RIGHTS_BY_VERSION = (0, 13, 14, 15, 15, 16)
"""How many rights over files each version knows."""
_WITH_NETWORK, _WITH_SCOPES = 4, 6


def version() -> int:
    """The version of Landlock that the kernel offers; 0 for none."""
    if not syscalls.is_known() or not hasattr(os, "uname") or os.uname().sysname != "Linux":
        return 0
    return max(0, _call("landlock_create_ruleset", None, ctypes.c_size_t(0), _VERSION))


def seal(readable: Iterable[str]) -> None:
    """Restrict this process to reading `readable` (folders and files; absent ones are passed over). Raises Sealing."""
    known = version()
    rights = (1 << _RIGHTS_BY_VERSION[min(known, len(_RIGHTS_BY_VERSION) - 1)]) - 1
    parts = [rights]
    if known >= _WITH_NETWORK:
        parts.append(0b11)  # bind and connect of TCP
    if known >= _WITH_SCOPES:
        parts.append(0b11)  # abstract sockets and signals beyond this process
    wanted = struct.pack(f"{len(parts)}Q", *parts)
    ruleset = _call("landlock_create_ruleset", wanted, ctypes.c_size_t(len(wanted)), 0)
    if ruleset < 0:
        raise Sealing(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for path in readable:
            _allow(ruleset, path)
        if _call("landlock_restrict_self", ruleset, 0) != 0:
            raise Sealing(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str) -> None:
    try:
        opened = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        rights = _READ_FILE | _READ_FOLDER if os.path.isdir(path) else _READ_FILE
        rule = struct.pack("=Qi", rights, opened)
        if _call("landlock_add_rule", ruleset, _BENEATH, rule, 0) != 0:
            raise Sealing(ctypes.get_errno(), f"landlock_add_rule {path}")
    finally:
        os.close(opened)


def _call(name: str, *arguments: object) -> int:
    number = syscalls.numbers(syscalls.SEALING)[name]
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
