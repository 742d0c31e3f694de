"""Limits on a result: "accounts with at least 4 escalations", "areas with a rate above 10 %": groups that reach them are shown, the others not."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import HAVING_OPTION, Order, Plan
from analyst_agent.understanding.reading import Reading


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
    order = plan.order or (Order(first.metric, first.op in (">", ">=", "between")),)
    value = ",".join(str(_plain(one)) for one in (first.value, first.upper) if one is not None)
    text = f"{first.metric} {first.op} {value}"
    return replace(plan, order=order, options={**plan.options, HAVING_OPTION: text}, notes=(*plan.notes, *notes))


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number
