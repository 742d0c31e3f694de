"""Cards of the runs in these tests are not the person's."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for what belongs to the person."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ANALYST_HOME", str(folder))
    return folder
