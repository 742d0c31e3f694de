"""The process of a block: started with nothing of ours but its job, listened to within bounds, ended with all it started."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from analyst_agent.playbook.block.containment import command
from analyst_agent.playbook.block.inside.shape import BLOCK_STARTED

STARTING_S = 60.0
"""Time to start Python and read the inputs, on top of the block's own."""
_GRACE_S = 0.3
"""After its time, for the process to tell the line it is at."""
_EARLY_S = 0.5
"""By so much the process may have begun to count its time before it was heard of."""
_POLL_S = 0.02
_TRACE_KB = 64
_LEFT = 1
"""The exit code of a process that left by itself when its time was over."""
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from inside.main import main; del sys.path[0]; main()"
# One thread in the libraries (each would need its own bounds), no variable of ours, the same order of sets every time.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}


@dataclass(slots=True)
class Kept:
    """What a pipe brought, up to `most` bytes. is_cut: whether there was more."""

    most: int
    data: bytearray = field(default_factory=bytearray)
    is_cut: bool = False

    def add(self, piece: bytes) -> None:
        """Keep what there is room for."""
        room = self.most - len(self.data)
        self.data += piece[: max(room, 0)]
        self.is_cut = self.is_cut or len(piece) > room


@dataclass(frozen=True, slots=True)
class Ended:
    """How the process ended. code: its exit code, minus a signal's number. is_late: ended by us, past its time; has_started:
    whether the block's code was reached. trace: what it told of its lines when it crashed or was late.
    """

    code: int
    result: Kept
    printed: Kept
    trace: str
    seconds: float
    is_late: bool
    has_started: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A process with everything imported that waits for its job. job: its standard input, empty yet; go: a pipe's end, on which a
    byte lets it begin; result, printed, trace: ends of pipes on which it is heard; ends_there: the numbers of the ends it has.
    """

    use: tuple[str, ...]
    process: subprocess.Popen[bytes]
    job: BinaryIO
    go: int
    result: int
    printed: int
    trace: int
    ends_there: Mapping[str, int]

    def close(self) -> None:
        """End it, and close what is open."""
        if self.process.returncode is None:  # else its number may be another's by now
            _end(self.process)
        for end in (self.go, self.result, self.printed, self.trace):
            with contextlib.suppress(OSError):
                os.close(end)
        self.job.close()


@dataclass(slots=True)
class _Ahead:
    """Processes that start before their block is reached, one at a time. left: how many blocks are to come."""

    left: int
    waiting: Waiting | None = None

    def begin(self, use: tuple[str, ...]) -> None:
        if self.left > 0 and self.waiting is None:
            self.left -= 1
            with contextlib.suppress(OSError):  # the block that then starts its own tells why it cannot
                self.waiting = start(use)

    def take(self, use: tuple[str, ...]) -> Waiting | None:
        found, self.waiting = self.waiting, None
        if found is not None and (found.use != use or found.process.poll() is not None):
            found.close()
            found = None
        return found


_AHEAD: ContextVar[_Ahead | None] = ContextVar("blocks_ahead", default=None)


@contextlib.contextmanager
def starting(blocks: int, use: tuple[str, ...]) -> Iterator[None]:
    """Within it, the process of the next of so many blocks starts beside what is done before it; none is left at the end."""
    ahead = _Ahead(blocks)
    token = _AHEAD.set(ahead)
    try:
        ahead.begin(use)
        yield
    finally:
        _AHEAD.reset(token)
        if ahead.waiting is not None:
            ahead.waiting.close()


def start(use: tuple[str, ...]) -> Waiting:
    """A process that imports what a block needs and then waits. Raises OSError."""
    pipes: list[tuple[int, int]] = []
    job = tempfile.TemporaryFile()  # noqa: SIM115 - the process keeps it open
    try:
        pipes += [os.pipe() for _ in range(4)]
        (result, to_result), (printed, to_print), (trace, to_trace), (may_go, go) = pipes
        process = subprocess.Popen(
            command(use, [sys.executable, "-s", "-P", "-B", "-c", _CODE, str(Path(__file__).parent), str(may_go)]),
            stdin=job,
            stdout=to_print,
            stderr=to_print,
            env=_ENVIRONMENT,
            cwd=os.sep,
            pass_fds=(to_result, to_trace, may_go),
            start_new_session=True,
        )
    except BaseException:
        for end in (end for pipe in pipes for end in pipe):
            os.close(end)
        job.close()
        raise
    for end in (to_result, to_print, to_trace, may_go):
        os.close(end)
    return Waiting(use, process, job, go, result, printed, trace, {"result_fd": to_result, "trace_fd": to_trace})


def run(job: str, seconds: float, use: tuple[str, ...], output_kb: int, result_kb: int) -> Ended:
    """Run one job, a line of JSON, to its end; whatever happens, neither the process nor any of its group is left."""
    ahead = _AHEAD.get()
    early = ahead.take(use) if ahead is not None else None
    ended = _run_in(early, job, seconds, output_kb, result_kb) if early is not None else None
    if ended is None or (ended.code < 0 and not ended.has_started and not ended.is_late):
        # None started early, or something ended it while it waited.
        ended = _run_in(start(use), job, seconds, output_kb, result_kb)
    if ahead is not None:
        ahead.begin(use)
    return ended


def _run_in(one: Waiting, job: str, seconds: float, output_kb: int, result_kb: int) -> Ended:
    begun = time.monotonic()
    try:
        kept = {
            one.result: Kept(result_kb * 1024),
            one.printed: Kept(output_kb * 1024),
            one.trace: Kept(_TRACE_KB * 1024),
        }
        given = {"parent": os.getpid(), **one.ends_there, "use": list(one.use)}
        _write_at_start(one.job, f"{json.dumps(given)}\n{job}\n".encode())
        with contextlib.suppress(BrokenPipeError):  # it has ended already, which is heard below
            os.write(one.go, b"1")
        try:
            is_late = _listen(one.process, kept, one.result, one.trace, seconds)
        finally:
            _end(one.process)
        _drain(kept)
    finally:
        one.close()
    trace = kept[one.trace].data.decode("utf-8", "replace")
    return Ended(
        one.process.returncode,
        kept[one.result],
        kept[one.printed],
        trace.removeprefix(BLOCK_STARTED),
        time.monotonic() - begun,
        is_late and one.process.returncode in (_LEFT, -signal.SIGKILL),
        trace.startswith(BLOCK_STARTED),
    )


def _write_at_start(file: BinaryIO, data: bytes) -> None:
    """Without moving the place at which the process that shares the file will read."""
    place = 0
    while place < len(data):
        place += os.pwrite(file.fileno(), data[place:], place)


def _listen(
    process: subprocess.Popen[bytes], kept: Mapping[int, Kept], result: int, trace: int, seconds: float
) -> bool:
    """Keep what the pipes bring until the process ends, is late or sends too much; whether it ended when its time was over."""
    deadline = time.monotonic() + STARTING_S
    has_started = False
    with selectors.DefaultSelector() as selector:
        for one in kept:
            os.set_blocking(one, False)
            selector.register(one, selectors.EVENT_READ)
        while not _has_ended(process):
            if time.monotonic() >= deadline:
                return True
            for key, _ in selector.select(_POLL_S):
                if not _take(key.fd, kept[key.fd]):
                    selector.unregister(key.fd)
            if not selector.get_map():
                time.sleep(_POLL_S)
            if kept[result].is_cut:
                return False
            if not has_started and kept[trace].data.startswith(BLOCK_STARTED.encode()):
                has_started, deadline = True, time.monotonic() + seconds + _GRACE_S
    return has_started and time.monotonic() >= deadline - _GRACE_S - _EARLY_S


def _take(descriptor: int, kept: Kept) -> bool:
    """Keep one piece; False at the end of the pipe."""
    try:
        piece = os.read(descriptor, 65536)
    except BlockingIOError:
        return True
    kept.add(piece)
    return bool(piece)


def _drain(kept: Mapping[int, Kept]) -> None:
    """Keep what is still in the pipes; a writer that outlived the process is not waited for."""
    for descriptor, one in kept.items():
        for _ in range(one.most // 65536 + 2):
            try:
                piece = os.read(descriptor, 65536)
            except BlockingIOError:
                break
            one.add(piece)
            if not piece:
                break


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process ended, without collecting it, so that its id stays its own until its group is ended."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything in its group, and collect it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
