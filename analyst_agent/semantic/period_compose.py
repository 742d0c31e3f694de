"""Phrases made of periods: October last year, first week of Q3, the week of 5 October, the month before October."""

from __future__ import annotations

import re
from datetime import date
from typing import cast

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_draft import Draft, Node, Rule, X, nominal, recent, rule
from analyst_agent.semantic.period_relative import whole
from analyst_agent.semantic.period_words import DAYS_OF_WEEK, NUMBER, ORDINAL, ORDINALS, UNIT, WEEKDAY, unit
from analyst_agent.semantic.periods import (
    DAY,
    MONTHS_IN,
    Grain,
    add_days,
    add_units,
    build,
    calendar_period,
    unit_start,
    whole_units,
)

_XA, _XB = f"(?P<a>{X})", f"(?P<b>{X})"
_OF = r"(?:\s*,\s*|\s+(?:of|in)\s+(?:the\s+)?|[-/]|\s+)"
_TIMES = "day", "week", "month", "quarter", "year"


def both(m: re.Match[str], draft: Draft) -> tuple[Node, Node] | None:
    """The two periods that a rule joins, unless one is impossible."""
    a, b = draft.node(m["a"]), draft.node(m["b"])
    return None if a.problem or b.problem or "weeks" in (a.mark, b.mark) else (a, b)


# --- a part named without a year, and its year


def _year_of(node: Node) -> tuple[int, bool] | None:
    if node.year is not None:
        return node.year, node.fiscal
    period = node.period
    if (
        period is not None
        and period.kind == "calendar"
        and period.grain == "year"
        and add_units(period.start, 1, "year") == period.end
    ):
        return period.start.year, False
    return None


def _with_year(m: re.Match[str], draft: Draft) -> Node | None:
    pair = both(m, draft)
    if pair is None:
        return None
    part, year = pair
    said = _year_of(year)
    return Node(period=part.in_year(*said)) if part.in_year is not None and said is not None else None


def _with_short_year(m: re.Match[str], draft: Draft) -> Node | None:
    part = draft.node(m["a"])
    return Node(period=part.in_year(2000 + int(m["year"]), False)) if part.in_year is not None else None


def _of_this_year(m: re.Match[str], draft: Draft) -> Node | None:
    part, clock = draft.node(m["a"]), draft.clock
    if part.in_year is None:
        return None
    fiscal = m["fiscal"] is not None
    ahead = fiscal and 1 < clock.fiscal_year_start <= clock.today.month
    return Node(period=part.in_year(clock.today.year + ahead, fiscal))


def _which_one(m: re.Match[str], draft: Draft) -> Node | None:
    """Last October is the latest complete one, this October that of this year, next October the first to come."""
    part, today = draft.node(m["a"]), draft.clock.today
    if part.in_year is None:
        return None
    readings: list[Period] = []
    problem: BadPeriod | None = None
    for year in range(today.year - 9, today.year + 10):
        try:
            readings.append(part.in_year(year, False))
        except BadPeriod as error:
            problem = error
    which = m["which"].split()[-1]
    if which in ("last", "past", "previous", "recent"):
        fitting = [p for p in readings if p.end <= today][-1:]
    elif which == "next":
        fitting = [p for p in readings if p.start > today]
    else:
        fitting = [p for p in readings if p.start.year == today.year]
    if not fitting:
        raise problem or BadPeriod(f"There is no such date {which} time.", "Name the year.")
    return Node(period=fitting[0])


def _weekday_of(m: re.Match[str], draft: Draft) -> Node | None:
    """Monday of last week, and Monday, 5 October, which must agree."""
    holder = draft.node(m["b"])
    if m["word"]:
        wanted = DAYS_OF_WEEK[m["word"].rstrip(".")]
    else:
        first = draft.node(m["a"])
        if first.mark != "weekday":
            return None
        wanted = first.shift_by
    period = holder.period
    if period is not None and period.kind == "calendar" and period.grain == "week" and period.days == 7:
        return Node(period=calendar_period("day", add_days(period.start, (wanted - period.start.weekday()) % 7)))
    if period is not None and period.grain == "day" and period.days == 1 and holder.mark != "weekday":
        if period.start.weekday() != wanted:
            raise BadPeriod(
                f"{period.label} is a {period.start:%A}.", "Give the date or the weekday, or correct one of them."
            )
        return Node(period=period)
    in_year = holder.in_year
    if in_year is not None and in_year(2024, False).days == 1:
        latest = recent(in_year, draft.clock)
        matching = [
            p for p in (in_year(latest.start.year - back, False) for back in range(3)) if p.start.weekday() == wanted
        ]
        return Node(period=matching[0]) if matching else Node(in_year=in_year)
    return None


# --- parts of a period


def _part_of(m: re.Match[str], draft: Draft) -> Node | None:
    """First week of October is its first seven days, last two months of 2025 its last two months, third quarter of last year Q3."""
    clock = draft.clock
    holder = (
        nominal(draft.node(m["a"]), clock)
        if m["a"]
        else calendar_period(cast(Grain, unit(m["holder"])), clock.today, clock.week_start)
    )
    if holder is None:
        return None
    name = unit(m["unit"]) if m["unit"] else "half"
    count = whole(m["n"], name) if m["n"] else 1
    position = 0 if m["which"] in ("last", "final", "closing") else ORDINALS.get(m["which"], 1)
    if position > 1 and m["n"]:
        return None
    start, end = _half(holder, position) if name == "half" else _slice(holder, name, count, position)
    if start < holder.start or end > holder.end or start >= end:
        raise BadPeriod(f"{holder.label} has no such {name}.", "Name two dates, for example 2026-10-01..2026-10-07.")
    return Node(period=whole_units(start, end))


def _half(holder: Period, position: int) -> tuple[date, date]:
    months = (holder.end.year - holder.start.year) * 12 + holder.end.month - holder.start.month
    if holder.grain in MONTHS_IN and months % 2 == 0:
        middle = add_units(holder.start, months // 2, "month")
    else:
        middle = add_days(holder.start, holder.days // 2)
    return (holder.start, middle) if position == 1 else (middle, holder.end)


def _slice(holder: Period, name: str, count: int, position: int) -> tuple[date, date]:
    name, count = ("week", 2 * count) if name == "fortnight" else (name, count)
    if name not in _TIMES:
        raise BadPeriod(f"A {name} is no part of {holder.label} here.", "Use days, weeks or months, or name two dates.")
    if position == 0:
        return add_units(holder.end, -count, name), holder.end
    start = add_units(holder.start, position - 1, name)
    end = add_units(start, count, name)
    # The fifth week of a month is its last days.
    return start, min(end, holder.end) if name == "week" and position > 1 else end


def _week_of(m: re.Match[str], draft: Draft) -> Node | None:
    period = nominal(draft.node(m["a"]), draft.clock)
    if period is None or period.days != 1:
        return None
    return Node(period=calendar_period(cast(Grain, unit(m["unit"])), period.start, draft.clock.week_start))


def _beside(m: re.Match[str], draft: Draft) -> Node | None:
    """The 30 days before 5 October; the month before October; the two weeks after last Monday."""
    anchor, clock = nominal(draft.node(m["a"]), draft.clock), draft.clock
    if anchor is None or (not m["n"] and (m["unit"].endswith("s") or (not m["the"] and m["unit"] != "day"))):
        return None
    name = unit(m["unit"])
    if name not in _TIMES:
        return None
    count, before = (
        (whole(m["n"], name) if m["n"] else 1),
        re.match(r"before|prior|preceding|up|leading", m["side"]),
    )
    if m["side"].startswith(("to", "end")):
        aligned = name in MONTHS_IN and add_units(unit_start(name, anchor.start), 1, name) == anchor.end
        start = add_units(anchor.end, -count, name)
        return Node(
            period=build(start, anchor.end, "calendar" if aligned else "custom", cast(Grain, name) if aligned else None)
        )
    if name in ("day", "week") and anchor.grain in (None, "day"):
        days = count * (7 if name == "week" else 1)
        start = add_days(anchor.start, -days) if before else anchor.end
        return Node(period=build(start, add_days(start, days)))
    if before:
        end = unit_start(name, anchor.start, clock.week_start)
        return Node(period=build(add_units(end, -count, name), end, "calendar", cast(Grain, name)))
    start = add_units(unit_start(name, anchor.end - DAY, clock.week_start), 1, name)
    return Node(period=build(start, add_units(start, count, name), "calendar", cast(Grain, name)))


_WHICH = rf"(?:the\s+)?(?P<which>{ORDINAL}|last|final|closing|opening)"
YEARS: tuple[Rule, ...] = (
    rule(rf"{_XA}(?:'s)?{_OF}{_XB}", _with_year),
    rule(rf"(?P<b>{X})(?:'s)?(?:\s+|-|)(?P<a>{X})", _with_year),
    rule(rf"{_XA}\s*'(?P<year>\d\d)", _with_short_year),
    rule(rf"{_XA}\s+(?:of|in)\s+the\s+(?P<fiscal>fiscal\s+|financial\s+)?year", _of_this_year),
    rule(rf"(?:the\s+)?(?P<which>last|past|previous|most\s+recent|this|next)\s+{_XA}", _which_one),
)
PARTS: tuple[Rule, ...] = (
    rule(rf"(?:(?P<word>{WEEKDAY})|{_XA})(?:\s*,\s*|\s+(?:of|in)\s+|\s+)(?:the\s+)?{_XB}", _weekday_of),
    rule(rf"{_WHICH}\s+(?:(?P<n>{NUMBER})\s+)?(?:full\s+)?(?:(?P<unit>{UNIT})|half)\s+(?:of|in)\s+(?:the\s+)?(?:{_XA}|(?P<holder>month|quarter|year))", _part_of),
    rule(rf"(?:the\s+)?(?P<unit>week)\s+(?:of|beginning|commencing|starting|containing|ending|with)(?:\s+(?:on|in))?\s+(?:the\s+)?{_XA}", _week_of),
    rule(
        rf"(?P<the>the\s+)?(?:(?P<n>{NUMBER})[\s-]+)?(?P<unit>{UNIT})\s+(?P<side>before|prior\s+to|preceding|up\s+to|leading\s+up\s+to|after|following|to|ending(?:\s+(?:in|on|with))?)\s+(?:the\s+)?{_XA}",
        _beside,
    ),
)  # fmt: skip
