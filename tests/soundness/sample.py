"""A small random helpdesk with everything that makes numbers go wrong, the same for the same seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

START = datetime(2026, 1, 1)
EDGES = tuple(
    datetime.fromisoformat(t)
    for t in (
        "2026-01-31T23:00", "2026-02-01T00:00", "2026-02-28T22:59:59.999999", "2026-03-29T00:59:59", "2026-03-29T01:00", "2026-03-31T22:00",
        "2026-04-01T02:59:59", "2026-04-01T03:00", "2026-05-03T21:59:59", "2026-05-03T22:00", "2026-06-30T22:00", "2026-07-01T03:00",
    )
)  # fmt: skip
CODES = ("bug", "Bug ", "outage", "Policy Exception", "policy-exception", "agent  error", "handoff", "vibes", None)


def helpdesk(seed: int, size: int = 140) -> dict[str, list[dict[str, Any]]]:
    """Rows of all tables. Tickets without accounts, with unknown ones, reopened, escalated twice, at unknown times, with a flag only."""
    random = Random(seed)
    accounts = [
        {"account_id": f"a{n}", "name": "Acme" if n < 2 else f"Account {n}", "tier": random.choice(("Gold", "Iron", None)),
         "region": random.choice(("EMEA", "AMER")), "created_at": random.choice((None, moment(random), datetime(2025, 1, 1), datetime(2025, 12, 1)))}
        for n in range(9)
    ]  # fmt: skip
    agents = [{"agent_id": f"g{n}", "name": f"Agent {n}", "support_level": f"L{n % 3 + 1}"} for n in range(5)]
    tables: dict[str, list[dict[str, Any]]] = {
        "accounts": accounts,
        "agents": agents,
        "tickets": [],
        "escalations": [],
        "resolutions": [],
    }
    for number in range(size):
        ticket = _ticket(random, f"t{number}")
        answered = Random(f"{seed} {number}")  # of its own, so that the other columns stay what they were
        ticket["first_response_at"] = answered.choice((None, ticket["created_at"] + later(answered) / 40))
        tables["tickets"].append(ticket)
        for again in range(random.choice((0, 0, 0, 1, 1, 2, 3))):
            tables["escalations"].append(_escalation(random, ticket, f"e{number}-{again}"))
        if ticket["is_escalated"] is None and random.random() < 0.15:
            ticket["is_escalated"] = random.random() < 0.8
        for again in range(random.choice((0, 0, 1, 1, 2, 3))):
            tables["resolutions"].append(_resolution(random, ticket, f"r{number}-{again}"))
    return tables


def moment(random: Random) -> datetime:
    """An instant of the half year, every eighth at an edge of a month, a week or a change of clocks."""
    if random.random() < 0.12:
        return random.choice(EDGES)
    return START + timedelta(
        seconds=random.randrange(185 * 86400), microseconds=random.choice((0, 0, 500_000, 999_999))
    )


def _ticket(random: Random, ticket_id: str) -> dict[str, Any]:
    created = moment(random)
    return {
        "ticket_id": ticket_id, "created_at": created, "channel": random.choice(("chat", "mail", "phone", None)),
        "priority": random.choice(("P1", "P2", "P3")), "category": random.choice(("how-to", "bug's", "a\\b", None)),
        "account_id": random.choice((*(f"a{n}" for n in range(9)), None, "unheard of")),
        "agent_id": random.choice(("g0", "g1", "g2", "g3", "g4", None)), "team": random.choice(("North", "South")), "is_escalated": None,
        "resolved_at": random.choice((None, created + later(random), created + later(random))),
        "reopen_count": random.choice((0, 0, 1, 3, None)), "csat": random.choice((1, 2, 3, 4, 5, None, None)),
        "handle_minutes": random.choice((None, 0, 12.5, 30, 90, 600)), "sla_due_at": random.choice((None, created + later(random))),
    }  # fmt: skip


def _escalation(random: Random, ticket: dict[str, Any], escalation_id: str) -> dict[str, Any]:
    at = None if random.random() < 0.08 else ticket["created_at"] + later(random)
    return {
        "escalation_id": escalation_id, "ticket_id": ticket["ticket_id"], "escalated_at": at, "reason_code": random.choice(CODES),
        "root_cause": random.choice((None, None, None, None, "Training Gap", "policy_gap", "Weather", " ")),
        "trigger": random.choice(("agent", "customer", None)), "to_team": random.choice(("Tier 2", "Engineering")),
        "level": random.choice(("1", "2", None)), "acknowledged_at": random.choice((None, at + later(random) / 50 if at else None)),
        "necessary": random.choice((True, False, None)),
    }  # fmt: skip


def _resolution(random: Random, ticket: dict[str, Any], resolution_id: str) -> dict[str, Any]:
    return {
        "resolution_id": resolution_id, "ticket_id": ticket["ticket_id"], "resolved_at": ticket["created_at"] + later(random),
        "resolution_type": random.choice(("fix", "refund", "reply", None)), "minutes": random.choice((None, 5, 20, 90)),
        "agent_id": random.choice(("g0", "g1", None)),
    }  # fmt: skip


def later(random: Random) -> timedelta:
    """Some time after: nothing, minutes, days or a month."""
    return timedelta(seconds=random.choice((0, 59.5, 3600, 86400 * random.random(), 86400 * 40 * random.random())))
