"""Changes of level: placed as a search by hand would, silent on nulls, with a range that holds the day."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics.changepoints import largest_step, located, steps
from analyst_agent.statistics.series import POISSON


def _stepped(seed: int, at: int = 30, before: float = 0.08, after: float = 0.13, weeks: int = 50):
    dice = np.random.default_rng(seed)
    tickets = dice.integers(150, 260, weeks)
    rate = np.where(np.arange(weeks) < at, before, after)
    return dice.binomial(tickets, rate).astype(float), tickets.astype(float)


def _by_hand(y: np.ndarray, x: np.ndarray, margin: int) -> int:
    def squares(a: np.ndarray, b: np.ndarray) -> float:
        return float((b * (a / b - a.sum() / b.sum()) ** 2).sum())

    places = range(margin, len(y) - margin + 1)
    return min(places, key=lambda k: squares(y[:k], x[:k]) + squares(y[k:], x[k:]))


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_step_is_where_two_levels_leave_the_least_squares(seed: int):
    y, x = _stepped(seed)
    found = largest_step(y, x)
    assert found is not None
    assert found.at == _by_hand(y, x, 3)
    assert found.before == pytest.approx(y[: found.at].sum() / x[: found.at].sum())
    assert found.p_value <= 0.005
    assert found.difference_interval[0] > 0


def test_nulls_stay_silent_also_with_dispersion():
    dice = np.random.default_rng(1)
    alarms = 0
    for seed in range(60):
        rate = dice.beta(8, 72, 40)
        x = np.random.default_rng(seed).integers(60, 200, 40)
        step = largest_step(dice.binomial(x, rate), x)
        alarms += step is not None and step.p_value <= 0.05
    assert alarms <= 7


def test_two_changes_are_found_in_order():
    y = np.r_[np.full(20, 70.0), np.full(15, 140.0), np.full(15, 70.0)] + np.random.default_rng(2).normal(0, 5, 50)
    found = steps(y, np.full(50, 7.0), POISSON)
    assert [step.at for step in found] == [20, 35]
    assert found[0].after == pytest.approx(found[1].before)
    assert found[0].after > found[0].before


def test_the_range_holds_the_day_about_as_often_as_it_says():
    held = 0
    for seed in range(120):
        dice = np.random.default_rng(seed)
        tickets = dice.integers(20, 45, 350)
        y = dice.binomial(tickets, np.where(np.arange(350) < 200, 0.08, 0.12))
        best, first, last = located(y, tickets, 0.09, 7)
        assert first <= best <= last
        held += first <= 200 <= last
    assert held >= 108


def test_the_same_data_give_the_same_p_value():
    y, x = _stepped(9, after=0.09)
    assert largest_step(y, x).p_value == largest_step(y, x).p_value


@pytest.mark.parametrize(("y", "x"), [([1] * 7, [9] * 7), ([0] * 40, [9] * 40), ([0] * 40, [0] * 40)])
def test_too_little_gives_nothing(y: list[int], x: list[int]):
    assert largest_step(y, x) is None
    assert steps(y, x) == []
