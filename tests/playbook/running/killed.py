"""A process that runs the small playbook in a child of its own, and kills that child after the time it is told.

One JSON line in (folder, seconds until the kill or null), one out (whether it was killed or failed, seconds it took).
"""

from __future__ import annotations

from pathlib import Path

import chromadb  # noqa: F401 - imported before the fork, so that a child begins at once
import duckdb  # noqa: F401
import langchain  # noqa: F401

from tests.playbook.killing import answer
from tests.playbook.running.small import run_or_resume


def go_on(folder: str) -> None:
    """Runs the playbook there, or goes on with the run that died."""
    run_or_resume(Path(folder))


if __name__ == "__main__":
    answer(go_on)
