"""The folder of a run: each step's result as a file, written whole or not at all, read only if it says what was written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from analyst_agent.playbook.records import Result
from analyst_agent.playbook.running.stored import from_stored, lasting, to_stored
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.state.runs import RunStep


class RunFolder:
    """The results of one run below `.analyst/runs`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def write(self, name: str, result: Result) -> tuple[str, str]:
        """The file's name, and the digest of what it says: two runs that say the same have the same."""
        stored = to_stored(result)
        write_whole(self.path / name, _bytes(stored))
        return name, _digest(_bytes(lasting(stored)))

    def read(self, step: RunStep) -> Result | None:
        """A finished step's result; None where its file is gone or says something else than what was written."""
        if step.file is None:
            return None
        try:
            content = (self.path / step.file).read_bytes()
            stored = json.loads(content.decode("utf-8", errors="surrogatepass"))
        except (OSError, ValueError):
            return None
        # Of the bytes themselves, measures of the run included, in a workspace whose runs are older than the digest of what they say.
        if step.sha256 not in (_digest(_bytes(lasting(stored))), _digest(content)):
            return None
        return from_stored(stored)


def _bytes(stored: Any) -> bytes:
    text = json.dumps(stored, ensure_ascii=False, allow_nan=True, sort_keys=True)
    return text.encode("utf-8", errors="surrogatepass")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
