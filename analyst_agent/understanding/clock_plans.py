"""Plans of what a clause limits to times of the day or week; an analysis that cannot be limited so becomes the plain number."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.semantic.definitions import CLOCK
from analyst_agent.understanding import refusals
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.fresh import query_plan
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.ticket_lists import lists_tickets


def limited_by_clock(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan:
    """The plan under the conditions on the clock: two sides each with its number; an analysis that cannot be limited so becomes the plain
    number, or is refused."""
    if reading.clock_problem:
        return refusals.refuse(reading.clock_problem)
    limited = [one for one in reading.conditions if one.field in CLOCK]
    if not (limited or reading.sides) or plan.intent not in (Intent.SKILL, Intent.QUERY):
        return plan
    is_list = any(one.name == plan.skill and lists_tickets(one) for one in context.skills)
    if plan.intent is Intent.SKILL and not is_list:
        number = query_plan(reading, asked, context)
        if number is None or number.intent is not Intent.QUERY:
            return refusals.refuse(
                "By weekday and hour I limit plain numbers, such as how many tickets were escalated, the escalation rate or a mean time; ask for one of them."
            )
        if "cause" in reading.cues and not number.by and "root_cause" in context.model.dimensions():
            number = replace(number, by=("root_cause",))
        note = "An analysis cannot be limited by weekday or hour: the plain number is given."
        plan = replace(number, notes=(*number.notes, note), confidence=plan.confidence)
    if not reading.sides:
        return plan
    first, *more = (replace(plan, where=(*plan.where, one)) for one in reading.sides)
    return replace(first, then=(*(replace(one, notes=()) for one in more), *plan.then))
