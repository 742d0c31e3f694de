"""Simulations of segment_comparison: nothing to find, a segment that differs, a combination that does, one that only buys otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyst_agent.records import Fact, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

HALF_YEAR = build(date(2026, 5, 7), date(2026, 11, 3))
ASKED: tuple[dict[str, Any], ...] = (
    {"by": "tier"},
    {},
    {"by": "product_area"},
    {"by": "tier", "second": "channel"},
    {"by": "support_level"},
    {"by": "channel", "metric": "sla_breach_rate"},
    {"by": "region"},
    {"by": "category", "second": "support_level"},
    {"by": "category", "metric": "unnecessary_share"},
    {"by": "category"},
)
ADDED_TO_SEGMENT = 0.25
ADDED_TO_COMBINATION = 0.4
ADDED_TO_AREA = 0.4
UNION = {"Billing", "Reports"}


def null(seed: int) -> bool:
    """Whether anything is called different where nothing is: segments, among like tickets, combinations, in one answer."""
    asked = ASKED[seed % len(ASKED)]
    period = HALF_YEAR if seed // len(ASKED) % 2 else None
    return any(fact.significant for fact in _skill()(context_of(desk(seed)), period=period, **asked).facts)


def truth(seed: int) -> bool:
    """Whether what was planted is found and nothing else is blamed: by turns a segment, a combination, a mix."""
    kind = ("segment", "combination", "mix")[seed % 3]
    finding = _finding(seed, kind)
    enterprise = _of(finding, "cohort_escalation_rate", tier="Enterprise")
    standardised = _of(finding, "standardised_difference", tier="Enterprise")
    told = [s.arguments for s in finding.statements if s.kind == "combination"]
    if kind == "segment":
        return bool(enterprise.significant) and bool(standardised.significant) and not told
    if kind == "mix":
        return bool(enterprise.significant) and not standardised.significant and not told
    return [(one["value"], set(one["values"])) for one in told] == [("L1", UNION)]


def small(seed: int) -> bool:
    """Whether a desk of sixty tickets is called too small and nothing else."""
    finding = _skill()(context_of(desk(seed, Shape(tickets=60))), period=HALF_YEAR)
    said = any(one.kind == "too_few" for one in finding.statements)
    return said and not any(fact.significant for fact in finding.facts)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Intervals of differences from the rest, plain and among like tickets, and of the excess of a combination."""
    kind = ("segment", "combination", "mix")[seed % 3]
    finding = _finding(seed, kind)
    added = ADDED_TO_SEGMENT * (1 - Shape().rate) if kind == "segment" else 0.0
    standardised = _of(finding, "standardised_difference", tier="Enterprise")
    if standardised.interval is not None:
        yield *standardised.interval, added
    plain = _of(finding, "cohort_escalation_rate", tier="Enterprise")
    if plain.difference_interval is not None and kind == "segment":
        yield *plain.difference_interval, added
    for fact in finding.facts:
        if fact.metric == "excess_of_combination" and fact.significant and kind == "combination":
            yield *(fact.interval or (0.0, 0.0)), ADDED_TO_COMBINATION * (1 - Shape().rate)


def _skill() -> Any:
    return load_skills(builtin_dir("skills"))["segment_comparison"].function


def _finding(seed: int, kind: str) -> Finding:
    tables = desk(10_000 + seed)
    dice = np.random.default_rng(seed)
    tickets = tables["tickets"].merge(tables["accounts"][["account_id", "tier"]], on="account_id")
    tickets = tickets.merge(tables["agents"][["agent_id", "support_level"]], on="agent_id")
    enterprise = (tickets["tier"] == "Enterprise").to_numpy()
    added = np.zeros(len(tickets))
    if kind == "segment":
        added[enterprise] = ADDED_TO_SEGMENT
    if kind == "combination":
        chosen = (tickets["support_level"] == "L1") & tickets["product_area"].isin(UNION)
        added[chosen.to_numpy()] = ADDED_TO_COMBINATION
    if kind == "mix":
        buys = enterprise & (dice.random(len(tickets)) < 0.6)
        tickets.loc[buys, "product_area"] = "Reports"
        added[(tickets["product_area"] == "Reports").to_numpy()] = ADDED_TO_AREA
    escalated = dice.random(len(tickets)) < added
    planted = _with_escalations(tables, tickets, escalated)
    finding: Finding = _skill()(context_of(planted), period=HALF_YEAR, by="tier" if kind != "combination" else None)
    return finding


def _with_escalations(tables: Tables, tickets: pd.DataFrame, escalated: NDArray[np.bool_]) -> Tables:
    """The tables with these tickets escalated too, ten minutes after they were created."""
    known = set(tables["escalations"]["ticket_id"])
    new = tickets[escalated & ~tickets["ticket_id"].isin(known).to_numpy()]
    first = tables["escalations"].iloc[0]
    events = pd.DataFrame({name: [first[name]] * len(new) for name in tables["escalations"]})
    events["escalation_id"] = "P" + new["ticket_id"].to_numpy(dtype=object)
    events["ticket_id"] = new["ticket_id"].to_numpy()
    events["escalated_at"] = new["created_at"].to_numpy() + np.timedelta64(10, "m")
    escalations = pd.concat([tables["escalations"], events], ignore_index=True)
    return {**tables, "tickets": tickets.drop(columns=["tier", "support_level"]), "escalations": escalations}


def _of(finding: Finding, metric: str, **dimensions: str) -> Fact:
    return next(f for f in finding.facts if f.metric == metric and f.dimensions == dimensions)
