"""New groups: sources counted once a stretch, the exact test, and how bursts are deflated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from analyst_agent.statistics import dispersion, growth, sources_by_stretch


def test_a_source_counts_once_a_stretch_and_again_in_the_next():
    groups = [0, 0, 0, 0, 1]
    sources = ["A", "A", "B", "A", "A"]
    stretches = [0, 0, 0, 1, 1]
    assert sources_by_stretch(groups, sources, stretches, (2, 3)).tolist() == [[2, 1, 0], [0, 1, 0]]


def test_growth_is_the_binomial_of_now_given_both():
    found = growth(8, 6, 6, (100, 600))
    one_side = binomtest(8, 14, 1 / 7, alternative="greater").pvalue
    assert found.p_value == pytest.approx(2 * one_side)
    assert found.ratio == pytest.approx(8 / (6 / 6))


def test_where_everything_grew_a_group_that_grew_with_it_is_not_new():
    alone, among = growth(12, 24, 6, (100, 600)), growth(12, 24, 6, (300, 600))
    assert alone.p_value < 0.01 < among.p_value
    shrunk = growth(12, 24, 6, (20, 600))
    assert shrunk.p_value == alone.p_value


def test_an_effect_deflates_both_counts():
    assert growth(12, 0, 6, (0, 0), 4.0).p_value == growth(3, 0, 6, (0, 0)).p_value
    for stretches, effect in ((0, 1.0), (6, 0.5)):
        with pytest.raises(ValueError, match="not possible"):
            growth(1, 1, stretches, (1, 1), effect)


def test_dispersion_is_pearsons_chi_square_over_its_degrees_of_freedom():
    now, before = np.array([0, 0, 9, 0]), np.array([1, 2, 0, 1, 1, 1])
    expected = (((now - 2.25) ** 2).sum() / 2.25 + ((before - 1) ** 2).sum() / 1) / (3 + 5)
    assert dispersion(now, before) == pytest.approx(expected)
    assert dispersion(np.ones(5), np.ones(9)) == 1.0
    assert dispersion(np.zeros(5), np.zeros(9)) == 1.0


def test_under_no_change_few_of_many_are_called_new():
    rng = np.random.default_rng(1)
    p_values = [growth(rng.poisson(3), rng.poisson(18), 6, (50, 300)).p_value for _ in range(1000)]
    assert np.mean(np.array(p_values) <= 0.05) < 0.05
