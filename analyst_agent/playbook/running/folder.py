"""The folder of a run: each step's result as a file, written whole or not at all, read only if it is what was written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from analyst_agent.playbook.records import Result
from analyst_agent.playbook.running.stored import from_stored, to_stored
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.state.runs import RunStep


class RunFolder:
    """The results of one run below `.analyst/runs`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def write(self, name: str, result: Result) -> tuple[str, str]:
        """The file's name and digest."""
        text = json.dumps(to_stored(result), ensure_ascii=False, allow_nan=True, sort_keys=True)
        content = text.encode("utf-8", errors="surrogatepass")
        write_whole(self.path / name, content)
        return name, hashlib.sha256(content).hexdigest()

    def read(self, step: RunStep) -> Result | None:
        """A finished step's result; None where its file is gone or not the one that was written."""
        if step.file is None:
            return None
        try:
            content = (self.path / step.file).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != step.sha256:
            return None
        return from_stored(json.loads(content.decode("utf-8", errors="surrogatepass")))
