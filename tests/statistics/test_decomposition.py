"""The change of a count split into volume, mix and rate: it adds up, is fair to every order, and its intervals hold what they claim."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyst_agent.statistics import count_parts, decidable, rate_parts, split_change
from tests.statistics.samples import account_rates

cells = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=7
).map(lambda rows: np.array(rows, dtype=float).T.reshape(2, 2, -1))


def _usable(table):
    """Tickets and escalated ones by period and cell, folded so that every cell has a rate."""
    totals, successes = table
    place = decidable(totals, successes)
    assume(place is not None)
    return tuple(np.array([np.bincount(place, row, place.max() + 1) for row in x]) for x in (totals, successes))


def _by_all_orders(totals, successes):
    """Shapley values of the whole from their definition: every order of changing volume, shares and rates."""
    volume, share = totals.sum(axis=1), totals / totals.sum(axis=1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        own = successes / totals
    rate = np.where(np.isnan(own), np.where(np.isnan(own[::-1]), 0, own[::-1]), own)
    parts = np.zeros(3)
    for order in permutations(range(3)):
        now = [0, 0, 0]
        for factor in order:
            then = volume[now[0]] * (share[now[1]] * rate[now[2]]).sum()
            now[factor] = 1
            parts[factor] += (volume[now[0]] * (share[now[1]] * rate[now[2]]).sum() - then) / 6
    return parts


@settings(max_examples=200, deadline=None)
@given(cells)
def test_parts_add_up_by_cell_and_are_the_mean_over_all_orders(table):
    totals, successes = _usable(table)
    parts = count_parts(totals, successes)
    assert parts.volume + parts.mix + parts.rate == pytest.approx(successes[1] - successes[0], abs=1e-9)
    whole = [part.sum() for part in (parts.volume, parts.mix, parts.rate)]
    assert whole == pytest.approx(_by_all_orders(totals, successes), abs=1e-9)
    of_rate = rate_parts(totals, successes)
    overall = successes.sum(axis=1) / totals.sum(axis=1)
    assert of_rate.mix.sum() + of_rate.rate.sum() == pytest.approx(overall[1] - overall[0], abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(cells, st.randoms())
def test_time_turned_round_turns_the_signs_and_order_changes_nothing(table, dice):
    totals, successes = _usable(table)
    parts, back = count_parts(totals, successes), count_parts(totals[::-1], successes[::-1])
    order = list(range(totals.shape[1]))
    dice.shuffle(order)
    shuffled = count_parts(totals[:, order], successes[:, order])
    for name in ("volume", "mix", "rate"):
        assert getattr(back, name) == pytest.approx(-getattr(parts, name), abs=1e-9)
        assert getattr(shuffled, name) == pytest.approx(getattr(parts, name)[order], abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(cells, st.floats(0.2, 5))
def test_a_change_of_one_factor_is_that_part_alone(table, factor):
    totals, successes = (x[0] for x in _usable(table))
    rate = np.divide(successes, totals, out=np.zeros_like(totals), where=totals > 0)
    more = count_parts(np.stack([totals, totals * factor]), np.stack([successes, successes * factor]))
    assert more.volume.sum() == pytest.approx(successes.sum() * (factor - 1), abs=1e-7)
    assert (more.mix.sum(), more.rate.sum()) == (pytest.approx(0, abs=1e-7), pytest.approx(0, abs=1e-7))
    higher = count_parts(np.stack([totals, totals]), np.stack([successes, successes * factor]))
    assert (higher.volume.sum(), higher.mix.sum()) == (0, 0)
    moved = totals[::-1]
    shifted = count_parts(np.stack([totals, moved]), np.stack([successes, moved * rate]))
    assume(((totals > 0) | (moved == 0)).all())
    assert (shifted.volume.sum(), shifted.rate.sum()) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))


def test_an_example_by_hand():
    # Reports 100 tickets at 10 %, Billing 300 at 5 %; then 200 at 20 % and 300 at 5 %: from 25 to 55.
    parts = count_parts(np.array([[100.0, 300], [200, 300]]), np.array([[10.0, 15], [40, 15]]))
    # Reports: shares 1/4 and 2/5, volume 400 and 500, rates 0.1 and 0.2.
    assert parts.rate == pytest.approx([0.1 * ((400 / 4 + 500 * 0.4) / 3 + (400 * 0.4 + 500 / 4) / 6), 0])
    assert parts.volume.sum() == pytest.approx(
        100 * ((0.0625 + 0.11) / 3 + (0.25 * 0.2 + 0.75 * 0.05 + 0.4 * 0.1 + 0.6 * 0.05) / 6)
    )
    assert (parts.volume + parts.mix + parts.rate).sum() == pytest.approx(30)


def test_what_appears_or_vanishes_is_volume_and_mix_never_rate():
    parts = count_parts(np.array([[100.0, 0, 50], [100, 40, 0]]), np.array([[10.0, 0, 20], [10, 12, 0]]))
    assert parts.rate == pytest.approx([0, 0, 0])
    assert parts.volume[1] + parts.mix[1] == pytest.approx(12)
    assert parts.volume[2] + parts.mix[2] == pytest.approx(-20)


def test_cells_without_a_rate_are_folded():
    totals, successes = np.array([[50.0, 0, 8, 90], [60, 9, 0, 90]]), np.array([[5.0, 2, 1, 9], [6, 1, 3, 9]])
    assert list(decidable(totals, successes)) == [0, 2, 2, 1]
    assert list(decidable(totals, successes * 0)) == [0, 1, 2, 3]
    assert list(decidable(totals, successes * 0, fewest=30)) == [0, 2, 2, 1]
    alone = np.array([[50.0, 0], [60, 9]]), np.array([[5.0, 2], [6, 1]])
    assert list(decidable(*alone)) == [0, 0]  # the others alone have no rate: all are taken together
    assert decidable(np.zeros((2, 3)), np.ones((2, 3))) is None
    with pytest.raises(ValueError, match="no rate"):
        count_parts(totals, successes)


def test_periods_of_other_lengths_are_scaled_before_they_are_split():
    generator = np.random.default_rng(4)
    totals = generator.poisson(20, (2, 30, 4)).astype(float)
    successes = generator.binomial(totals.astype(int), 0.2).astype(float)
    same = np.stack([totals[0], totals[0]]), np.stack([successes[0], successes[0]])
    found = split_change(*same, scale=0.5)  # as many in half the days
    assert found.change.value == pytest.approx(successes[0].sum() / 2)
    assert found.volume.value == pytest.approx(found.change.value)
    assert found.rate_change.value == pytest.approx(0)


def test_the_split_adds_up_and_rows_may_come_in_any_order():
    generator = np.random.default_rng(5)
    totals = generator.poisson(9, (2, 25, 3)).astype(float)
    successes = generator.binomial(totals.astype(int), 0.3).astype(float)
    lone = np.array([[[7.0, 0, 3], [5, 2, 1]], [[2, 0, 1], [1, 1, 0]]])
    one = split_change(totals, successes, 1.1, lone)
    assert one.volume.value + one.mix.value + one.rate.value == pytest.approx(one.change.value)
    assert sum(cell.value for cell in one.cells) == pytest.approx(one.rate.value)
    assert one.rate_from_mix.value + one.rate_from_rate.value == pytest.approx(one.rate_change.value)
    order = generator.permutation(25)
    other = split_change(totals[:, order], successes[:, order], 1.1, lone)
    assert other.rate.interval == pytest.approx(one.rate.interval)
    assert other.volume.p_value == pytest.approx(one.volume.p_value)


def test_few_accounts_or_one_large_one_say_nothing():
    few = np.full((2, 4, 2), 50.0)
    assert split_change(few, few / 5).volume.reason == "too few accounts"
    large = np.ones((2, 30, 2))
    large[:, 0] = 500
    found = split_change(large, large / 5)
    assert (found.rate.interval, found.rate.reason) == (None, "most tickets are of one account")
    with pytest.raises(ValueError, match="scale"):
        split_change(few, few / 5, scale=0)


def _desk(generator, growth=1.0, shift=0.0, more=1.0, correlation=0.05, accounts=100, tickets=1500):
    """Tickets that come in bursts in accounts of unequal size and four areas, whose rates are 6, 8, 10 and 16 %."""
    size = 1 / np.arange(1, accounts + 1)
    own = account_rates(accounts, 0.1, correlation, generator) / 0.1
    shares, rates = np.full((2, 4), 0.25), np.tile([0.06, 0.08, 0.1, 0.16], (2, 1))
    shares[1] += np.array([-1, -1, 1, 1]) * shift
    rates[1, 3] *= more
    totals, successes = np.zeros((2, accounts, 4)), np.zeros((2, accounts, 4))
    for period, volume in enumerate((tickets, tickets * growth)):
        bursts = generator.poisson(volume / 2 * size / size.sum())
        for account, number in enumerate(bursts):
            counts = generator.multinomial(generator.geometric(0.5, number).sum(), shares[period])
            totals[period, account] = counts
            successes[period, account] = generator.binomial(counts, np.minimum(0.95, rates[period] * own[account]))
    volumes = np.array([tickets, tickets * growth])[:, None] * shares
    return totals, successes, count_parts(volumes, volumes * rates)


def test_few_false_alarms_where_accounts_differ_and_nothing_changed():
    alarms = np.zeros(4)
    for seed in range(120):
        totals, successes, _ = _desk(np.random.default_rng(seed))
        found = split_change(totals, successes)
        alarms += [p.p_value < 0.05 for p in (found.change, found.volume, found.mix, found.rate)]
    assert (alarms <= 13).all(), alarms


@pytest.mark.parametrize("planted", [{"growth": 1.4}, {"shift": 0.12}, {"more": 2.0}])
def test_intervals_hold_the_true_parts_and_the_planted_one_is_found(planted):
    covered, seen = np.zeros(3), np.zeros(3)
    for seed in range(80):
        totals, successes, truth = _desk(np.random.default_rng(seed), **planted, correlation=0)
        found = split_change(totals, successes)
        for at, name in enumerate(("volume", "mix", "rate")):
            part = getattr(found, name)
            covered[at] += part.interval[0] <= getattr(truth, name).sum() <= part.interval[1]
            seen[at] += not part.interval[0] <= 0 <= part.interval[1]
    assert (covered >= 70).all(), covered
    planted_at = ["growth", "shift", "more"].index(next(iter(planted)))
    assert seen[planted_at] >= 68, seen
    assert all(seen[at] <= 9 for at in range(3) if at != planted_at), seen
