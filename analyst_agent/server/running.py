"""Runs the server until it is told to end."""

from __future__ import annotations

import socket
from collections.abc import Collection
from datetime import date
from pathlib import Path

import uvicorn

from analyst_agent.server.app import make_app

GRACE_S = 3
"""So long an open request may take at the end; a stream ends at once and is found again."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that accepts connections there; port 0 for any free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(256)
    except OSError:
        made.close()
        raise
    return made


def run(root: Path, listener: socket.socket, today: date | None = None, hosts: Collection[str] = ()) -> None:
    """Serves the workspace on that socket until a signal ends it. Raises WorkspaceError or InvalidDefinition."""
    config = uvicorn.Config(
        make_app(root, today, hosts),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listener])
