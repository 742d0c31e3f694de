"""Helpdesks without a story: accounts of very unequal size, tickets that come in bursts, escalations that are alike within an account.

Everything is drawn independently of everything else, except that an account has its own propensity to escalate. A planted
truth is a change that the caller makes to the tables before the desk is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.skillkit import Knowledge, SkillContext
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.warehouse.tables import TABLES
from benchmarks.skill_queries import NoDocuments

CODES = ("bug", "policy", "training", "handover", "docs", "ODD-1")
AREAS = ("Reports", "Billing", "Sign-on", "Import", "Admin")
TEAMS = ("Blue", "Coral", "Green", "Amber")
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a desk looks. zipf: exponent of the accounts' sizes. likeness: intraclass correlation of escalating within an account.

    bursts: mean number of tickets that an account files at one time; rate: share of tickets that escalate.
    """

    tickets: int = 4_000
    accounts: int = 120
    days: int = 180
    agents: int = 24
    rate: float = 0.1
    zipf: float = 1.0
    likeness: float = 0.05
    bursts: float = 2.0
    today: date = date(2026, 11, 3)
    causes: tuple[float, ...] = field(default=(0.3, 0.2, 0.15, 0.15, 0.1, 0.1))


def desk(seed: int, shape: Shape = Shape()) -> Tables:
    """The five canonical tables as frames; the same seed and shape give the same rows."""
    dice = np.random.default_rng(seed)
    accounts = _accounts(dice, shape)
    agents = pd.DataFrame(
        {
            "agent_id": [f"G{i:02}" for i in range(shape.agents)],
            "name": [f"Agent {i:02}" for i in range(shape.agents)],
            "team": [TEAMS[i % len(TEAMS)] for i in range(shape.agents)],
            "support_level": [("L1", "L1", "L2", "L3")[i // len(TEAMS) % 4] for i in range(shape.agents)],
        }
    )
    tickets = _tickets(dice, shape, agents)
    propensity = _propensities(dice, shape)
    escalated = dice.random(shape.tickets) < propensity[tickets.pop("account").to_numpy()]
    escalations = _escalations(dice, shape, tickets[escalated])
    tickets, resolutions = _resolved(dice, shape, tickets, escalations)
    return {
        "accounts": accounts,
        "agents": agents,
        "tickets": tickets,
        "escalations": escalations,
        "resolutions": resolutions,
    }


def context_of(
    tables: Tables, shape: Shape = Shape(), settings: Settings | None = None, knowledge: Knowledge | None = None
) -> SkillContext:
    """What a skill gets for these rows; the clock stands at the shape's day."""
    chosen = settings or Settings()
    clock = Clock.of(chosen, shape.today)
    connection = duckdb.connect()
    for name, table in TABLES.items():
        connection.execute(table.create_sql())
        frame = tables[name]
        columns = [c for c in table.names if c in frame and frame[c].notna().any()]
        if columns:
            connection.register("given", frame[columns])
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given")
            connection.unregister("given")
    for name, sql in load_model().derived.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
    engine = Engine(Embedded(connection, "g1"), model_for(chosen), chosen, clock)
    return SkillContext(engine, clock, chosen, knowledge or NoDocuments())


def _accounts(dice: np.random.Generator, shape: Shape) -> pd.DataFrame:
    pick = dice.integers
    n = shape.accounts
    created = [datetime(2024, 1, 1) + timedelta(days=int(d)) for d in pick(0, 900, n)]
    return pd.DataFrame(
        {
            "account_id": [f"A{i:04}" for i in range(n)],
            "name": [f"Firm {i:04}" for i in range(n)],
            "tier": np.array(["Enterprise", "Business", "Starter"])[pick(0, 3, n)],
            "segment": np.array(["Retail", "Health", "Finance"])[pick(0, 3, n)],
            "industry": np.array(["Trade", "Care", "Banking", "Media"])[pick(0, 4, n)],
            "region": np.array(["EMEA", "AMER", "APAC"])[pick(0, 3, n)],
            "plan": np.array(["Basic", "Plus"])[pick(0, 2, n)],
            "arr": (10_000 * np.exp(dice.normal(size=n))).round(2),
            "created_at": created,
        }
    )


def _tickets(dice: np.random.Generator, shape: Shape, agents: pd.DataFrame) -> pd.DataFrame:
    n = shape.tickets
    sizes = 1.0 / np.arange(1, shape.accounts + 1) ** shape.zipf
    burst_account = dice.choice(shape.accounts, size=n, p=sizes / sizes.sum())
    length = dice.geometric(1 / shape.bursts, size=n)
    burst = np.repeat(np.arange(n), length)[:n]
    first = datetime.combine(shape.today, datetime.min.time()) - timedelta(days=shape.days)
    began = dice.uniform(0, shape.days, size=n)[burst]
    at = np.clip(began + dice.exponential(0.3, size=n), 0, shape.days - 1e-4)
    agent = dice.integers(0, len(agents), n)
    account = burst_account[burst]
    frame = pd.DataFrame(
        {
            "ticket_id": [f"T{i:06}" for i in range(n)],
            "created_at": pd.Timestamp(first) + pd.to_timedelta((at * 86_400).astype(np.int64), unit="s"),
            "account_id": [f"A{i:04}" for i in account],
            "account": account,
            "agent_id": agents["agent_id"].to_numpy()[agent],
            "team": agents["team"].to_numpy()[agent],
            "product_area": np.array(AREAS)[dice.integers(0, len(AREAS), n)],
            "category": np.array(["how-to", "fault", "billing", "access"])[dice.integers(0, 4, n)],
            "channel": np.array(["email", "chat", "phone"])[dice.integers(0, 3, n)],
            "priority": np.array(["P1", "P2", "P3"])[dice.choice(3, size=n, p=(0.1, 0.3, 0.6))],
            "language": np.array(["en", "de"])[dice.integers(0, 2, n)],
            "subject": np.array(["a question", "it does not work", "please help", "invoice", "cannot sign in"])[
                dice.integers(0, 5, n)
            ],
            "handle_minutes": _sometimes(dice, dice.gamma(2, 20, n), 0.1),
            "csat": _sometimes(dice, dice.choice(5, size=n, p=(0.1, 0.1, 0.2, 0.3, 0.3)) + 1.0, 0.4),
            "reopen_count": (dice.random(n) < 0.08).astype(int),
            "first_response_at": pd.NaT,
        }
    )
    frame["first_response_at"] = frame["created_at"] + pd.to_timedelta(dice.exponential(90, n), unit="min")
    frame["sla_due_at"] = frame["created_at"] + pd.to_timedelta(np.where(frame["priority"] == "P1", 8, 48), unit="h")
    return frame.sort_values("created_at", ignore_index=True)


def _propensities(dice: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
    """Beta with mean `rate` and the intraclass correlation asked for: rho = 1 / (a + b + 1)."""
    if shape.likeness <= 0:
        return np.full(shape.accounts, shape.rate)
    strength = 1 / shape.likeness - 1
    return dice.beta(shape.rate * strength, (1 - shape.rate) * strength, shape.accounts)


def _escalations(dice: np.random.Generator, shape: Shape, tickets: pd.DataFrame) -> pd.DataFrame:
    n = len(tickets)
    at = tickets["created_at"].to_numpy() + pd.to_timedelta(dice.exponential(600, n) + 5, unit="min").to_numpy()
    frame = pd.DataFrame(
        {
            "escalation_id": "E" + tickets["ticket_id"].to_numpy(dtype=object),
            "ticket_id": tickets["ticket_id"].to_numpy(),
            "escalated_at": at,
            "reason_code": np.array(CODES)[dice.choice(len(CODES), size=n, p=shape.causes)],
            "trigger": np.array(["agent", "customer", "system"])[dice.integers(0, 3, n)],
            "from_team": tickets["team"].to_numpy(),
            "to_team": np.array(["Desk", "Liaison"])[dice.integers(0, 2, n)],
            "level": "L2",
            "acknowledged_at": at + pd.to_timedelta(dice.exponential(45, n), unit="min").to_numpy(),
            "necessary": dice.random(n) < 0.8,
        }
    )
    end = pd.Timestamp(shape.today)
    frame.loc[frame["acknowledged_at"] >= end, "acknowledged_at"] = pd.NaT
    return frame[frame["escalated_at"] < end].reset_index(drop=True)


def _resolved(
    dice: np.random.Generator, shape: Shape, tickets: pd.DataFrame, escalations: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tickets with their resolution, and the resolutions; what would end after the clock is still open."""
    begun = tickets["created_at"].copy()
    by_ticket = escalations.set_index("ticket_id")["escalated_at"]
    # Not `map`, which cannot map to the times of no escalation at all.
    late = pd.Series(by_ticket.reindex(tickets["ticket_id"]).to_numpy(), index=tickets.index)
    begun = late.where(late.notna(), begun)
    done = begun + pd.to_timedelta(dice.lognormal(6.5, 1.0, len(tickets)), unit="min")
    done = done.where(done < pd.Timestamp(shape.today))
    tickets = tickets.assign(resolved_at=done, status=np.where(done.notna(), "closed", "open"))
    closed = tickets[tickets["resolved_at"].notna()]
    notes = np.array(["settled", "explained by phone", "sent the guide", "changed a setting"])
    resolutions = pd.DataFrame(
        {
            "resolution_id": "R" + closed["ticket_id"].to_numpy(dtype=object),
            "ticket_id": closed["ticket_id"].to_numpy(),
            "resolved_at": closed["resolved_at"].to_numpy(),
            "resolution_type": np.array(["fixed", "explained", "credit"])[dice.integers(0, 3, len(closed))],
            "minutes": dice.gamma(2, 15, len(closed)).round(1),
            "notes": notes[dice.integers(0, len(notes), len(closed))],
        }
    )
    return tickets, resolutions


def _sometimes(dice: np.random.Generator, values: NDArray[Any], missing: float) -> NDArray[np.float64]:
    """The values with that share of them missing."""
    return np.where(dice.random(len(values)) < missing, np.nan, np.asarray(values, dtype=float).round(1))
