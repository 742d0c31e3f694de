"""A fresh workspace for every test of the warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
