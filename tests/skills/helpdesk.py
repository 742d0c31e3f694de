"""A small helpdesk in memory, made from plain rows, so that every number of a skill can be counted again without SQL."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyst_agent.records import Citation, Filter
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.skillkit import DocumentedIssue, IssueMatch, PolicyMatch, SkillContext
from analyst_agent.skillkit.context import Estimate
from analyst_agent.statistics import Drawn
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.warehouse.tables import TABLES

TODAY = date(2026, 11, 3)
CODES = {
    "bug": ("Reports", 12),
    "policy": ("Billing", 7),
    "training": ("Sign-on", 5),
    "handover": ("Import", 4),
    "docs": ("Admin", 3),
    "ODD-1": ("Admin", 2),
}
CAUSE_OF = {
    "bug": "product_bug",
    "policy": "policy_gap",
    "training": "training_gap",
    "handover": "process_failure",
    "docs": "documentation_gap",
}
Rows = dict[str, list[dict[str, Any]]]


def make_rows(seed: int = 1, tickets: int = 2400, more_bugs_in_october: float = 2.0) -> Rows:
    """Tickets of August to October 2026 in 60 accounts; Enterprise escalates three times as often, Tiny is one account."""
    dice = random.Random(seed)
    accounts = [
        {"account_id": f"A{i}", "name": f"Firm {i}", "tier": ("Enterprise", "Pro", "Free")[i % 3], "region": "EMEA"}
        for i in range(60)
    ]
    accounts.append({"account_id": "A60", "name": "Firm 60", "tier": "Tiny", "region": "APAC"})
    rows: Rows = {"accounts": accounts, "agents": [], "tickets": [], "escalations": [], "resolutions": []}
    rows["agents"] = [{"agent_id": "G1", "name": "Ana Lopez", "team": "Blue", "support_level": "L1"}]
    for number in range(tickets):
        created = datetime(2026, 8, 1) + timedelta(minutes=dice.randrange(92 * 1440))
        account = accounts[60] if number % 200 == 0 else dice.choice(accounts[:60])
        ticket = {
            "ticket_id": f"T{number:05}",
            "created_at": created,
            "account_id": account["account_id"],
            "agent_id": "G1",
            "category": dice.choice(("how-to", "fault", "billing")),
            "product_area": dice.choice(("Reports", "Billing", "Sign-on", "Import", "Admin")),
            "subject": "question",
            "handle_minutes": dice.choice((None, 20.0, 40.0, 90.0)),
            "reopen_count": dice.choice((0, 0, 1)),
            "csat": dice.choice((None, 1.0, 4.0, 5.0)),
        }
        rows["tickets"].append(ticket)
        chance = {"Enterprise": 0.24, "Pro": 0.08, "Free": 0.08, "Tiny": 0.1}[str(account["tier"])]
        if dice.random() < chance:
            _escalate(rows, ticket, created, dice, more_bugs_in_october)
    return rows


def _escalate(rows: Rows, ticket: dict[str, Any], created: datetime, dice: random.Random, more_bugs: float) -> None:
    weights = {code: weight for code, (_, weight) in CODES.items()}
    if created.month == 10:
        weights["bug"] = int(weights["bug"] * more_bugs)
    code = dice.choices(list(weights), list(weights.values()))[0]
    if dice.random() < 0.8:
        ticket["product_area"] = CODES[code][0]
    at = created + timedelta(minutes=dice.randrange(10, 3 * 1440))
    ticket["subject"] = "export fails with RPT-504" if code == "bug" else f"trouble with {ticket['product_area']}"
    rows["escalations"].append(
        {
            "escalation_id": f"E{ticket['ticket_id']}",
            "ticket_id": ticket["ticket_id"],
            "escalated_at": at,
            "reason_code": code,
            "from_team": dice.choice(("Blue", "Blue", "Blue", "Coral")),
            "to_team": dice.choice(("Desk", "Desk", "Liaison")),
            "level": "L2",
        }
    )
    if dice.random() < 0.85:
        done = at + timedelta(minutes=dice.randrange(60, 5000))
        ticket["resolved_at"] = done
        note = f"{code} settled, told ana.lopez@example.org how; reference {dice.randrange(10)}"
        rows["resolutions"].append(
            {
                "resolution_id": f"R{ticket['ticket_id']}",
                "ticket_id": ticket["ticket_id"],
                "resolved_at": done,
                "notes": note,
                "minutes": 10.0,
            }
        )


def warehouse(rows: Rows) -> duckdb.DuckDBPyConnection:
    """The rows in the canonical tables, with the derived ones."""
    connection = duckdb.connect()
    for name, table in TABLES.items():
        connection.execute(table.create_sql())
        given = rows.get(name, [])
        columns = [c for c in table.names if any(row.get(c) is not None for row in given)]
        if columns:
            frame = pd.DataFrame({c: pd.Series([row.get(c) for row in given]) for c in columns})
            connection.register("given", frame)
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given")
            connection.unregister("given")
    for name, sql in load_model().derived.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
    return connection


@dataclass
class Shelf:
    """Documents for tests: issues by a code that must stand in a ticket's text, and at most one policy.

    known: document to code, workaround and planned fix. fixed_on: the day an issue is marked as fixed, where it is.
    """

    known: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    policy: PolicyMatch | None = None
    fixed_on: Mapping[str, str] = field(default_factory=dict)

    def has_known_issues(self) -> bool:
        return bool(self.known)

    def issues(self) -> Sequence[DocumentedIssue]:
        return [
            DocumentedIssue(
                document, f"About {code}", "fixed" if document in self.fixed_on else "open", "", workaround,
                "Workaround", fix, "Planned fix", self.fixed_on.get(document, ""),
            )
            for document, (code, workaround, fix) in sorted(self.known.items())
        ]  # fmt: skip

    def match(
        self,
        texts: Sequence[tuple[str, str]],
        product_areas: Sequence[str] = (),
        areas: Mapping[str, str] | None = None,
        *,
        each: bool = False,
        population: int = 0,
        most_compared: int | None = None,
    ) -> Sequence[IssueMatch]:
        found = []
        for document, (code, workaround, fix) in self.known.items():
            tickets = tuple(ticket for ticket, words in texts if code in words)
            drawn = Drawn(max(population, len(texts)), len(texts), len(tickets), 0, 0, 0)
            low, high = drawn.interval()
            if tickets:
                found.append(
                    IssueMatch(
                        document,
                        f"About {code}",
                        "open",
                        tickets,
                        tickets[:2],
                        workaround,
                        "Workaround",
                        fix,
                        "Planned fix",
                        self.fixed_on.get(document, ""),
                        estimate=None if drawn.is_whole else Estimate(drawn.estimate, int(low), int(high), len(texts)),
                    )
                )
        return found

    def policy_for(self, about: str, product_area: str | None = None) -> PolicyMatch | None:
        return self.policy

    def search(self, query: str, spaces: Sequence[str] = (), limit: int = 4) -> Sequence[Citation]:
        return ()


def context_of(
    rows: Rows,
    shelf: Shelf | None = None,
    settings: Settings | None = None,
    restrictions: Sequence[Filter] = (),
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
) -> SkillContext:
    """What a skill gets for these rows."""
    chosen = settings or Settings()
    clock = Clock.of(chosen, TODAY)
    engine = Engine(Embedded(warehouse(rows), "g1"), model_for(chosen), chosen, clock, restrictions)
    return SkillContext(engine, clock, chosen, shelf or Shelf(), embed)


def escalated(rows: Rows, start: date, end: date) -> list[dict[str, Any]]:
    """Escalated tickets counted in [start, end): ticket, account and escalation in one row."""
    tickets = {t["ticket_id"]: t for t in rows["tickets"]}
    accounts = {a["account_id"]: a for a in rows["accounts"]}
    found = []
    for event in rows["escalations"]:
        ticket = tickets[event["ticket_id"]]
        at = event["escalated_at"] or ticket["created_at"]
        if start <= at.date() < end:
            found.append({**accounts.get(ticket.get("account_id"), {}), **ticket, **event})
    return found


def created(rows: Rows, start: date, end: date) -> list[dict[str, Any]]:
    """Tickets created in [start, end) with their account's fields and whether they were ever escalated."""
    accounts = {a["account_id"]: a for a in rows["accounts"]}
    ever = {event["ticket_id"] for event in rows["escalations"]}
    return [
        {**accounts.get(t.get("account_id"), {}), **t, "ever": t["ticket_id"] in ever}
        for t in rows["tickets"]
        if start <= t["created_at"].date() < end
    ]
