"""Reading the audit: whole for the workspace's owner, but what was asked under other grants or another scope is withheld."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from analyst_agent.workspace import Workspace

WITHHELD = "question", "tools"
"""What of a line could name things that are not granted now."""


def audit_lines(workspace: Workspace, since: date | None = None) -> list[dict[str, Any]]:
    """The lines from a day on (in the workspace's zone), oldest first, each with its time.

    Under a caller's restriction there are only the lines under the same one.
    """
    begin = datetime.combine(since, time(), workspace.settings.zone) if since is not None else None
    mark = workspace.fingerprint
    found: list[dict[str, Any]] = []
    for line in workspace.audit.lines(begin):
        if line.seen_by == mark:
            found.append({"at": line.at, **line.content})
        elif not workspace.restrictions:
            kept = {k: None if k in WITHHELD else v for k, v in line.content.items()}
            found.append({"at": line.at, **kept, "withheld": "asked under other grants or another scope"})
    return found
