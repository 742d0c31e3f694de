"""What is dear to make and the same for every test is made once in a run, whatever the number of its workers."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` filled for the first who asked for `name`; whoever else asks meanwhile waits. Nobody changes it: who
    would, works on a copy. What `make` raises is raised, and the next who asks tries again.
    """
    own = factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, begun = place / f"once-{name}", place / f"once-{name}-begun"
    with (place / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(folder)
    return folder
