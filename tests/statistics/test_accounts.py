"""Accounts that stand out, against scipy's distributions, by hand, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analyst_agent.statistics.accounts import _correlation_of_others, _upper_tail, excess, silence
from analyst_agent.statistics.cluster import group, intraclass_correlation


def test_the_tail_is_scipys():
    a, b = 0.1 * 9, 0.9 * 9  # rate 0.1 and correlation 1 / (1 + 9)
    for y, n in ((1, 5), (4, 20), (30, 90)):
        assert _upper_tail(y, n, 0.1, 0.1) == pytest.approx(stats.betabinom.sf(y - 1, n, a, b), rel=1e-8)
        assert _upper_tail(y, n, 0.1, 0.0) == pytest.approx(stats.binom.sf(y - 1, n, 0.1), rel=1e-8)
    assert _upper_tail(1, 5, 0.0, 0.1) == 0.0


def test_each_account_is_left_out_of_rate_and_correlation():
    y, n = np.array([3.0, 1, 0, 5, 2]), np.array([10.0, 12, 8, 20, 9])
    found = _correlation_of_others(y, n)
    for place in range(5):
        kept = np.arange(5) != place
        clusters = group(y[kept], n[kept], np.ones(4, dtype=bool))
        assert found[place] == pytest.approx(intraclass_correlation(clusters), abs=1e-9)
    assert excess(y, n).expected[0] == pytest.approx(10 * 8 / 49)


def test_an_account_far_above_the_others_is_unusual_and_ordinary_ones_are_not():
    y, n = [2, 3, 2, 1, 2, 3, 2, 20], [20, 30, 20, 10, 20, 30, 20, 40]
    p = excess(y, n).p_values
    assert p[-1] < 1e-6
    assert (p[:-1] > 0.05).all()
    with pytest.raises(ValueError, match="between 0 and the total"):
        excess([2], [1])


def test_accounts_that_differ_by_nature_are_called_unusual_no_more_often_than_stated():
    alarms = tests = 0
    for seed in range(60):
        dice = np.random.default_rng(seed)
        n = np.maximum(1, (300 / np.arange(1, 101)).astype(int))
        y = dice.binomial(n, dice.beta(0.1 * 19, 0.9 * 19, 100))
        p = excess(y, n).p_values
        alarms += int((p <= 0.05).sum())
        tests += len(p)
    assert alarms / tests <= 0.055


def test_silence_worked_by_hand():
    """A files one ticket a week in weeks 0 to 7 and none in 8 and 9, in which the others file as always: (1 - 2/10) to the 7."""
    counts = np.zeros((3, 10))
    counts[0, :8] = 1
    counts[1:, :] = 5
    found = silence(counts)
    assert found.weeks.tolist() == [2, 0, 0]
    assert found.last_week.tolist() == [7, 9, 9]
    assert found.expected[0] == pytest.approx(2.0)
    assert found.p_values[0] == pytest.approx(0.8**7)
    assert found.p_values[1] == 1.0


def test_weeks_in_which_nobody_files_are_nobodys_silence():
    counts = np.zeros((4, 10))
    counts[:, :7] = 2
    assert (silence(counts).p_values > 0.99).all()


def test_bursts_count_as_few():
    """The same tickets in bursts of ten every fourth week say less than one by one."""
    even, bursts = np.full((6, 40), 2.5), np.zeros((6, 40))
    bursts[0, ::4], bursts[1:] = 10, 2.5
    even[0, 30:] = 0
    bursts[0, 30:] = 0
    steady, bursty = silence(even), silence(bursts)
    assert bursty.dispersion[0] > 5
    assert bursty.p_values[0] > 100 * steady.p_values[0]


def test_an_account_without_a_ticket_is_not_silent():
    counts = np.ones((3, 5))
    counts[0] = 0
    found = silence(counts)
    assert found.p_values[0] == 1.0
    assert found.tickets[0] == 0


def test_steady_accounts_of_unequal_size_are_called_silent_no_more_often_than_stated():
    alarms = tests = 0
    for seed in range(80):
        dice = np.random.default_rng(seed)
        bursts = dice.poisson((6 / np.arange(1, 61))[:, None], size=(60, 26))
        counts = np.array([[dice.geometric(0.5, b).sum() if b else 0 for b in row] for row in bursts])
        enough = counts.sum(axis=1) >= 8
        alarms += int((silence(counts).p_values[enough] <= 0.05).sum())
        tests += int(enough.sum())
    assert alarms / tests <= 0.05
