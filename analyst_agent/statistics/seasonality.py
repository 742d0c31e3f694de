"""Whether a rate or a volume depends on the day of the week or on the end of the month, apart from its course over the weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval, student_quantile
from analyst_agent.statistics.series import Array, Numbers, checked

WEEK = 7
FEWEST_WEEKS = 8
FEWEST_MONTHS = 6
LAST_WORKING_DAYS = 3
WORKED = 0.4
"""A weekday with at least this part of the busiest one's tickets is a working day."""


@dataclass(frozen=True, slots=True)
class WeekdayEffect:
    """p_value: that all weekdays have one rate. rates: of each weekday, Monday first, None without tickets; differences:
    from the other days' rate, with 95 % intervals.
    """

    p_value: float
    rates: tuple[float | None, ...]
    differences: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]
    dispersion: float


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The last working days of a month against its other days. value: difference of the rates, or ratio of the volumes."""

    value: float
    interval: Interval
    p_value: float
    months: int


def weekday_effect(y: Numbers, x: Numbers, first: date) -> WeekdayEffect | None:
    """Whether y / x differs between weekdays, of daily counts from `first` on; None with fewer than 8 weeks with tickets.

    An F test of the seven rates against that of their own week, so that neither a trend nor a step counts: the
    between-weekday chi-square over its degrees of freedom, divided by the dispersion that is left, at least 1
    (McCullagh and Nelder 1989, section 4.5, quasi-binomial).
    """
    from scipy.special import fdtrc

    counts, exposure = checked(y, x)
    weekday = (first.weekday() + np.arange(len(counts))) % WEEK
    week = (first.weekday() + np.arange(len(counts))) // WEEK
    week_y = np.bincount(week, weights=counts).astype(float)
    week_x: Array = np.bincount(week, weights=exposure).astype(float)
    rate = float(counts.sum() / exposure.sum()) if exposure.sum() else 0.0
    single = rate * (1 - rate)
    if int((week_x > 0).sum()) < FEWEST_WEEKS or not 0 < rate < 1:
        return None
    expected = exposure * (week_y / np.where(week_x > 0, week_x, 1))[week]
    tickets = np.bincount(weekday, weights=exposure, minlength=WEEK)
    excess = np.bincount(weekday, weights=counts - expected, minlength=WEEK)
    filled = tickets > 0
    if int(filled.sum()) < 2:
        return None
    shift = np.divide(excess, tickets, out=np.zeros(WEEK), where=filled)
    freedom = int((exposure > 0).sum()) - int((week_x > 0).sum()) - int(filled.sum()) + 1
    if freedom < 10:
        return None
    left = counts - expected - exposure * shift[weekday]
    squares = float((left[exposure > 0] ** 2 / exposure[exposure > 0]).sum()) / single
    dispersion = max(squares / freedom, 1.0)
    # A day is compared with its week, of which it is a part: its excess varies by what the other days hold.
    part = np.divide(exposure**2, week_x[week], out=np.zeros_like(exposure), where=week_x[week] > 0)
    own = np.bincount(weekday, weights=exposure - part, minlength=WEEK)
    between = _between(counts, exposure, expected, weekday, week, week_x) / (single * dispersion)
    groups = int(filled.sum()) - 1
    p_value = float(fdtrc(groups, freedom, between / groups))
    half = student_quantile(0.95, freedom)
    differences: list[float | None] = []
    intervals: list[Interval | None] = []
    rates: list[float | None] = []
    for day in range(WEEK):
        if not tickets[day] or own[day] <= 0:
            rates.append(None)
            differences.append(None)
            intervals.append(None)
            continue
        gap = float(excess[day] / own[day])
        error = float(np.sqrt(single * dispersion / own[day]))
        rates.append(float(counts[weekday == day].sum() / tickets[day]))
        differences.append(gap)
        intervals.append((gap - half * error, gap + half * error))
    return WeekdayEffect(p_value, tuple(rates), tuple(differences), tuple(intervals), dispersion)


def _between(
    counts: Array,
    exposure: Array,
    expected: Array,
    weekday: NDArray[np.int64],
    week: NDArray[np.int64],
    week_x: Array,
) -> float:
    """The score statistic of the seven weekdays within weeks (Mantel-Haenszel with many strata), for a variance of one."""
    table = np.zeros((int(week.max()) + 1, WEEK))
    np.add.at(table, (week, weekday), exposure)
    excess = np.bincount(weekday, weights=counts - expected, minlength=WEEK)
    held = week_x > 0
    covariance = np.diag(table.sum(axis=0)) - table[held].T @ (table[held] / week_x[held, None])
    return float((excess @ np.linalg.pinv(covariance, rcond=1e-9) @ excess).item())


def working_weekdays(x: Numbers, first: date) -> tuple[bool, ...]:
    """Which weekdays are worked, Monday first: those with at least 0.4 of the busiest one's mean."""
    exposure = np.asarray(x, dtype=float)
    weekday = (first.weekday() + np.arange(len(exposure))) % WEEK
    number = np.bincount(weekday, minlength=WEEK)
    mean = np.bincount(weekday, weights=exposure, minlength=WEEK) / np.maximum(number, 1)
    return tuple(bool(value) for value in mean >= WORKED * mean.max()) if mean.max() > 0 else (True,) * WEEK


def at_month_end(first: date, days: int, worked: Sequence[bool]) -> NDArray[np.bool_]:
    """Which days belong to the last three working days of their month, with the days off that follow them."""
    return np.array([_is_month_end(first + timedelta(days=n), worked) for n in range(days)], dtype=bool)


def _is_month_end(day: date, worked: Sequence[bool]) -> bool:
    following, left = day + timedelta(days=1), 0
    while following.month == day.month:
        left += worked[following.weekday()]
        following += timedelta(days=1)
    return left < LAST_WORKING_DAYS


def month_end_rate(y: Numbers, x: Numbers, first: date) -> MonthEnd | None:
    """The rate of the tickets created on a month's last working days less that of its other days.

    Student's test over months, each weighed by its tickets at the end: months are independent where tickets of one day are not.
    None with fewer than 6 months that have tickets on both sides.
    """
    counts, exposure = checked(y, x)
    parts = _by_month(counts, exposure, first)
    found = [(a / b - c / d, b) for a, b, c, d in parts if b > 0 and d > 0]
    return _tested([v for v, _ in found], [w for _, w in found])


def month_end_volume(x: Numbers, first: date) -> MonthEnd | None:
    """How many times the tickets that its weekdays let expect a month's last working days have.

    Student's test on the months' logarithms. None with fewer than 6 months, or with one that has no tickets on either side.
    """
    exposure = np.asarray(x, dtype=float)
    weekday = (first.weekday() + np.arange(len(exposure))) % WEEK
    mean = np.bincount(weekday, weights=exposure, minlength=WEEK) / np.maximum(np.bincount(weekday, minlength=WEEK), 1)
    parts = _by_month(exposure, mean[weekday], first)
    if any(b > 0 and d > 0 and (a <= 0 or c <= 0) for a, b, c, d in parts):
        return None
    logs = [float(np.log((a / b) / (c / d))) for a, b, c, d in parts if b > 0 and d > 0]
    found = _tested(logs, [1.0] * len(logs))
    if found is None:
        return None
    low, high = found.interval
    return MonthEnd(float(np.exp(found.value)), (float(np.exp(low)), float(np.exp(high))), found.p_value, found.months)


def _by_month(y: Array, x: Array, first: date) -> list[tuple[float, float, float, float]]:
    """Counts and exposures at the end and in the rest of every whole month."""
    days = [first + timedelta(days=n) for n in range(len(y))]
    ends = at_month_end(first, len(y), working_weekdays(x, first))
    months: dict[tuple[int, int], list[int]] = {}
    for place, day in enumerate(days):
        months.setdefault((day.year, day.month), []).append(place)
    found = []
    for places in months.values():
        last = days[places[-1]] + timedelta(days=1)
        if days[places[0]].day != 1 or last.day != 1:
            continue
        at, chosen = np.array(places), ends[places]
        end, rest = at[chosen], at[~chosen]
        found.append((float(y[end].sum()), float(x[end].sum()), float(y[rest].sum()), float(x[rest].sum())))
    return found


def _tested(values: Sequence[float], weights: Sequence[float]) -> MonthEnd | None:
    from scipy.special import stdtr

    n = len(values)
    if n < FEWEST_MONTHS:
        return None
    value, weight = np.array(values), np.array(weights) / sum(weights)
    mean = float(weight @ value)
    # The variance of a weighted mean by its residuals, n / (n - 1) as for clusters (Cochran 1977, section 6.3).
    error = float(np.sqrt(n / (n - 1) * float((weight * (value - mean)) @ (weight * (value - mean)))))
    if error <= 0:
        return None
    half = student_quantile(0.95, n - 1) * error
    return MonthEnd(mean, (mean - half, mean + half), float(2 * stdtr(n - 1, -abs(mean) / error)), n)
