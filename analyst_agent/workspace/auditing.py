"""Reading the audit: whole for the workspace's owner, but what was asked under other grants or another scope is withheld."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from analyst_agent.masking import mask, one_line
from analyst_agent.workspace import Workspace

ACTION = "action"
"""The status of a line that is no answer: somebody did something."""
LONGEST = 500
WITHHELD = "question", "tools", "on"
"""What of a line could name things that are not granted now."""


def note_action(workspace: Workspace, who: str, action: str, on: str, **more: Any) -> None:
    """Adds a line for something a person did: in the shape of an answer's line, so that whoever reads those reads it too.

    action: what was done ("activated the playbook"); on: to what. more: what else is to be kept of it.
    """
    line = {
        "who": one_line(who)[:200],
        "conversation": "",
        "turn": 0,
        "question": mask(one_line(f"{action} {on}".strip()))[:LONGEST],
        "status": ACTION,
        "tools": [],
        "queries": [],
        "generation": "",
        "model": "",
        "fallback": None,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": None,
        "currency": workspace.settings.currency,
        "seconds": 0.0,
        "unbound": 0,
        "action": action,
        "on": mask(one_line(on))[:LONGEST],
        **more,
    }
    workspace.audit.add(line, workspace.fingerprint, keep_days=workspace.settings.audit_days)


def audit_lines(workspace: Workspace, since: date | None = None) -> list[dict[str, Any]]:
    """The lines from a day on (in the workspace's zone), oldest first, each with its time.

    Under a caller's restriction there are only the lines under the same one. Lines older than the settings' `audit_days` are removed first.
    """
    begin = datetime.combine(since, time(), workspace.settings.zone) if since is not None else None
    workspace.audit.trim(workspace.settings.audit_days)
    mark = workspace.fingerprint
    found: list[dict[str, Any]] = []
    for line in workspace.audit.lines(begin):
        if line.seen_by == mark:
            found.append({"at": line.at, **line.content})
        elif not workspace.restrictions:
            kept = {k: None if k in WITHHELD else v for k, v in line.content.items()}
            found.append({"at": line.at, **kept, "withheld": "asked under other grants or another scope"})
    return found


def said_removed(workspace: Workspace) -> str:
    """How many lines were removed for their age so far, "" for none; a restricted caller is not told how much others asked."""
    removed = None if workspace.restrictions else workspace.audit.removed()
    if removed is None:
        return ""
    lines = "1 line was" if removed.lines == 1 else f"{removed.lines:,} lines were"
    return (
        f"{lines} removed for their age so far, last on {removed.at[:10]}: those of before {removed.older_than[:10]}."
    )
