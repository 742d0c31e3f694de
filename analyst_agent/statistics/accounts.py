"""Which accounts stand out: more of something than chance gives their volume, or silent for longer than their own rate makes likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[Any]
LEAST_CORRELATION = 1e-6
FEWEST_WEEKS = 8
"""Weeks between first and last ticket from which on an account's own burstiness is believed beside that of all."""


@dataclass(frozen=True, slots=True)
class Excess:
    """Of each account: events expected at the others' rate, and the chance of as many or more; arrays of shape (G,)."""

    expected: NDArray[np.float64]
    p_values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Silence:
    """Of each account: its tickets, the last week with one, weeks since, tickets to be expected in these, and the chance of
    none; arrays of shape (A,). dispersion: how many times more its tickets vary than if they came one by one.
    """

    tickets: NDArray[np.float64]
    last_week: NDArray[np.int64]
    weeks: NDArray[np.int64]
    expected: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    p_values: NDArray[np.float64]


def excess(successes: Numbers, totals: Numbers) -> Excess:
    """Whether an account has more successes than its volume gives, allowing that accounts differ by nature.

    The upper tail of a beta-binomial whose mean is the rate of all other accounts and whose correlation is theirs by
    analysis of variance (Donner 1986, Int. Stat. Rev. 54, 67), so that an account is not called unusual for what accounts
    commonly differ by. Each account is left out of both. Raises ValueError for successes outside 0 to total.
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if y.shape != n.shape or not ((y >= 0) & (y <= n)).all():
        raise ValueError("successes must lie between 0 and the total of every account")
    others = np.maximum(n.sum() - n, 1e-12)
    rate = np.clip((y.sum() - y) / others, 0, 1)
    correlation = _correlation_of_others(y, n)
    p_values = np.ones_like(y)
    for place in np.flatnonzero((y >= 1) & (y > n * rate)):
        p_values[place] = _upper_tail(int(y[place]), int(n[place]), float(rate[place]), float(correlation[place]))
    return Excess(n * rate, p_values)


def silence(counts: NDArray[Any]) -> Silence:
    """Whether an account's tickets stopped for longer than its own rate makes likely. counts: shape (accounts, weeks), oldest
    week first, the last one up to now.

    Given an account's tickets after its first, each falls on a week in proportion to what all other accounts file in it, so
    that holidays and the end of an extract are nobody's silence. The chance that none falls after the last is (1 - S) to
    the power of their number, S being the share of that time (uniform order statistics: David and Nagaraja 2003, Order
    Statistics, section 6.4). Tickets come in bursts, and count as many fewer as weekly counts vary more than Poisson's
    (quasi-likelihood, McCullagh and Nelder 1989, section 4.5): Pearson's statistic over the weeks from first to last ticket,
    the largest of that of all accounts, the account's own (on at least 8 weeks) and 1.
    """
    given = np.asarray(counts, dtype=float)
    accounts, weeks = given.shape
    tickets = given.sum(axis=1)
    active = given > 0
    first = np.where(active.any(axis=1), active.argmax(axis=1), weeks)
    last = np.where(active.any(axis=1), weeks - 1 - active[:, ::-1].argmax(axis=1), -1)
    volume = np.maximum(given.sum(axis=0)[None, :] - given, 0) + 1e-9
    place = np.arange(weeks)[None, :]
    within = (place >= first[:, None]) & (place <= last[:, None])
    after = (place > last[:, None]) & (last >= 0)[:, None]
    lived = (volume * within).sum(axis=1)
    silent = (volume * after).sum(axis=1)
    own = volume * within / np.maximum(lived, 1e-12)[:, None]
    should = tickets[:, None] * own
    pearson = np.divide((given - should) ** 2, should, out=np.zeros_like(given), where=within & (should > 0)).sum(
        axis=1
    )
    freedom = np.maximum(within.sum(axis=1) - 1, 0)
    several = freedom > 0
    pooled = float(pearson[several].sum() / freedom[several].sum()) if several.any() else 1.0
    alone = np.divide(pearson, freedom, out=np.ones(accounts), where=freedom >= FEWEST_WEEKS)
    dispersion = np.maximum(np.maximum(alone, pooled), 1.0)
    share = np.divide(silent, silent + lived, out=np.zeros(accounts), where=lived > 0)
    p_values = np.where(tickets > 1, (1 - share) ** (np.maximum(tickets - 1, 0) / dispersion), 1.0)
    expected = np.divide(tickets * silent, lived, out=np.zeros(accounts), where=lived > 0)
    return Silence(tickets, last.astype(np.int64), (weeks - 1 - last).astype(np.int64), expected, dispersion, p_values)


def _correlation_of_others(y: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """For every account the intraclass correlation of all others: sums less its own."""
    filled = n > 0
    squares = np.divide(y * y, n, out=np.zeros_like(y), where=filled)

    def without(values: NDArray[np.float64]) -> NDArray[np.float64]:
        left: NDArray[np.float64] = values.sum() - values
        return left

    groups, tickets, events = without(filled.astype(float)), without(n), without(y)
    spread, sizes = without(squares), without(n * n)
    safe = np.maximum(tickets, 1e-12)
    between = (spread - events**2 / safe) / np.maximum(groups - 1, 1)
    within = (events - spread) / np.maximum(tickets - groups, 1)
    typical = (tickets - sizes / safe) / np.maximum(groups - 1, 1)
    total = between + (typical - 1) * within
    found = np.divide(between - within, total, out=np.zeros_like(y), where=total > 0)
    clipped: NDArray[np.float64] = np.clip(found, 0.0, 0.999)
    return clipped


def _upper_tail(y: int, n: int, rate: float, correlation: float) -> float:
    """P(X >= y) of a beta-binomial with that mean and correlation; binomial where there is none."""
    from scipy.special import bdtrc, betaln, gammaln

    if not 0 < rate < 1:
        return 1.0 if y <= n * rate else 0.0
    if correlation < LEAST_CORRELATION:
        return float(bdtrc(y - 1, n, rate))
    strength = 1 / correlation - 1
    a, b = rate * strength, (1 - rate) * strength
    k = np.arange(y, n + 1)
    log = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + betaln(k + a, n - k + b) - betaln(a, b)
    return float(min(1.0, np.exp(log).sum()))
