"""A helpdesk whose accounts, agents, managers and documents carry personal data, and what of it must not come out."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

from analyst_agent.settings import FILE_NAME
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace

CARD = "4012 8888 8888 1881"
PERSONAL = (
    "jane.roe@example.com", "7946 0958", "joe@mail.example", "jim@mail.example", "max@firm.example", "kim@firm.example", "owner@firm.example",
)  # fmt: skip
SECRET = (CARD, "hunter2")
ACCOUNTS = (
    "Jane Roe jane.roe@example.com",
    "Jon Poe +44 20 7946 0958",
    "joe@mail.example",
    "jim@mail.example",
    "Acme 360012345678",
)
SETTINGS = """\
[workspace]
today = "2026-11-04"
minimum_sample = 5

[privacy]
unmasked_for = ["data protection"]

[root_causes]
"BUG-1" = "product_bug"
"""
ISSUE = f"""\
---
id: KI-7
title: Exports time out, ask owner@firm.example
product_area: Exports
codes: [RPT-504]
workaround: "Write to owner@firm.example, and never store the card {CARD}."
---
# Symptoms of owner@firm.example
Export fails with RPT-504. Call +44 20 7946 0958; password: hunter2.

- item of {CARD}
"""


def make(folder: Path, settings: str = SETTINGS) -> Path:
    """A workspace with 100 tickets of five accounts, every second one escalated, loaded and with one known issue."""
    folder.mkdir(parents=True)
    (folder / FILE_NAME).write_text(settings, encoding="utf-8")
    (folder / "in").mkdir()
    begin = datetime(2026, 9, 20)
    times = [begin + timedelta(hours=10 * i) for i in range(100)]
    tables: dict[str, list[list[object]]] = {
        "accounts": [["account_id", "name", "tier", "csm"], *([f"A{i}", name, "Gold", "Max Moe max@firm.example"] for i, name in enumerate(ACCOUNTS))],
        "agents": [["agent_id", "name", "team"], ["G0", "Kim Ode kim@firm.example", "Blue"], ["G1", "Ann Bell", "Blue"]],
        "tickets": [
            ["ticket_id", "created_at", "subject", "product_area", "account_id", "agent_id"],
            *([f"T{i}", at, "Export fails with RPT-504", "Exports", f"A{i % 5}", f"G{i % 2}"] for i, at in enumerate(times)),
        ],
        "escalations": [
            ["ticket_id", "escalated_at", "reason_code", "from_team", "to_team"],
            *([f"T{i}", at + timedelta(hours=2), "BUG-1", "Blue", "Red"] for i, at in enumerate(times) if i % 3 == 0),
        ],
        "resolutions": [
            ["ticket_id", "resolved_at", "resolution_type", "notes"],
            *([f"T{i}", at + timedelta(hours=9), "fixed", "Told jane.roe@example.com, password: hunter2"] for i, at in enumerate(times) if i % 3 == 0),
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        with (folder / "in" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    (folder / "kb" / "known_issues").mkdir(parents=True)
    (folder / "kb" / "known_issues" / "ki.md").write_text(ISSUE, encoding="utf-8")
    workspace = Workspace.open(folder)
    load(folder, [folder / "in"], settings=workspace.settings, derived=workspace.derived)
    workspace.knowledge.add([folder / "kb"])
    workspace.close()
    return folder
