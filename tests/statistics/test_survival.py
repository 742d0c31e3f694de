"""The Kaplan-Meier curve and its median against statsmodels, a hand-worked example, and durations whose median is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyst_agent.statistics import kaplan_meier, median_time

# Remission of leukaemia in weeks under 6-MP (Freireich and others 1963), the textbook example; + is censored.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_textbook_example():
    curve = kaplan_meier(WEEKS, ENDED)
    assert list(curve.times) == [6, 7, 10, 13, 16, 22, 23]
    assert curve.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert np.sqrt(curve.variance) == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    found = median_time(WEEKS, ENDED)
    assert (found.value, found.low, found.high) == (23, 13, None)  # as R prints for conf.type = "log-log"
    assert (found.n, found.open_count, found.watched) == (21, 12, 35)


def test_a_curve_that_stays_above_one_half_has_no_median():
    found = median_time([1, 2, 3, 9], [True, False, False, False])
    assert found.value is None
    assert found.high is None
    assert found.watched == 9
    none_over = median_time([5, 7], [False, False])
    assert (none_over.value, none_over.low, none_over.high, none_over.watched) == (None, None, None, 7)
    assert median_time([], []).n == 0


def test_without_open_ones_it_is_the_median():
    found = median_time([10.0, 20.0, 30.0, 40.0, 50.0], [True] * 5)
    assert found.value == 30
    generator = np.random.default_rng(2)
    for size in (1, 2, 7, 40):
        took = generator.lognormal(3, 1, size)
        assert median_time(took, np.ones(size)).value == pytest.approx(np.median(took))


def test_equal_rows_may_be_added_up():
    times, over = np.repeat([3.0, 5.0, 8.0], [4, 2, 6]), np.repeat([True, False, True], [4, 2, 6])
    assert median_time(times, over) == median_time([8.0, 3.0, 5.0], [True, True, False], [6, 4, 2])


@pytest.mark.parametrize("durations", [[-1.0], [float("nan")], [float("inf")]])
def test_what_is_no_duration_is_refused(durations):
    with pytest.raises(ValueError, match="not negative"):
        median_time(durations, [True])
    with pytest.raises(ValueError, match="shapes"):
        median_time([1.0, 2.0], [True])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=2, max_size=60))
def test_it_agrees_with_statsmodels(rows):
    from statsmodels.duration.survfunc import SurvfuncRight

    times, over = np.array([t for t, _ in rows], dtype=float), np.array([o for _, o in rows])
    if not over.any():
        return
    theirs = SurvfuncRight(times, over.astype(int))
    curve = kaplan_meier(times, over)
    assert curve.times == pytest.approx(theirs.surv_times)
    assert curve.share == pytest.approx(theirs.surv_prob)
    known = curve.share > 1e-9  # at 0 theirs is not defined
    assert np.sqrt(curve.variance[known]) == pytest.approx(np.asarray(theirs.surv_prob_se)[known])
    found = median_time(times, over)
    if not np.isclose(curve.share, 0.5).any():  # there they take the next time, and ours the middle
        assert found.value == pytest.approx(theirs.quantile(0.5)) or (
            found.value is None and np.isnan(theirs.quantile(0.5))
        )
    if (curve.share > 1e-9).all() and (curve.share < 1).all():
        low, high = theirs.quantile_ci(0.5, method="cloglog")
        assert found.low == (pytest.approx(low) if np.isfinite(low) else None)
        assert found.high == (pytest.approx(high) if np.isfinite(high) else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=40), st.randoms())
def test_order_does_not_matter_and_the_interval_holds_the_median(rows, dice):
    found = median_time([t for t, _ in rows], [o for _, o in rows])
    dice.shuffle(rows)
    assert median_time([t for t, _ in rows], [o for _, o in rows]) == found
    if found.value is not None:
        assert found.low is None or found.low <= found.value
        assert found.high is None or found.high >= found.value
        assert 0 <= found.value <= found.watched


def test_the_interval_covers_the_median_of_censored_times():
    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        took, watched = generator.lognormal(3.0, 1.0, 80), generator.uniform(5, 60, 80)
        found = median_time(np.minimum(took, watched), took <= watched)
        covered += (found.low or 0.0) <= np.exp(3.0) <= (found.high or np.inf)
    assert 182 <= covered <= 198


def test_a_million_durations_are_fast():
    import time

    generator = np.random.default_rng(1)
    took, watched = generator.lognormal(6.5, 1, 1_000_000), generator.uniform(0, 5_000, 1_000_000)
    begun = time.process_time()
    found = median_time(np.minimum(took, watched), took <= watched)
    assert found.value == pytest.approx(np.exp(6.5), rel=0.02)
    assert time.process_time() - begun < 5
