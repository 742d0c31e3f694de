"""The demo as it ships, generated once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from analyst_agent.demo import generate
from tests.demo import truths


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = truths.connect(demo_folder)
    yield connection
    connection.close()
