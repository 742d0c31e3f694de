"""A demo workspace that a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.workspace import Workspace


@pytest.fixture
def demo_copy(demo_workspace: Path, tmp_path: Path) -> Path:
    """The folder of a copy without anything said in it."""
    copy = tmp_path / "demo"
    shutil.copytree(demo_workspace, copy, ignore=shutil.ignore_patterns("state.db*"))
    return copy


@pytest.fixture
def workspace(demo_copy: Path) -> Iterator[Workspace]:
    """The copy, open."""
    opened = Workspace.open(demo_copy)
    yield opened
    opened.close()
