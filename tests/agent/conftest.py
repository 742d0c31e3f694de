"""The demo workspace, opened once for these tests; none changes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.workspace import Workspace


@pytest.fixture(scope="package")
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    """The demo with a tenth of its tickets; it remembers findings, as a server's does: many models are asked the same here."""
    opened = Workspace.open(demo_workspace)
    opened.remembers = True
    yield opened
    opened.close()


@pytest.fixture
def demo_copy(demo_workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the demo that a test may write conversations into."""
    folder = tmp_path / "copy"
    shutil.copytree(demo_workspace, folder)
    opened = Workspace.open(folder)
    yield opened
    opened.close()
