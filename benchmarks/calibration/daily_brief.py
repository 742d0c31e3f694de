"""Simulations of daily_brief: days like any other, a day with three times the tickets, a desk too small to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, context_of, desk

DAY = build(date(2026, 10, 29), date(2026, 10, 30))


def alarm(finding: Finding) -> bool:
    """Whether any count of the day is called unusual."""
    return any(fact.significant for fact in finding.facts)


def null(seed: int) -> bool:
    """Whether a day of a desk that does not change is called unusual."""
    return alarm(_skill()(context_of(desk(seed)), period=DAY))


def truth(seed: int) -> bool:
    """Whether a day with three times its tickets is found."""
    tables = desk(seed, Shape(tickets=5_000))
    tickets = tables["tickets"]
    own = tickets[tickets["created_at"].dt.date == DAY.start]
    copies = [own.assign(ticket_id=own["ticket_id"] + f"-{n}", resolved_at=pd.NaT) for n in (1, 2)]
    tables["tickets"] = pd.concat([tickets, *copies], ignore_index=True)
    finding = _skill()(context_of(tables), period=DAY)
    return any(fact.significant and fact.metric == "ticket_count" for fact in finding.facts)


def small(seed: int) -> bool:
    """Whether nothing is claimed of a desk with hardly a ticket a day, on the day of its last one."""
    shape = replace(Shape(), tickets=150, accounts=20)
    tables = desk(seed, shape)
    last = min(DAY.start, tables["tickets"]["created_at"].max().date())
    finding = _skill()(context_of(tables, shape), period=build(last, last + timedelta(days=1)))
    return not alarm(finding)


def _skill():  # type: ignore[no-untyped-def]
    return load_skills(builtin_dir("skills"))["daily_brief"].function
