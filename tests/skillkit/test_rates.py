"""Differences of rates and counts by account."""

from __future__ import annotations

import random

import pytest

from analyst_agent.skillkit.parts import Part
from analyst_agent.skillkit.rates import TOO_FEW_TICKETS, count_difference, rate_difference, rest_differences
from analyst_agent.statistics import compare_periods, poisson_counts_differ


def _accounts(rate, n=60, seed=1):
    dice = random.Random(seed)
    return [Part(f"A{i}", sum(dice.random() < rate for _ in range(20)), 20) for i in range(n)]


def test_it_is_the_difference_by_account():
    now, then = _accounts(0.2), _accounts(0.1, seed=2)
    found = rate_difference(now, then, 30)
    expected = compare_periods(
        [p.successes for p in now + then],
        [p.total for p in now + then],
        [True] * len(now) + [False] * len(then),
        [p.account for p in now + then],
    )
    assert found.difference == pytest.approx(expected.difference)
    assert found.interval == pytest.approx(expected.interval)
    assert found.p_value == expected.p_value
    assert found.significant(found.p_value) is True


def test_an_account_with_more_escalated_than_created_tickets_does_not_move_the_difference():
    now, then = [*_accounts(0.2), Part("late", 3, 0)], _accounts(0.1, seed=2)
    found = rate_difference(now, then, 30)
    total = sum(p.successes for p in now) / sum(p.total for p in now)
    assert found.difference == pytest.approx(total - sum(p.successes for p in then) / sum(p.total for p in then))
    assert found.interval[0] < found.difference < found.interval[1]


def test_too_few_tickets_and_none_are_not_tested():
    few = rate_difference([Part("a", 3, 10)], _accounts(0.1), 30)
    assert (few.interval, few.p_value, few.reason) == (None, None, TOO_FEW_TICKETS)
    assert few.difference is not None
    assert rate_difference([], _accounts(0.1), 30).difference is None


def test_each_segment_is_put_against_all_others():
    cells = {"a": _accounts(0.2), "b": _accounts(0.1, seed=2), "c": _accounts(0.1, seed=3), None: [Part(None, 1, 40)]}
    found = rest_differences(cells, 30)
    assert set(found) == {"a", "b", "c"}
    rest = cells["b"] + cells["c"] + cells[None]
    assert found["a"].reference == pytest.approx(sum(p.successes for p in rest) / sum(p.total for p in rest))


def test_counts_of_accounts_that_behave_evenly_are_compared_as_poisson():
    now, then = [Part(f"A{i}", 6, 0) for i in range(50)], [Part(f"A{i}", 4, 0) for i in range(50)]
    ratio, p_value = count_difference(now, then, (31, 30))
    assert ratio == pytest.approx((300 / 31) / (200 / 30))
    assert p_value == pytest.approx(poisson_counts_differ(300, 31, 200, 30).p_value)


def test_counts_that_come_in_bursts_of_one_account_are_no_trend():
    now = [Part(f"A{i}", 4, 0) for i in range(50)] + [Part("burst", 100, 0)]
    then = [Part(f"A{i}", 4, 0) for i in range(50)] + [Part("burst", 0, 0)]
    assert count_difference(now, then, (30, 30))[1] > 0.05
    assert poisson_counts_differ(300, 30, 200, 30).p_value < 0.001
