"""State databases on a Postgres of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.engines.postgres_server import Server


@contextmanager
def postgres_databases() -> Iterator[Callable[[], str]]:
    """Within it, each call gives the URL of a new empty database. Skips where Postgres or its driver is not here."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'escalation-analyst[postgres]'")
    import psycopg

    # A folder of its own: that of pytest is closed to other users, and short names fit a socket.
    with TemporaryDirectory(prefix="analyst-pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        server.start()
        numbers = count()

        def make() -> str:
            name = f"state{next(numbers)}"
            with psycopg.connect(
                host=str(server.sockets), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return server.url(name).replace("postgresql://", "postgresql+psycopg://")

        yield make
        server.stop()
