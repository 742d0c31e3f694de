"""Names that are not quite what they are called: "the Starter plan" where Starter is a tier, "Priya's team" where Priya is a person."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Choice, Filter, Intent, Plan
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.sentences import sentence
from analyst_agent.understanding.words import word_set

_CREW = word_set("team teams group squad crew unit people reports")
_MOST_TEAMS = 4
_KINDS = ("tier", "segment", "industry", "region", "plan", "product_area", "category", "priority", "channel")


def read_misnamed(reading: Reading) -> None:
    """A value right before the name of a field that has no such value: taken for what it is, said in a note, and no split by that field."""
    label = reading.lexicon.model.dimension_label
    for group in reading.groups:
        named = next((m for m in reading.mentions if m.start == group.end and m.dimensions and not m.metrics), None)
        if named is None or group.dimension not in _KINDS or not set(named.dimensions) <= set(_KINDS):
            continue
        plural = reading.tokens[named.end - 1].text.lower().endswith("s")
        field = named.dimensions[0]
        if group.dimension in named.dimensions or plural or not reading.lexicon.values.get(field):
            continue
        reading.use(named.start, named.end)
        reading.bare = [one for one in reading.bare if one not in named.dimensions]
        reading.by = [one for one in reading.by if one not in named.dimensions]
        values = ", ".join(group.values)
        reading.notes.append(f"There is no {label(field)} called {values}: taken as {label(group.dimension)} {values}.")


def whose_team(plan: Plan, reading: Reading, context: Context) -> Plan:
    """Asks which team is meant by "Priya's team": who belongs to which is not part of a question, and her own tickets are not her team's."""
    group = next((one for one in reading.groups if one.dimension == "agent" and _owns_team(one, reading)), None)
    if group is None or plan.intent not in (Intent.SKILL, Intent.QUERY) or not context.values.get("team"):
        return plan
    where = tuple(one for one in plan.where if one.field != "agent")
    by = tuple(one for one in plan.by if one not in ("team", "agent_team"))
    base = replace(plan, where=where, by=by, notes=(), then=(), focus=None)
    plans = [replace(base, where=(*where, Filter("team", "=", name))) for name in context.values["team"][:_MOST_TEAMS]]
    choices = tuple(Choice(sentence(one, context.model), one) for one in plans)
    reason = f"{group.values[0]} is an agent, and I do not take an agent's own tickets for those of a team. Name the team, for example:"
    return Plan(Intent.CLARIFY, 0.8, where=where, period=plan.period, choices=choices, reason=reason)


def _owns_team(group: ValueGroup, reading: Reading) -> bool:
    behind = [word for word in reading.words(group.end, group.end + 2) if word != "s"]
    before = reading.words(group.start - 2, group.start)
    return (behind[:1] != [] and behind[0] in _CREW) or before in (("team", "of"), ("teams", "of"), ("group", "of"))
