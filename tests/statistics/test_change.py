"""The conditional Poisson test against scipy's binomial test and interval."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyst_agent.statistics.change import poisson_counts_differ

exposures = st.sampled_from([28.0, 30.0, 31.0, 92.0])


@given(st.integers(0, 300), exposures, st.integers(0, 300), exposures)
def test_is_the_exact_binomial_given_the_sum(count1, exposure1, count2, exposure2):
    found = poisson_counts_differ(count1, exposure1, count2, exposure2)
    if count1 + count2 == 0:
        assert (found.ratio, found.interval, found.p_value) == (None, (0.0, inf), 1.0)
        return
    share = exposure1 / (exposure1 + exposure2)
    tails = [stats.binomtest(count1, count1 + count2, share, alternative=a).pvalue for a in ("less", "greater")]
    assert found.p_value == pytest.approx(min(1.0, 2 * min(tails)), abs=1e-9)
    exact = stats.binomtest(count1, count1 + count2, share).proportion_ci(method="exact")
    scale = exposure2 / exposure1
    assert found.interval[0] == pytest.approx(exact.low / (1 - exact.low) * scale, rel=1e-6)
    if count2:
        assert found.interval[1] == pytest.approx(exact.high / (1 - exact.high) * scale, rel=1e-6)
    assert found.interval[0] <= found.ratio <= found.interval[1]


@given(st.integers(0, 60), exposures, st.integers(0, 60), exposures)
def test_interval_and_p_value_never_disagree(count1, exposure1, count2, exposure2):
    found = poisson_counts_differ(count1, exposure1, count2, exposure2)
    if abs(found.p_value - 0.05) > 1e-6:
        assert (found.interval[0] <= 1 <= found.interval[1]) == (found.p_value > 0.05)


def test_one_count_of_zero_has_a_one_sided_bound():
    assert poisson_counts_differ(5, 30, 0, 30).interval[1] == inf
    assert poisson_counts_differ(0, 30, 5, 30).interval[0] == 0.0


def test_a_month_of_31_days_against_28_is_compared_by_the_day():
    assert poisson_counts_differ(310, 31, 280, 28).ratio == pytest.approx(1.0)


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="not possible"):
        poisson_counts_differ(1, 0, 1, 30)
