"""People are not ranked by how much of their work escalates: agents are set against the mix of their tickets instead."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import HAVING_OPTION, Choice, Filter, Intent, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.fresh import RATE
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.roles import WORKS
from analyst_agent.understanding.shapes import measures_escalation

AGENTS_SKILL, AGENT = "agent_comparison", "agent"
_TEAMS = ("team", "agent_team", "from_team")


def unranked(plan: Plan, reading: Reading, context: Context) -> Plan:
    """The plan, with a comparison that allows for what each agent works on in place of a ranking of agents by their escalations.

    Who handled or resolved most is work done, and may be counted.
    """
    if plan.choices:
        plan = replace(plan, choices=tuple(_choice(one, reading, context) for one in plan.choices))
    ranks = bool(plan.order) or RATE in plan.metrics
    if not (plan.intent is Intent.QUERY and AGENT in plan.by and ranks and context.has_skill(AGENTS_SKILL)):
        return plan
    done = WORKS & set(reading.words(0, len(reading.tokens)))
    if done or not measures_escalation(reading, plan.metrics) or any(name in GRAINS for name in plan.by):
        return plan
    focus, where = _of_one_team(plan.where)
    note = "Agents are not ranked: they are compared with what the mix of their tickets leads one to expect."
    if HAVING_OPTION in plan.options:
        note += " The limit on their number is left out, and all are compared."
    return Plan(
        Intent.SKILL, plan.confidence, skill=AGENTS_SKILL, focus=focus, where=where, period=plan.period, comparison=plan.comparison,
        period_is_default=plan.period_is_default, notes=(*plan.notes, note),
    )  # fmt: skip


def _of_one_team(where: tuple[Filter, ...]) -> tuple[str | None, tuple[Filter, ...]]:
    """The one team whose agents are meant as what the comparison is about, and the other conditions."""
    teams = [one for one in where if one.field in _TEAMS and one.op == "="]
    if len(teams) != 1:
        return None, where
    return str(teams[0].value), tuple(one for one in where if one is not teams[0])


def _choice(choice: Choice, reading: Reading, context: Context) -> Choice:
    plan = choice.plan
    return choice if plan is None else replace(choice, plan=unranked(plan, reading, context))
