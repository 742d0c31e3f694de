"""Expected counts by mix: against statsmodels' stratified tables and by hand; strata merged; accounts that cancel and that do not."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from analyst_agent.statistics import clusterings, expected_by_mix, explained_variance, merged_strata


def _cells(seed: int = 3, units: int = 3, strata: int = 4):
    dice = np.random.default_rng(seed)
    n = dice.integers(5, 60, (units, strata))
    y = dice.binomial(n, 0.2)
    unit, stratum = np.indices(n.shape)
    return unit.ravel(), stratum.ravel(), y.ravel().astype(float), n.ravel().astype(float)


def test_expected_and_variance_are_those_of_the_mantel_haenszel_statistic():
    units, strata, y, n = _cells()
    mix = expected_by_mix(units, strata, y, n, 3)
    for unit in range(3):
        tables = []
        for stratum in range(4):
            here, mine = strata == stratum, units == unit
            a, b = y[here & mine].sum(), (n - y)[here & mine].sum()
            c, d = y[here & ~mine].sum(), (n - y)[here & ~mine].sum()
            tables.append(np.array([[a, b], [c, d]]))
        tested = StratifiedTable(tables).test_null_odds(correction=False)
        z_squared = (mix.observed[unit] - mix.expected[unit]) ** 2 / mix.variance[unit]
        assert z_squared == pytest.approx(tested.statistic)


def test_expectations_add_up_to_what_was_observed():
    units, strata, y, n = _cells(seed=9)
    mix = expected_by_mix(units, strata, y, n, 3)
    assert mix.expected.sum() == pytest.approx(y.sum())
    assert mix.tickets.sum() == n.sum()


def test_a_unit_that_alone_handles_its_kind_has_nothing_to_be_compared_with():
    mix = expected_by_mix(np.array([0, 1]), np.array([0, 1]), np.array([9.0, 1.0]), np.array([10.0, 10.0]), 2)
    assert mix.expected.tolist() == [9.0, 1.0]
    assert mix.comparable.tolist() == [0.0, 0.0]
    assert mix.variance.tolist() == [0.0, 0.0]


def test_strata_with_few_tickets_are_merged_from_the_right_and_every_ticket_stays():
    keys = [("a", "x"), ("a", "y"), ("a", "z"), ("b", "x")]
    codes = merged_strata(keys, np.array([50.0, 5.0, 6.0, 4.0]), 30)
    assert codes[0] not in codes[1:]  # enough of its own
    assert codes[1] == codes[2] == codes[3]  # 11 of a are too few too, so both and b are the rest
    fixed = merged_strata(keys, np.array([50.0, 5.0, 6.0, 4.0]), 30, fixed=1)
    assert fixed[1] == fixed[2] != fixed[3]


def test_what_explains_nothing_explains_nothing():
    assert explained_variance(["a", "b"], np.array([10.0, 10.0]), np.array([100.0, 100.0])) == 0.0
    assert explained_variance(["a", "b"], np.array([10.0, 50.0]), np.array([100.0, 100.0])) > 0.1
    assert explained_variance(["a"], np.array([10.0]), np.array([100.0])) == 0.0


def _account_cells(shared: bool):
    """Two units of 40 accounts each with 10 tickets; an account escalates always or never."""
    accounts = np.arange(40)
    theirs = accounts if shared else accounts + 40
    y = np.where(accounts % 2 == 0, 10.0, 0.0)
    units = np.repeat([0, 1], 40)
    return units, np.concatenate([accounts, theirs]), np.concatenate([y, y]), np.full(80, 10.0)


def test_accounts_served_alike_cancel_and_others_do_not():
    alike = clusterings(*_account_cells(True), [None, None])
    apart = clusterings(*_account_cells(False), [None, None])
    assert [one.effect for one in alike] == [1.0, 1.0]
    assert all(8 < one.effect < 12 for one in apart)  # ten tickets of an account say no more than one


def test_a_unit_of_one_account_is_not_judged():
    units, accounts = np.repeat([0, 1], [1, 30]), np.arange(31)
    n = np.concatenate([[300.0], np.full(30, 10.0)])
    first = clusterings(units, accounts, n * 0.2, n, [None, None])[0]
    assert first.reason == "too few accounts"
    units, accounts = np.repeat([0, 1], [6, 30]), np.arange(36)
    n = np.concatenate([[300.0, 1, 1, 1, 1, 1], np.full(30, 10.0)])
    assert clusterings(units, accounts, n * 0.0, n, [None, None])[0].reason == "most tickets are of one account"


def test_tickets_of_no_known_account_are_independent():
    found = clusterings(np.array([0, 1]), np.array([-1, -1]), np.array([20.0, 30.0]), np.array([200.0, 300.0]), [1, 1])
    assert [one.effect for one in found] == pytest.approx([1.0, 1.0], abs=0.01)
    assert found[0].degrees_of_freedom > 100
