"""Limits of the process that the system keeps: memory, processor time, open files, size of files, no core file."""

from __future__ import annotations

import os

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

_MEGABYTE = 1024 * 1024
_OPEN_FILES = 64
_SPARE_SECONDS = 5
_KILLED = 9
_DIES_WITH_PARENT = 1


def is_available() -> bool:
    """Whether the system keeps such limits."""
    return resource is not None


def set_bounds(seconds: float, memory_mb: int) -> None:
    """memory_mb is what the block may add to what Python and its inputs take already."""
    if resource is None:
        return
    cores = os.cpu_count() or 1
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CPU, int(seconds * cores) + _SPARE_SECONDS)
    taken = _mapped()
    if taken:
        _lower(resource.RLIMIT_AS, taken + memory_mb * _MEGABYTE)


def forbid_processes() -> None:
    """Start no further process, where no other mechanism says so; nor a thread, since the limit counts both. Not kept for root."""
    if resource is not None:
        _lower(resource.RLIMIT_NPROC, 0)


def die_with_parent(parent: int) -> None:
    """On Linux the kernel ends this process when its parent ends; a parent already gone ends it now."""
    if hasattr(os, "uname") and os.uname().sysname == "Linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, _KILLED, 0, 0, 0)
    if hasattr(os, "getppid") and os.getppid() != parent:
        os._exit(1)


def thread_count() -> int:
    """Threads of this process, as Linux counts them."""
    return len(os.listdir("/proc/self/task"))


def _mapped() -> int:
    """Bytes of address space taken already, 0 where the system does not count them (only Linux does)."""
    if not hasattr(os, "uname") or os.uname().sysname != "Linux":
        return 0
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (bound, bound))
