"""A workspace on disk and a folder of exports, as the tests of loading use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyst_agent.settings import Settings
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.report import LoadReport, Reject
from analyst_agent.warehouse.set_aside import current_emptied, current_rejects


class Desk:
    """A workspace and a folder of exports."""

    def __init__(self, root: Path) -> None:
        self.workspace = root / "workspace"
        self.exports = root / "exports"
        self.workspace.mkdir()
        self.exports.mkdir()

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, *paths: Path, zone: str = "UTC", **options: Any) -> LoadReport:
        options.setdefault("derived", {})
        return load(self.workspace, paths or (self.exports,), settings=Settings(time_zone=zone), **options)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_current(self.workspace) as warehouse:
            return warehouse.connection.execute(sql).fetchall()

    def rejects(self) -> list[Reject]:
        return current_rejects(self.workspace)

    def emptied(self) -> list[Reject]:
        return current_emptied(self.workspace)

    def files(self) -> list[str]:
        return sorted(str(p.relative_to(self.workspace)) for p in self.workspace.rglob("*"))
