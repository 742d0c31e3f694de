"""Waiting times against those of the same kinds: by hand, against a delta-method regression, and how often it cries wolf."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics.waiting import excess_of_groups


def _rows(seed: int, extra: float = 0.0, n: int = 400):
    """Single times of two groups; kind 1 takes three times as long and is mostly in the second group."""
    dice = np.random.default_rng(seed)
    group = dice.integers(0, 2, n)
    kind = (dice.random(n) < np.where(group == 1, 0.8, 0.2)).astype(np.int64)
    account = dice.integers(0, 60, n)
    minutes = dice.exponential(np.where(kind == 1, 90.0, 30.0)) + np.where(group == 1, extra, 0.0)
    return group, kind, account, minutes, np.ones(n)


def test_mean_and_expectation_by_hand():
    found = excess_of_groups(
        np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.arange(4), np.array([10.0, 50.0, 30.0, 90.0]),
        np.array([2.0, 2.0, 2.0, 6.0]), 30,
    )  # fmt: skip
    # Kind 0 takes (20 + 60) / 4 = 20, kind 1 (100 + 540) / 8 = 80.
    assert (found[0].n, found[0].mean, found[0].expected) == (4, 30.0, 50.0)
    assert (found[1].mean, found[1].expected) == (75.0, (2 * 20 + 6 * 80) / 8)
    assert found[0].reason == "too few tickets"


def test_slower_kinds_are_no_excess_and_an_hour_more_is():
    plain = excess_of_groups(*_rows(1), 30)
    assert abs(plain[1].mean - plain[1].expected) < 10
    slow = excess_of_groups(*_rows(1, extra=60.0), 30)
    assert slow[1].p_value < 0.001
    assert slow[1].interval[0] > 0


def test_it_does_not_cry_wolf():
    alarms = sum(one.p_value < 0.05 for seed in range(150) for one in excess_of_groups(*_rows(seed), 30)[:1])
    assert 1 <= alarms <= 15


def test_cells_of_an_account_say_the_same_as_their_single_times():
    group, kind, account, minutes, ones = _rows(4)
    key = np.stack([group, kind, account])
    cells, place = np.unique(key, axis=1, return_inverse=True)
    count = np.bincount(place.ravel(), weights=ones)
    mean = np.bincount(place.ravel(), weights=minutes) / count
    single, summed = (
        excess_of_groups(group, kind, account, minutes, ones, 30),
        excess_of_groups(*cells, mean, count, 30),
    )
    assert [one.p_value for one in summed] == pytest.approx([one.p_value for one in single])


def test_one_account_says_nothing():
    group, kind, _, minutes, ones = _rows(2)
    found = excess_of_groups(group, kind, np.zeros(len(group), dtype=np.int64), minutes, ones, 30)
    assert {one.reason for one in found} == {"too few accounts"}
    assert found[0].p_value is None
