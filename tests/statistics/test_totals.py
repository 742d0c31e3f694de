"""Sums over accounts and their changes, worked by hand and by simulation."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import t

from analyst_agent.statistics.totals import total_change, total_of


def test_total_and_change_worked_by_hand():
    total, interval = total_of([10.0] * 10)
    assert total == 100
    # Ten equal accounts: t with 10 degrees of freedom times the root of 10 x 100.
    assert interval == pytest.approx((100 - 2.228139 * sqrt(1000), 100 + 2.228139 * sqrt(1000)), rel=1e-6)
    change, span, p_value = total_change([12.0] * 10, [6.0] * 10, (2.0, 1.0))
    assert (change, p_value) == (pytest.approx(0.0), None)
    assert span is None  # 6 a day in both: no account differs, so nothing tells how much they vary
    change, span, p_value = total_change([8.0, 6.0] * 5, [6.0, 8.0] * 5, (1.0, 1.0))
    assert change == pytest.approx(0.0)
    assert p_value == pytest.approx(1.0)
    # Two thirds of ten degrees of freedom.
    assert span[1] == pytest.approx(t.ppf(0.975, 2 / 3 * 140**2 / (10 * 14**2)) * sqrt(40 / 0.9))
    assert total_of([5.0, 5.0])[1] is None
    with pytest.raises(ValueError, match="exposures"):
        total_change([1.0], [1.0], (0.0, 1.0))


def test_changes_of_nothing_are_called_a_change_no_more_often_than_stated():
    alarms = 0
    for seed in range(300):
        dice = np.random.default_rng(seed)
        sizes = 60 / np.arange(1, 61)
        now, before = (np.array([dice.gamma(2, 20, n).sum() for n in dice.poisson(sizes)]) for _ in range(2))
        _, _, p_value = total_change(now, before, (31.0, 31.0))
        alarms += p_value is not None and p_value <= 0.05
    assert alarms <= 22
