"""Simulations of customer_journey: accounts that differ by nature and file in bursts, and one that stops, repeats, or is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

PERIOD = build(date(2026, 8, 1), date(2026, 11, 1))
USUAL = Shape()
PLANTED = "A0004"  # the fifth account by size: about 150 tickets in half a year


def null(seed: int) -> bool:
    """Whether any tenure, account or silence is called unusual where accounts only differ by nature."""
    return any(fact.significant for fact in _found(_mixed(seed)).facts)


def truth(seed: int) -> bool:
    """Whether an account that stopped six weeks ago, one that escalates half of its tickets, or new accounts that
    escalate three times as often, is found.
    """
    tables = _mixed(seed)
    facts = _found((_stopped, _repeating, _new)[seed % 3](tables)).facts
    wanted = ("weeks_without_ticket", "cohort_escalated_count", "cohort_escalation_rate")[seed % 3]
    named = [f for f in facts if f.metric == wanted and f.significant]
    if seed % 3 == 2:
        return any(f.dimensions == {"tenure": "first 90 days"} for f in named)
    return any(f.dimensions.get("account") == "Firm 0004" for f in named)


def small(seed: int) -> bool:
    """Whether nothing is called unusual on a few dozen tickets, and tenure is said to have too few."""
    shape = Shape(tickets=60, accounts=40)
    finding = _found(desk(seed, shape), shape)
    few = any(statement.kind in ("too_few", "silent_accounts") for statement in finding.statements)
    return few and not any(fact.significant for fact in finding.facts)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Intervals of the differences between tenure bands, of which all are 0."""
    for fact in _found(_mixed(seed)).facts:
        if fact.metric == "cohort_escalation_rate" and fact.difference_interval is not None:
            yield (*fact.difference_interval, 0.0)


def _mixed(seed: int) -> Tables:
    """A desk with as many young accounts as old ones."""
    tables = desk(seed)
    dice = np.random.default_rng(seed + 20_000)
    ages = dice.integers(-150, 700, USUAL.accounts)
    tables["accounts"]["created_at"] = [pd.Timestamp(USUAL.today) - timedelta(days=int(age) + 180) for age in ages]
    return tables


def _stopped(tables: Tables) -> Tables:
    tickets = tables["tickets"]
    is_late = (tickets["account_id"] == PLANTED) & (tickets["created_at"] >= pd.Timestamp(2026, 9, 20))
    gone = set(tickets.loc[is_late, "ticket_id"])
    return {
        name: frame[~frame["ticket_id"].isin(gone)] if "ticket_id" in frame else frame for name, frame in tables.items()
    }


def _repeating(tables: Tables) -> Tables:
    return _escalated(tables, tables["tickets"]["account_id"] == PLANTED, every=2)


def _new(tables: Tables) -> Tables:
    created = tables["tickets"]["account_id"].map(tables["accounts"].set_index("account_id")["created_at"])
    age = tables["tickets"]["created_at"] - created
    return _escalated(tables, age < pd.Timedelta(days=90), every=4)


def _escalated(tables: Tables, chosen: Any, every: int) -> Tables:
    """The same with every so many of the chosen tickets escalated as well."""
    tickets = tables["tickets"][chosen].iloc[::every]
    new = tickets[~tickets["ticket_id"].isin(tables["escalations"]["ticket_id"])]
    more = pd.DataFrame(
        {
            "escalation_id": "X" + new["ticket_id"],
            "ticket_id": new["ticket_id"],
            "escalated_at": new["created_at"] + pd.Timedelta(hours=2),
            "reason_code": "bug",
        }
    )
    more = more[more["escalated_at"] < pd.Timestamp(USUAL.today)]
    return {**tables, "escalations": pd.concat([tables["escalations"], more], ignore_index=True)}


def _found(tables: Tables, shape: Shape = USUAL) -> Finding:
    skill: Any = load_skills(builtin_dir("skills"))["customer_journey"].function
    return skill(context_of(tables, shape), period=PERIOD)
