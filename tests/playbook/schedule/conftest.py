"""The desk of the scheduler's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbook.schedule.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One active playbook, due every day at 08:00 in Berlin (06:00 UTC), activated on 4 May 2026 at noon UTC."""
    made = Desk(tmp_path)
    made.activate()
    return made
