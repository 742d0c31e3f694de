"""The backend that a workspace's engine URL names; a driver is imported only when its engine is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from analyst_agent.errors import UnknownName
from analyst_agent.settings import ENGINES
from analyst_agent.warehouse.backends import Backend
from analyst_agent.warehouse.backends.address import address_of


class External(Backend, Protocol):
    """An engine outside the workspace. found: what it has of each canonical table, in words."""

    found: list[str]

    def close(self) -> None:
        """Frees what it holds."""
        ...


def open_engine(url: str, derived: dict[str, str], root: Path) -> External:
    """The engine at that URL, read only. derived: SQL of the derived tables. root: the workspace.

    Raises WorkspaceError where the driver, the engine, a required table or column is missing.
    """
    address = address_of(url)
    if address.scheme == "postgresql":
        from analyst_agent.warehouse.backends.postgres import PostgresBackend

        return PostgresBackend(address, derived)
    if address.scheme == "clickhouse":
        from analyst_agent.warehouse.backends.clickhouse import ClickHouseBackend

        return ClickHouseBackend(address, derived, root)
    if address.scheme == "spark":
        from analyst_agent.warehouse.backends.spark import SparkBackend

        return SparkBackend(address, derived, root)
    raise UnknownName("engine", address.scheme, ENGINES)
