"""A generated ServiceNow export (task, incident, task_sla and the reference tables) and, by plain Python, what it means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from tests.warehouse.mappings.sources.exports_b import Files, Row, at, text

STATES = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"}
GROUPS = {"g1": "Service Desk", "g2": "Network Tier 2", "g3": "Database Tier 3"}
STEMS = {
    n: f"{n}_data" for n in ("task", "incident", "task_sla", "sys_choice", "sys_user", "sys_user_group", "core_company")
}


@dataclass
class Truth:
    """tickets: ticket_id to its expected columns. escalations: ticket_id to the times, [None] for a flag alone."""

    tickets: dict[str, dict[str, object]] = field(default_factory=dict)
    escalations: dict[str, list[datetime | None]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


def export(seed: int, count: int) -> tuple[Files, Truth]:
    """`count` incidents, with the traps of a real instance among them."""
    rng = random.Random(seed)
    files: Files = {n: [] for n in STEMS}
    truth = Truth()
    for group, name in GROUPS.items():
        files["sys_user_group"].append({"sys_id": group, "name": name, "_fivetran_deleted": "false"})
    for company in ("c1", "c2"):
        files["core_company"].append({"sys_id": company, "name": f"Company {company}", "country": "DE"})
    for user in ("u1", "u2", "u3"):
        files["sys_user"].append({"sys_id": user, "name": f"User {user}", "_fivetran_deleted": "FALSE"})
    for value, label in (("1", "1 - Critical"), ("3", "3 - Moderate"), ("5", "5 - Planning")):
        files["sys_choice"].append(_choice("task", "priority", value, label))
    files["sys_choice"].append(_choice("incident", "category", "network", "Network"))
    files["sys_choice"].append(_choice("incident", "category", "software", "Logiciel", language="fr"))
    for number in range(count):
        _incident(rng, number, files, truth)
        if number % 5 == 0:
            _change(rng, number, files)
    return files, truth


def _choice(table: str, element: str, value: str, label: str, language: str = "en") -> Row:
    return {
        "sys_id": f"{table}-{element}-{value}-{language}", "name": table, "element": element, "value": value,
        "label": label, "language": language, "inactive": "false", "_fivetran_deleted": "false",
    }  # fmt: skip


def _incident(rng: random.Random, number: int, files: Files, truth: Truth) -> None:
    """One incident: its task row, its incident row, its clocks."""
    key = f"inc{number:06d}"
    opened = at(number * 47)
    closed = rng.random() < 0.7
    resolved = at(number * 47 + rng.randrange(30, 4000)) if closed else None
    state = rng.choice(["6", "7"]) if closed else rng.choice(["1", "2", "3"])
    priority = rng.choice(["1", "3", "4", "5"])
    escalation = rng.choice(["0", "0", "0", "", "1", "2", "3", "2.0", "9"])
    category = rng.choice(["network", "software", "hardware", ""])
    group = rng.choice([*GROUPS, "gone", ""])
    deleted = number % 17 == 3
    alone = number % 13 == 5  # an incident whose task row was not exported
    task = {
        "sys_id": key, "number": f"INC{number:07d}", "sys_class_name": "incident", "opened_at": text(opened),
        "sys_created_on": text(opened), "sys_updated_on": text(resolved or opened), "state": state,
        "closed_at": text(resolved) if state == "7" else "", "priority": priority, "escalation": escalation,
        "assignment_group_value": group, "assigned_to_value": rng.choice(["u1", "u2", ""]),
        "company_value": rng.choice(["c1", "c2", "c9", ""]), "contact_type": rng.choice(["phone", "email"]),
        "short_description": f"Subject {number}", "description": "", "_fivetran_deleted": "TRUE" if deleted else "FALSE",
        "_fivetran_synced": text(at(90_000)),
    }  # fmt: skip
    incident = {
        "sys_id": key, "category": category, "incident_state": state, "resolved_at": text(resolved),
        "reopen_count": rng.choice(["", "0", "1", "2.0"]), "sys_created_on": text(opened),
        "sys_updated_on": text(resolved or opened), "_fivetran_deleted": task["_fivetran_deleted"],
    }  # fmt: skip
    if not alone:
        files["task"].append(task)
        if number % 7 == 2:  # an older version of the row, exported after the newer one
            files["task"].append({**task, "state": "1", "priority": "4", "sys_updated_on": text(at(number * 47 - 1))})
    files["incident"].append(incident)
    clocks = _clocks(rng, key, number, files)
    if deleted:
        truth.deleted.add(key)
        return
    flagged = not alone and escalation in ("1", "2", "3", "2.0")
    if clocks or flagged:
        truth.escalations[key] = list(clocks) or [None]
    truth.tickets[key] = {
        "created_at": opened,
        "resolved_at": resolved,
        "status": STATES[state],
        "category": {"network": "Network", "": None}.get(category, category),
        "reopen_count": {"": None}.get(incident["reopen_count"], int(float(incident["reopen_count"] or 0))),
        "priority": None if alone else {"1": "1 - Critical", "3": "3 - Moderate", "5": "5 - Planning", "4": "4 - Low"}[priority],
        "team": None if alone else {"gone": "gone", "": None}.get(group, GROUPS.get(group)),
        "account_id": None if alone else task["company_value"] or None,
        "channel": None if alone else task["contact_type"],
    }  # fmt: skip


def _clocks(rng: random.Random, key: str, number: int, files: Files) -> list[datetime]:
    """The SLA clocks of a task; returns when the ones that count were breached."""
    breached: list[datetime] = []
    for clock in range(rng.choice([0, 1, 1, 2])):
        due = at(number * 47 + 60 + 240 * clock)
        stage = rng.choice(["in_progress", "completed", "cancelled", "breached"])
        missed = rng.random() < 0.5
        gone = rng.random() < 0.1
        files["task_sla"].append(
            {
                "sys_id": f"sla{key}{clock}", "task_value": key, "has_breached": "TRUE" if missed else "FALSE",
                "stage": stage, "planned_end_time": text(due), "original_breach_time": text(due),
                "start_time": text(at(number * 47)), "sys_updated_on": text(due), "active": "FALSE",
                "_fivetran_deleted": "TRUE" if gone else "FALSE",
            }
        )  # fmt: skip
        if missed and stage != "cancelled" and not gone:
            breached.append(due)
    return breached


def _change(rng: random.Random, number: int, files: Files) -> None:
    """A change request: a task that is no ticket, escalated and late all the same."""
    key = f"chg{number:06d}"
    files["task"].append(
        {
            "sys_id": key, "number": f"CHG{number:07d}", "sys_class_name": "change_request",
            "opened_at": text(at(number * 47)), "sys_created_on": text(at(number * 47)), "state": "1",
            "sys_updated_on": text(at(number * 47)), "escalation": "3", "priority": "1", "_fivetran_deleted": "FALSE",
        }
    )  # fmt: skip
    _clocks(rng, key, number, files)
