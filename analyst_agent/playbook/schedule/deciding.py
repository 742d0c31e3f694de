"""What is due now and what is next, given what was taken up before. Pure: the same for the dry run and the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.due import dues_between, latest_between, next_after
from analyst_agent.playbook.schedule.rules import Rule
from analyst_agent.state.schedules import Claim, Standing, latest_due

LATE = timedelta(hours=1)
"""A due time taken up later than this was missed, and is caught up."""
_FALSE_CLOCK = timedelta(days=2)
"""A claim so far ahead of now was made under a false clock, and does not hold up what is due until then."""
MOST_COUNTED = 1_000
"""Missed due times are counted up to this many."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in the calendar's zone. missed: as in a claim."""

    at: datetime
    occurrence: str
    missed: int

    @property
    def as_of(self) -> date:
        """The day of the run."""
        return self.at.date()


def due_now(rule: Rule, calendar: Calendar, standing: Standing, claims: Sequence[Claim], now: datetime) -> Due | None:
    """The latest due time that is not taken up, None where there is none. claims: the latest first.

    Of several missed ones only the latest is run. What was due before the playbook was activated, or before one that was taken
    up, is never due again.
    """
    after = _counted_from(standing, claims, now)
    latest = latest_between(rule, after, now, calendar)
    known = {one.occurrence for one in claims}
    if latest is None or rule.occurrence(latest) in known:
        return None
    passed = islice(dues_between(rule, after, now, calendar), MOST_COUNTED)
    count = sum(rule.occurrence(due) not in known for due in passed)
    return Due(latest, rule.occurrence(latest), count - 1 + (now - latest > LATE))


def next_due(rule: Rule, calendar: Calendar, standing: Standing, claims: Sequence[Claim], now: datetime) -> Due:
    """The first due time after now that is not taken up."""
    known = {one.occurrence for one in claims}
    at = next_after(rule, max(now, _counted_from(standing, claims, now)), calendar)
    while rule.occurrence(at) in known:
        at = next_after(rule, at, calendar)
    return Due(at, rule.occurrence(at), 0)


def _counted_from(standing: Standing, claims: Sequence[Claim], now: datetime) -> datetime:
    floor = max(standing.since, standing.counts_from)
    last = latest_due(claims, now + _FALSE_CLOCK)
    return floor if last is None else max(floor, last)
