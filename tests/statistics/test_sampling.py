"""A number carried over from a sample of two stages: its interval covers the truth, and a census is no estimate."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics import Drawn


def test_where_nothing_is_left_out_the_number_is_counted() -> None:
    whole = Drawn(population=60, examined=60, sure=10, undecided=30, compared=30, found=12)
    assert whole.is_whole
    assert (whole.estimate, whole.interval()) == (22, (22, 22))


def test_an_estimate_stays_between_what_was_seen_and_what_was_ruled_out() -> None:
    none = Drawn(population=100, examined=90, sure=0, undecided=0, compared=0, found=0)
    assert none.interval()[1] <= 10
    nearly = Drawn(population=100, examined=99, sure=98, undecided=0, compared=0, found=0)
    assert nearly.interval() == (98, 99)
    assert Drawn(100, 50, 0, 20, 0, 0).interval() == (0, 70)
    assert Drawn(100, 0, 0, 0, 0, 0).interval() == (0, 100)


@pytest.mark.parametrize(
    ("population", "examined", "compared"), [(4_000, 500, 100), (500, 500, 80), (20_000, 400, 400)]
)
@pytest.mark.parametrize(("sure", "undecided", "among"), [(0.3, 0.5, 0.4), (0.02, 0.3, 0.1), (0.0, 0.9, 0.95)])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(
    population: int, examined: int, compared: int, sure: float, undecided: float, among: float
) -> None:
    dice = np.random.default_rng(7)
    kinds = np.zeros(population, dtype=int)  # 0 has it not, 1 surely has it, 2 undecided without, 3 undecided with it
    first, second = round(population * sure), round(population * undecided)
    kinds[:first] = 1
    kinds[first : first + second] = 2
    kinds[first : first + round(second * among)] = 3
    truth = int(((kinds == 1) | (kinds == 3)).sum())
    hits, turns = 0, 600
    for _ in range(turns):
        seen = dice.choice(kinds, examined, replace=False)
        open_still = seen[seen >= 2]
        drawn = dice.choice(open_still, min(compared, len(open_still)), replace=False)
        one = Drawn(population, examined, int((seen == 1).sum()), len(open_still), len(drawn), int((drawn == 3).sum()))
        low, high = one.interval()
        hits += low <= truth <= high
    # 600 turns at 95 %: three standard errors are 2.7 points; wider than it says is no fault where numbers are small.
    assert hits / turns >= 0.923
