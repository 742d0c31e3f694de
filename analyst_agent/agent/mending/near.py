"""A name that does not exist but has one obvious neighbour: a tool's, and whatever an executed plan complains about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from analyst_agent.errors import UnknownName, nearest
from analyst_agent.records import Filter, Finding, Plan
from analyst_agent.semantic.synonyms import same_value

_NEAR = 0.8
_LEAD = 0.08
MOST_NAMES = 4


def near_tool(name: str, tools: Sequence[str]) -> str | None:
    """The tool that a name means: the same but for case and signs, a qualified one, or the only one close in spelling.

    >>> near_tool("functions.Root-Cause-Trends", ["root_cause_trend", "team_load"])
    'root_cause_trend'
    """
    said = re.sub(r"[^a-z0-9]+", "_", name.rpartition(".")[2].lower()).strip("_")
    return said if said in tools else only_near(said, tools)


def only_near(name: str, choices: Sequence[str]) -> str | None:
    """The one choice that is close in spelling, where the next one is clearly further away; else None."""
    same = [c for c in choices if same_value(name, c)]
    if len(same) == 1:
        return same[0]
    close = nearest(name, choices)
    rated = sorted(((SequenceMatcher(None, name.lower(), c.lower()).ratio(), c) for c in close), reverse=True)
    if not rated or rated[0][0] < _NEAR or (len(rated) > 1 and rated[0][0] - rated[1][0] < _LEAD):
        return None
    return rated[0][1]


def executed(plan: Plan, execute: Callable[[Plan], Finding], say: Callable[[str], None]) -> tuple[Finding, Plan]:
    """The finding of a plan, unknown names with one obvious neighbour replaced. Raises an AnalystError where that does not help."""
    for _ in range(MOST_NAMES):
        try:
            return execute(plan), plan
        except UnknownName as error:
            meant = only_near(error.name, error.suggestions)
            changed = renamed(plan, error.name, meant) if meant is not None else plan
            if changed == plan:
                raise
            say(f"Read the {error.kind} {error.name!r} as {meant!r}.")
            plan = changed
    return execute(plan), plan


def renamed(plan: Plan, old: str, new: str) -> Plan:
    """The plan with a name replaced wherever it stands."""

    def name(value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return tuple(name(v) for v in value)
        return new if value == old else value

    return replace(
        plan,
        metrics=name(plan.metrics),
        by=name(plan.by),
        focus=name(plan.focus),
        where=tuple(Filter(name(f.field), f.op, name(f.value)) for f in plan.where),
        order=tuple(replace(o, column=name(o.column)) for o in plan.order),
        spaces=name(plan.spaces),
        options={key: name(value) for key, value in plan.options.items()},
    )
