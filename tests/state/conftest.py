"""A new state database, in SQLite and in Postgres where it is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyst_agent.state.database import sqlite_url
from tests.state.postgres import postgres_databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    with postgres_databases() as make:
        yield make


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thorough)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres")())
    (tmp_path / ".analyst").mkdir()
    return sqlite_url(tmp_path)
