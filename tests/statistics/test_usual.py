"""A count beside earlier ones: coverage of the prediction interval, what cannot be said, and that bursts widen it."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics.usual import against_usual


@pytest.mark.parametrize("mean", [6.0, 12.0, 90.0])
def test_the_interval_covers_the_next_count_and_alarms_stay_rare(mean):
    dice = np.random.default_rng(5)
    covered = alarms = tried = 0
    for _ in range(1500):
        counts = dice.poisson(mean, 9)
        found = against_usual(float(counts[0]), counts[1:])
        if found.interval is None:
            continue
        tried += 1
        covered += found.interval[0] <= counts[0] <= found.interval[1]
        alarms += (found.p_value or 0) < 0.05
    assert tried > 1000
    assert covered / tried > 0.93
    assert alarms / tried < 0.06


def test_counts_that_come_in_bursts_are_not_called_unusual_too_often():
    dice = np.random.default_rng(6)
    alarms = 0
    for _ in range(1500):
        counts = dice.negative_binomial(5, 5 / (5 + 20), 9)
        alarms += (against_usual(float(counts[0]), counts[1:]).p_value or 1) < 0.05
    assert alarms / 1500 < 0.07


def test_a_day_far_from_usual_is_found():
    found = against_usual(40, [11, 9, 12, 10, 8, 13, 11, 10])
    assert found.mean == pytest.approx(10.5)
    assert found.p_value is not None
    assert found.p_value < 0.001


@pytest.mark.parametrize(("earlier", "reason"), [([], "no earlier days"), ([9, 9], "too few earlier days"), ([1] * 8, "too few tickets")])  # fmt: skip
def test_too_little_is_said_to_be(earlier, reason):
    found = against_usual(30, earlier)
    assert (found.reason, found.interval, found.p_value) == (reason, None, None)
