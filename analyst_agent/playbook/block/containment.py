"""What this machine offers to contain a block, strongest first, and how each is named."""

from __future__ import annotations

import os
import platform
import site
import sys
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass

from analyst_agent.playbook.block.inside import bounds, landlock, seccomp

KERNEL = ("landlock", "seccomp", "sandbox-exec")
"""Mechanisms that code of the process cannot undo."""
_SANDBOX_EXEC = "/usr/bin/sandbox-exec"
# Shared libraries that Python's own may load later, time zones, and devices that only give bytes.
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """name: as `run_block` takes it. keeps: what it keeps a block from."""

    name: str
    is_available: bool
    keeps: str
    version: str = ""


def mechanisms() -> tuple[Mechanism, ...]:
    """Every mechanism known, with whether this machine offers it."""
    known = landlock.version()
    return (
        Mechanism("landlock", known > 0, "reading and writing files", f"ABI {known}" if known else ""),
        Mechanism("seccomp", seccomp.is_available(), "network, processes, signals and writing"),
        Mechanism("sandbox-exec", _has_sandbox_exec(), "network, processes and files"),
        Mechanism("limits", bounds.is_available(), "more memory (on Linux), processor time and file size than it has"),
        Mechanism("audit hook", True, "honest mistakes only; it says what was tried, at which line"),
    )


def available() -> tuple[str, ...]:
    """The names of those that this machine offers."""
    return tuple(one.name for one in mechanisms() if one.is_available)


def open_doors(use: Collection[str] | None = None) -> tuple[str, ...]:
    """What the mechanisms of this machine, or those of `use`, do not keep a block from."""
    names = set(available() if use is None else use)
    if "sandbox-exec" in names:
        return ()
    doors: tuple[str, ...] = () if "landlock" in names else ("reading files",)
    if "seccomp" not in names:
        doors += (() if "landlock" in names else ("writing files",)) + ("the network", "other processes")
    return doors


def readable() -> list[str]:
    """What a block may read: Python's library and installed packages, and what loading them takes."""
    paths = sysconfig.get_paths()
    found = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    found += site.getsitepackages() if hasattr(site, "getsitepackages") else []
    return list(dict.fromkeys([*found, *_SYSTEM]))


def profile(paths: list[str]) -> str:
    """The sandbox-exec profile: reading `paths` and the system's own libraries; no network, no writing, no other program."""
    roots = [*paths, sys.prefix, sys.base_prefix, "/usr", "/System", "/Library/Frameworks", "/private/var/db", "/dev"]
    reading = " ".join(f"(subpath {_quoted(os.path.realpath(path))})" for path in dict.fromkeys(roots))
    running = " ".join(
        f"(literal {_quoted(path)})" for path in dict.fromkeys([sys.executable, os.path.realpath(sys.executable)])
    )
    return "\n".join(
        [
            "(version 1)",
            "(allow default)",
            "(deny network*)",
            "(deny file-write*)",
            "(deny process-fork)",
            "(deny signal (target others))",
            "(deny file-read-data)",
            f'(allow file-read-data (literal "/") {reading})',
            "(deny process-exec*)",
            f"(allow process-exec {running} (subpath {_quoted(os.path.realpath(sys.base_prefix))}))",
        ]
    )


def command(use: tuple[str, ...], arguments: list[str]) -> list[str]:
    """The command of the process, inside sandbox-exec where that is used."""
    return [_SANDBOX_EXEC, "-p", profile(readable()), *arguments] if "sandbox-exec" in use else arguments


def _has_sandbox_exec() -> bool:
    return platform.system() == "Darwin" and os.access(_SANDBOX_EXEC, os.X_OK)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
