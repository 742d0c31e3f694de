"""Simulations of escalation_trend: desks without a story over half a year to a year and a half, and five planted ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from analyst_agent.records import Finding, Period
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import SkillContext, load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

WORKING = (1.0, 1.05, 1.0, 0.95, 0.85, 0.2, 0.12)
"""How many tickets a weekday has, Monday first."""
CLAIMS = frozenset(
    {
        "trend", "change_point", "weekday_rates", "month_end_rate", "month_end_volume", "cut_off", "extract_begins", "gap", "load",
        "copies", "recording_begins", "recording_ends", "recording_gap", "field_begins", "field_ends",
    }
)  # fmt: skip
STORIES = ("step", "slope", "load", "cut_off", "recording")


def null(seed: int) -> bool:
    """Whether anything is claimed of a desk without a story: a trend, a change, a season, an artefact, or that the latest
    unit of time differs from one before.
    """
    shape = _shape(seed)
    finding = _found(context_of(_working(desk(seed, shape), shape, seed), shape), _all(shape))
    return bool(CLAIMS & _kinds(finding)) or _latest_differs(finding)


def truth(seed: int) -> bool:
    """Whether the planted story is named: its kind, and near the day where it has one."""
    story = STORIES[seed % len(STORIES)]
    shape = replace(_shape(seed), days=364, tickets=12_000, accounts=200, rate=0.1)
    tables = _working(desk(seed, shape), shape, seed)
    day = pd.Timestamp(shape.today) - pd.Timedelta(days=140)
    told = _kinds(_found(context_of(_planted(tables, story, day, shape, seed), shape), _all(shape)))
    wanted = {
        "step": "change_point",
        "slope": "trend",
        "load": "load",
        "cut_off": "cut_off",
        "recording": "recording_begins",
    }
    return wanted[story] in told


def small(seed: int) -> bool:
    """Whether sixty tickets over four months are said to be too few for a trend, and nothing is claimed of them."""
    shape = Shape(tickets=60, accounts=20, days=120, rate=0.1)
    finding = _found(context_of(desk(seed, shape), shape), _all(shape))
    return "trend_untested" in _kinds(finding) and not CLAIMS & _kinds(finding)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Forecasts against what came, and the days of planted steps against the ranges told for them."""
    if seed % 2:
        yield from _located(seed)
        return
    shape = replace(_shape(seed), days=300)
    tables = _working(desk(seed, shape), shape, seed)
    known_until = shape.today - timedelta(days=42)
    cut = pd.Timestamp(known_until)
    known = {**tables, "tickets": _before(tables["tickets"], "created_at", cut)}
    known["escalations"] = _before(tables["escalations"], "escalated_at", cut)
    known["resolutions"] = _before(tables["resolutions"], "resolved_at", cut)
    earlier = replace(shape, today=known_until)
    finding = _found(context_of(known, earlier), build(known_until - timedelta(days=258), known_until))
    came = tables["escalations"]["escalated_at"]
    for fact in finding.facts:
        if fact.metric == "forecast_escalated_count" and fact.interval and fact.period:
            start, end = pd.Timestamp(fact.period.start), pd.Timestamp(fact.period.end)
            yield (*fact.interval, float(((came >= start) & (came < end)).sum()))


def _located(seed: int) -> Iterator[tuple[float, float, float]]:
    shape = replace(_shape(seed), days=364, tickets=12_000, accounts=200, rate=0.1)
    tables = _working(desk(seed, shape), shape, seed)
    day = pd.Timestamp(shape.today) - pd.Timedelta(days=140)
    finding = _found(context_of(_planted(tables, "step", day, shape, seed), shape), _all(shape))
    for fact in finding.facts:
        if fact.metric == "change_window_days" and fact.period:
            yield fact.period.start.toordinal(), fact.period.end.toordinal() - 1, day.toordinal()
            return


def _shape(seed: int) -> Shape:
    """180 to 540 days, tickets in bursts of one to four, accounts more or less alike."""
    days = (180, 270, 365, 540)[seed % 4]
    return Shape(
        tickets=16 * days, days=days, bursts=(1.5, 2.5, 4.0)[seed % 3], likeness=(0.02, 0.05, 0.1)[seed // 3 % 3]
    )


def _all(shape: Shape) -> Period:
    return build(shape.today - timedelta(days=shape.days), shape.today)


def _found(context: SkillContext, period: Period) -> Finding:
    skill = load_skills(builtin_dir("skills"))["escalation_trend"].function
    found: Finding = skill(context, period=period)
    return found


def _kinds(finding: Finding) -> set[str]:
    return {statement.kind for statement in finding.statements}


def _latest_differs(finding: Finding) -> bool:
    ids = {i for s in finding.statements if s.kind == "latest_unit" for i in s.facts}
    return any(fact.significant for fact in finding.facts if fact.id in ids)


def _working(tables: Tables, shape: Shape, seed: int) -> Tables:
    """Without most of the tickets of weekends, as desks have it: a thinning that leaves rates as they are."""
    dice = np.random.default_rng(seed + 10_000)
    weekday = tables["tickets"]["created_at"].dt.day_of_week.to_numpy()
    kept = dice.random(len(weekday)) < np.array(WORKING)[weekday] / max(WORKING)
    return _only(tables, tables["tickets"][kept])


def _only(tables: Tables, tickets: pd.DataFrame) -> Tables:
    """The tables with these tickets and what belongs to them."""
    kept = set(tickets["ticket_id"])
    others = {name: tables[name][tables[name]["ticket_id"].isin(kept)] for name in ("escalations", "resolutions")}
    return {
        **tables,
        "tickets": tickets.reset_index(drop=True),
        **{n: t.reset_index(drop=True) for n, t in others.items()},
    }


def _before(table: pd.DataFrame, column: str, end: pd.Timestamp) -> pd.DataFrame:
    return table[table[column] < end].reset_index(drop=True)


def _planted(tables: Tables, story: str, day: pd.Timestamp, shape: Shape, seed: int) -> Tables:
    dice = np.random.default_rng(seed + 20_000)
    tickets, escalations = tables["tickets"], tables["escalations"]
    if story == "cut_off":
        late = tickets["created_at"] >= day
        return _only(tables, tickets[~late | (dice.random(len(tickets)) < 0.02)])
    created = escalations["ticket_id"].map(tickets.set_index("ticket_id")["created_at"])
    if story == "recording":
        return {**tables, "escalations": escalations[created >= day].reset_index(drop=True)}
    if story == "load":
        return _loaded(tables, day)
    if story == "slope":
        began = pd.Timestamp(shape.today) - pd.Timedelta(days=shape.days)
        kept = dice.random(len(escalations)) < 0.4 + 0.6 * ((created - began).dt.days / shape.days).to_numpy()
    else:
        kept = (created >= day).to_numpy() | (dice.random(len(escalations)) < 0.6)
    return {**tables, "escalations": escalations[kept].reset_index(drop=True)}


def _loaded(tables: Tables, day: pd.Timestamp) -> Tables:
    """A week whose tickets came three times over, each with its own fate drawn from the week's."""
    tickets, escalations = tables["tickets"], tables["escalations"]
    week = tickets[(tickets["created_at"] >= day) & (tickets["created_at"] < day + pd.Timedelta(days=7))]
    more_tickets, more_escalations = [tickets], [escalations]
    for turn in (1, 2, 3):
        moved = week.assign(
            ticket_id=week["ticket_id"] + f"-{turn}", created_at=week["created_at"] + pd.Timedelta(minutes=7 * turn)
        )
        own = escalations[escalations["ticket_id"].isin(set(week["ticket_id"]))]
        more_tickets.append(moved)
        more_escalations.append(
            own.assign(ticket_id=own["ticket_id"] + f"-{turn}", escalation_id=own["escalation_id"] + f"-{turn}")
        )
    return {
        **tables,
        "tickets": pd.concat(more_tickets, ignore_index=True),
        "escalations": pd.concat(more_escalations, ignore_index=True),
    }
