"""A generated HubSpot export (tickets, companies, owners, pipelines, property history) and, by plain Python, what it means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from tests.warehouse.mappings.sources.exports_b import Files, at, text

STAGES = {"1": "New", "2": "Waiting on contact", "3": "Waiting on us", "4": "Closed", "77": "Escalated to engineering"}
TEAMS = {"51": "Front desk Tier 1", "52": "Product Tier 2", "53": "Core L3"}
LINE = {"51": 1, "52": 2, "53": 3}
PRIORITIES = ("LOW", "MEDIUM", "HIGH", "URGENT")
STEMS = {
    n: f"{n}_data"
    for n in (
        "ticket", "company", "owner", "users", "team", "ticket_company", "ticket_pipeline", "ticket_pipeline_stage",
        "ticket_property_history",
    )
}  # fmt: skip


@dataclass
class Truth:
    """tickets: ticket_id to its expected columns. escalations: ticket_id to the times, [None] for the current stage alone."""

    tickets: dict[str, dict[str, object]] = field(default_factory=dict)
    escalations: dict[str, list[datetime | None]] = field(default_factory=dict)
    accounts: dict[str, dict[str, object]] = field(default_factory=dict)


def export(seed: int, count: int) -> tuple[Files, Truth]:
    """`count` tickets with histories, and what a portal of some age holds beside them."""
    rng = random.Random(seed)
    files: Files = {n: [] for n in STEMS}
    truth = Truth()
    _reference(files, truth)
    for number in range(count):
        _ticket(rng, number, files, truth)
    rng.shuffle(files["ticket_property_history"])
    return files, truth


def _reference(files: Files, truth: Truth) -> None:
    for key, label in STAGES.items():
        files["ticket_pipeline_stage"].append(
            {"stage_id": key, "label": label, "pipeline_id": "990", "is_closed": "FALSE", "_fivetran_deleted": "FALSE"}
        )
    files["ticket_pipeline"].append({"pipeline_id": "990", "label": "Support", "_fivetran_deleted": "FALSE"})
    for key, name in TEAMS.items():
        files["team"].append({"id": key, "name": name})
    for number, team in enumerate(TEAMS):
        files["users"].append({"id": f"8{number}", "primary_team_id": team, "email": f"u{number}@example.org"})
        files["owner"].append(
            {"owner_id": f"70{number}", "first_name": "Ann", "last_name": f"Owner{number}", "active_user_id": f"8{number}.0"}
        )  # fmt: skip
    for number in range(4):
        gone = number == 3  # merged into another company
        key, country = f"300{number}", ("United States", "United Kingdom", "Germany", "Spain")[number]
        files["company"].append(
            {
                "id": key, "property_name": f"Company {number}", "property_industry": "RETAIL", "property_country": country,
                "property_createdate": text(at(-9000)), "is_deleted": "true" if gone else "false",
            }
        )  # fmt: skip
        if not gone:
            truth.accounts[key] = {"name": f"Company {number}", "industry": "RETAIL", "region": country}


def _ticket(rng: random.Random, number: int, files: Files, truth: Truth) -> None:
    """One ticket: its rows, its changes, its companies."""
    key, start = f"{4000 + number}", number * 61
    created = at(start)
    closed = at(start + rng.randrange(60, 5000)) if rng.random() < 0.7 else None
    stages, priorities, teams = _paths(rng)
    has_history = number % 6 != 4
    deleted = number % 19 == 7
    owner = rng.choice(["700", "701", "702", "799", ""])
    row = {
        "id": key if number % 2 else f"{key}.0", "is_deleted": "TRUE" if deleted else "FALSE",
        "property_createdate": text(created), "property_closed_date": text(closed),
        "property_first_agent_reply_date": text(at(start + 20)) if number % 3 else "",
        "property_hs_pipeline": "990", "property_hs_pipeline_stage": stages[-1], "property_hs_ticket_priority": priorities[-1],
        "property_hs_ticket_category": rng.choice(["BILLING_ISSUE", "PRODUCT_ISSUE", ""]), "property_hubspot_owner_id": owner,
        "property_subject": f"Subject {number}", "property_content": "", "_fivetran_synced": text(at(90_000)),
    }  # fmt: skip
    files["ticket"].append(row)
    if number % 8 == 1:  # the same ticket as an earlier synchronisation saw it, listed after
        files["ticket"].append(
            {**row, "property_hs_pipeline_stage": "1", "property_closed_date": "", "_fivetran_synced": text(at(80_000))}
        )
    companies = rng.choice([["3000"], ["3001"], ["3002", "3000"], ["3003"], []])
    for company in companies:
        files["ticket_company"].append({"ticket_id": key, "company_id": company, "category": "HUBSPOT_DEFINED"})
    if has_history:
        events = _events(rng, start, stages, priorities, teams)
        _write_history(rng, key, events, files)
    if deleted:
        return
    moments = _escalations(events) if has_history else []
    if moments:
        truth.escalations[key] = list(moments)
    elif stages[-1] == "77":
        truth.escalations[key] = [None]
    truth.tickets[key] = {
        "created_at": created, "closed_at": closed, "resolved_at": closed, "status": STAGES.get(stages[-1], stages[-1]),
        "priority": priorities[0 if has_history else -1] or None, "category": row["property_hs_ticket_category"] or None,
        "agent_id": owner or None, "account_id": companies[-1] if companies else None,  # none is marked as the primary one: the last of the newest
        "first_response_at": at(start + 20) if number % 3 else None,
    }  # fmt: skip


def _paths(rng: random.Random) -> tuple[list[str], list[str], list[str]]:
    """The values that stage, priority and team took, one after the other."""
    stages = rng.choice(
        [["1"], ["1", "3", "4"], ["1", "77", "4"], ["1", "77", "3", "77"], ["1", "77"], ["1", "unknown"]]
    )
    priorities = rng.choice(
        [
            [""],
            ["LOW"],
            ["LOW", "HIGH"],
            ["HIGH", "LOW", "HIGH"],
            ["LOW", "HIGH", "MEDIUM", "URGENT"],
            ["HIGH", "MEDIUM"],
        ]
    )
    teams = rng.choice([[""], ["51"], ["51", "52"], ["52", "51", "53"], ["53", "51"], ["59", "52"]])
    return stages, priorities, teams


Event = tuple[int, str, str]


def _events(rng: random.Random, start: int, stages: list[str], priorities: list[str], teams: list[str]) -> list[Event]:
    """(minute, property, value) in order; no two changes fall into one minute."""
    events = [
        (start, "hs_pipeline_stage", stages[0]),
        (start, "hs_ticket_priority", priorities[0]),
        (start, "hubspot_team_id", teams[0]),
    ]
    later = [("hs_pipeline_stage", v) for v in stages[1:]] + [("hs_ticket_priority", v) for v in priorities[1:]]
    later += [("hubspot_team_id", v) for v in teams[1:]]
    for step, (name, value) in enumerate(later, start=1):
        events.append((start + 7 * step, name, value))
    return [e for e in events if e[2]]


def _write_history(rng: random.Random, key: str, events: list[Event], files: Files) -> None:
    for minute, name, value in events:
        row = {
            "ticket_id": key, "name": name, "value": value, "timestamp_instant": text(at(minute)) + ".056",
            "source": "CRM_UI", "source_id": "u", "_fivetran_start": text(at(minute)),
            "_fivetran_end": "9999-12-31 23:59:59", "_fivetran_synced": text(at(90_000)),
        }  # fmt: skip
        files["ticket_property_history"].append(row)
        if rng.random() < 0.2:  # synchronised twice
            files["ticket_property_history"].append({**row, "_fivetran_synced": text(at(91_000))})
    files["ticket_property_history"].append(
        {"ticket_id": key, "name": "subject", "value": "Escalated", "timestamp_instant": text(at(events[0][0])), "source": "API"}
    )  # fmt: skip


def _escalations(events: list[Event]) -> list[datetime]:
    """When the ticket was escalated: into an escalation stage, to a higher priority, to a higher line."""
    found: list[int] = []
    stage = ""
    first = before = None
    line = None
    for minute, name, value in events:
        if name == "hs_pipeline_stage":
            if value == "77" and stage != "77":
                found.append(minute)
            stage = value
        elif name == "hs_ticket_priority":
            rank = PRIORITIES.index(value)
            if before is not None and first is not None and rank > before and rank > first:
                found.append(minute)
            first, before = rank if first is None else first, rank
        elif value in LINE:
            if line is not None and LINE[value] > line:
                found.append(minute)
            line = LINE[value]
    return [at(m).replace(microsecond=56_000) for m in found]
