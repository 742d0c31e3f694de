"""Simulations of agent_comparison: agents alike in all but their tickets, one at double the rate, too few tickets, and known rates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk
from benchmarks.calibration.people import WHOLE, thin, unplanted, whole_period

BUSY = Shape(rate=0.3, likeness=0.08, agents=16)
SMALL = Shape(tickets=120, agents=12, rate=0.2, accounts=40)


def null(seed: int) -> bool:
    """Whether any agent is called different where none is."""
    return any(fact.significant for fact in _finding(unplanted(seed), WHOLE).facts)


def truth(seed: int) -> bool:
    """Whether the agent at double the rate of the others, in 150 tickets or more, is named, and nobody else."""
    tables, dice = desk(seed, BUSY), np.random.default_rng(seed + 20_000)
    busy = tables["tickets"]["agent_id"].value_counts()
    agent = sorted(busy[busy >= 150].index)[seed % 3]
    thin(tables, np.where(tables["tickets"]["agent_id"] == agent, 1.0, 0.5), dice)
    name = tables["agents"].set_index("agent_id")["name"][agent]
    finding = _finding(tables, BUSY)
    named = {f.dimensions["agent"] for f in finding.facts if f.significant and (f.difference or 0) > 0}
    return named == {name}


def small(seed: int) -> bool:
    """Whether nobody is judged on ten tickets, and this is said."""
    finding = _finding(desk(seed, SMALL), SMALL)
    judged = next(f for f in finding.facts if f.metric == "judged_count")
    return judged.value == 0 and any(s.kind == "judged_count" for s in finding.statements)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """The intervals of shrunken rates over the overall rate, beside the ratios that escalations were thinned to."""
    tables, dice = desk(seed, WHOLE), np.random.default_rng(seed + 30_000)
    tickets = tables["tickets"]
    true = dict(zip(tables["agents"]["agent_id"], np.clip(dice.gamma(9, 0.55 / 9, WHOLE.agents), 0.1, 1), strict=True))
    ratio = tickets["agent_id"].map(true).to_numpy()
    thin(tables, ratio, dice)
    level = tables["agents"].set_index("agent_id")["support_level"]
    levels = tickets["agent_id"].map(level)
    rate = sum(f.value for f in _finding(tables, WHOLE).facts if f.metric == "held_escalation_rate")  # type: ignore[misc]
    # Agents without a name go by their place, most tickets first.
    names, counts = tables["agents"].set_index("name")["agent_id"], tickets["agent_id"].value_counts()
    places = sorted(names.index, key=lambda name: (-counts[names[name]], name))
    for fact in _finding(tables, WHOLE).facts:
        if fact.metric == "shrunken_escalation_rate" and fact.interval:
            named = fact.dimensions.get("agent")
            agent = names[named or places[int(str(fact.dimensions["unnamed"]).removeprefix("no. ")) - 1]]
            typical = ratio[levels == level[agent]].mean()
            low, high = fact.interval
            yield low / float(rate), high / float(rate), true[agent] / typical


def _finding(tables: Tables, shape: Shape) -> Finding:
    skill = load_skills(builtin_dir("skills"))["agent_comparison"].function
    return skill(context_of(tables, shape), period=whole_period(shape))
