"""Means by account against statsmodels' cluster-robust regression, by hand, and by simulation."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm

from analyst_agent.statistics.means import (
    clustered_mean,
    compare_means,
    stratified_difference,
    sums_of,
)


def _tickets(seed: int, accounts: int = 40, tickets: int = 900, spread: float = 0.6):
    """Scores of tickets, their accounts (of very unequal size) and a side that varies within accounts."""
    dice = np.random.default_rng(seed)
    sizes = 1 / np.arange(1, accounts + 1)
    account = dice.choice(accounts, size=tickets, p=sizes / sizes.sum())
    score = np.clip(np.round(3.6 + spread * dice.normal(size=accounts)[account] + dice.normal(size=tickets)), 1, 5)
    return score, account, dice.random(tickets) < 0.3


def _rows(score, account, side):
    """Summed up by account and side: totals, counts, squares, sides, accounts."""
    cells = sorted(set(zip(account.tolist(), side.tolist(), strict=True)))
    picked = [(account == a) & (side == s) for a, s in cells]
    return (
        [float(score[p].sum()) for p in picked],
        [int(p.sum()) for p in picked],
        [float((score[p] ** 2).sum()) for p in picked],
        [s for _, s in cells],
        [a for a, _ in cells],
    )


def test_the_difference_and_its_standard_error_are_those_of_a_clustered_regression():
    score, account, side = _tickets(1)
    totals, counts, squares, sides, accounts = _rows(score, account, side)
    found = compare_means(totals, counts, sides, accounts)  # with squares it would never be below independence
    assert compare_means(totals, counts, sides, accounts, squares).interval[0] <= found.interval[0]
    fit = sm.OLS(score, sm.add_constant(side.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": account, "use_correction": False}
    )
    groups = len(set(account.tolist()))
    error = fit.bse[1] * sqrt(groups / (groups - 1))
    assert found.difference == pytest.approx(fit.params[1])
    width = (found.interval[1] - found.interval[0]) / 2
    from scipy.stats import t

    assert width == pytest.approx(t.ppf(0.975, found.degrees_of_freedom) * error)
    assert found.p_value == pytest.approx(2 * t.sf(abs(fit.params[1] / error), found.degrees_of_freedom))


def test_tickets_of_no_account_count_one_by_one():
    score, _, side = _tickets(2, tickets=300)
    given = [float(score[side].sum()), float(score[~side].sum())]
    counts = [int(side.sum()), int((~side).sum())]
    squares = [float((score[side] ** 2).sum()), float((score[~side] ** 2).sum())]
    found = compare_means(given, counts, [True, False], [None, None], squares)
    a, b = score[side], score[~side]
    error = sqrt((a.var() / len(a) + b.var() / len(b)) * len(score) / (len(score) - 1))
    assert found.interval[1] - found.difference == pytest.approx(1.96 * error, rel=0.02)


def test_rows_may_be_split_and_shuffled_without_changing_anything():
    score, account, side = _tickets(3)
    totals, counts, squares, sides, accounts = _rows(score, account, side)
    whole = compare_means(totals, counts, sides, accounts, squares)
    order = np.random.default_rng(0).permutation(len(score))
    single = compare_means(score[order], np.ones(len(score)), side[order], account[order].tolist(), score[order] ** 2)
    assert single.interval == pytest.approx(whole.interval)
    assert single.first.interval == pytest.approx(whole.first.interval)


def test_too_few_accounts_and_one_that_holds_most_are_not_judged():
    few = compare_means([4, 3, 5, 4], [1, 1, 1, 1], [True, True, False, False], ["a", "b", "c", "d"])
    assert few.interval is None
    assert few.reason == "too few accounts"
    large = clustered_mean([400, 4, 4, 4, 4, 4], [100, 1, 1, 1, 1, 1], list("abcdef"))
    assert large.interval is None
    assert large.mean == pytest.approx(4)
    assert compare_means([], [], [], []).reason == "no values"


def test_equal_scores_everywhere_are_no_proof_of_anything():
    found = compare_means([5.0] * 12, [1] * 12, [True, False] * 6, list("abcdefghijkl"), [25.0] * 12)
    assert found.interval is None
    assert found.reason == "all values are the same"


def test_within_strata_a_difference_of_mix_alone_vanishes():
    """Faults score 2, questions 4, on both sides; the first side has more faults."""
    rows = [(a, kind, first, 20 if (kind == "fault") == first else 5) for a in range(10) for kind in ("fault", "question") for first in (True, False)]  # fmt: skip
    mean = {"fault": 2.0, "question": 4.0}
    totals = [mean[k] * n for _, k, _, n in rows]
    squares = [n * (mean[k] ** 2 + 0.5) for _, k, _, n in rows]
    counts, sides, accounts = [r[3] for r in rows], [r[2] for r in rows], [r[0] for r in rows]
    crude = compare_means(totals, counts, sides, accounts, squares)
    within = stratified_difference(totals, counts, squares, sides, [r[1] for r in rows], accounts)
    assert crude.difference == pytest.approx(-1.2)
    assert within.difference == pytest.approx(0)
    assert within.interval[0] < 0 < within.interval[1]


def test_one_stratum_is_the_plain_difference():
    score, account, side = _tickets(4)
    totals, counts, squares, sides, accounts = _rows(score, account, side)
    plain = compare_means(totals, counts, sides, accounts, squares)
    within = stratified_difference(totals, counts, squares, sides, ["x"] * len(totals), accounts)
    assert within.difference == pytest.approx(plain.difference)
    assert within.interval == pytest.approx(plain.interval)


def test_a_stratum_on_one_side_only_is_left_out():
    found = stratified_difference([4, 8], [1, 2], [16, 32], [True, False], ["a", "b"], ["x", "y"])
    assert found.difference is None
    assert found.reason


def test_the_interval_of_a_mean_covers_it():
    """Accounts of size 1/rank, alike by 0.27: at least 92 of 100 intervals hold the mean of the accounts' expectations."""
    inside = 0
    for seed in range(200):
        dice = np.random.default_rng(seed)
        sizes = 1 / np.arange(1, 61)
        account = dice.choice(60, size=600, p=sizes / sizes.sum())
        value = 50 + 6 * dice.normal(size=60)[account] + 10 * dice.normal(size=600)
        interval = clustered_mean(value, np.ones(600), account.tolist(), value**2).interval
        inside += interval[0] <= 50 <= interval[1]
    assert inside >= 184


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="one value a row"):
        sums_of([1.0], [1.0, 2.0], [True])
    with pytest.raises(ValueError, match="account labels"):
        sums_of([1.0], [1.0], [True], ["a", "b"])
    with pytest.raises(ValueError, match="negative"):
        sums_of([1.0], [-1.0], [True])
