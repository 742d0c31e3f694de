"""A month and two figures: "in Oct 26" or "for Oct 26" is October 2026, "on Oct 26" the 26th, and beside neither it may be both."""

from __future__ import annotations

import re
from typing import Literal

from analyst_agent.errors import BadPeriod, MonthOrDay
from analyst_agent.records import Period
from analyst_agent.semantic.period_atoms import is_month, one_day
from analyst_agent.semantic.period_draft import Draft, Node, Rule, recent, rule
from analyst_agent.semantic.period_words import MONTH, WEEKDAY, month
from analyst_agent.semantic.periods import Clock, calendar_period

_PAIR = re.compile(rf"(?<![a-z0-9])(?P<month>{MONTH})\s+(?P<figures>\d{{1,2}})(?P<ending>st|nd|rd|th)?(?![a-z0-9])")
_THE = r"(?:the\s+)?(?:month\s+of\s+)?(?:early\s+|late\s+|mid[\s-]+)?$"
_MONTH_BEFORE = re.compile(
    rf"(?<![a-z])(?:in|for|during|throughout|within|of|(?:over|about)\s+the\s+month(?:\s+of)?)\s+{_THE}"
)
_DAY_BEFORE = re.compile(
    rf"(?<![a-z])(?:on|since|until|till|by|before|after|as\s+of|(?:up|prior)\s+to|start(?:ing|s|ed)?|begin(?:ning|s)?|end(?:ing|s|ed)?"
    rf"|(?:days?|weeks?|weekends?|nights?|mornings?|afternoons?|evenings?|date|start|end)\s+of|{WEEKDAY},?)\s+(?:the\s+)?$"
)
_DAY_BEHIND = re.compile(r"\s*,?\s*(?:19|20)\d\d(?!\d)|[:.,]\d|\s*(?:at|around)\s+\d|\s*\d{1,2}\s*(?:am|pm)\b")
_AMOUNT_BEHIND = re.compile(
    r"\s*(?:times?|minutes?|hours?|days?|weeks?|months?|years?|dollars?|usd|eur|euros?|percent|points?)\b|\s*%"
)
_YEARS_WITHOUT_DATA = 2
"""Years back that two figures may name where nobody said which days the data cover."""

Read = Literal["month", "day", ""]


def _begun(year: int, month_number: int, clock: Clock) -> Period | None:
    """The month in a year of the data, if it has begun."""
    if not 1 <= month_number <= 12:
        return None
    first_year = clock.data_start.year if clock.data_start else clock.today.year - _YEARS_WITHOUT_DATA
    last_day = max(clock.today, clock.data_end) if clock.data_end else clock.today
    if not first_year <= year <= last_day.year:
        return None
    period = calendar_period("month", one_day(year, month_number, 1).start)
    inside = period.start <= last_day and (clock.data_start is None or period.end > clock.data_start)
    return period if inside else None


def _day(month_number: int, day: int, clock: Clock) -> Period | None:
    """The latest such day that has begun, if the data reach back to it."""
    try:
        period = recent(lambda year, _: one_day(year, month_number, day), clock)
    except BadPeriod:
        return None
    return period if clock.data_start is None or period.start >= clock.data_start else None


def _read_as(m: re.Match[str], draft: Draft) -> Read:
    """What stands beside the pair makes of it, or nothing."""
    before, after = draft.chars[: m.start()], draft.chars[m.end() :]
    is_year = _begun(2000 + int(m["figures"]), month(m["month"]), draft.clock) is not None and len(m["figures"]) == 2
    if not is_year or m["ending"] or _DAY_BEHIND.match(after) or _DAY_BEFORE.search(before):
        return "day"
    return "month" if _MONTH_BEFORE.search(before) else ""


def _month_and_figures(m: re.Match[str], draft: Draft) -> Node | None:
    """The month, where that is what is said; None leaves the day to the rule for days. Raises MonthOrDay where both are possible."""
    pair = _PAIR.match(draft.chars, m.start())
    if pair is None or not is_month(m, draft) or _AMOUNT_BEHIND.match(draft.chars[m.end() :]):
        return None
    read = _read_as(pair, draft)
    # "In Sep 26 and Oct 26", "Oct 26 to Oct 30": one of them tells what the others are.
    others = {_read_as(one, draft) for one in _PAIR.finditer(draft.chars)} - {""}
    read = read or (others.pop() if len(others) == 1 else "")
    whole = _begun(2000 + int(m["figures"]), month(m["month"]), draft.clock)
    if read == "day" or whole is None or (not read and draft.clock.data_start is None):
        return None
    day = _day(month(m["month"]), int(m["figures"]), draft.clock)
    if read == "month":
        return Node(period=whole)
    said = draft.original[draft.spans[m.start()][0] : draft.spans[m.end() - 1][1]]
    if day is None:
        return Node(period=whole, note=f"Read {said!r} as {whole.label}: the day of that name is not in the data.")
    raise MonthOrDay(said, whole.label, day.label)


def _figures_of_month(m: re.Match[str], draft: Draft) -> Node | None:
    """ "In 10/26" is October 2026, "on 10/26" the 26th."""
    first, second = int(m["first"]), int(m["second"])
    if m["word"] in ("on", "since"):
        day = (first, second) if second > 12 else (second, first)
        possible = 1 <= day[0] <= 12 and (first > 12 or second > 12)
        return Node(in_year=lambda year, _: one_day(year, *day)) if possible else None
    period = _begun(2000 + second, first, draft.clock) if len(m["second"]) == 2 else None
    return Node(period=period) if period is not None else None


SHORT_YEARS: tuple[Rule, ...] = (
    rule(rf"(?P<month>{MONTH})\s+(?P<figures>\d\d)", _month_and_figures),
    rule(
        r"(?P<word>in|during|on|since|for\s+the\s+month\s+of)\s+(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![/.\d]|\s*(?:of\b|%))",
        _figures_of_month,
    ),
)
"""Read beside the calendar, of which they are the first where both would fit."""
