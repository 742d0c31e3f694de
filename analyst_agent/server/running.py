"""Runs the server until it is told to end."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import uvicorn

from analyst_agent.errors import InvalidDefinition, NotPermitted
from analyst_agent.server.app import make_app
from analyst_agent.server.callers import ADMIN
from analyst_agent.state.accounts import Accounts
from analyst_agent.workspace import Workspace

KEEP_S = 75
"""So long an idle connection is kept. Whoever thinks for some seconds between questions must not find it closed at the very moment
of the next one; proxies and browsers give theirs up sooner.
"""
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
    """Raises NotPermitted where others than this machine could come in and nobody has an account to keep them apart."""
    if place.proxy:
        try:
            ipaddress.ip_network(place.proxy)
        except ValueError as error:
            hint = "Give the one it connects from, such as 127.0.0.1 or 10.0.0.0/24."
            raise InvalidDefinition(f"--proxy {place.proxy!r} is no address.", hint) from error
    if _is_loopback(place.host) and not place.proxy:
        return
    accounts = Accounts(workspace.state_url, ADMIN)
    has_admin = accounts.has_admin()
    accounts.close()
    if not has_admin:
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


def run(place: Place, listener: socket.socket) -> None:
    """Serves the workspace on that socket until a signal ends it. Raises WorkspaceError or InvalidDefinition."""
    config = uvicorn.Config(
        make_app(place.root, place.today, place.hosts),
        log_level="warning",
        access_log=False,
        server_header=False,
        # Without a proxy that is named, what a request says of where it comes from is not believed, also from this machine.
        proxy_headers=bool(place.proxy),
        forwarded_allow_ips=place.proxy or None,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_S,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
