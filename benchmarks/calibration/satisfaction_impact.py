"""Simulations of satisfaction_impact: scores that depend on nothing, escalated tickets rated lower, too few ratings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

PERIOD = build(date(2026, 7, 1), date(2026, 11, 1))
USUAL = Shape()
LIKENESS = 0.5


def null(seed: int) -> bool:
    """Whether any difference is called more than noise where scores depend on the account alone."""
    return any(fact.significant for fact in _found(_alike(seed)).facts)


def truth(seed: int) -> bool:
    """Whether escalated tickets, rated one point lower, are named as rated lower, within kinds of tickets as well."""
    tables = _alike(seed)
    tickets, escalated = tables["tickets"], set(tables["escalations"]["ticket_id"])
    is_worse = tickets["ticket_id"].isin(escalated)
    tickets.loc[is_worse, "csat"] = np.clip(tickets.loc[is_worse, "csat"] - 1, 1, 5)
    facts = _found(tables).facts
    named = [f for f in facts if f.metric == "mean_ticket_csat" and f.dimensions == {"escalations": "escalated"}]
    return any(f.significant and f.difference is not None and f.difference < 0 for f in named)


def small(seed: int) -> bool:
    """Whether nothing is said of a few dozen tickets but that there are too few ratings."""
    shape = Shape(tickets=150, accounts=40)
    finding = _found(desk(seed, shape), shape)
    few = any(statement.kind == "csat_few" for statement in finding.statements)
    return few and not any(fact.significant for fact in finding.facts)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Intervals of differences in the mean score, of which all are 0."""
    for fact in _found(_alike(seed)).facts:
        is_score = fact.metric in ("mean_ticket_csat", "csat_difference_within")
        if is_score and fact.difference_interval is not None:
            yield (*fact.difference_interval, 0.0)


def _alike(seed: int) -> Tables:
    """A desk whose accounts rate differently from each other, but alike whatever happened."""
    tables = desk(seed)
    dice = np.random.default_rng(seed + 10_000)
    tickets = tables["tickets"]
    mood = dict(zip(tables["accounts"]["account_id"], LIKENESS * dice.normal(size=USUAL.accounts), strict=True))
    own = tickets["account_id"].map(mood).to_numpy()
    score = np.clip(np.round(3.6 + own + 1.1 * dice.normal(size=len(tickets))), 1, 5)
    tickets["csat"] = np.where(dice.random(len(tickets)) < 0.5, np.nan, score)
    return tables


def _found(tables: Tables, shape: Shape = USUAL) -> Finding:
    skill: Any = load_skills(builtin_dir("skills"))["satisfaction_impact"].function
    return skill(context_of(tables, shape), by="tier", period=PERIOD)
