"""Tests of proportions and corrections against scipy, statsmodels and a published example."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower

from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

cells = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(cells, cells)
def test_two_proportions_is_chi_square_or_fisher_by_cochrans_rule(first, second):
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    tested = two_proportions_test(*first, *second)
    events = first[0] + second[0]
    if events in (0, first[1] + second[1]):
        assert tested.p_value == 1.0
    elif stats.contingency.expected_freq(table).min() >= 5:
        assert tested.method == "chi-square"
        assert tested.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=1e-12)
    else:
        assert tested.method == "Fisher exact"
        assert tested.p_value == pytest.approx(stats.fisher_exact(table).pvalue, abs=1e-9)


@given(cells, cells)
def test_two_proportions_does_not_depend_on_the_order(first, second):
    assert two_proportions_test(*first, *second).p_value == pytest.approx(two_proportions_test(*second, *first).p_value)


def test_fisher_on_a_huge_table_with_few_events():
    table = [[4, 999_996], [0, 1_000_000]]
    assert two_proportions_test(4, 1_000_000, 0, 1_000_000).p_value == pytest.approx(stats.fisher_exact(table).pvalue)


@pytest.mark.parametrize("counts", [(1.5, 3, 1, 3), (4, 3, 1, 3), (0, 0, 1, 3), (-1, 3, 1, 3)])
def test_counts_must_be_possible(counts):
    with pytest.raises(ValueError, match="whole number"):
        two_proportions_test(*counts)


def test_benjamini_hochberg_on_their_own_example_rejects_four():
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    published += [0.6528, 0.7590, 1.0]
    assert sum(p <= 0.05 for p in benjamini_hochberg(published)) == 4


@given(st.lists(st.one_of(st.none(), st.just(float("nan")), st.floats(0, 1)), max_size=60))
def test_benjamini_hochberg_is_statsmodels_without_the_untested(p_values):
    adjusted = benjamini_hochberg(p_values)
    places = [i for i, p in enumerate(p_values) if p is not None and not math.isnan(p)]
    assert [i for i, p in enumerate(adjusted) if p is not None] == places
    if places:
        expected = multipletests([p_values[i] for i in places], method="fdr_bh")[1]
        assert [adjusted[i] for i in places] == pytest.approx(list(expected))
        assert all(adjusted[i] >= p_values[i] for i in places)


def test_benjamini_hochberg_refuses_what_is_no_probability():
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.2, 1.2])


def test_excludable_difference_is_the_far_end():
    assert excludable_difference((-0.03, 0.012)) == 0.03
    assert excludable_difference((-0.01, 0.04)) == 0.04
    assert excludable_difference(None) is None


def test_minimum_detectable_difference_has_the_power_it_names():
    difference = minimum_detectable_difference(400, 1600, 0.1)
    effect = difference / (0.1 * 0.9) ** 0.5
    assert NormalIndPower().power(effect, 400, 0.05, ratio=4) == pytest.approx(0.8, abs=1e-4)
    with pytest.raises(ValueError, match="not possible"):
        minimum_detectable_difference(0, 10, 0.1)
