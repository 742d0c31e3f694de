"""The escalated tickets expected in the coming units of time, and why there may be no forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Fact, Period, Value
from analyst_agent.semantic.periods import Grain, key_of
from analyst_agent.skillkit.course.artefacts import Carried
from analyst_agent.skillkit.course.courses import FEWEST_EVENTS, Course
from analyst_agent.skillkit.course.timeline import Daily, coming_units
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.statistics.forecast import FEWEST_WEEKS, forecast

FORECAST = "forecast_escalated_count"
HORIZONS = {"day": 14, "week": 4, "month": 2, "quarter": 1}
FARTHEST_PART = 0.5
"""No farther ahead than half of the days that the forecast rests on."""
STALE_DAYS = 7
ENDINGS = ("cut_off", "unfinished", "recording_ends")


@dataclass(frozen=True, slots=True)
class Coming:
    """One unit of time to come."""

    key: Value
    period: Period
    count: Fact


def forecast_of(
    inquiry: Inquiry, daily: Daily, carried: Carried, course: Course, grain: Grain, horizon: int | None
) -> list[Coming]:
    """Expected escalated tickets in the next whole units after the last day with data; none, with a caveat where it was asked
    for, if the period ends before the data do, an artefact stands at the end, or less than 12 weeks carry it.

    Raises NotPermitted for a horizon below 1.
    """
    if horizon is not None and horizon < 1:
        raise NotPermitted(f"{horizon} units ahead is no forecast.", "Ask for at least 1.")
    reason = _reason(inquiry, daily, carried)
    if reason:
        _say(inquiry, reason)
        return []
    # Only the last level counts: what was before a change says nothing of what comes.
    places = np.flatnonzero(carried.counts)
    start = int(places[0])
    if course.has_step and course.steps[-1].p_value <= 0.01:
        last = int(course.blocks.starts[course.steps[-1].at])
        start = last if len(daily) - last >= FEWEST_WEEKS * 7 else start
    history = np.where(carried.counts, daily.escalated, _filled(daily, carried))[start:]
    after = daily.day(len(daily))
    wanted = horizon or HORIZONS[grain]
    units = coming_units(grain, after, wanted, inquiry.context.clock)
    near = [one for one in units if (one.end - after).days <= FARTHEST_PART * len(history)]
    if len(near) < len(units) and near:
        text = "The forecast is cut short: it reaches no farther than half of the days that it rests on."
        inquiry.book.caveat(text, "forecast_cut")
    if not near:
        _say(inquiry, f"the next whole {grain} lies too far ahead for {len(history)} days of data")
        return []
    expected = forecast(history, [((one.start - after).days, one.days) for one in near])
    if expected is None:
        _say(inquiry, "the data hold fewer than 12 whole weeks without an artefact")
        return []
    clock, made = inquiry.context.clock, []
    for unit, one in zip(near, expected, strict=True):
        key = key_of(grain, unit.start, clock.week_start)
        fact = inquiry.book.add(
            FORECAST,
            round(one.mean, 1) if one.mean < 10 else round(one.mean),
            "count",
            unit,
            {grain: key},
            source=daily.source,
            interval=(float(one.low), float(one.high)),
            n=int(history.sum()),
        )
        made.append(Coming(key, unit, fact))
    return made


def _filled(daily: Daily, carried: Carried) -> np.ndarray:
    """Days in a gap or a load count with what their weekday usually has."""
    weekday = (daily.first.weekday() + np.arange(len(daily))) % 7
    number = np.bincount(weekday, weights=carried.counts.astype(float), minlength=7)
    total = np.bincount(weekday, weights=np.where(carried.counts, daily.escalated, 0.0), minlength=7)
    filled: np.ndarray = (total / np.maximum(number, 1))[weekday]
    return filled


def _reason(inquiry: Inquiry, daily: Daily, carried: Carried) -> str:
    last = inquiry.context.queries.last_day
    end = daily.day(len(daily))
    if any(one.kind in ENDINGS for one in carried.artefacts):
        return "the last days are no whole record"
    if last is not None and (last - end).days >= STALE_DAYS:
        return "the period ends before the data do"
    if (inquiry.context.clock.today - end) > timedelta(days=31):
        return "the data end more than a month ago"
    if daily.unknown.sum() > 0.5 * daily.escalated.sum():
        return "the times of escalation are not recorded, so that the last days are not complete"
    if daily.escalated.sum() < FEWEST_EVENTS:
        return f"fewer than {FEWEST_EVENTS} tickets were escalated"
    if int(carried.counts.sum()) < FEWEST_WEEKS * 7:
        return "the data hold fewer than 12 whole weeks without an artefact"
    return ""


def _say(inquiry: Inquiry, reason: str) -> None:
    inquiry.book.caveat(f"No forecast is made: {reason}.", "no_forecast")
