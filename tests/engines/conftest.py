"""The engines that this machine can run, each with the same random helpdesk in it, beside DuckDB as the reference.

`stores` makes one: rows of canonical tables in, an open engine and a raw SQL executor out. `engines` gives all, over one desk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from analyst_agent.records import Filter
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends.opening import External, open_engine
from analyst_agent.warehouse.querying.engine import Engine
from tests.engines.filling import fill_clickhouse, fill_postgres, write_parquet
from tests.engines.postgres_server import Server
from tests.soundness.desk import Desk
from tests.soundness.sample import helpdesk

NAMES = ("postgres", "clickhouse", "spark")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """These tests are heavy: they run where they are asked for (`make engines`, `pytest tests/engines`), not with all others."""
    asked = any("engines" in Path(argument.partition("::")[0]).parts for argument in config.args)
    return None if asked else True


@dataclass(frozen=True, eq=False)
class Store:
    """One engine that holds the rows. url: what a workspace writes into analyst.toml. raw: rows of SQL in its own dialect."""

    name: str
    url: str
    backend: External
    desk: Desk

    def engine(self, settings: Settings | None = None, restrictions: Sequence[Filter] = ()) -> Engine:
        """Our engine over the store, with the settings of the reference desk where none are given."""
        own = settings or self.desk.settings
        return Engine(self.backend, model_for(own), own, Clock.of(own), restrictions)

    def raw(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a statement written for this engine. The tables are plain `tickets` and so on (Spark: `stored_tickets`)."""
        return self.backend.execute(sql)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests, in a folder of its own: that of pytest is closed to other users, and short names fit a socket."""
    _needs("psycopg", "postgres")
    with TemporaryDirectory(prefix="analyst-pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def clickhouse_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder that this process may have open; each store is a database in it."""
    _needs("chdb", "clickhouse")
    return tmp_path_factory.mktemp("clickhouse")


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Store]]:
    """`stores(name, desk)` puts the rows of a desk into the engine of that name; skips where the engine cannot run here."""
    opened: list[External] = []
    numbers = iter(range(10_000))

    def make(name: str, desk: Desk) -> Store:
        number = next(numbers)
        if name == "postgres":
            server = request.getfixturevalue("postgres_server")
            url = fill_postgres(server.url, f"desk{number}", desk.tables)
        elif name == "clickhouse":
            url = fill_clickhouse(request.getfixturevalue("clickhouse_folder"), f"desk{number}", desk.tables)
        else:
            _needs("pyspark", "spark")
            if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
                pytest.skip("Spark needs Java 17, and there is no java here")
            folder = tmp_path_factory.mktemp("parquet")
            write_parquet(folder, desk.connection)
            url = f"spark://{folder}?master=local-cluster[2,1,1024]"
        backend = open_engine(url, load_model().derived, Path.cwd())
        opened.append(backend)
        return Store(name, url, backend, desk)

    yield make
    for backend in {id(one): one for one in opened}.values():
        backend.close()


@pytest.fixture(scope="session")
def desk() -> Desk:
    """Rows with everything that makes numbers go wrong, in DuckDB: the reference."""
    return Desk(**helpdesk(20261121, 400))


@pytest.fixture(scope="session", params=NAMES)
def store(request: pytest.FixtureRequest, stores: Callable[..., Store], desk: Desk) -> Store:
    """The same rows in each engine in turn."""
    make = partial(stores, request.param)
    return make(desk)


def _needs(module: str, extra: str) -> None:
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed: pip install 'escalation-analyst[{extra}]'")
