"""A word that two columns hold: where they tell different things it is asked which is meant, else the model's preference is taken and said."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import SHARE_OPTION, Choice, Filter, Intent, Plan
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.sentences import sentence

MOST = 4
_CODES = frozenset(("reason_code", "inferred_root_cause"))
_ROLE = re.compile(r"^(?:from|to|agent)_")


def asked_which(plan: Plan, reading: Reading, context: Context) -> Plan:
    """The plan, or a question back where one of its conditions could as well be on a column of another thing.

    "Refund tickets" are of that category, or ended so: two different sets. Tier and plan are both the account's, and a team is a team
    in every role; there the answer says which column was taken.
    """
    if plan.intent not in (Intent.QUERY, Intent.SKILL) or plan.then:
        return plan
    for group in reading.groups:
        held = next((one for one in plan.where if one.field == group.dimension and _values(one) == group.values), None)
        others = [name for name in group.others if _tells_another_thing(name, group, context)]
        if held is None or not others or _is_told_by_noun(group, reading, context):
            continue
        fields = [group.dimension, *others][:MOST]
        plans = [_moved(plan, held, name, context) for name in fields]
        labels = [context.model.dimension_label(name) for name in fields]
        said = reading.text[reading.tokens[group.start].start : reading.tokens[group.end - 1].end]
        reason = f"{said!r} stands in more than one column: {' and '.join(labels)}. Which do you mean?"
        choices = tuple(Choice(sentence(one, context.model), one) for one in plans)
        return Plan(
            Intent.CLARIFY, 0.6, metrics=plan.metrics, by=plan.by, where=plan.where, choices=choices, reason=reason
        )
    return plan


def _is_told_by_noun(group: ValueGroup, reading: Reading, context: Context) -> bool:
    """ "L3 agents": the value is of what the noun behind it names."""
    noun = reading.mention_at(group.end)
    dimensions = context.model.dimensions()
    return noun is not None and dimensions[group.dimension].dataset in noun.dimensions


def _tells_another_thing(name: str, group: ValueGroup, context: Context) -> bool:
    """Whether a column is of another thing than the one taken, and not the same in another role ("team", "from_team"). Nobody who
    says a word of a kind of tickets means a reason code, or the team of an agent that is called so."""
    dimensions = context.model.dimensions()
    roles = {_ROLE.sub("", one) for one in (name, group.dimension)}
    apart = name in _CODES or name.startswith("agent_") or any(one.startswith("is_") for one in (name, group.dimension))
    return dimensions[name].dataset != dimensions[group.dimension].dataset and len(roles) > 1 and not apart


def _moved(plan: Plan, held: Filter, name: str, context: Context) -> Plan:
    """The plan with its condition on another column, in the spelling stored there."""
    stored = {value.casefold(): value for value in context.values.get(name, ())}
    values = tuple(stored.get(str(value).casefold(), value) for value in _values(held))
    moved = replace(held, field=name, value=values if isinstance(held.value, tuple) else values[0])
    where = tuple(moved if one is held else one for one in plan.where)
    by = tuple(name if one == held.field else one for one in plan.by)
    share = str(plan.options.get(SHARE_OPTION, "")).split(",")
    options = dict(plan.options)
    if held.field in share:
        options[SHARE_OPTION] = ",".join(name if one == held.field else one for one in share)
    return replace(plan, where=where, by=by, options=options, notes=())


def _values(one: Filter) -> tuple[object, ...]:
    return tuple(one.value) if isinstance(one.value, tuple) else (one.value,)
