"""A block's process: read the job, build what the code is given, close the sandbox, run the code, send what it gave."""

from __future__ import annotations

import ast
import contextlib
import datetime
import faulthandler
import json
import os
import random
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from . import bounds, frames, landlock, seccomp, shape
from .hook import Forbidden, hook_of
from .offered import Kept
from .shape import BLOCK_FILE, BLOCK_STARTED

_LONGEST_MESSAGE = 500
_BALLAST = 4 * 1024 * 1024


class Channel:
    """Where the one message of this process goes: the descriptor, and the word without which nothing is taken."""

    def __init__(self, descriptor: int, word: str) -> None:
        self._descriptor, self._word = descriptor, word
        self._stdout, self._stderr = sys.stdout, sys.stderr

    def send(self, message: Mapping[str, Any]) -> None:
        """Send the message and end the process, with every thread of it."""
        data = json.dumps({**message, "word": self._word}, allow_nan=False).encode()
        for stream in (self._stdout, self._stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        while data:
            data = data[os.write(self._descriptor, data[:65536]) :]
        os._exit(0)


def main() -> None:
    """The job is two JSON objects on standard input, a line each, to be read once a byte comes on the descriptor that the last argument
    names; results go to the descriptor that the first names.
    """
    may_go = int(sys.argv[2])
    if not os.read(may_go, 1):
        os._exit(0)  # whoever started this process has gone, or needs it no more
    os.close(may_go)
    job = {key: value for line in sys.stdin for key, value in json.loads(line).items()}
    bounds.die_with_parent(job["parent"])
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    channel = Channel(job["result_fd"], job.pop("word"))
    kept = Kept(job["units"])
    names = _given(job, kept)
    random.seed(0)
    np.random.seed(0)
    trace = job["trace_fd"]
    faulthandler.enable(trace, all_threads=False)
    ballast = [bytearray(_BALLAST)]
    sys.excepthook = lambda kind, error, trail: _failed(channel, kind, error, trail, ballast)
    _seal(job)
    os.write(trace, BLOCK_STARTED.encode())
    source = job["source"]
    code = compile(source, BLOCK_FILE, "exec", dont_inherit=True)
    try:
        exec(code, names)
    except SystemExit as error:
        line = _line_of(error.__traceback__)
        channel.send({"failure": {"reason": "exit", "error": f"SystemExit: {error.code!r}"[:200], "line": line}})
    _take_result(kept, names, source, job["name"])
    channel.send({"tables": kept.tables, "facts": kept.facts, "charts": kept.charts})


def _given(job: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    """The names that the code finds."""
    tables = {
        step: {t["title"]: frames.frame_of(t["columns"], t["rows"]) for t in found}
        for step, found in job["tables"].items()
    }
    facts = {step: frames.frame_of(t["columns"], t["rows"]) for step, t in job["facts"].items()}
    days = {
        name: tuple(datetime.date.fromisoformat(day) for day in job[name]) if job[name] else None
        for name in ("period", "period_before")
    }
    first = {step: next(iter(found.values())) for step, found in tables.items() if found}
    return {
        "__name__": "__main__",
        "__builtins__": __builtins__,
        "inputs": first,
        "tables": tables,
        "facts": facts,
        "variables": job["variables"],
        **days,
        "pd": pd,
        "np": np,
        "table": kept.table,
        "fact": kept.fact,
        "chart": kept.chart,
    }


def _seal(job: Mapping[str, Any]) -> None:
    """Close the sandbox with the mechanisms named in the job. Raises Sealing where one cannot be switched on."""
    use, limits = set(job["use"]), job["limits"]
    readable = job["readable"]
    watch = hook_of(readable)
    if "landlock" in use and (threads := bounds.thread_count()) > 1:
        # Landlock binds the calling thread only: a library's thread would stay outside.
        raise seccomp.Sealing(0, f"{threads} threads before the sandbox closed")
    if "limits" in use:
        bounds.set_bounds(limits["seconds"], limits["memory_mb"])
    if use & {"landlock", "seccomp"}:
        seccomp.forgo_privileges()
    if "landlock" in use:
        landlock.seal(readable)
    if "seccomp" in use:
        seccomp.seal()
    # Tells the line and leaves when the time is over, also where nobody is left to end this process.
    faulthandler.dump_traceback_later(limits["seconds"], file=job["trace_fd"], exit=True)
    if "limits" in use and "seccomp" not in use:
        bounds.forbid_processes()
    if "audit hook" in use:
        sys.addaudithook(watch)


def _take_result(kept: Kept, names: Mapping[str, Any], source: str, title: str) -> None:
    """What the code left in `result`: a frame, or frames by title; `units` and `labels` beside it say more of its columns."""
    result = names.get("result")
    if result is None:
        return
    found = result if isinstance(result, dict) else {title: result}
    line = _assigned(source, "result")
    try:
        for name, frame in found.items():
            columns = {str(c) for c in frames.flat(frame, str(name)).columns}
            said = {
                part: {k: v for k, v in dict(names.get(part) or {}).items() if k in columns}
                for part in ("units", "labels")
            }
            kept.keep(name, frame, line, **said)
    except shape.Unusable as error:
        error.line = line  # type: ignore[attr-defined]
        raise


def _assigned(source: str, name: str) -> int | None:
    """The last line on which a name is assigned."""
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return max(lines, default=None)


def _failed(
    channel: Channel,
    kind: type[BaseException],
    error: BaseException,
    trail: TracebackType | None,
    ballast: list[bytearray],
) -> None:
    """Tell what ended the code, and at which of its lines."""
    ballast.clear()
    reason, line = _reason(error), _line_of(trail) or getattr(error, "line", None)
    if isinstance(error, SyntaxError) and error.filename == BLOCK_FILE:
        reason, line = "syntax", error.lineno
    own = isinstance(error, (Forbidden, shape.Unusable, seccomp.Sealing))
    said = str(error) if own else traceback.format_exception_only(kind, error)[-1].strip()
    said = said[:_LONGEST_MESSAGE]
    channel.send({"failure": {"reason": reason, "error": said, "line": line}})


def _reason(error: BaseException) -> str:
    if isinstance(error, Forbidden):
        return error.reason
    for kinds, reason in (
        (shape.Unusable, "result"),
        (seccomp.Sealing, "sandbox"),
        (MemoryError, "memory"),
        (RecursionError, "recursion"),
        (PermissionError, "refused"),
    ):
        if isinstance(error, kinds):
            return reason
    return "raised"


def _line_of(trail: TracebackType | None) -> int | None:
    """The innermost line of the block that the traceback passes."""
    line = None
    while trail is not None:
        if trail.tb_frame.f_code.co_filename == BLOCK_FILE:
            line = trail.tb_lineno
        trail = trail.tb_next
    return line
