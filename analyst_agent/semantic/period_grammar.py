"""The date grammar: periods named in an English question, and a whole string read as one period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from analyst_agent.errors import BadPeriod, nearest
from analyst_agent.records import Period
from analyst_agent.semantic.period_atoms import CALENDAR
from analyst_agent.semantic.period_compose import PARTS, YEARS
from analyst_agent.semantic.period_distance import at_distance
from analyst_agent.semantic.period_draft import LONGEST_TEXT, Draft, X
from analyst_agent.semantic.period_ellipsis import ELLIPSES
from analyst_agent.semantic.period_grain import find_grain
from analyst_agent.semantic.period_ranges import OPEN, RANGES
from analyst_agent.semantic.period_relative import RELATIVE
from analyst_agent.semantic.period_roles import DISTANCES, NEIGHBOURS, assign
from analyst_agent.semantic.period_short_years import SHORT_YEARS
from analyst_agent.semantic.period_words import MONTHS, corrected
from analyst_agent.semantic.periods import Clock

__all__ = ["PeriodMatch", "apply_shift", "find_grain", "find_periods", "parse_period"]

Role = Literal["period", "comparison", "shift"]


@dataclass(frozen=True, slots=True)
class PeriodMatch:
    """A time phrase in a question.

    span, text: where it stands. role: asked about, compared with, or a shift of the period under discussion. period: None where the phrase is
    impossible (`problem` says why; to be raised, never passed over) or only a distance (`shift_by` and `shift_unit`; see apply_shift) and the
    text names nothing that it is a distance from. shift_unit "period" is the other period's own kind; shift_whole tells "the month before" (a
    whole unit) from "a month earlier" (the same shape). grain_by: the unit of "month over month".
    """

    span: tuple[int, int]
    text: str
    period: Period | None
    role: Role = "period"
    shift_by: int = 0
    shift_unit: str | None = None
    shift_whole: bool = True
    grain_by: str | None = None
    problem: BadPeriod | None = None
    note: str = ""


def find_periods(text: str, clock: Clock) -> list[PeriodMatch]:
    """Every time phrase of a question, in order, not overlapping, with its role. Never raises: see PeriodMatch.problem."""
    return _read(text, clock, tolerant=True)[0]


def _read(text: str, clock: Clock, tolerant: bool) -> tuple[list[PeriodMatch], str]:
    draft = Draft(text, clock, tolerant)
    draft.apply(DISTANCES)
    draft.apply(SHORT_YEARS + CALENDAR + RELATIVE)
    for _ in range(2):
        draft.apply(YEARS)
        draft.apply(PARTS)
    draft.before_of = False
    draft.apply(RELATIVE)
    draft.apply(YEARS + PARTS)
    draft.apply(RANGES)
    draft.apply(OPEN)
    draft.apply(NEIGHBOURS + ELLIPSES)
    matches = []
    for place, node in assign(draft):
        start, end = draft.spans[place]
        role = cast(Role, node.role)
        matches.append(
            PeriodMatch(
                (start, end), text[start:end], node.period, role, node.shift_by, node.shift_unit, node.whole, node.grain_by, node.problem, node.note
            )
        )  # fmt: skip
    return matches, draft.chars


def apply_shift(period: Period, match: PeriodMatch, clock: Clock | None = None) -> Period:
    """The period that a distance leads to from the one under discussion. Raises BadPeriod where there is none.

    "The month before" October is September, before Q3 it is June; before "last 30 days" it is the 30 days before those; "the year before" a month
    is the same month a year earlier; "the month before" this month to date is the whole previous month. A comparison with a period to date
    ("vs the previous period", "year over year") keeps its elapsed part.
    """
    if match.shift_unit is None:
        raise BadPeriod(
            f"{match.text!r} does not shift a period.", 'Say for example "the month before" or "a year earlier".'
        )
    whole = match.shift_whole and not (match.role == "comparison" and match.shift_unit == "period")
    return at_distance(period, match.shift_by, match.shift_unit, whole, clock)


_EXAMPLES = (
    "last 30 days", "last month", "this month", "last quarter", "last week", "this year", "yesterday", "October 2026", "Q3 2026", "2026-10", "2026-W40",
    "2026-10-01..2026-10-31", "since August", "year to date", "last 12 months", "last year", "today", "all time", "FY2026", "H1 2026", "last fortnight",
)  # fmt: skip
_FILLER = re.compile(
    r"\b(?:in|on|for|during|over|of|the|within|whole|from|at|month|period|and|what|about|how)\b|[\s?.!,;:'\"()]"
)


def parse_period(text: str, clock: Clock) -> Period:
    """The one period that a whole string names ("last month", "Q3 2026", "2026-10-01..2026-10-31").

    Raises BadPeriod, with the nearest examples, where it names none, several, an impossible one or something besides. Misspelt names are not
    corrected here but offered.
    """
    if len(text) > LONGEST_TEXT:
        raise BadPeriod("The period is too long to be one.", f"For example {_EXAMPLES[0]} or {_EXAMPLES[7]}.")
    matches, chars = _read(text, clock, tolerant=False)
    for match in matches:
        if match.problem is not None:
            raise match.problem
    rest = _FILLER.sub("", re.sub(X, "", chars))
    found = [m for m in matches if m.role == "period" and m.period is not None]
    if len(matches) == 1 and found and not rest:
        return cast(Period, found[0].period)
    if len(matches) > 1 and found:
        named = " and ".join(m.text for m in matches)
        raise BadPeriod(
            f"{text!r} names more than one period: {named}.", "Name one, or a range such as 2026-08-01..2026-10-31."
        )
    if matches and not found:
        raise BadPeriod(
            f"{text!r} is a distance from another period.",
            "Name the period itself, for example last month or October 2026.",
        )
    raise BadPeriod(f"Cannot read the period {text!r}.", _suggest(text, clock))


def _suggest(text: str, clock: Clock) -> str:
    words = re.split(r"(\W+)", text.lower())
    mended = "".join(_mended(w) for w in words)
    if mended != text.lower() and len(text) <= 80 and len(_read(mended, clock, tolerant=False)[0]) == 1:
        return f"Did you mean {mended.strip().title() if mended.strip() in MONTHS else mended.strip()!r}?"
    close = nearest(text[:80], _EXAMPLES)
    if close:
        return f"Did you mean {' or '.join(repr(c) for c in close)}?"
    return "Write for example last 30 days, last month, October 2026, Q3 2026 or 2026-10-01..2026-10-31."


def _mended(word: str) -> str:
    fixed = corrected(word)
    if fixed != word or len(word) < 4 or word in MONTHS:
        return fixed
    close = nearest(
        word,
        (
            "week",
            "month",
            "quarter",
            "year",
            "days",
            "weeks",
            "months",
            "fortnight",
            "yesterday",
            "today",
            "last",
            "previous",
        ),
        1,
    )
    return close[0] if close else word
