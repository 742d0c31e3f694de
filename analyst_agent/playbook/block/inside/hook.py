"""An audit hook that turns an attempt at the outside into a clear message at the block's line.

It is no boundary by itself: code of the same process can undo it. The kernel's mechanisms are the boundary, where there are any.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NETWORK = ("socket", "http", "urllib", "ftplib", "smtplib", "imaplib", "poplib", "nntplib", "telnetlib", "webbrowser")
_PROCESS = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pty.spawn",
)
_SIGNAL = ("os.kill", "os.killpg", "signal.pthread_kill", "os.pidfd_open")
_CHANGING = (
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate",
    "os.utime", "os.chflags", "os.lockf", "os.setxattr", "os.removexattr", "os.mkfifo", "os.mknod", "sqlite3.connect",
    "tempfile.mkstemp", "tempfile.mkdtemp", "shutil.copyfile", "shutil.copytree", "shutil.move", "shutil.rmtree",
    "shutil.make_archive", "shutil.unpack_archive", "shutil.chown",
)  # fmt: skip
_LOOKING = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.chdir", "glob.glob")
_LIMITS = ("resource.setrlimit", "resource.prlimit")


class Forbidden(PermissionError):
    """An attempt that a block may not make. reason: network, file, process, signal, native or limits."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def hook_of(readable: Sequence[str]) -> Callable[[str, tuple[Any, ...]], None]:
    """The hook; readable: the folders and files that may be read."""
    roots = tuple(os.path.realpath(path) for path in readable)
    reasons = dict.fromkeys(_PROCESS, "process")
    reasons |= dict.fromkeys(_SIGNAL, "signal") | dict.fromkeys(_CHANGING, "file")
    reasons |= dict.fromkeys(_LIMITS, "limits")
    said = {
        "process": "starts no process",
        "signal": "signals no process",
        "file": "changes no file",
        "limits": "changes no limit",
    }

    def is_readable(path: object) -> bool:
        if isinstance(path, int):
            return True  # already open
        real = os.path.realpath(os.fsdecode(path) if isinstance(path, (bytes, os.PathLike)) else str(path))
        return any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, int):
                return
            if isinstance(flags, int) and flags & _WRITING:
                raise Forbidden("file", f"a block writes no file ({_shown(path)})")
            if not is_readable(path):
                raise Forbidden(
                    "file", f"a block reads no file ({_shown(path)}); what it needs are its inputs and variables"
                )
        elif event in reasons:
            raise Forbidden(reasons[event], f"a block {said[reasons[event]]} ({event})")
        elif event in _LOOKING:
            if not is_readable(arguments[0] if arguments and arguments[0] is not None else "."):
                raise Forbidden("file", f"a block looks into no folder ({_shown(arguments[0])})")
        elif event.startswith("ctypes."):
            raise Forbidden("native", f"a block calls no native code ({event})")
        elif event.partition(".")[0] in _NETWORK:
            raise Forbidden("network", f"a block has no network ({event})")

    return hook


def _shown(path: object) -> str:
    return ascii(str(path))[1:101].removesuffix("'")
