"""Runs the server until it is told to end."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

import uvicorn

from analyst_agent.errors import InvalidDefinition, NotPermitted
from analyst_agent.server.answering import Answering
from analyst_agent.server.app import make_app
from analyst_agent.server.callers import ADMIN
from analyst_agent.server.service import Service
from analyst_agent.state.accounts import Accounts
from analyst_agent.workspace import Workspace

KEEP_S = 75
"""So long an idle connection is kept. Whoever thinks for some seconds between questions must not find it closed at the very moment
of the next one; proxies and browsers give theirs up sooner.
"""
LARGEST_MESSAGE = 100_000
"""Bytes of a message over a WebSocket: many times the longest question."""
GRACE_S = 3
"""So long an open request may take at the end; a stream ends at once and is found again."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is served where. hosts: names it answers to beside those of this machine; proxy: the address of one whose word is
    taken on who asks, "" for none; today: fixes the clock.
    """

    root: Path
    host: str
    port: int
    hosts: tuple[str, ...] = ()
    proxy: str = ""
    today: date | None = None


def check_place(place: Place, workspace: Workspace) -> None:
    """Raises NotPermitted where others than this machine could come in and nobody has an account to keep them apart,
    WorkspaceError where the state database cannot be used: nothing could be asked.
    """
    if place.proxy:
        try:
            ipaddress.ip_network(place.proxy)
        except ValueError as error:
            hint = "Give the one it connects from, such as 127.0.0.1 or 10.0.0.0/24."
            raise InvalidDefinition(f"--proxy {place.proxy!r} is no address.", hint) from error
    accounts = Accounts(workspace.state_url, ADMIN)
    has_admin = accounts.has_admin()
    accounts.close()
    is_open_to_others = bool(place.proxy) or not _is_loopback(place.host)
    if is_open_to_others and not has_admin:
        what = f"With --proxy {place.proxy}" if place.proxy else f"On {place.host}"
        raise NotPermitted(
            f"{what}, others than this machine could come in, and there is no admin's account yet.",
            "Run `analyst people add LOGIN --role admin` first, or serve on 127.0.0.1.",
        )


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


class _Server(uvicorn.Server):
    """One that does not wait for those who follow an answer: they find it again."""

    def __init__(self, config: uvicorn.Config, answering: Answering) -> None:
        super().__init__(config)
        self._answering = answering

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends streams, then the rest."""
        self._answering.close()
        await super().shutdown(sockets)


def run(place: Place, listener: socket.socket) -> int:
    """Serves the workspace on that socket until a signal ends it; how many questions are left to the next server.

    Threads that answer may still be at work: the process must end by `leave`. Raises WorkspaceError or InvalidDefinition.
    """
    app = make_app(place.root, place.today, place.hosts)
    service: Service = app.state.service
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Without a proxy that is named, what a request says of where it comes from is not believed, also from this machine.
        proxy_headers=bool(place.proxy),
        forwarded_allow_ips=place.proxy or None,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_S,
        ws_max_size=LARGEST_MESSAGE,
    )
    server = _Server(config, service.answering)
    # The server raises the signal that ended it once more when it has ended; it has done its work by then.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, server.handle_exit)
    server.run(sockets=[listener])
    return len(service.asks.running())


def leave() -> NoReturn:
    """Ends the process at once, as done. Taking Python down under threads that are inside the database or a model crashes it; what
    they are at is kept and taken up by the next server.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
