"""Rates of tickets that come in accounts: tickets of one account are not independent, so fewer are worth as much as
they seem.

An interval here is Wilson's or Newcombe's on counts deflated by the design effect (Rao and Scott 1992, Biometrics 48,
577), which the linearised variance by account gives (Cochran 1977, Sampling Techniques, section 6.3; Cameron and
Miller 2015, J. Human Resources 50, 317, with its factor G / (G - 1)). The quantile is Student's with as many degrees
of freedom as accounts carry the variance (Satterthwaite 1946; Bell and McCaffrey 2002 for clusters), expected from
their sizes and the intraclass correlation (analysis of variance estimate, Donner 1986). Among forty variants (with
and without leverage correction, normal and t, sandwich and model variance) over 120 simulated nulls with account
sizes up to Zipf 1.2, correlations up to 0.3 and segments of any kind, it held the false alarms of a nominal 5 % test
at 3 % on average and 7 % at worst; tests that ignore accounts gave 22 % on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import (
    Interval,
    newcombe_bounds,
    student_quantile,
    wilson_bounds,
    wilson_interval,
)

FEWEST_ACCOUNTS = 5
FEWEST_EFFECTIVE_ACCOUNTS = 2.0

Numbers = Sequence[float] | NDArray[Any]


@dataclass(frozen=True, slots=True)
class RateEstimate:
    """A rate of clustered tickets. effective_n: independent tickets that would say as much; design_effect: n over
    that, at least 1.
    """

    rate: float | None
    interval: Interval | None
    n: int
    accounts: int
    effective_n: float
    design_effect: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """Successes `y` and tickets `n` of each account in the segment (first row) and in the rest (second row).

    Arrays have shape (2, G). weight, shape (G,): how many equal accounts a column stands for; 1, but for tickets of
    no known account, each of which counts as an account of its own.
    """

    y: NDArray[np.float64]
    n: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def tickets(self) -> NDArray[np.float64]:
        """Tickets of both sides, shape (2,)."""
        total: NDArray[np.float64] = self.n @ self.weight
        return total

    @property
    def rates(self) -> NDArray[np.float64]:
        """Rates of both sides, shape (2,); 0 for a side without tickets."""
        rate: NDArray[np.float64] = (self.y @ self.weight) / np.maximum(self.tickets, 1)
        return rate

    @property
    def accounts(self) -> NDArray[np.float64]:
        """Accounts with tickets on each side, shape (2,)."""
        number: NDArray[np.float64] = (self.n > 0) @ self.weight
        return number

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each account's share of the tickets of its side, shape (2, G)."""
        share: NDArray[np.float64] = self.n / np.maximum(self.tickets, 1)[:, None]
        return share

    @property
    def effective_accounts(self) -> NDArray[np.float64]:
        """Equal accounts that would be as concentrated, on each side (inverse of the sum of squared shares), shape
        (2,).
        """
        squared = self.shares**2 @ self.weight
        effective: NDArray[np.float64] = np.divide(1.0, squared, out=np.zeros(2), where=squared > 0)
        return effective

    @property
    def are_single(self) -> bool:
        """Whether no account has two tickets: then tickets are independent."""
        return bool((self.n.sum(axis=0) <= 1).all())


def encode_accounts(labels: Sequence[object]) -> NDArray[np.int64]:
    """Whole numbers for account labels, -1 for None and NaN. Encode once where many comparisons follow."""
    numbers: dict[object, int] = {}
    missing = [label is None or (isinstance(label, float) and isnan(label)) for label in labels]
    return np.array(
        [-1 if gone else numbers.setdefault(label, len(numbers)) for label, gone in zip(labels, missing, strict=True)],
        dtype=np.int64,
    )


def group(
    successes: Numbers, totals: Numbers, in_segment: Numbers, accounts: Sequence[object] | NDArray[Any] | None = None
) -> Clusters:
    """Rows added up by account and side. Raises ValueError for shapes that differ or successes outside 0 to total.

    accounts: a label for each row; without it each row is an account. An integer array is taken as encoded (negative:
    unknown).
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    side = np.where(np.asarray(in_segment, dtype=bool), 0, 1)
    if not y.shape == n.shape == side.shape or y.ndim != 1:
        raise ValueError(f"one value a row is needed, not shapes {y.shape}, {n.shape} and {side.shape}")
    if not ((y >= 0) & (y <= n)).all():
        raise ValueError("successes must lie between 0 and the total in every row")
    code = np.arange(len(y)) if accounts is None else _codes(accounts)
    if code.shape != y.shape:
        raise ValueError(f"{len(code)} account labels for {len(y)} rows")
    known = code >= 0
    _, place = np.unique(code[known], return_inverse=True)
    count = int(place.max()) + 1 if place.size else 0
    sums = [
        np.bincount(side[known] * count + place, weights=v[known], minlength=2 * count).reshape(2, count)
        for v in (y, n)
    ]
    lone_y, lone_n, lone_weight = _unknown(y[~known], n[~known], side[~known])
    return Clusters(
        np.hstack([sums[0], lone_y]), np.hstack([sums[1], lone_n]), np.concatenate([np.ones(count), lone_weight])
    )


def _codes(accounts: Sequence[object] | NDArray[Any]) -> NDArray[np.int64]:
    if isinstance(accounts, np.ndarray) and np.issubdtype(accounts.dtype, np.integer):
        return accounts.astype(np.int64)
    return encode_accounts(list(accounts))


def _unknown(
    y: NDArray[np.float64], n: NDArray[np.float64], side: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Tickets without an account, as accounts of one ticket: four columns (side by outcome) with how often each
    occurs.
    """
    yes = np.bincount(side, weights=y, minlength=2)
    no = np.bincount(side, weights=n - y, minlength=2)
    outcome = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0]])
    ticket = np.array([[1.0, 0, 1, 0], [0, 1.0, 0, 1]])
    weight = np.concatenate([yes, no])
    present = weight > 0
    return outcome[:, present], ticket[:, present], weight[present]


def intraclass_correlation(clusters: Clusters) -> float:
    """How alike tickets of one account are (0 to 1): analysis of variance estimate, each side around its own rate.

    Source: Donner 1986, Int. Stat. Rev. 54, 67; Ridout, Demetrio and Firth 1999, Biometrics 55, 137 (binary data).
    """
    n, weight = clusters.n, np.broadcast_to(clusters.weight, clusters.n.shape)
    filled = n > 0
    sides = int((clusters.tickets > 0).sum())
    share = np.divide(clusters.y, n, out=np.zeros_like(n), where=filled)
    cells, tickets = float((filled * weight).sum()), float(clusters.tickets.sum())
    if cells <= sides or tickets <= cells:
        return 0.0
    between = float((weight * n * (share - clusters.rates[:, None]) ** 2).sum()) / (cells - sides)
    within = float((weight * n * share * (1 - share)).sum()) / (tickets - cells)
    typical = (tickets - float((clusters.shares * n * weight).sum())) / (cells - sides)
    spread = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def design_effect(
    successes: Numbers, totals: Numbers, accounts: Sequence[object] | NDArray[Any] | None = None
) -> float:
    """How many times more tickets are needed than if they were independent, at least 1, for the rate of these rows."""
    return clustered_rate(successes, totals, accounts).design_effect


def clustered_rate(
    successes: Numbers,
    totals: Numbers,
    accounts: Sequence[object] | NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> RateEstimate:
    """The rate of these rows with Wilson's interval on effective counts (plain Wilson where no account has two
    tickets).

    interval is None without tickets and with too few accounts to say how alike their tickets are. With 0 of n or n of
    n nothing can be learnt about that either, and an account then counts as one observation.
    """
    clusters = group(successes, totals, np.ones(len(totals), dtype=bool), accounts)
    correlation = intraclass_correlation(clusters) if 0 < clusters.rates[0] < 1 else 1.0
    return one_side(clusters, 0, correlation, confidence)


def one_side(clusters: Clusters, side: int, correlation: float, confidence: float) -> RateEstimate:
    """One side's rate. The variance is its own; the correlation gives the degrees of freedom, and the variance at 0
    and 1.
    """
    tickets, rate = float(clusters.tickets[side]), float(clusters.rates[side])
    accounts = int(clusters.accounts[side])
    if not tickets:
        return RateEstimate(None, None, 0, 0, 0.0, 1.0)
    if bool((clusters.n[side] <= 1).all()):
        interval = wilson_interval(rate * tickets, tickets, confidence)
        return RateEstimate(rate, interval, int(tickets), accounts, tickets, 1.0)
    weight, share = clusters.weight, clusters.shares[side]
    expected = (1 - correlation) * share / tickets + correlation * share**2
    effect = float(expected @ weight) * tickets
    if 0 < rate < 1 and accounts > 1:
        influence = (clusters.y[side] - rate * clusters.n[side]) / tickets
        variance = accounts / (accounts - 1) * float(influence**2 @ weight)
        effect = variance * tickets / (rate * (1 - rate))
    effect = max(1.0, effect)
    if too_few(clusters, side):
        return RateEstimate(rate, None, int(tickets), accounts, tickets / effect, effect)
    quantile = student_quantile(confidence, carried_by(expected, weight))
    interval = wilson_bounds(rate, tickets / effect, quantile)
    return RateEstimate(rate, interval, int(tickets), accounts, tickets / effect, effect)


def too_few(clusters: Clusters, side: int) -> bool:
    """Whether a side's accounts are too few, or one holds so much, that nothing can be said about the spread between
    them.
    """
    return bool(
        clusters.accounts[side] < FEWEST_ACCOUNTS or clusters.effective_accounts[side] < FEWEST_EFFECTIVE_ACCOUNTS
    )


def carried_by(variances: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Satterthwaite's degrees of freedom of a sum of accounts' variances: equal ones count in full, one large one as
    1.
    """
    return max(1.0, float(variances @ weight) ** 2 / float(variances**2 @ weight))


def difference_effect(clusters: Clusters, correlation: float) -> tuple[float, float]:
    """Design effect and degrees of freedom of the difference of both sides' rates; an account may have tickets on
    both.
    """
    weight, tickets, rates = clusters.weight, clusters.tickets, clusters.rates
    count = float(weight.sum())
    influence = (clusters.y - rates[:, None] * clusters.n) / tickets[:, None]
    variance = count / (count - 1) * float((influence[0] - influence[1]) ** 2 @ weight)
    independent = float((rates * (1 - rates) / tickets).sum())
    effect = variance / independent if independent > 0 else 1.0
    share = clusters.shares
    expected = (1 - correlation) * (share / tickets[:, None]).sum(axis=0) + correlation * (share[0] - share[1]) ** 2
    if ((rates <= 0) | (rates >= 1)).any():
        # A side at 0 or 1 shows no spread of its own; the model supplies what its accounts would have.
        effect = max(effect, float(expected @ weight) / float((1 / tickets).sum()))
    return max(1.0, effect), carried_by(expected, weight)


def clustered_newcombe(
    clusters: Clusters, correlation: float, confidence: float
) -> tuple[Interval, float, float, float]:
    """Interval of the difference, p-value, design effect and degrees of freedom.

    The p-value is the level at which the interval would just touch 0, so the two never disagree.
    """
    from scipy.special import stdtr

    effect, freedom = difference_effect(clusters, correlation)
    (rate1, rate2), (n1, n2) = (float(r) for r in clusters.rates), (float(t) / effect for t in clusters.tickets)
    high, low = max(rate1, rate2), min(rate1, rate2)
    n_high, n_low = (n1, n2) if rate1 >= rate2 else (n2, n1)

    def clearance(z: float) -> float:
        return newcombe_bounds(high, n_high, low, n_low, z)[0]

    interval = newcombe_bounds(rate1, n1, rate2, n2, student_quantile(confidence, freedom))
    if high == low:
        return interval, 1.0, effect, freedom
    clear, touching = 0.0, 1.0
    while clearance(touching) > 0:
        clear, touching = touching, 2 * touching
    # Halving, because importing scipy's root finder takes longer than all comparisons of an answer.
    for _ in range(50):
        middle = (clear + touching) / 2
        clear, touching = (middle, touching) if clearance(middle) > 0 else (clear, middle)
    return interval, float(2 * stdtr(freedom, -touching)), effect, freedom
