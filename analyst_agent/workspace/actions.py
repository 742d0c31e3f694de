"""What people did beside asking, in the audit: activated, ran, approved, handed in, exported."""

from __future__ import annotations

from typing import Any

from analyst_agent.masking import mask, one_line
from analyst_agent.workspace import Workspace

ACTION = "action"
"""The status of a line that is no answer."""
LONGEST = 500


def note_action(workspace: Workspace, who: str, done: str, **more: Any) -> None:
    """Adds a line for something a person did, in the shape of an answer's line, so that whoever reads those reads it too.

    done: in words ("activated the playbook backlog"). more: what else is to be kept of it; no text of tickets.
    """
    line = {
        "who": one_line(who)[:200],
        "conversation": "",
        "turn": 0,
        "question": mask(one_line(done))[:LONGEST],
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
        **more,
    }
    workspace.audit.add(line, workspace.fingerprint, keep_days=workspace.settings.audit_days)
