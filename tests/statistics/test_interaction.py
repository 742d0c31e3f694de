"""Combinations: the planted one is found whole, two plain effects are none, and searching finds nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from analyst_agent.statistics import corrected_for_search, departure, single_tickets, strongest_combination

N = np.array([[160, 40, 220, 140, 200], [70, 200, 30, 150, 80], [70, 60, 50, 20, 20]], dtype=float)


def _four(y, n, one):
    inside = [t[one.row, list(one.columns)].sum() for t in (y, n)]
    row = [t[one.row].sum() for t in (y, n)]
    column = [t[:, list(one.columns)].sum() for t in (y, n)]
    whole = [t.sum() for t in (y, n)]
    parts = [np.array([i, r - i, c - i, w - r - c + i]) for i, r, c, w in zip(inside, row, column, whole, strict=True)]
    return parts[0], parts[1]


def _p(y, n):
    one = strongest_combination(y, n, 30)
    if one is None:
        return 1.0
    found = departure(*single_tickets(*_four(y, n, one)))
    return corrected_for_search(found.p_value, *y.shape) if found is not None and found.beats_product else 1.0


def test_columns_that_behave_alike_are_found_as_one():
    rates = np.full(N.shape, 0.06)
    rates[0, [0, 4]] = 0.56
    one = strongest_combination(np.round(rates * N), N, 30)
    assert (one.row, one.columns, one.is_above) == (0, (0, 4), True)
    below = strongest_combination(np.round((1 - rates) * N), N, 30)
    assert (below.row, below.columns, below.is_above) == (0, (0, 4), False)


def test_a_column_that_is_only_a_little_high_is_not_taken_in():
    rates = np.full(N.shape, 0.05)
    rates[0, [0, 4]], rates[0, 1] = 0.56, 0.15
    assert strongest_combination(np.round(rates * N), N, 30).columns == (0, 4)


def test_cells_of_too_few_are_not_named():
    n = N.copy()
    n[0, 0] = 12
    rates = np.full(N.shape, 0.06)
    rates[0, [0, 4]] = 0.56
    assert strongest_combination(np.round(rates * n), n, 30).columns == (4,)
    assert strongest_combination(np.zeros((1, 5)), np.full((1, 5), 90.0), 30) is None
    assert strongest_combination(np.zeros((3, 5)), np.full((3, 5), 9.0), 30) is None


def test_two_plain_effects_on_either_scale_are_no_combination():
    rows, columns = np.array([0.05, 0.2, 0.05])[:, None], np.array([0.0, 0.15, 0.0, 0.0, 0.0])[None, :]
    n = np.full((3, 5), 2_000.0)
    added = np.round((rows + columns) * n)
    odds = np.log(rows / (1 - rows)) + np.array([0, 1.2, 0, 0, 0])[None, :]
    multiplied = np.round(n / (1 + np.exp(-odds)))
    assert _p(added, n) > 0.05
    assert _p(multiplied, n) > 0.05


def test_the_departure_by_hand():
    y, n = np.array([208.0, 24.0, 49.0, 26.0]), np.array([368.0, 407.0, 232.0, 493.0])
    found = departure(*single_tickets(y, n))
    rates = y / n
    assert found.difference == pytest.approx(rates[0] - rates[1] - rates[2] + rates[3])
    spread = np.sqrt((rates * (1 - rates) / n).sum())
    assert found.interval == pytest.approx(
        (found.difference - 1.96 * spread, found.difference + 1.96 * spread), abs=0.01
    )
    assert found.design_effect == pytest.approx(1.0, abs=0.001)
    assert found.beats_product
    assert found.p_value < 1e-6


def test_tickets_of_few_accounts_prove_less():
    y, n = np.array([208.0, 24.0, 49.0, 26.0]), np.array([368.0, 407.0, 232.0, 493.0])
    alone = departure(*single_tickets(y, n))
    dice = np.random.default_rng(1)
    sizes = [dice.multinomial(int(total), np.full(12, 1 / 12)) for total in n]
    likely = [np.clip(dice.normal(rate, 0.2, 12), 0, 1) for rate in y / n]
    totals = np.array(sizes, dtype=float)
    clustered = departure(dice.binomial(totals.astype(int), np.array(likely)).astype(float), totals)
    assert clustered.design_effect > 2
    assert clustered.interval[1] - clustered.interval[0] > alone.interval[1] - alone.interval[0]
    one_account = departure(y[:, None], n[:, None])
    assert one_account is None
    assert departure(np.zeros((4, 9)), np.vstack([np.zeros((1, 9)), np.ones((3, 9))])) is None


def test_the_correction_for_search_is_the_smaller_of_two_bounds():
    assert corrected_for_search(0.01, 2, 2) == pytest.approx(min(0.02, chi2.sf(norm.isf(0.005) ** 2, 1)))
    p = 1e-6
    assert corrected_for_search(p, 3, 5) == pytest.approx(min(p * (3 * 30 + 5 * 6), chi2.sf(norm.isf(p / 2) ** 2, 8)))
    assert corrected_for_search(p, 3, 20) == pytest.approx(chi2.sf(norm.isf(p / 2) ** 2, 38))
    assert corrected_for_search(1.0, 3, 5) == 1.0
    assert corrected_for_search(0.0, 3, 5) == 0.0
    with pytest.raises(ValueError, match="not possible"):
        corrected_for_search(0.5, 1, 5)


def test_searching_tables_without_any_combination_stays_below_the_level():
    dice = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        rows, columns = dice.uniform(0.03, 0.15, (3, 1)), dice.uniform(0, 0.15, (1, 5))
        alarms += _p(dice.binomial(N.astype(int), rows + columns).astype(float), N) <= 0.05
    assert alarms <= 10
