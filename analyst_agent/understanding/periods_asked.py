"""The period and comparison a clause asks for, and the defaults where it names none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_distance import at_distance
from analyst_agent.semantic.period_grammar import PeriodMatch, apply_shift, find_periods
from analyst_agent.semantic.periods import Clock, build, comparison, complete_before, current, everything, last_days
from analyst_agent.understanding.reading import Reading

DEFAULT_DAYS = 30
# A split by time over the last 30 days would show two broken months: as many complete units as make a picture instead.
_UNITS_OF_TREND = {"month": 12, "quarter": 4, "week": 12, "day": 30}


_COURSE = re.compile(r"^(week|month|quarter|year) (?:on|over|to) \1$")
_LONGEST = {"week": 7, "month": 31, "quarter": 92, "year": 366}
_RANGE = re.compile(r"^(?:between|from) (?P<a>.+?) (?:and|to) (?P<b>.+)$", re.IGNORECASE)
_AROUND = re.compile(r"\bbefore (?:and|or|versus|vs) after\b|\bafter (?:and|versus|vs) before\b")
"""Both sides of a day: as many days before it as since."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said of time. steps: distances from the period under discussion. whole_grain: two neighbouring units to show side by side."""

    period: Period | None = None
    comparison: Period | None = None
    shift: PeriodMatch | None = None
    problem: BadPeriod | None = None
    grain: str | None = None
    left_out: tuple[str, ...] = ()


def asked_periods(reading: Reading, clock: Clock) -> Asked:
    """Sort the time phrases of a clause."""
    problem = next((m.problem for m in reading.periods if m.problem is not None), None)
    main = [m for m in reading.periods if m.role == "period" and m.period is not None]
    against = next(
        (m.period for m in reading.periods if m.role in ("comparison", "shift") and m.period is not None), None
    )
    shift = next(
        (m for m in reading.periods if m.period is None and m.shift_unit is not None and m.problem is None), None
    )
    course = next((m for one in reading.periods if (m := _COURSE.search(one.text.lower()))), None)
    if main and course and main[0].period is not None and main[0].period.days > _LONGEST[course[1]]:
        # "How did volume change month over month in 2026": each month of the year.
        return Asked(main[0].period, None, None, problem, course[1], tuple(m.text for m in main[1:]))
    main = _ends_compared(main, reading, clock)
    if len(main) == 2 and against is None and main[0].role == "comparison":
        return Asked(main[1].period, main[0].period, shift, problem)
    if not main:
        # "Escalation rate vs last year" names only what is compared with: the current year is meant. A month just begun is too short.
        long = against is not None and against.kind == "calendar" and against.grain in ("quarter", "year")
        beside = current(clock, against.grain) if long and against is not None and against.grain else None
        return Asked(beside if reading.metrics else None, against, shift, problem)
    first = main[0].period
    if first is not None and against is not None and (against.start, against.end) == (first.start, first.end):
        # "October vs last October": nothing is compared with itself, so the year before is meant.
        against = at_distance(against, -1, "year", False, clock)
    if first is not None and against is not None and first.start < against.start and _side_by_side(reading):
        first, against = against, first
    if first is not None and against is None and _AROUND.search(reading.said):
        return Asked(first, before(first), shift, problem, left_out=tuple(m.text for m in main[1:]))
    if len(main) == 1 or against is not None:
        return Asked(first, against, shift, problem, left_out=tuple(m.text for m in main[1:]))
    return _several([m.period for m in main if m.period is not None], [m.text for m in main], shift, problem)


def _ends_compared(main: list[PeriodMatch], reading: Reading, clock: Clock) -> list[PeriodMatch]:
    """ "Did it go up between August and September": the two ends set against each other, and not one period of both."""
    if len(main) != 1 or reading.grain is not None or not reading.cues & {"change", "over_time"}:
        return main
    said = _RANGE.match(main[0].text)
    if said is None:
        return main
    last = [m for m in find_periods(said["b"], clock) if m.period is not None]
    if len(last) != 1 or last[0].period is None or last[0].period.grain in (None, "day"):
        # "From 1 to 3 November" is a period of its days.
        return main
    year = "" if re.search(r"\d{4}|last|this|previous", said["a"]) else f" {last[0].period.start.year}"
    first = [m for m in find_periods(f"{said['a']}{year}", clock) if m.period is not None]
    if len(first) != 1 or first[0].period is None or first[0].period.start >= last[0].period.start:
        return main
    if first[0].period.grain != last[0].period.grain:
        return main
    return [replace(first[0], role="comparison"), replace(last[0], role="period")]


def _side_by_side(reading: Reading) -> bool:
    """Whether two periods stand on one footing ("compare Q2 and Q3", "August vs October"), so that the later is read against the earlier."""
    return not set(reading.words(0, len(reading.tokens))) & {"than", "against"}


def _several(periods: list[Period], texts: list[str], shift: PeriodMatch | None, problem: BadPeriod | None) -> Asked:
    """Neighbouring units of one kind are one period split by that unit; two that are apart are compared; more are left out and named."""
    ordered = sorted(periods, key=lambda p: p.start)
    grain = ordered[0].grain
    alike = grain is not None and all(p.grain == grain and p.kind == "calendar" for p in ordered)
    if alike and all(a.end == b.start for a, b in pairwise(ordered)):
        return Asked(build(ordered[0].start, ordered[-1].end, "calendar", grain), None, shift, problem, grain)
    early, late = sorted(periods[:2], key=lambda p: p.start)
    return Asked(late, early, shift, problem, None, tuple(texts[2:]))


def default_period(clock: Clock, grain: str | None) -> Period:
    """The last 30 days, or for a split by time as many complete units as make a picture."""
    if grain == "year":
        return everything(clock)
    if grain in _UNITS_OF_TREND:
        return complete_before(clock, _UNITS_OF_TREND[grain], grain)  # type: ignore[arg-type]
    return last_days(clock, DEFAULT_DAYS)


def before(period: Period) -> Period | None:
    """What a period is compared with by default, or None where nothing lies before it."""
    try:
        return comparison(period)
    except BadPeriod:
        return None


def unit_of(match: PeriodMatch, clock: Clock) -> Period | None:
    """The last whole unit that a distance speaks of ("the same month last year"); None where it speaks of none."""
    said = re.search(r"\bsame (week|month|quarter)\b", match.text.lower())
    return complete_before(clock, 1, said[1]) if said else None  # type: ignore[arg-type]


def shifted(period: Period, match: PeriodMatch, clock: Clock) -> Period:
    """The period under discussion moved as the clause says. Raises BadPeriod."""
    return apply_shift(period, match, clock)
