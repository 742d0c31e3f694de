"""The Model Context Protocol over standard input and output, for an assistant on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import anyio
from mcp.server.stdio import stdio_server

from analyst_agent.server.callers import ADMIN, LOCAL, Caller
from analyst_agent.server.mcp_tools import mcp_server
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.workspace import Workspace


def serve(root: Path, name: str, today: date | None = None) -> None:
    """Answers until the input ends. name: who asks, for the audit."""
    opened = OpenWorkspaces(root, today)

    @contextmanager
    def opening(_: Any) -> Iterator[tuple[Workspace, Caller]]:
        with opened.of() as workspace:
            yield workspace, Caller(LOCAL, name, ADMIN)

    async def run() -> None:
        server = mcp_server(opening)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    try:
        anyio.run(run)
    finally:
        opened.close()
