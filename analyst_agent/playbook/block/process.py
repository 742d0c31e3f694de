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
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


def run(job: str, seconds: float, use: tuple[str, ...], output_kb: int, result_kb: int) -> Ended:
    """Run one job, a line of JSON, to its end; whatever happens, neither the process nor any of its group is left."""
    begun = time.monotonic()
    ends = [end for _ in range(3) for end in os.pipe()]
    from_result, to_result, from_print, to_print, from_trace, to_trace = ends
    kept = {from_result: Kept(result_kb * 1024), from_print: Kept(output_kb * 1024), from_trace: Kept(_TRACE_KB * 1024)}
    given = {"parent": os.getpid(), "result_fd": to_result, "trace_fd": to_trace, "use": list(use)}
    try:
        with tempfile.TemporaryFile() as stdin:
            stdin.write(f"{json.dumps(given)}\n{job}\n".encode())
            stdin.seek(0)
            process = subprocess.Popen(
                command(use, [sys.executable, "-s", "-P", "-B", "-c", _CODE, str(Path(__file__).parent)]),
                stdin=stdin,
                stdout=to_print,
                stderr=to_print,
                env=_ENVIRONMENT,
                cwd=os.sep,
                pass_fds=(to_result, to_trace),
                start_new_session=True,
            )
        try:
            for end in (to_result, to_print, to_trace):
                ends.remove(end)
                os.close(end)
            is_late = _listen(process, kept, from_result, from_trace, seconds)
        finally:
            _end(process)
        _drain(kept)
    finally:
        for end in ends:
            os.close(end)
    trace = kept[from_trace].data.decode("utf-8", "replace")
    return Ended(
        process.returncode,
        kept[from_result],
        kept[from_print],
        trace.removeprefix(BLOCK_STARTED),
        time.monotonic() - begun,
        is_late and process.returncode in (_LEFT, -signal.SIGKILL),
        trace.startswith(BLOCK_STARTED),
    )


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
