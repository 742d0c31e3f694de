"""Agreement against statsmodels and the worked example of the paper that the standard errors come from."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from analyst_agent.statistics import agreement, agreement_of_table, wilson_interval

# The table of Fleiss, Cohen and Everitt 1969: 200 diagnoses of two clinicians; kappa 0.429, standard error 0.054.
PAPER = np.array([[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]]) * 200


def test_the_worked_example_of_the_paper():
    found = agreement_of_table(PAPER)
    assert found.kappa == pytest.approx(0.429, abs=5e-4)
    assert found.standard_error == pytest.approx(0.0539, abs=5e-4)
    assert found.accuracy == pytest.approx(0.70)
    assert found.interval == pytest.approx(wilson_interval(140, 200))


@pytest.mark.parametrize("seed", range(6))
def test_it_is_that_of_statsmodels(seed):
    dice = np.random.default_rng(seed)
    table = dice.integers(0, 20, (4, 4)).astype(float) + np.diag(dice.integers(5, 40, 4))
    theirs, found = cohens_kappa(table), agreement_of_table(table)
    assert found.kappa == pytest.approx(theirs.kappa)
    assert found.standard_error == pytest.approx(theirs.std_kappa)
    assert found.standard_error_by_chance == pytest.approx(theirs.std_kappa0)
    assert found.kappa_interval == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=1e-3)


def test_lists_of_names_make_the_same_table_in_any_order():
    one, other = ["a", "a", "b", "c", "b"], ["a", "b", "b", "c", "b"]
    found = agreement(one, other)
    assert found == agreement(one[::-1], other[::-1])
    assert found.accuracy == pytest.approx(0.8)
    assert found.n == 5
    # By hand: observed 0.8, by chance (2*1 + 2*3 + 1*1) / 25 = 0.36.
    assert found.kappa == pytest.approx((0.8 - 0.36) / 0.64)


def test_where_all_are_one_name_there_is_nothing_beyond_chance():
    found = agreement(["a"] * 9, ["a"] * 9)
    assert (found.accuracy, found.kappa, found.kappa_interval) == (1.0, None, None)


@pytest.mark.parametrize(("one", "other"), [([], []), (["a"], ["a", "b"])])
def test_lists_that_do_not_fit_are_refused(one, other):
    with pytest.raises(ValueError, match="as many names"):
        agreement(one, other)


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.ones((2, 3)), np.array([[1.0, -1.0], [0.0, 1.0]])])
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="square"):
        agreement_of_table(table)


def test_the_interval_covers_the_true_kappa():
    truth, dice, hits = 0.6, np.random.default_rng(3), 0
    margins = np.array([0.5, 0.3, 0.2])
    cells = truth * np.diag(margins) + (1 - truth) * np.outer(margins, margins)
    for _ in range(400):
        found = agreement_of_table(dice.multinomial(80, cells.ravel()).reshape(3, 3).astype(float))
        hits += found.kappa_interval[0] <= truth <= found.kappa_interval[1]
    assert 0.91 <= hits / 400 <= 0.98
