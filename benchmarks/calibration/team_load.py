"""Simulations of team_load: teams alike in all but their tickets; a team at double the rate, a training gap, a slow path, tickets that bounce."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import TEAMS, Shape, Tables, context_of, desk
from benchmarks.calibration.people import WHOLE, thin, unplanted, whole_period

SMALL = Shape(tickets=60, agents=12, rate=0.2, accounts=30)


def null(seed: int) -> bool:
    """Whether any team, cause, path or the backlog is called different where nothing is."""
    return any(fact.significant for fact in _finding(unplanted(seed), WHOLE).facts)


def truth(seed: int) -> bool:
    """Whether what is planted is found: by turns a team at twice the rate, a training gap, a slow path, tickets that bounce."""
    return (_busy_team, _training_gap, _slow_path, _bouncing)[seed % 4](seed)


def small(seed: int) -> bool:
    """Whether nothing is called different on 60 tickets, and teams with too few are said to have too few."""
    finding = _finding(desk(seed, SMALL), SMALL)
    return not any(f.significant for f in finding.facts) and any(s.kind == "too_few" for s in finding.statements)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Shrunken rates over the overall rate beside the ratios that were planted; differences of waiting times beside 0."""
    tables, dice = desk(seed, WHOLE), np.random.default_rng(seed + 30_000)
    true = dict(zip(TEAMS, np.clip(dice.gamma(16, 0.55 / 16, len(TEAMS)), 0.1, 1), strict=True))
    ratio = tables["tickets"]["team"].map(true).to_numpy()
    thin(tables, ratio, dice)
    finding = _finding(tables, WHOLE)
    rate = next(f.value for f in finding.facts if f.metric == "held_escalation_rate" and not f.dimensions)
    for fact in finding.facts:
        if fact.metric == "shrunken_escalation_rate" and fact.interval and set(fact.dimensions) == {"team"}:
            low, high = fact.interval
            yield low / float(rate or 1), high / float(rate or 1), true[str(fact.dimensions["team"])] / ratio.mean()
        if fact.metric == "mean_minutes_to_acknowledge" and fact.difference_interval:
            yield (*fact.difference_interval, 0.0)


def _busy_team(seed: int) -> bool:
    tables, dice, team = desk(seed, WHOLE), np.random.default_rng(seed + 20_000), TEAMS[seed // 4 % 4]
    thin(tables, np.where(tables["tickets"]["team"] == team, 1.0, 0.5), dice)
    above = [f.dimensions for f in _finding(tables, WHOLE).facts if f.significant and (f.difference or 0) > 0]
    return {"team": team} in above


def _training_gap(seed: int) -> bool:
    """Of one team's escalations 2 in 5 more are for want of training."""
    tables, dice, team = desk(seed, WHOLE), np.random.default_rng(seed + 20_000), TEAMS[seed // 4 % 4]
    escalations = tables["escalations"]
    hit = (escalations["from_team"] == team) & (dice.random(len(escalations)) < 0.4)
    escalations.loc[hit, "reason_code"] = "training"
    found = [f.dimensions for f in _finding(tables, WHOLE).facts if f.significant and (f.difference or 0) > 0]
    return {"team": team, "root_cause": "training_gap"} in found


def _slow_path(seed: int) -> bool:
    """Hand-offs on one path wait an hour more than the mean of 45 minutes elsewhere."""
    tables, team = desk(seed, WHOLE), TEAMS[seed // 4 % 4]
    escalations = tables["escalations"]
    on_path = (escalations["from_team"] == team) & (escalations["to_team"] == "Desk")
    late = escalations.loc[on_path, "acknowledged_at"] + pd.Timedelta(hours=1)
    escalations.loc[on_path, "acknowledged_at"] = late.where(late < pd.Timestamp(WHOLE.today))
    slow = [
        f.dimensions for f in _finding(tables, WHOLE).facts
        if f.metric == "mean_minutes_to_acknowledge" and f.significant and (f.difference or 0) > 0
    ]  # fmt: skip
    return {"from_team": team, "to_team": "Desk"} in slow


def _bouncing(seed: int) -> bool:
    """Every tenth escalated ticket goes back, every tenth further on: only the first came back."""
    tables = desk(seed, WHOLE)
    first = tables["escalations"]
    back, on = first.iloc[::10].copy(), first.iloc[5::10].copy()
    back[["from_team", "to_team"]] = back[["to_team", "from_team"]].to_numpy()
    on[["from_team", "to_team"]] = np.column_stack([on["to_team"], np.full(len(on), "Engineering")])
    later = pd.concat([back, on]).assign(escalation_id=lambda e: e["escalation_id"] + "-2")
    later["escalated_at"] += pd.Timedelta(minutes=30)
    later["acknowledged_at"] = pd.NaT
    tables["escalations"] = pd.concat([first, later], ignore_index=True)
    finding = _finding(tables, WHOLE)
    return next(f.value for f in finding.facts if f.metric == "ping_pong_count") == len(back)


def _finding(tables: Tables, shape: Shape) -> Finding:
    skill = load_skills(builtin_dir("skills"))["team_load"].function
    return skill(context_of(tables, shape), period=whole_period(shape))
