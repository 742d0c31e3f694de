"""What depends on the calendar, as facts and the statements about it."""

from __future__ import annotations

import numpy as np

from analyst_agent.records import Fact, Statement, Value
from analyst_agent.skillkit.course.courses import SIGNIFICANT_AT, Course, Seasons, is_clear
from analyst_agent.skillkit.course.timeline import COHORT, Daily
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.statistics.seasonality import MonthEnd, WeekdayEffect

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OF_MONTH_END = ("month_end_rate", "month_end_volume")


def season_facts(
    inquiry: Inquiry, daily: Daily, rates: Course, seasons: Seasons, adjusted: dict[str, float | None]
) -> tuple[list[Statement], list[Fact]]:
    """Statements about the seasons that hold after the correction, and the rate of every weekday where they could be tested."""
    said: list[Statement] = []
    weekdays = []
    if seasons.weekday is not None:
        weekdays = weekday_facts(inquiry, daily, rates, seasons.weekday, adjusted["weekday"])
        told = [fact for fact in weekdays if fact.difference is not None and (fact.n or 0) >= inquiry.minimum]
        if is_clear(adjusted, "weekday") and len(told) > 1:
            told.sort(key=lambda fact: number(fact.value))
            said.append(Statement("weekday_rates", (told[-1].id, told[0].id)))
    for name in OF_MONTH_END:
        effect: MonthEnd | None = getattr(seasons, name)
        if effect is not None and is_clear(adjusted, name):
            said.append(Statement(name, (month_end_fact(inquiry, daily, name, effect, adjusted[name]).id,)))
    return said, weekdays


def weekday_facts(inquiry: Inquiry, daily: Daily, course: Course, effect: WeekdayEffect, adjusted: float | None) -> list[Fact]:  # fmt: skip
    """The cohort rate of each weekday of creation over the days that carry one, with its difference from its week."""
    weekday = (daily.first.weekday() + np.arange(len(daily))) % 7
    used = np.flatnonzero(course.daily_x > 0)
    if not used.size:
        return []
    period, found = daily.period(int(used[0]), int(used[-1]) + 1), []
    for place, name in enumerate(WEEKDAYS):
        chosen = weekday == place
        n, escalated = int(course.daily_x[chosen].sum()), float(course.daily_y[chosen].sum())
        more: dict[str, object] = {}
        if effect.differences[place] is not None:
            more = {
                "reference": "rest",
                "difference": effect.differences[place],
                "difference_interval": effect.intervals[place],
                "p_adjusted": adjusted,
                "significant": adjusted is not None and adjusted <= SIGNIFICANT_AT,
            }
        group: dict[str, Value] = {"weekday": name}
        value = escalated / n if n else None
        found.append(inquiry.book.add(COHORT, value, "ratio", period, group, source=daily.source, n=n, **more))
    return found


def month_end_fact(inquiry: Inquiry, daily: Daily, name: str, effect: MonthEnd, adjusted: float | None) -> Fact:
    """The effect of the month's last working days, with the number of months as n."""
    is_rate = name == "month_end_rate"
    low, high = effect.interval
    less = 0.0 if is_rate else 1.0
    return inquiry.book.add(
        "month_end_rate_difference" if is_rate else "month_end_volume_ratio",
        effect.value - less,
        "points" if is_rate else "ratio",
        daily.period(0, len(daily)),
        source=daily.source,
        n=effect.months,
        interval=(low - less, high - less),
        p_value=effect.p_value,
        p_adjusted=adjusted,
        significant=adjusted is not None and adjusted <= SIGNIFICANT_AT,
    )
