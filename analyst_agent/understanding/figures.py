"""Dates that can be read in two ways: one reading where only one is possible, else a question back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from analyst_agent.errors import MonthOrDay
from analyst_agent.records import Choice, Intent, Plan
from analyst_agent.semantic.period_grammar import find_periods
from analyst_agent.understanding.context import Context

_FIGURES = re.compile(r"(?<![\w./-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d\d)(?![\w/-])")


def either_way(text: str, context: Context, plan_of: Callable[[str], Plan]) -> Plan | None:
    """The plan of a text with a date that can be read in two ways; None where it holds none.

    Dates in figures may begin with the day or the month: another date in the text settles the order where it allows one only; so do the
    days that the data cover. "Oct 26" may be a month or a day. plan_of: the plan of a text whose dates are written out.
    """
    return _month_or_day(text, context, plan_of) or _day_or_month_first(text, context, plan_of)


def _month_or_day(text: str, context: Context, plan_of: Callable[[str], Plan]) -> Plan | None:
    """The plan of a text with "Oct 26", which is October 2026 or the 26th: asked back, unless both come to the same answer."""
    found = [(m.span, m.problem) for m in find_periods(text, context.clock) if isinstance(m.problem, MonthOrDay)]
    if not found:
        return None
    as_months = as_days = text
    for (start, end), problem in reversed(found):
        as_months = f"{as_months[:start]}{problem.month}{as_months[end:]}"
        as_days = f"{as_days[:start]}{problem.day}{as_days[end:]}"
    choices = tuple(Choice(said, plan_of(said)) for said in (as_months, as_days))
    if choices[0].plan == choices[1].plan and choices[0].plan is not None:
        return choices[0].plan
    first = found[0][1]
    return Plan(Intent.CLARIFY, 0.9, choices=choices, reason=f"Does {first.said!r} mean {first.month} or {first.day}?")


def _day_or_month_first(text: str, context: Context, plan_of: Callable[[str], Plan]) -> Plan | None:
    written = {order: said for order in ("day", "month") if (said := _written(text, order)) is not None}
    if not written:
        return None
    inside = {
        order: said for order, said in written.items() if all(_may_be_meant(d, context) for d in _days(text, order))
    }
    possible = inside or written
    plans = {order: plan_of(said) for order, said in possible.items()}
    if len(plans) == 1:
        return next(iter(plans.values()))
    choices = tuple(Choice(possible[order], plan) for order, plan in plans.items())
    first = _FIGURES.search(text)
    said = first[0] if first else text
    return Plan(Intent.CLARIFY, 0.9, choices=choices, reason=f"Does {said} begin with the day or the month?")


def _days(text: str, order: str) -> list[date]:
    return [day for match in _FIGURES.finditer(text) if (day := _day(match, order)) is not None]


def _day(match: re.Match[str], order: str) -> date | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4]) + (2000 if len(match[4]) == 2 else 0)
    day, month = (first, second) if order == "day" else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(text: str, order: str) -> str | None:
    """The text with its dates in ISO form; None where one of them is impossible in that order."""
    matches = list(_FIGURES.finditer(text))
    if not matches or any(_day(match, order) is None for match in matches):
        return None
    return _FIGURES.sub(lambda match: str(_day(match, order)), text)


def _may_be_meant(day: date, context: Context) -> bool:
    """Whether a day lies neither ahead nor outside the data."""
    first, last = context.first_day or date.min, context.last_day or context.clock.today
    return first <= day <= max(last, context.clock.today)
