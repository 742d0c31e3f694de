"""How a block that gave nothing failed, as one error: what was exceeded, the block's line and the line of its file."""

from __future__ import annotations

import re
import signal

from analyst_agent.errors import BlockFailed
from analyst_agent.masking import one_line
from analyst_agent.playbook.block.inside.shape import BLOCK_FILE
from analyst_agent.playbook.block.process import Ended
from analyst_agent.playbook.block.records import Block, Limits

_LONGEST = 300
_AT = re.compile(rf'File "{re.escape(BLOCK_FILE)}", line (\d+)')
_THREADS = re.compile(r"^(?=(?:Current thread|Thread) 0x)", re.MULTILINE)
_MAIN = re.compile(r"inside.main\.py")
HINTS = {
    "time": "Give it more time with `limits: seconds`, or less to do.",
    "memory": "Give it more with `limits: memory_mb`, or ask the query for fewer rows.",
    "result": "Correct what the code gives back; docs/python_steps.md shows the forms.",
    "result_size": "Group or filter before giving a table back.",
    "syntax": "Correct the code.",
    "network": "A block computes from its inputs; a query step brings data.",
    "file": "A block computes from its inputs; a query step brings data, and what it gives back is written by the playbook.",
    "process": "A block computes in its own process only.",
    "exit": "Let the code run to its end instead of leaving.",
    "sandbox": "`analyst doctor` says what this machine offers to contain a block.",
}


def failed(block: Block, reason: str, text: str, line: int | None, printed: str = "") -> BlockFailed:
    """The error of a block that failed at a line of its code."""
    source = block.source.splitlines()
    at = source[line - 1].strip() if line and line <= len(source) else ""
    where = ""
    if line:
        where = f", line {line}"
        if block.file:
            own = block.first_line + line - 1
            where += f" ({block.file}, line {own})" if block.first_line != 1 else f" of {block.file}"
    said = one_line(text)[:_LONGEST].rstrip(" .")
    shown = f"The line: {one_line(at)[:120]}" if at else ""
    hint = " ".join(part for part in (shown and f"{shown}.".replace("..", "."), HINTS.get(reason, "")) if part)
    return BlockFailed(
        f"The code of step {block.name!r}{where}: {said}.", hint, reason=reason, line=line, printed=printed
    )


def failure_of(ended: Ended, block: Block, limits: Limits, printed: str) -> BlockFailed | None:
    """Why the process of a block gave no message that can be read, None where it gave one."""
    line = _line(ended.trace)
    if ended.is_late and not ended.has_started:
        return failed(block, "start", "its process did not start in time", None, printed)
    if ended.is_late:
        return failed(block, "time", f"it took longer than its {limits.seconds:g} seconds", line, printed)
    if ended.result.is_cut:
        text = f"it gives back more than {limits.result_kb:,} kB"
        return failed(block, "result_size", text, line, printed)
    if ended.code < 0:
        return _by_signal(-ended.code, block, limits, line, printed)
    if ended.code or not ended.result.data:
        if not ended.has_started:
            return failed(
                block, "start", f"its process ended with {ended.code} before it began: {printed[-200:]}", None, printed
            )
        return failed(block, "exit", f"it left with exit code {ended.code} before it gave a result", line, printed)
    return None


def _by_signal(number: int, block: Block, limits: Limits, line: int | None, printed: str) -> BlockFailed:
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if name == "SIGXCPU":
        return failed(
            block, "time", f"it took more processor time than {limits.seconds:g} seconds allow", line, printed
        )
    if name == "SIGKILL":
        text = "its process was ended from outside, as a system short of memory does"
        return failed(block, "killed", text, line, printed)
    return failed(block, "crashed", f"its process crashed ({name})", line, printed)


def _line(trace: str) -> int | None:
    """The innermost line of the block in its main thread, as the process told it when it was late or crashed."""
    threads = [part for part in _THREADS.split(trace) if _AT.search(part)]
    main = [part for part in threads if _MAIN.search(part)]
    found = _AT.search((main or threads or [""])[0])
    return int(found[1]) if found else None
