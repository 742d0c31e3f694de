"""A seccomp filter for the rest of the process's life: only the calls that computing takes; everything else is "not permitted".

Classic BPF as seccomp(2) describes it, written through ctypes so that no library is needed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from . import syscalls

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ, JGT, JSET, BPF_RET
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_SET_FILTER, _IS_AVAILABLE, _ALL_THREADS = 1, 2, 1
_NO_NEW_PRIVILEGES = 38
_THREAD = 0x00010000  # CLONE_THREAD
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_DESCRIPTOR_COMMANDS = (
    0,
    1,
    2,
    3,
    1030,
)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: none that sends signals
_DEVICE_REQUESTS = (0x5401, 0x5413, 0x5450, 0x5451, 0x541B)  # TCGETS, TIOCGWINSZ, FIONCLEX, FIOCLEX, FIONREAD
_PROCESS_OPTIONS = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
_DENIED = _ERRNO | errno.EPERM

Step = tuple[int, int, int, int]
"""code, instructions to skip when true, when false, operand."""


class Sealing(OSError):
    """A mechanism that the machine offers and that could not be switched on."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def is_available() -> bool:
    """Whether the kernel takes such filters and this machine's calls are known."""
    if not syscalls.is_known() or not hasattr(os, "uname") or os.uname().sysname != "Linux":
        return False
    action = ctypes.c_uint32(_ERRNO)
    call = syscalls.numbers(syscalls.SEALING)["seccomp"]
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(call, _IS_AVAILABLE, 0, ctypes.byref(action))) == 0


def forgo_privileges() -> None:
    """No program run from here gains rights: what both Landlock and seccomp ask for. Raises Sealing."""
    if ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise Sealing(ctypes.get_errno(), "no_new_privs")


def seal() -> None:
    """Install the filter for every thread of this process. Raises Sealing."""
    steps = _steps(os.getpid())
    packed = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), packed)
    call = syscalls.numbers(syscalls.SEALING)["seccomp"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(call, _SET_FILTER, _ALL_THREADS, ctypes.byref(program)) != 0:
        raise Sealing(ctypes.get_errno(), "seccomp")


def _steps(own: int) -> list[Step]:
    """The filter's instructions; own: the process's id, the only one it may signal."""
    steps: list[Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, syscalls.audit_architecture()),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for number in syscalls.numbers(syscalls.COMPUTING).values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for name, number in syscalls.numbers(syscalls.ARGUED).items():
        checks = _checks(name, own)
        steps += [(_EQUAL, 0, len(checks), number), *checks]
    for number in syscalls.numbers(syscalls.UNSEEN).values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    # The 32-bit calls of x86-64 carry a high bit and are above the highest, too.
    steps += [(_ABOVE, 0, 1, syscalls.HIGHEST), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    return [*steps, (_RETURN, 0, 0, _DENIED)]


def _checks(name: str, own: int) -> list[Step]:
    """What decides about one call; ends in a return on every way."""
    match name:
        case "clone":  # threads of this process, no new process
            return [_argument(0), (_ANY_BIT, 0, 1, _THREAD), *_allow_else_deny()]
        case "open":
            return [_argument(1), (_ANY_BIT, 1, 0, _WRITING), *_allow_else_deny()]
        case "openat":
            return [_argument(2), (_ANY_BIT, 1, 0, _WRITING), *_allow_else_deny()]
        case "kill" | "tgkill":
            return _among(0, (own,))
        case "fcntl":
            return _among(1, _DESCRIPTOR_COMMANDS)
        case "ioctl":
            return _among(1, _DEVICE_REQUESTS)
        case "prctl":
            return _among(0, _PROCESS_OPTIONS)
        case "prlimit64":  # reading one's own limits: process 0, no new limit (both halves of the pointer)
            none = [
                step for half in (0, 1) for step in (_argument(2, half), (_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _DENIED))
            ]
            return [_argument(0), (_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _DENIED), *none, (_RETURN, 0, 0, _ALLOW)]
    raise KeyError(name)


def _argument(at: int, half: int = 0) -> Step:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * at + 4 * half)


def _among(at: int, values: tuple[int, ...]) -> list[Step]:
    tests = [step for value in values for step in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW))]
    return [_argument(at), *tests, (_RETURN, 0, 0, _DENIED)]


def _allow_else_deny() -> list[Step]:
    return [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENIED)]
