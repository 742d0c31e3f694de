"""`serve`, `mcp`: the page, the API, and the tools for other assistants."""

from __future__ import annotations

from typing import Annotated

import typer

from analyst_agent.cli.shared import Today, open_workspace, parse_day, person, say
from analyst_agent.errors import WorkspaceError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("serve")(serve)
    app.command("mcp")(mcp)


def serve(
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one.")] = 8000,
    names: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A host name it answers to; may be repeated.")
    ] = None,
    proxy: Annotated[
        str, typer.Option("--proxy", metavar="ADDRESS", help="A proxy whose word on who asks, and by TLS, is taken.")
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=32, help="Processes that serve it together, behind one port.")
    ] = 1,
    today: Today = None,
) -> None:
    """Serve the page and the API; Ctrl-C ends it. Without accounts only this machine is served."""
    from analyst_agent.server.running import Place, check_place, leave, listening, run

    workspace = open_workspace(today)
    root, name = workspace.root, workspace.settings.name
    place = Place(root, host, port, tuple(names or ()), proxy, parse_day(today))
    check_place(place, workspace)
    workspace.close()
    try:
        socket = listening(host, port)
    except OSError as error:
        raise WorkspaceError(f"Cannot listen on {host}:{port}: {error.strerror}.", "Choose another --port.") from error
    shown = f"[{host}]" if ":" in host else host
    say(f"{name}: http://{shown}:{socket.getsockname()[1]}/  (Ctrl-C ends it)")
    if workers == 1:
        left = run(place, socket)
        say(f"Ended. Questions that wait for the next start: {left}." if left else "Ended.")
        leave()
    from analyst_agent.server.workers import run_several

    run_several(place, socket, workers)
    say("Ended.")


def mcp(
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who asks, for the audit; unset: the login name.")
    ] = "",
    today: Today = None,
) -> None:
    """Offer the tools to another assistant on this machine, by the Model Context Protocol over standard input and output."""
    from analyst_agent.server.mcp_stdio import serve as serve_tools

    workspace = open_workspace(today)
    root = workspace.root
    workspace.close()
    serve_tools(root, by or person(), parse_day(today))
