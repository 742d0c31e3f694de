"""Spark: a folder of Parquet files or a database of its catalogue, on this machine or a cluster. Only SELECT statements are sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst_agent import ways
from analyst_agent.errors import WorkspaceError
from analyst_agent.semantic.rendering import Rendering
from analyst_agent.warehouse.backends.address import Address, driver
from analyst_agent.warehouse.backends.catalogue import FoundTable, plain_row, state_of, stored_tables, what_is_there
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from analyst_agent.semantic.compiler import Compiled

_AS_IT_IS = {
    "text": {"string"},
    "timestamp": {"timestamp_ntz"},
    "number": {"double"},
    "integer": {"bigint", "int", "smallint", "tinyint"},
    "boolean": {"boolean"},
}
_CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
}
# `${...}` in a text literal must stay what it is; times are UTC wherever the driver runs.
_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.orderByOrdinal": "true",
}


class SparkBackend:
    """`spark:///FOLDER` reads FOLDER/tickets.parquet and so on; `spark://HOST:PORT/DATABASE` a database of that cluster's catalogue."""

    name = "spark"
    dialect = "spark"
    unseen = ""

    def __init__(self, address: Address, derived: dict[str, str], root: Path) -> None:
        address.check_options("master")
        driver("pyspark", "pyspark", "spark")
        self._shown = address.shown
        self._session = self._start(address)
        tables = stored_tables(
            self._files(address.folder(root)) if not address.host else self._catalogue(address.path.strip("/")),
            _convert, self._shown,
        )  # fmt: skip
        self.found = what_is_there(tables)
        self._rendering = Rendering(self.dialect, tables, derived)
        self.generation = state_of(self._rendering, self.execute)

    def sql(self, compiled: Compiled) -> str:
        """The statement over the tables as they are there."""
        return self._rendering.sql(compiled.tree)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows. Raises WorkspaceError with Spark's complaint."""
        from pyspark.errors import PySparkException

        if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
            raise WorkspaceError("Spark is read only; the statement is no SELECT.")
        try:
            return [plain_row(row) for row in self._session.sql(sql).collect()]
        except PySparkException as error:
            raise WorkspaceError(f"{self._shown} cannot answer: {_first_line(error)}.", ways.ENGINE) from error

    def close(self) -> None:
        """Ends the session and its processes."""
        self._session.stop()

    def _start(self, address: Address) -> Any:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        master = address.options.get("master") or (
            f"spark://{address.host}:{address.port or 7077}" if address.host else "local[*]"
        )
        builder = SparkSession.builder.master(master).appName("Escalation Analyst")
        if master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        for key, value in _CONFIGURATION.items():
            builder = builder.config(key, value)
        try:
            session = builder.getOrCreate()
        except (PySparkException, OSError, RuntimeError) as error:
            raise WorkspaceError(
                f"Spark does not start at {master}: {_first_line(error)}.", "It needs Java 17 or newer (JAVA_HOME)."
            ) from error
        session.sparkContext.setLogLevel("OFF")
        session = session.newSession()
        for key, value in _SESSION.items():
            session.conf.set(key, value)
        return session

    def _files(self, folder: Path) -> dict[str, FoundTable]:
        if not folder.is_dir():
            raise WorkspaceError(
                f"The engine's folder {folder} does not exist.", "It holds tickets.parquet and so on, as files or folders."
            )  # fmt: skip
        found: dict[str, FoundTable] = {}
        for name in TABLES:
            place = next((p for p in (folder / f"{name}.parquet", folder / name) if p.exists()), None)
            if place is None:
                continue
            frame = self._session.read.parquet(str(place.resolve()))
            frame.createOrReplaceTempView(f"stored_{name}")
            found[name] = FoundTable((f"stored_{name}",), dict(frame.dtypes))
        return found

    def _catalogue(self, database: str) -> dict[str, FoundTable]:
        from pyspark.errors import PySparkException

        database = database or "default"
        try:
            names = {t.name for t in self._session.catalog.listTables(database)}
            return {
                name: FoundTable((database, name), dict(self._session.table(f"`{database}`.`{name}`").dtypes))
                for name in names
                if name.lower() in TABLES
            }
        except PySparkException as error:
            raise WorkspaceError(
                f"{self._shown} cannot be read: {_first_line(error)}.", "Check the database's name."
            ) from error


def _convert(kind: str, stored: str, required: bool) -> str:
    return "" if stored in _AS_IT_IS[kind] else "cast"


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text[:300].rstrip(".")
