"""Limits on a result: "accounts with at least 4 escalations", "areas with a rate above 10 %": groups that reach them are shown, the others not."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import HAVING_OPTION, Intent, Order, Plan
from analyst_agent.understanding import confidence
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.periods_asked import Asked, default_period
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.repeaters import ACCOUNT

COUNT = "escalated_ticket_count"


def with_limits(plan: Plan, reading: Reading) -> Plan:
    """The plan with the limits that its metrics and splits can hold; the others are named as left out."""
    held = [one for one in reading.limits if plan.by and one.metric in plan.metrics]
    notes = [
        f"Left out: a limit on the result ({one.said!r}); all rows are shown, in order."
        for one in reading.limits
        if one not in held
    ]
    if not held:
        return replace(plan, notes=(*plan.notes, *notes)) if notes else plan
    first = held[0]
    notes += [f"Left out: a second limit on the result ({one.said!r})." for one in held[1:]]
    order = plan.order or (Order(first.metric, first.op in (">", ">=")),)
    text = f"{first.metric} {first.op} {first.value}"
    return replace(plan, order=order, options={**plan.options, HAVING_OPTION: text}, notes=(*plan.notes, *notes))


def accounts_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """ "Accounts with more than 3 escalations": their escalated tickets, of those accounts that have so many; None without such a limit."""
    often = [one for one in reading.conditions if one.field == TIMES]
    if (
        not reading.repeats
        or len(often) != 1
        or COUNT not in context.model.metrics
        or ACCOUNT not in context.model.dimensions()
    ):
        return None
    where = tuple(one for one in reading.filters() if one.field != TIMES)
    plan = Plan(
        Intent.QUERY, metrics=(COUNT,), by=(ACCOUNT,), where=where, order=(Order(COUNT, True),), notes=tuple(reading.notes),
        options={HAVING_OPTION: f"{COUNT} {often[0].op} {often[0].value}"},
        period=asked.period or default_period(context.clock, None), comparison=None, period_is_default=asked.period is None,
    )  # fmt: skip
    return replace(plan, confidence=confidence.structural(plan, reading))
