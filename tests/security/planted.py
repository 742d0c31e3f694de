"""Two helpdesks of the same numbers: one whose every free text carries a planted string, and its twin with harmless sentences."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.starting import make_workspace
from tests.security.injections import HARMLESS, INJECTIONS

TODAY = date(2026, 11, 4)
PLANTED = tuple(one.text for one in INJECTIONS)
TICKETS = 3 * len(PLANTED)
STEP = timedelta(days=64) / TICKETS
KINDS = (
    ("product_bug", "BUG-1", "Reports", "The export stops with the error RPT-504", "Split the range; RPT-504 is gone."),
    ("policy_gap", "POL-1", "Billing", "A refund for half a month is wanted", "Refunded as an exception."),
    ("training_gap", "TRN-1", "Sign-on", "How does single sign-on work", "Explained the set-up of the identity provider."),
)  # fmt: skip
ACCOUNTS = 24
Texts = Sequence[str]


def make(folder: Path, texts: Texts) -> Path:
    """A workspace whose free texts are `texts` in turn, loaded and with its documents added as everybody does it."""
    make_workspace(folder)
    write_tables(folder / "in", texts)
    write_documents(folder / "kb", texts)
    workspace = Workspace.open(folder)
    load(folder, [folder / "in"], settings=workspace.settings, derived=workspace.derived)
    workspace.knowledge.add([folder / "kb"])
    workspace.close()
    return folder


def text_at(texts: Texts, at: int) -> str:
    """The text in turn."""
    return texts[at % len(texts)]


def account_name(texts: Texts, number: int) -> str:
    """The name of an account; different for each, as the twin's texts are few."""
    return f"{text_at(texts, number * 3)[:200]} {number}"


def agent_name(texts: Texts, number: int) -> str:
    """The name of an agent."""
    return f"{text_at(texts, number * 3 + 1)[:200]} {number}"


def write_tables(folder: Path, texts: Texts) -> None:
    """TICKETS tickets over 64 days up to the day before TODAY, every second one escalated, most of these resolved."""
    folder.mkdir(parents=True)
    tickets, escalations, resolutions = [], [], []
    for i in range(TICKETS):
        cause, code, area, subject, note = KINDS[i // 2 % len(KINDS)]
        at = (datetime(2026, 9, 1) + STEP * i).replace(microsecond=0)
        first, second = text_at(texts, i), text_at(texts, i + 11)
        said = f"{subject}. {first}" if i % 4 < 2 else f"{first}\n{subject}."
        tickets.append([f"T{i:04}", at, said, f"{subject}.\n{second}", area, f"A{i % ACCOUNTS}", f"G{i % 12}", 30])
        if i % 2:
            escalated = at + timedelta(hours=3)
            reason = f"{subject}. {text_at(texts, i + 23)}"
            escalations.append([f"T{i:04}", escalated, code, reason, cause, "Frontline", "Desk", "L2"])
            if i % 5:
                notes = f"{note} {text_at(texts, i + 37)}"
                resolutions.append([f"T{i:04}", at + timedelta(hours=30), "fixed", notes])
    accounts = [
        [f"A{i}", account_name(texts, i), ("Enterprise", "Starter")[i % 2], ("EMEA", "APAC")[i // 2 % 2], "2026-01-05"]
        for i in range(ACCOUNTS)
    ]
    _write(folder, "accounts", ("account_id", "name", "tier", "region", "created_at"), accounts)
    _write(folder, "agents", ("agent_id", "name", "team"), [[f"G{i}", agent_name(texts, i), "Desk"] for i in range(12)])
    columns = (
        "ticket_id",
        "created_at",
        "subject",
        "description",
        "product_area",
        "account_id",
        "agent_id",
        "handle_minutes",
    )
    _write(folder, "tickets", columns, tickets)
    columns = ("ticket_id", "escalated_at", "reason_code", "reason", "root_cause", "from_team", "to_team", "level")
    _write(folder, "escalations", columns, escalations)
    _write(folder, "resolutions", ("ticket_id", "resolved_at", "resolution_type", "notes"), resolutions)
    for i, text in enumerate(texts):
        # No table of ours: left aside by the load, named in its report.
        (folder / file_name(text, i, "csv")).write_text(f"note\n{json.dumps(text)}\n", encoding="utf-8")


def file_name(text: str, number: int, ending: str) -> str:
    """The text as the name of a file, as far as a file system takes it."""
    # A name that begins with a dot is a hidden file, which is no document.
    kept = text.replace("/", "\u2215").replace("\0", "").lstrip(".")
    return f"{kept.encode()[:180].decode(errors='ignore')} {number}.{ending}"


def write_documents(folder: Path, texts: Texts) -> None:
    """Policies and known issues; each text stands in the body, title, heading or name of one."""
    policies, issues = folder / "escalation_policies", folder / "known_issues"
    policies.mkdir(parents=True)
    issues.mkdir()
    (policies / file_name(texts[0], 0, "md")).write_text(
        f"# Answers to P1\n\nA P1 escalation is acknowledged within 15 minutes.\n\n{_body(texts, 0, 40)}\n", encoding="utf-8"
    )  # fmt: skip
    for number in range(12):
        head = {"id": f"POL-{number + 2}", "title": f"Visitors of house {number} {text_at(texts, number * 5)[:300]}"}
        heading = " ".join(text_at(texts, number * 5 + 1)[:200].split())
        text = (
            f"# Parking {number} {heading}\n\nVisitors park behind house {number}.\n\n{_body(texts, number * 6, 6)}\n"
        )
        _document(policies / file_name(text_at(texts, number * 5 + 2), number + 1, "md"), head, text)
    workaround = f"Split the range to a week. {text_at(texts, 34)}"
    head = {"id": "KI-12", "title": f"Exports stop {text_at(texts, 0)}", "product_area": "Reports", "status": "open"}
    head |= {"workaround": workaround, "planned_fix": f"31.4 {text_at(texts, 40)}"}
    _document(
        issues / file_name(text_at(texts, 60), 0, "md"),
        head,
        f"# Symptoms\n\nExports stop with RPT-504.\n\n{_body(texts, 40, 32)}\n",
    )


def _body(texts: Texts, start: int, count: int) -> str:
    return "\n\n".join(text_at(texts, start + i) for i in range(count))


def _document(path: Path, head: dict[str, str], text: str) -> None:
    fields = "\n".join(f"{name}: {json.dumps(value)}" for name, value in head.items())
    path.write_text(f"---\n{fields}\n---\n{text}", encoding="utf-8")


def _write(folder: Path, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


__all__ = ["HARMLESS", "PLANTED", "TODAY", "account_name", "make"]
