"""The folder of a run: each step's result as a file, written whole or not at all, read only if it is what was written."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.records import Result
from analyst_agent.playbook.running.stored import from_stored, to_stored
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


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that a reader, or a crash, sees all of it or none. Raises WorkspaceError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WorkspaceError(f"Cannot write {path}: {error.strerror}.", "Free some space and run again.") from error
