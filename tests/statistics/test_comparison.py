"""Segments and periods compared: agreement with the published tests where tickets are independent, few false alarms
where not.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.statistics import compare_periods, compare_with_rest, newcombe_interval, two_proportions_test
from tests.statistics.samples import account_rates, accounts_of_unequal_size, beta_binomial

tables = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans(), st.integers(-1, 12)), min_size=1, max_size=60
).map(lambda cells: [(min(y, n), max(y, n), side, label) for y, n, side, label in cells])


def test_single_tickets_are_compared_by_newcombe_and_the_test_of_proportions():
    successes = [1] * 20 + [0] * 80 + [1] * 30 + [0] * 370
    found = compare_with_rest(successes, [1] * 500, [True] * 100 + [False] * 400)
    assert found.interval == pytest.approx(newcombe_interval(20, 100, 30, 400))
    assert found.p_value == pytest.approx(two_proportions_test(20, 100, 30, 400).p_value)
    assert found.design_effect == 1.0
    assert found.method == "Newcombe interval, chi-square"


def test_tickets_without_accounts_are_compared_as_single_ones():
    found = compare_with_rest([20, 30], [100, 400], [True, False], [None, None])
    assert found.interval == pytest.approx(newcombe_interval(20, 100, 30, 400))


def test_one_repeated_account_hardly_changes_the_answer():
    successes = [1] * 20 + [0] * 79 + [1] * 30 + [0] * 370
    totals = [1] * 98 + [2] + [1] * 400
    found = compare_with_rest(successes, totals, [True] * 99 + [False] * 400)
    assert found.method.startswith("Newcombe interval on counts deflated")
    assert found.interval == pytest.approx(newcombe_interval(20, 100, 30, 400), abs=0.01)


@given(tables)
def test_what_holds_for_every_table(cells):
    y, n, side, label = map(np.array, zip(*cells, strict=True))
    found = compare_with_rest(y, n, side, label)
    mirrored = compare_with_rest(y, n, ~side, label)
    assert (found.p_value is None) == (found.interval is None) == bool(found.reason)
    if found.p_value is None:
        return
    low, high = found.interval
    assert -1 <= low <= found.difference <= high <= 1
    assert low < high
    assert 0 <= found.p_value <= 1
    assert mirrored.interval == pytest.approx((-high, -low))
    assert mirrored.p_value == pytest.approx(found.p_value)
    if found.degrees_of_freedom is not None and abs(found.p_value - 0.05) > 1e-6:
        assert (low <= 0 <= high) == (found.p_value > 0.05)


@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(cells, random):
    shuffled = list(cells)
    random.shuffle(shuffled)
    first, second = (compare_with_rest(*map(np.array, zip(*c, strict=True))) for c in (cells, shuffled))
    assert first.p_value == (second.p_value if second.p_value is None else pytest.approx(second.p_value))
    assert first.reason == second.reason


@given(st.integers(5, 20), st.integers(1, 20), st.integers(5, 20), st.integers(1, 20))
def test_no_escalation_anywhere_is_no_difference_with_an_interval(accounts1, size1, accounts2, size2):
    totals = [size1] * accounts1 + [size2] * accounts2
    found = compare_with_rest([0] * len(totals), totals, [True] * accounts1 + [False] * accounts2)
    assert found.difference == 0
    assert found.p_value == 1
    assert found.interval[0] < 0 < found.interval[1]


def test_no_escalation_in_the_segment_takes_the_spread_of_the_rest():
    rest_y, rest_n = [10, 0, 0, 0] * 15, [10] * 60
    found = compare_with_rest([0] * 6 + rest_y, [10] * 6 + rest_n, [True] * 6 + [False] * 60)
    independent = newcombe_interval(0, 60, sum(rest_y), sum(rest_n))
    assert independent[1] < 0, "sixty independent tickets would be called different"
    assert found.interval[0] < found.difference < 0 < found.interval[1]


def test_too_few_accounts_are_not_tested_but_the_difference_is_told():
    found = compare_with_rest([9, 9, 1, 1, 1, 1, 1], [10, 10, 10, 10, 10, 10, 10], [True, True] + [False] * 5)
    assert found.reason == "too few accounts"
    assert found.difference == pytest.approx(0.8)
    assert (found.p_value, found.interval) == (None, None)
    turned = compare_with_rest([9, 9, 1, 1, 1, 1, 1], [10] * 7, [False, False] + [True] * 5)
    assert turned.reason == "too few accounts in the rest"


def test_a_segment_that_is_mostly_one_account_is_not_tested():
    found = compare_with_rest([400, 0, 0, 0, 0, 0] + [2] * 30, [1000] + [2] * 5 + [20] * 30, [True] * 6 + [False] * 30)
    assert found.reason == "most tickets are of one account"


def test_an_empty_side_has_no_difference():
    assert compare_with_rest([1, 2], [5, 5], [True, True]).reason == "no other tickets"
    assert compare_with_rest([1, 2], [5, 5], [False, False]).reason == "no tickets"
    assert compare_with_rest([], [], []).reason == "no tickets"


def test_periods_of_the_same_accounts_are_compared_within_accounts():
    """Accounts differ a lot and stay as they are: not knowing that they are the same ones would hide the change."""
    generator = np.random.default_rng(4)
    rates = account_rates(150, 0.2, 0.4, generator)
    before, after = generator.binomial(20, rates), generator.binomial(20, np.minimum(1, rates + 0.05))
    rows = (np.concatenate([after, before]), np.full(300, 20), np.repeat([True, False], 150))
    same = compare_periods(*rows, accounts=np.tile(np.arange(150), 2))
    strangers = compare_periods(*rows)
    assert same.p_value < 0.001
    assert same.p_value < strangers.p_value
    assert same.difference == pytest.approx((after.sum() - before.sum()) / 3000)


def _constant(generator, shift=0.0):
    tickets = accounts_of_unequal_size(150, 1500, 1.0, generator)
    segment = generator.random(len(tickets)) < 0.3
    successes = np.where(
        segment, beta_binomial(tickets, 0.1 + shift, 0.1, generator), beta_binomial(tickets, 0.1, 0.1, generator)
    )
    return successes, tickets, segment, None


def _within(generator, shift=0.0):
    tickets = accounts_of_unequal_size(150, 1500, 1.0, generator)
    rates = account_rates(len(tickets), 0.1, 0.1, generator)
    segment = generator.binomial(tickets, 0.3)
    rest = tickets - segment
    successes = [generator.binomial(segment, np.minimum(1, rates + shift)), generator.binomial(rest, rates)]
    label = np.arange(len(tickets))
    return (
        np.concatenate(successes),
        np.concatenate([segment, rest]),
        np.repeat([True, False], len(tickets)),
        np.tile(label, 2),
    )


def _own_channel_effects(generator, shift=0.0):
    _, totals, side, label = _within(generator, shift)
    rates = np.concatenate([account_rates(len(label) // 2, 0.1, 0.1, generator) for _ in range(2)])
    return generator.binomial(totals, rates), totals, side, label


@pytest.mark.parametrize("draw", [_constant, _within, _own_channel_effects])
def test_false_alarms_stay_near_five_percent_with_very_unequal_accounts(draw):
    generator = np.random.default_rng(31)
    found = [compare_with_rest(*draw(generator)) for _ in range(600)]
    assert all(f.p_value is not None for f in found)
    assert 0.005 < np.mean([f.p_value <= 0.05 for f in found]) < 0.075


def test_ignoring_accounts_would_give_many_false_alarms():
    generator = np.random.default_rng(31)
    alarms = 0
    for _ in range(300):
        successes, totals, segment, _ = _constant(generator)
        cell = successes[segment].sum(), totals[segment].sum(), successes[~segment].sum(), totals[~segment].sum()
        alarms += two_proportions_test(*map(int, cell)).p_value <= 0.05
    assert alarms > 60


@pytest.mark.parametrize(("draw", "power"), [(_constant, 0.35), (_within, 0.9)])
def test_a_real_difference_is_found_and_covered(draw, power):
    generator = np.random.default_rng(32)
    found = [compare_with_rest(*draw(generator, 0.09)) for _ in range(300)]
    assert np.mean([f.p_value <= 0.05 for f in found]) > power
    assert np.mean([f.interval[0] <= 0.09 <= f.interval[1] for f in found]) > 0.92
