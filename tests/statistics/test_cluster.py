"""Rates of tickets in accounts: the variance against statsmodels' sandwich, and how sure the intervals really are."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.statistics.cluster import (
    clustered_rate,
    design_effect,
    difference_effect,
    encode_accounts,
    group,
    intraclass_correlation,
)
from analyst_agent.statistics.intervals import wilson_interval
from tests.statistics.samples import accounts_of_unequal_size, beta_binomial

rows = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans(), st.sampled_from(["a", "b", "c", "d", None])),
    min_size=1,
    max_size=30,
).map(lambda cells: [(min(y, n), max(y, n), side, label) for y, n, side, label in cells])


def test_labels_become_numbers_and_missing_ones_minus_one():
    assert encode_accounts(["x", None, "y", "x", float("nan")]).tolist() == [0, -1, 1, 0, -1]


def test_rows_of_one_account_are_added_up_by_side():
    clusters = group([1, 2, 3, 0], [2, 4, 3, 1], [True, True, False, False], ["a", "a", "a", "b"])
    assert clusters.n.tolist() == [[6, 0], [3, 1]]
    assert clusters.y.tolist() == [[3, 0], [3, 0]]


@given(rows)
def test_grouping_keeps_every_ticket_and_success(cells):
    y, n, side, label = map(list, zip(*cells, strict=True))
    clusters = group(y, n, side, label)
    expected = [
        [sum(v for v, s in zip(values, side, strict=True) if s is want) for want in (True, False)] for values in (y, n)
    ]
    assert (clusters.y @ clusters.weight).tolist() == expected[0]
    assert clusters.tickets.tolist() == expected[1]


def test_tickets_without_account_count_as_one_account_each():
    unknown = group([3, 20], [10, 50], [True, False], [None, None])
    single = group([1] * 3 + [0] * 7 + [1] * 20 + [0] * 30, [1] * 60, [True] * 10 + [False] * 50)
    assert unknown.accounts.tolist() == single.accounts.tolist() == [10, 50]
    assert unknown.are_single
    assert difference_effect(unknown, 0.0) == pytest.approx(difference_effect(single, 0.0))


@pytest.mark.parametrize("within", [False, True])
def test_variance_of_the_difference_is_statsmodels_sandwich_by_account(within):
    generator = np.random.default_rng(5)
    tickets = accounts_of_unequal_size(40, 800, 1.0, generator)
    account = np.repeat(np.arange(len(tickets)), tickets)
    side = generator.random(account.size) < np.where(account % 2, 0.8, 0.1) if within else account % 3 == 0
    escalated = generator.random(account.size) < generator.beta(2, 6, len(tickets))[account]
    fit = sm.OLS(escalated.astype(float), sm.add_constant(side.astype(float)))
    # statsmodels also multiplies by (N - 1) / (N - 2), a matter of regressions.
    n = account.size
    reference = fit.fit(cov_type="cluster", cov_kwds={"groups": account}).bse[1] ** 2 * (n - 2) / (n - 1)
    clusters = group(escalated, np.ones(n), side, account)
    effect, _ = difference_effect(clusters, 0.1)
    independent = (clusters.rates * (1 - clusters.rates) / clusters.tickets).sum()
    assert effect == pytest.approx(max(1.0, reference / independent))
    assert effect > 1


def test_correlation_is_recovered_from_many_accounts():
    generator = np.random.default_rng(8)
    tickets = np.full(4000, 10)
    found = intraclass_correlation(group(beta_binomial(tickets, 0.2, 0.15, generator), tickets, tickets > 0))
    assert found == pytest.approx(0.15, abs=0.02)


def test_identical_tickets_within_accounts_make_an_account_one_observation():
    successes, totals = [10, 0] * 20, [10] * 40
    assert design_effect(successes, totals) == pytest.approx(10 * 40 / 39)
    assert clustered_rate(successes, totals).effective_n == pytest.approx(39)


def test_single_tickets_give_plain_wilson():
    found = clustered_rate([1, 0, 0, 1, 0, 0], [1] * 6)
    assert found.interval == wilson_interval(2, 6)
    assert found.design_effect == 1.0


@given(rows)
def test_a_rate_lies_in_its_interval_and_the_effect_is_at_least_one(cells):
    y, n, _, label = map(list, zip(*cells, strict=True))
    found = clustered_rate(y, n, label)
    assert found.n == sum(n)
    assert found.design_effect >= 1
    if found.interval is not None:
        assert 0 <= found.interval[0] <= found.rate <= found.interval[1] <= 1
        assert found.interval[0] < found.interval[1]


def test_nothing_escalated_in_few_large_accounts_is_not_sure_to_be_nothing():
    low, high = clustered_rate([0] * 8, [100] * 8).interval
    assert low == 0.0
    assert high > 0.3


def test_four_accounts_are_too_few_for_an_interval():
    found = clustered_rate([5, 3, 2, 9], [40] * 4)
    assert found.rate == pytest.approx(19 / 160)
    assert found.interval is None


def test_no_tickets_have_no_rate():
    assert clustered_rate([], []).rate is None
    assert clustered_rate([0], [0]).rate is None


def test_interval_of_a_rate_covers_it_with_accounts_of_unequal_size():
    generator = np.random.default_rng(21)
    covered, plain = [], []
    for _ in range(500):
        tickets = accounts_of_unequal_size(120, 1500, 0.9, generator)
        successes = beta_binomial(tickets, 0.12, 0.1, generator)
        low, high = clustered_rate(successes, tickets).interval
        covered.append(low <= 0.12 <= high)
        low, high = wilson_interval(int(successes.sum()), int(tickets.sum()))
        plain.append(low <= 0.12 <= high)
    assert np.mean(covered) > 0.92
    assert np.mean(plain) < 0.8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], [1, 2], [True]), "one value a row"),
        (([3], [2], [True]), "between 0 and"),
        (([-1], [2], [True]), "between 0"),
    ],
)
def test_impossible_rows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        group(*arguments)


def test_labels_for_other_rows_are_refused():
    with pytest.raises(ValueError, match="2 account labels for 1 rows"):
        group([1], [2], [True], ["a", "b"])
