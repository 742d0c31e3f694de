"""A small playbook of its own in a copy of the demo workspace, and a mail server's port in its settings."""

from __future__ import annotations

import shutil
from pathlib import Path

from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, play_of, resume, run

NAME = "small"
PLAYBOOK = """\
name: small
title: Small report
description: Two queries, a report and a mail.
covers: month
schedule: first business day of the month at 08:00
variables:
  recipients: [vp@example.com]
steps:
  - name: rate
    query:
      metrics: [escalation_rate, escalated_ticket_count]
      compare_with: "{{ before.start }}..{{ before.last }}"
  - name: areas
    query: {metrics: [escalated_ticket_count, estimated_cost], by: [product_area]}
  - name: report
    inputs: [rate, areas]
    format:
      subject: "Escalations {{ period }}: {{ fact('rate', 'escalation_rate').shown }}"
      sections:
        - {title: Rate, show: rate, charts: none}
        - {title: Areas, show: areas, charts: none}
  - name: mail
    inputs: [report]
    email: {to: recipients}
"""


def workspace_at(demo: Path, folder: Path, port: int | None = None, text: str = PLAYBOOK) -> Path:
    """A copy of the demo workspace with the playbook; with a port, its mails go to the server there."""
    shutil.copytree(demo, folder)
    for state in (folder / ".analyst").glob("state.db*"):
        state.unlink()
    (folder / "playbooks").mkdir()
    (folder / "playbooks" / f"{NAME}.yml").write_text(text, encoding="utf-8")
    if port is not None:
        settings = (
            '\n[delivery]\nsender = "analyst@example.com"\nserver = "127.0.0.1"\nsecurity = "none"\n'
            f'port = {port}\ndomains = ["example.com"]\n'
        )
        file = folder / "analyst.toml"
        file.write_text(file.read_text(encoding="utf-8") + settings, encoding="utf-8")
    return folder


def play_in(folder: Path, deliver: str = "outbox", variables: dict[str, object] | None = None) -> Play:
    """The playbook on the demo's last month."""
    workspace = Workspace.open(folder)
    playbook = find_playbook(workspace, NAME)
    return Play.of(workspace, playbook, period_of(playbook, workspace.clock), variables or {}, deliver)


def run_or_resume(folder: Path) -> str:
    """What a person does after a crash: goes on with the run that was begun, else runs the playbook. The run's id."""
    workspace = Workspace.open(folder)
    begun = workspace.runs.listed(NAME)
    try:
        if not begun:
            play = play_in(folder, "smtp")
            return run(play).id
        play = play_of(workspace, begun[0])
        return begun[0].id if begun[0].state == "done" else resume(play, workspace.runs.get(begun[0].id)).id
    finally:
        workspace.close()
