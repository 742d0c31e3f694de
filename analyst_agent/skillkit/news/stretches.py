"""The days that count as new, and the equal stretches of time before them that they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Period
from analyst_agent.semantic.periods import last_days
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.news.letters import covered

DEFAULT_NEW_DAYS = 14
MOST_NEW_DAYS = 366
PAST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Stretches:
    """now, and `days` in each of `past`, the nearest first; past is empty where the data do not reach back. days: those of now
    that the data cover, its first ones.
    """

    now: Period
    past: tuple[Period, ...]
    days: int

    @property
    def before(self) -> Period | None:
        """All of the past, in one."""
        return Period(self.past[-1].start, self.past[0].end, "", "custom") if self.past else None

    @property
    def whole(self) -> Period:
        """Past and present together."""
        return Period(self.past[-1].start, self.now.end, "", "custom") if self.past else self.now

    def place(self, day: date) -> int | None:
        """0 for a day of now, 1 for one of the stretch before it, ...; None outside."""
        if self.now.start <= day < self.now.end:
            return 0
        return next((i for i, one in enumerate(self.past, start=1) if one.start <= day < one.end), None)

    def shortened(self, past: int) -> Stretches:
        """The same with so many stretches of the past."""
        return Stretches(self.now, self.past[:past], self.days)

    def narrowed(self, days: int) -> Stretches:
        """Only the newest so many days, against two stretches as long."""
        start = self.now.start + timedelta(days=max(0, self.days - days))
        now = Period(start, self.now.end, "", "custom")
        return Stretches(now, _equal(start, days, 2, self.whole.start), days)


def new_days(context: SkillContext, asked: Period | None, days: int | None) -> Period:
    """What counts as new: the last `days` of the period asked about, that period, or the last complete days.

    Raises NotPermitted for a number of days that makes no sense.
    """
    if days is not None and not (isinstance(days, int) and 1 <= days <= MOST_NEW_DAYS):
        raise NotPermitted(f"{days} days cannot count as new.", f"Name 1 to {MOST_NEW_DAYS} days, such as 14.")
    if asked is None:
        return last_days(context.clock, days or DEFAULT_NEW_DAYS)
    if days is None or asked.days <= days:
        return asked
    return Period(asked.end - timedelta(days=days), asked.end, "", "custom")


def stretches_before(context: SkillContext, now: Period, comparison: Period | None = None) -> Stretches:
    """The stretches of about the 90 days before, at least one, as far as the data reach; of the comparison period where one
    is asked for.
    """
    days = covered(context, now).days
    if comparison is not None:
        return Stretches(now, _equal(comparison.end, days, comparison.days // days, comparison.start), days)
    first = context.queries.first_day or now.start
    return Stretches(now, _equal(now.start, days, max(1, round(PAST_DAYS / days)), first), days)


def _equal(end: date, days: int, most: int, first: date) -> tuple[Period, ...]:
    found: Sequence[Period] = [
        Period(end - timedelta(days=days * (i + 1)), end - timedelta(days=days * i), "", "custom") for i in range(most)
    ]
    return tuple(one for one in found if one.start >= first)
