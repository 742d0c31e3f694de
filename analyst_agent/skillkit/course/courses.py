"""Whether a course over time shows a trend, a change of level or a season: the tests, corrected together, and their facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analyst_agent.records import Fact, Period
from analyst_agent.semantic.periods import Grain
from analyst_agent.skillkit.course.artefacts import Carried
from analyst_agent.skillkit.course.timeline import COHORT, Blocks, Counts, Daily, blocks_of
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry
from analyst_agent.statistics import benjamini_hochberg, newcombe_interval
from analyst_agent.statistics.changepoints import Step, located, steps
from analyst_agent.statistics.seasonality import (
    MonthEnd,
    WeekdayEffect,
    month_end_rate,
    month_end_volume,
    weekday_effect,
)
from analyst_agent.statistics.series import BINOMIAL, POISSON
from analyst_agent.statistics.trend import Slope, steady_change

LENGTH = {"day": 7.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4}
"""Days in the unit in which a slope is told: of days and weeks, a week."""
FEWEST_EVENTS = 20
SIGNIFICANT_AT = 0.05
MARGIN = {1: 7, 7: 3}
"""Fewest days, or weeks, on either side of a change of level."""
SLOPES = {COHORT: "cohort_rate_slope", COUNT: "escalated_ticket_count_slope", TICKETS: "ticket_count_slope"}


@dataclass(slots=True)
class Course:
    """One metric over the days that carry it. steps: changes of level by blocks; reason: why nothing is tested, or ""."""

    metric: str
    daily_y: Counts
    daily_x: Counts
    blocks: Blocks
    slope: Slope | None = None
    steps: list[Step] = field(default_factory=list)
    reason: str = ""

    @property
    def family(self) -> str:
        """How single events would vary."""
        return BINOMIAL if self.metric == COHORT else POISSON

    @property
    def has_step(self) -> bool:
        """Whether changes of level fit the blocks better than a steady change."""
        return self._gain > 0

    @property
    def is_doubtful(self) -> bool:
        """Whether both fit about as well: by no more than one parameter counts (Schwarz 1978, Ann. Stat. 6, 461)."""
        return abs(self._gain) <= float(np.log(max(len(self.blocks), 2)))

    @property
    def _gain(self) -> float:
        """Twice the log-likelihood of the levels over that of the slope; each further level counts as two parameters."""
        if not self.steps or self.slope is None or self.steps[0].variance <= 0:
            return float("inf") if self.steps else float("-inf")
        gain = (self.slope.squares - self.steps[0].squares) / self.steps[0].variance
        return gain - 2 * (len(self.steps) - 1) * float(np.log(len(self.blocks)))


def courses_of(inquiry: Inquiry, daily: Daily, carried: Carried) -> dict[str, Course]:
    """The cohort rate, escalated tickets a day and tickets created a day, each with its slope and its changes of level."""
    weekday = (daily.first.weekday() + np.arange(len(daily))) % 7
    total = np.bincount(weekday, weights=np.where(carried.volume, daily.tickets, 0.0), minlength=7)
    usual = total / np.maximum(np.bincount(weekday, weights=carried.volume.astype(float), minlength=7), 1)
    share = np.maximum(usual * 7 / usual.sum(), 0.02) if usual.sum() else np.ones(7)
    days = share[weekday]
    series = (
        (COHORT, daily.cohort, daily.tickets, carried.rate),
        (COUNT, daily.escalated, days, carried.counts),
        (TICKETS, daily.tickets, days, carried.volume),
    )
    return {metric: _course(metric, y, x, usable) for metric, y, x, usable in series}


def _course(metric: str, y: Counts, x: Counts, usable: np.ndarray) -> Course:
    blocks = blocks_of(y, x, usable)
    course = Course(metric, np.where(usable, y, 0.0), np.where(usable, x, 0.0), blocks)
    if blocks.y.sum() < FEWEST_EVENTS:
        course.reason = "too few tickets for a trend"
        return course
    course.slope = steady_change(blocks.y, blocks.x, course.family)
    if course.slope is None:
        course.reason = "the period is too short for a trend"
        return course
    course.steps = steps(blocks.y, blocks.x, course.family, MARGIN[blocks.days])
    return course


@dataclass(frozen=True, slots=True)
class Seasons:
    """What depends on the calendar, as tested; None where it could not be."""

    weekday: WeekdayEffect | None
    month_end_rate: MonthEnd | None
    month_end_volume: MonthEnd | None


def seasons_of(daily: Daily, carried: Carried) -> Seasons:
    """Weekdays and the end of the month: of the rate on the days that carry one, of the volume where all days do."""
    places = np.flatnonzero(carried.rate)
    if not places.size or daily.cohort[carried.rate].sum() < FEWEST_EVENTS:
        return Seasons(None, None, None)
    start, end = int(places[0]), int(places[-1]) + 1
    tickets = np.where(carried.rate, daily.tickets, 0.0)[start:end]
    cohort = np.where(carried.rate, daily.cohort, 0.0)[start:end]
    first = daily.day(start)
    volume = np.flatnonzero(carried.volume)
    whole = np.where(carried.volume, daily.tickets, carried.expected)[volume[0] : volume[-1] + 1]
    return Seasons(
        weekday_effect(cohort, tickets, first),
        month_end_rate(cohort, tickets, first),
        month_end_volume(whole, daily.day(int(volume[0]))),
    )


def corrected(p_values: dict[str, float | None]) -> dict[str, float | None]:
    """Benjamini-Hochberg over everything that one answer tests, by name."""
    return dict(zip(p_values, benjamini_hochberg(list(p_values.values())), strict=True))


def p_values_of(courses: dict[str, Course], seasons: Seasons) -> dict[str, float | None]:
    """One p-value for each question asked of the courses, None where it could not be tested."""
    found: dict[str, float | None] = {}
    for metric, course in courses.items():
        found[f"slope {metric}"] = course.slope.p_value if course.slope else None
        found[f"step {metric}"] = min((s.p_value for s in course.steps), default=None) if course.steps else None
    for name in ("weekday", "month_end_rate", "month_end_volume"):
        effect = getattr(seasons, name)
        found[name] = effect.p_value if effect else None
    return found


def is_clear(adjusted: dict[str, float | None], name: str) -> bool:
    """Whether a test holds at 5 % after the correction."""
    p_value = adjusted.get(name)
    return p_value is not None and p_value <= SIGNIFICANT_AT


def slope_fact(inquiry: Inquiry, daily: Daily, course: Course, grain: Grain, adjusted: float | None) -> Fact | None:
    """The steady change per week, month or quarter: of the rate in points, of a count relative to its mean."""
    found = course.slope
    if found is None:
        return None
    # A slope is per place among the blocks; LENGTH counts days.
    scale = LENGTH[grain] / course.blocks.days
    is_rate = course.metric == COHORT
    level = 1.0 if is_rate else found.level
    low, high = found.interval
    significant = adjusted is not None and adjusted <= SIGNIFICANT_AT
    return inquiry.book.add(
        SLOPES[course.metric],
        found.slope * scale / level,
        "points" if is_rate else "ratio",
        _tested_days(daily, course),
        source=daily.source,
        n=int(course.blocks.x.sum()) if is_rate else int(course.blocks.y.sum()),
        interval=(low * scale / level, high * scale / level),
        p_value=found.p_value,
        p_adjusted=adjusted,
        significant=significant,
    )


def slope_unit(grain: Grain) -> Grain:
    """The unit in which a slope is told where the course is shown by this one: of days, weeks."""
    return "week" if grain == "day" else grain


def _tested_days(daily: Daily, course: Course) -> Period:
    starts = course.blocks.starts
    return daily.period(int(starts[0]), int(starts[-1]) + course.blocks.days)


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A change of level as facts. level: the value after it, with that before as reference. window: days within which it lies."""

    metric: str
    day: date
    level: Fact
    window: Fact
    is_rise: bool


def change_points(inquiry: Inquiry, daily: Daily, course: Course, adjusted: float | None) -> list[ChangePoint]:
    """Each change of level, placed to the day, with rates before and after counted over the days on either side."""
    bounds = [int(course.blocks.starts[step.at]) for step in course.steps]
    first, end = int(course.blocks.starts[0]), int(course.blocks.starts[-1]) + course.blocks.days
    placed: list[tuple[int, int, int]] = []
    for at, step in enumerate(course.steps):
        low = bounds[at - 1] if at else first
        high = bounds[at + 1] if at + 1 < len(bounds) else end
        found = located(course.daily_y[low:high], course.daily_x[low:high], step.variance, course.blocks.days)
        day, earliest, latest = found or (bounds[at] - low, bounds[at] - low, bounds[at] - low)
        placed.append((day + low, earliest + low, latest + low))
    made = []
    for at, step in enumerate(course.steps):
        before = (placed[at - 1][0] if at else first, placed[at][0])
        after = (placed[at][0], placed[at + 1][0] if at + 1 < len(placed) else end)
        made.append(_change_point(inquiry, daily, course, step, (before, after), placed[at], adjusted))
    return made


def _change_point(
    inquiry: Inquiry,
    daily: Daily,
    course: Course,
    step: Step,
    sides: tuple[tuple[int, int], tuple[int, int]],
    place: tuple[int, int, int],
    adjusted: float | None,
) -> ChangePoint:
    book = inquiry.book
    (now, n), (then, _) = _level(daily, course, sides[1]), _level(daily, course, sides[0])
    moved = (now - then) - (step.after - step.before)
    low, high = step.difference_interval
    level = book.add(
        COHORT if course.metric == COHORT else f"{course.metric}_per_day",
        now,
        "ratio" if course.metric == COHORT else "count",
        daily.period(*sides[1]),
        source=daily.source,
        n=n,
        reference="comparison_period",
        reference_period=daily.period(*sides[0]),
        reference_value=then,
        difference=now - then,
        difference_interval=(low + moved, high + moved),
        p_value=step.p_value,
        p_adjusted=adjusted,
        significant=adjusted is not None and adjusted <= SIGNIFICANT_AT,
    )
    day, earliest, latest = place
    period = daily.period(earliest, latest + 1)
    window = book.add("change_window_days", period.days, "count", period, source=daily.source)
    return ChangePoint(course.metric, daily.day(day), level, window, now > then)


def _level(daily: Daily, course: Course, side: tuple[int, int]) -> tuple[float, int]:
    """The value over the usable days of one side, and the objects it rests on."""
    start, end = side
    y, x = float(course.daily_y[start:end].sum()), float(course.daily_x[start:end].sum())
    return (y / x if x else 0.0), int(x if course.metric == COHORT else y)


def rate_around(inquiry: Inquiry, daily: Daily, rates: Course, change: ChangePoint) -> Fact | None:
    """The cohort rate after a change of another metric, with that before as reference and the dispersion of the rate's own weeks."""
    if rates.slope is None or change.level.period is None or change.level.reference_period is None:
        return None
    sides = []
    for period in (change.level.period, change.level.reference_period):
        at = slice(daily.place(period.start), daily.place(period.end))
        sides.append((float(rates.daily_y[at].sum()), float(rates.daily_x[at].sum())))
    (y, n), (y_before, n_before) = sides
    if min(n, n_before) < inquiry.minimum:
        return None
    worth = rates.slope.dispersion
    low, high = newcombe_interval(y / worth, n / worth, y_before / worth, n_before / worth)
    return inquiry.book.add(
        COHORT,
        y / n,
        "ratio",
        change.level.period,
        source=daily.source,
        n=int(n),
        reference="comparison_period",
        reference_period=change.level.reference_period,
        reference_value=y_before / n_before,
        difference=y / n - y_before / n_before,
        difference_interval=(low, high),
        significant=not low <= 0 <= high,
    )
