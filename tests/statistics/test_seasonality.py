"""Weekdays and month ends: planted ones found, nulls and mere volume silent, the score test against one by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analyst_agent.statistics.seasonality import (
    at_month_end,
    month_end_rate,
    month_end_volume,
    weekday_effect,
    working_weekdays,
)

FIRST = date(2026, 1, 1)
DAYS = 365
WORKED = (True,) * 5 + (False,) * 2
VOLUME = np.array([60, 58, 60, 55, 50, 12, 8])


def _days(seed: int) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    weekday = (FIRST.weekday() + np.arange(DAYS)) % 7
    return dice, weekday, dice.poisson(VOLUME[weekday])


def test_a_weekday_that_escalates_more_is_found_with_its_difference():
    dice, weekday, tickets = _days(1)
    y = dice.binomial(tickets, np.where(weekday == 0, 0.16, 0.08))
    found = weekday_effect(y, tickets, FIRST)
    assert found is not None
    assert found.p_value < 0.001
    monday = weekday == 0
    assert found.rates[0] == pytest.approx(y[monday].sum() / tickets[monday].sum())
    low, high = found.intervals[0]
    assert low < 0.08 < high
    assert low > 0


def test_weekdays_without_an_effect_are_silent_though_volume_and_rate_move():
    alarms = 0
    for seed in range(100):
        dice, _, tickets = _days(seed)
        rate = 0.06 + 0.06 * np.arange(DAYS) / DAYS + 0.02 * np.repeat(dice.normal(size=53), 7)[:DAYS]
        found = weekday_effect(dice.binomial(tickets, np.clip(rate, 0.01, 0.5)), tickets, FIRST)
        alarms += found is not None and found.p_value <= 0.05
    assert alarms <= 10


def test_the_last_three_working_days_and_what_follows_them_are_the_month_end():
    ends = at_month_end(FIRST, DAYS, WORKED)
    days = {FIRST + timedelta(days=int(n)) for n in np.flatnonzero(ends)}
    assert {d for d in days if d.month == 1} == {date(2026, 1, d) for d in (28, 29, 30, 31)}
    assert {d for d in days if d.month == 5} == {date(2026, 5, d) for d in (27, 28, 29, 30, 31)}
    assert working_weekdays(_days(0)[2], FIRST) == WORKED


def test_month_ends_are_found_in_rate_and_volume_and_nulls_are_silent():
    ends = at_month_end(FIRST, DAYS, WORKED)
    dice, weekday, tickets = _days(4)
    rate = month_end_rate(dice.binomial(tickets, np.where(ends, 0.16, 0.08)), tickets, FIRST)
    assert rate is not None
    assert rate.months == 12
    assert rate.p_value < 0.01
    assert rate.interval[0] < 0.08 < rate.interval[1]
    busy = month_end_volume(dice.poisson(VOLUME[weekday] * np.where(ends, 1.4, 1.0)), FIRST)
    assert busy is not None
    assert busy.interval[0] < 1.4 < busy.interval[1] * 1.05
    alarms = 0
    for seed in range(40):
        dice, _, tickets = _days(seed)
        silent = month_end_rate(dice.binomial(tickets, 0.1), tickets, FIRST), month_end_volume(tickets, FIRST)
        alarms += sum(found is not None and found.p_value <= 0.05 for found in silent)
    assert alarms <= 8


def test_too_few_weeks_or_months_give_none():
    _, _, tickets = _days(0)
    assert weekday_effect(tickets[:40] // 10, tickets[:40], FIRST) is None
    assert month_end_rate(tickets[:120] // 10, tickets[:120], FIRST) is None
    assert month_end_volume(tickets[:120], FIRST) is None
    assert weekday_effect(np.zeros(200), tickets[:200], FIRST) is None
