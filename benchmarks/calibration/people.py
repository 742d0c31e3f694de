"""Desks on which nobody differs but much looks as if: few and many tickets, one bad account, other kinds of tickets."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Period
from benchmarks.calibration.desks import AREAS, Shape, Tables, desk

WHOLE = Shape(rate=0.2, likeness=0.08)
HOW = ("alike", "unequal caseloads", "one account each", "other kinds")


def whole_period(shape: Shape) -> Period:
    """All days of a desk."""
    return Period(shape.today - timedelta(days=shape.days), shape.today)


def unplanted(seed: int, shape: Shape = WHOLE) -> Tables:
    """A desk on which agents and teams do not differ; how tickets reach them differs with the seed."""
    tables, dice = desk(seed, shape), np.random.default_rng(seed + 10_000)
    tickets, how = tables["tickets"], HOW[seed % len(HOW)]
    if how == "unequal caseloads":
        weight = 1 / np.arange(1, shape.agents + 1) ** 0.8
        assign(tables, dice.choice(shape.agents, size=len(tickets), p=weight / weight.sum()))
    if how == "one account each":
        account = tickets["account_id"].str[1:].astype(int).to_numpy()
        at_home = dice.random(len(tickets)) < 0.8
        assign(tables, np.where(at_home, account % shape.agents, dice.integers(0, shape.agents, len(tickets))))
    if how == "other kinds":
        area = tickets["product_area"].map({name: i for i, name in enumerate(AREAS)}).to_numpy()
        keep = np.array([1.0, 0.7, 0.5, 0.3, 0.2])[area]
        weight = np.exp(dice.normal(0, 1.2, size=(len(AREAS), shape.agents)))
        weight /= weight.sum(axis=1, keepdims=True)
        agent = np.array([dice.choice(shape.agents, p=weight[a]) for a in area])
        assign(tables, agent)
        thin(tables, keep, dice)
    return tables


def assign(tables: Tables, agent: NDArray[np.int64]) -> None:
    """Gives each ticket to the agent of that number, and its escalation to the agent's team."""
    agents, tickets = tables["agents"], tables["tickets"]
    tickets["agent_id"] = agents["agent_id"].to_numpy()[agent]
    tickets["team"] = agents["team"].to_numpy()[agent]
    escalations = tables["escalations"]
    escalations["from_team"] = escalations["ticket_id"].map(tickets.set_index("ticket_id")["team"])


def thin(tables: Tables, keep: NDArray[np.float64], dice: np.random.Generator) -> None:
    """Lets each escalation stay with its ticket's probability."""
    tickets, escalations = tables["tickets"], tables["escalations"]
    stays = dice.random(len(tickets)) < keep
    kept = set(tickets["ticket_id"][stays])
    tables["escalations"] = escalations[escalations["ticket_id"].isin(kept)].reset_index(drop=True)
