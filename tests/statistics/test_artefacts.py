"""Edges, gaps and loads of daily series: planted ones placed to the day, nulls with weekends and bursts silent."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics.artefacts import collapsed_edge, deviating, dispersion, masked, usual

WEEK = np.array([30, 30, 28, 27, 25, 4, 2])


def _daily(seed: int, weeks: int = 40, burst: float = 1.0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return dice.poisson(np.tile(WEEK, weeks) / burst).astype(float) * burst


def test_what_is_usual_follows_weekdays_and_level_and_not_a_load():
    daily = _daily(1)
    daily[100:103] *= 8
    expected = usual(daily, 0)
    assert expected[105:112].sum() == pytest.approx(WEEK.sum(), rel=0.15)
    assert expected[105] > 5 * expected[104]  # a Monday after a Sunday
    assert expected[101] < 1.5 * expected[108]  # the load is not usual
    assert expected.shape == daily.shape


@pytest.mark.parametrize("at_end", [True, False])
def test_an_edge_is_placed_to_the_day(at_end: bool):
    daily = _daily(2)
    exposure = np.tile(WEEK, 40).astype(float)
    silent = slice(200, None) if at_end else slice(0, 200)
    daily[silent] = np.random.default_rng(3).poisson(0.2, len(daily[silent]))
    found = collapsed_edge(daily, exposure, at_end, 1.5)
    assert found is not None
    assert (found.start, found.end) == ((200, 280) if at_end else (0, 200))
    assert found.count == daily[silent].sum()
    assert collapsed_edge(daily, exposure, not at_end, 1.5) is None


def test_a_lower_level_is_no_edge():
    daily = _daily(4)
    daily[200:] = np.floor(daily[200:] * 0.5)
    assert collapsed_edge(daily, np.tile(WEEK, 40), True) is None


def test_gaps_and_loads_are_placed_and_their_days_masked():
    daily = _daily(5)
    daily[84:98] = 0
    daily[182:185] += 90
    expected = usual(daily, 0)
    spread = dispersion(daily, expected)
    (gap,) = deviating(daily, expected, spread, below=0.1, days=3)
    assert abs(gap.start - 84) <= 2
    assert abs(gap.end - 98) <= 2
    (load,) = deviating(daily, expected, spread, above=2.0)
    assert (load.start, load.end) == (182, 185)
    kept = masked(len(daily), [gap, load])
    assert not kept[182:185].any()
    assert kept[186:].all()


@pytest.mark.parametrize("burst", [1.0, 2.0, 4.0])
def test_nulls_are_silent(burst: float):
    for seed in range(25):
        daily = _daily(seed, burst=burst)
        expected = usual(daily, 0)
        spread = dispersion(daily, expected)
        assert deviating(daily, expected, spread, above=2.0) == []
        assert deviating(daily, expected, spread, below=0.1, days=3) == []
        for at_end in (True, False):
            assert collapsed_edge(daily, np.tile(WEEK, 40), at_end, spread) is None


def test_dispersion_is_that_of_bursts_and_a_gross_day_does_not_hide_itself():
    daily = _daily(6, burst=3.0)
    plain = dispersion(daily, np.tile(WEEK, 40))
    assert 2.0 < plain < 4.5
    daily[10] = 900
    assert dispersion(daily, np.tile(WEEK, 40)) < plain * 1.3
    assert dispersion(np.zeros(3), np.ones(3)) == 1.0
