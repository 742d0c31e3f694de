"""A small playbook, quick to run, and what its tests share."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from analyst_agent.workspace import Workspace

BACKLOG = """\
name: backlog
title: Backlog of escalations
description: What is still open, by team.
covers: month
schedule: every monday at 08:00
variables:
  most_open: 20
  recipients: [leads@example.com]
steps:
  - name: open
    query:
      metrics: [open_escalated_count, escalated_ticket_count]
      by: [team]
  - name: report
    inputs: [open]
    format:
      subject: "Open escalations, {{ period }}"
      sections:
        - title: What is open
          show: open
  - name: mail
    inputs: [report]
    email:
      to: recipients
"""
BROKEN = BACKLOG.replace("name: backlog", "name: broken").replace("by: [team]", "by: [teem]", 1)
T = TypeVar("T")


def with_backlog(root: Path) -> Path:
    """Puts the playbook into the workspace."""
    folder = root / "playbooks"
    folder.mkdir(exist_ok=True)
    (folder / "backlog.yml").write_text(BACKLOG, encoding="utf-8")
    return root


def until(found: Callable[[], T], what: str, within_s: float = 90.0) -> T:
    """What `found` gives as soon as it is something."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if one := found():
            return one
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {within_s:.0f} s")


def runs_of(root: Path, *restrictions: str) -> list[tuple[str, str]]:
    """Id and state of each run, the latest first."""
    workspace = Workspace.open(root, restrictions=restrictions)
    try:
        return [(one.id, one.state) for one in workspace.runs.listed()]
    finally:
        workspace.close()
