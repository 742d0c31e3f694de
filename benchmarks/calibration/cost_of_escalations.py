"""Simulations of cost_of_escalations: two months that cost the same by design, a cause that doubles, a handful of tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import calendar_period
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

OCTOBER = calendar_period("month", date(2026, 10, 1))
MEAN_HANDLE_MINUTES = 40.0  # of the desks: gamma with shape 2 and scale 20, whatever the account
NECESSARY = 0.8
USUAL = Shape()


def null(seed: int) -> bool:
    """Whether any change of cost is called more than noise where months differ by chance alone."""
    return any(fact.significant for fact in _found(desk(seed), by=("root_cause", "tier")[seed % 2]).facts)


def truth(seed: int) -> bool:
    """Whether a product area whose handling takes four times as long in October is named."""
    shape = Shape(tickets=24_000)
    tables = desk(seed, shape)
    tickets = tables["tickets"]
    is_slow = (tickets["product_area"] == "Billing") & (tickets["created_at"] >= pd.Timestamp(2026, 10, 1))
    tickets.loc[is_slow, "handle_minutes"] *= 4
    facts = _found(tables, shape=shape).facts
    named = [f for f in facts if f.significant and f.dimensions == {"product_area": "Billing"}]
    return any(f.difference is not None and f.difference > 0 for f in named)


def small(seed: int) -> bool:
    """Whether nothing is called a change on a dozen escalated tickets, and it is said that there are few."""
    shape = Shape(tickets=600, rate=0.08)
    finding = _found(desk(seed, shape), shape=shape)
    said = any(statement.kind in ("too_few", "headline") for statement in finding.statements)
    return said and not any(fact.significant for fact in finding.facts)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Intervals of mean handle time and of the share of cost that was not necessary, with what the desks are drawn from."""
    for fact in _found(desk(seed)).facts:
        if fact.interval is not None and fact.metric == "mean_handle_minutes":
            yield (*fact.interval, MEAN_HANDLE_MINUTES)
        elif fact.interval is not None and fact.metric == "unnecessary_share_of_cost":
            yield (*fact.interval, 1 - NECESSARY)
        elif fact.difference_interval is not None and fact.metric == "cost_per_day":
            yield (*fact.difference_interval, 0.0)


def _found(tables: Tables, by: str = "root_cause", shape: Shape = USUAL) -> Finding:
    skill: Any = load_skills(builtin_dir("skills"))["cost_of_escalations"].function
    return skill(context_of(tables, shape), by=by, period=OCTOBER)
