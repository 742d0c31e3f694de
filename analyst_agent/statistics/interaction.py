"""Where two groupings cross: whether one combination stands out by more than both of its parts explain, honest about the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import (
    FEWEST_ACCOUNTS,
    FEWEST_EFFECTIVE_ACCOUNTS,
    Clusters,
    carried_by,
    intraclass_correlation,
)
from analyst_agent.statistics.intervals import Interval, student_quantile, wilson_bounds
from analyst_agent.statistics.standardisation import MANY

# The combination, the rest of its row, the rest of its column, and elsewhere; the departure from adding up is +, -, -, +.
DEPARTURE = (1.0, -1.0, -1.0, 1.0)
FROM_ROW = (1.0, -1.0, 0.0, 0.0)
FROM_COLUMN = (1.0, 0.0, -1.0, 0.0)
LONGEST_UNION = 8
NOMINAL = 0.05
PREFERRED = 1.5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combination:
    """One row of a table crossed with some of its columns. statistic: by how many standard errors of independent tickets
    its rate is beyond what row and column add up to, smallest of the three contrasts that it must win.
    """

    row: int
    columns: tuple[int, ...]
    is_above: bool
    statistic: float

    @property
    def weight(self) -> float:
        """By which the combinations of a table are ranked: of two that are about as clear, the one where more happens."""
        return self.statistic * (PREFERRED if self.is_above else 1.0)


@dataclass(frozen=True, slots=True)
class Departure:
    """By how much the rate of a combination exceeds what its row and its column add up to over elsewhere (0 to 1).

    p_value: the largest of the three tests it must pass (against the rest of its row, of its column, and of the departure
    itself), before any correction for having searched. beats_product: whether it also exceeds what the two odds ratios
    multiply to, at a nominal 5 %; without that, two plain effects on another scale would do.
    """

    difference: float
    interval: Interval
    p_value: float
    beats_product: bool
    design_effect: float


def strongest_combination(successes: Array, totals: Array, fewest: float) -> Combination | None:
    """The row and set of columns, out of all, whose rate is furthest beyond both margins; None where none is beyond.

    successes, totals: shape (rows, columns). A combination must be above (or below) the rest of its row and of its column
    and depart from their sum in that direction, and so must each of its columns be beyond the rest of row and column; each of
    the four parts has at least `fewest` objects, and so has each column named. The columns are taken in the order of their
    difference from the other rows, so that those which behave alike are found as one.
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    found = [_searched(y if sign > 0 else n - y, n, fewest, sign > 0) for sign in (1, -1)]
    known = [one for one in found if one is not None]
    return max(known, key=lambda one: one.weight, default=None)


def _searched(y: Array, n: Array, fewest: float, is_above: bool) -> Combination | None:
    rows, columns = y.shape
    if rows < 2 or columns < 2:
        return None
    others_y, others_n = y.sum(axis=0) - y, n.sum(axis=0) - n
    gap = _rate(y, n) - _rate(others_y, others_n)
    of_row_y, of_row_n = y.sum(axis=1, keepdims=True) - y, n.sum(axis=1, keepdims=True) - n
    is_high = (gap > 0) & (_rate(y, n) > _rate(of_row_y, of_row_n))
    gap[~is_high | (n < fewest) | (others_n <= 0)] = -np.inf
    order = np.argsort(-gap, axis=1, kind="stable")
    longest = min(columns - 1, LONGEST_UNION)
    taken = order[:, :longest]
    parts_y, parts_n = _quarters(y, taken), _quarters(n, taken)
    usable = np.isfinite(np.take_along_axis(gap, taken, axis=1)) & (parts_n >= fewest).all(axis=0)
    rates = _rate(parts_y, parts_n)
    # Shrunken rates, so that a part in which nothing happened does not look certain.
    shrunk = (parts_y + 1) / (parts_n + 2)
    variances = shrunk * (1 - shrunk) / np.maximum(parts_n, 1)
    smallest = np.full(usable.shape, np.inf)
    for contrast in (DEPARTURE, FROM_ROW, FROM_COLUMN):
        signs = np.array(contrast)[:, None, None]
        statistic = (signs * rates).sum(axis=0) / np.sqrt((signs**2 * variances).sum(axis=0))
        smallest = np.minimum(smallest, statistic)
    smallest[~usable] = -np.inf
    row, last = np.unravel_index(int(np.argmax(smallest)), smallest.shape)
    if smallest[row, last] <= 0:
        return None
    chosen = tuple(sorted(int(column) for column in order[row, : last + 1]))
    return Combination(int(row), chosen, is_above, float(smallest[row, last]))


def _quarters(values: Array, taken: NDArray[np.int64]) -> Array:
    """Of each row and each number of columns taken: the combination, the rest of row and column, and elsewhere."""
    inside = np.cumsum(np.take_along_axis(values, taken, axis=1), axis=1)
    of_columns = np.cumsum(values.sum(axis=0)[taken], axis=1)
    of_row = values.sum(axis=1)[:, None]
    return np.stack([inside, of_row - inside, of_columns - inside, values.sum() - of_row - of_columns + inside])


def _rate(y: Array, n: Array) -> Array:
    return np.divide(y, n, out=np.zeros_like(y), where=n > 0)


def corrected_for_search(p_value: float, rows: int, columns: int) -> float:
    """The p-value of the best of all combinations of one row (or column) with any columns (rows), never above 1.

    The smaller of two bounds that both hold: as often as there are such combinations (Bonferroni), and Scheffé's for any
    contrast of the interaction, chosen by whatever rule (Scheffé 1953, Biometrika 40, 87; Goodman 1964, Biometrics 20,
    524), whose chi-square has (rows - 1)(columns - 1) degrees of freedom.
    """
    from scipy.special import chdtrc, ndtri

    if rows < 2 or columns < 2 or not 0 <= p_value <= 1:
        raise ValueError(f"not possible: p = {p_value} of {rows} by {columns}")
    if p_value == 0:
        return 0.0
    number = (
        2.0 if rows == columns == 2 else rows * (2.0 ** min(columns, 60) - 2) + columns * (2.0 ** min(rows, 60) - 2)
    )
    statistic = float(ndtri(p_value / 2))
    any_contrast = float(chdtrc((rows - 1) * (columns - 1), statistic**2))
    return min(1.0, p_value * number, any_contrast)


def departure(
    successes: Array, totals: Array, weight: Array | None = None, confidence: float = 0.95
) -> Departure | None:
    """The departure of a combination from what its two parts add up to, of tickets that come in accounts.

    successes, totals: shape (4, accounts): the combination, the rest of its row, the rest of its column, elsewhere. weight:
    how many equal accounts a column stands for. The interval adds the squared distances of the four Wilson intervals
    (Newcombe's hybrid score method carried to a sum of proportions: Zou and Donner 2008, Stat. Med. 27, 1693) on counts
    deflated by the design effect of that contrast, as in `cluster`; each p-value is the level at which its interval would
    just touch 0. None where a part is empty or the accounts are too few to say.
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    clusters = Clusters(y, n, np.ones(y.shape[1]) if weight is None else np.asarray(weight, dtype=float))
    if not (clusters.tickets > 0).all() or float(clusters.weight.sum()) < 2 or _too_few(clusters):
        return None
    correlation = intraclass_correlation(clusters)
    tests = [_contrast(clusters, signs, correlation) for signs in (DEPARTURE, FROM_ROW, FROM_COLUMN)]
    rates, tickets = clusters.rates, clusters.tickets
    values = [float(np.array(signs) @ rates) for signs in (DEPARTURE, FROM_ROW, FROM_COLUMN)]
    p_values = [
        _touching(rates, tickets / effect, np.array(signs), value, freedom)
        for signs, value, (effect, freedom) in zip((DEPARTURE, FROM_ROW, FROM_COLUMN), values, tests, strict=True)
    ]
    is_one_way = all(value > 0 for value in values) or all(value < 0 for value in values)
    effect, freedom = tests[0]
    interval = _interval(rates, tickets / effect, np.array(DEPARTURE), student_quantile(confidence, freedom))
    product = _beats_product(clusters, effect, freedom, values[0] > 0)
    return Departure(values[0], interval, max(p_values) if is_one_way else 1.0, product and is_one_way, effect)


def single_tickets(successes: Array, totals: Array) -> tuple[Array, Array, Array]:
    """Tickets of no known account of the four parts as `departure` takes them: each an account of its own, by part and
    outcome, with how often it occurs. successes, totals: shape (4,); the three arrays have 8 columns.
    """
    parts = np.eye(len(totals))
    return (
        np.hstack([parts, np.zeros_like(parts)]),
        np.hstack([parts, parts]),
        np.concatenate([successes, totals - successes]),
    )


def _too_few(clusters: Clusters) -> bool:
    if bool((clusters.n.sum(axis=0) <= 1).all()):
        return False
    effective = 1 / (clusters.shares**2 @ clusters.weight)
    return bool((clusters.accounts < FEWEST_ACCOUNTS).any() or (effective < FEWEST_EFFECTIVE_ACCOUNTS).any())


def _contrast(clusters: Clusters, contrast: tuple[float, ...], correlation: float) -> tuple[float, float]:
    """Design effect and degrees of freedom of a sum of the rates of the parts, an account having tickets in several."""
    signs, weight, tickets, rates = np.array(contrast), clusters.weight, clusters.tickets, clusters.rates
    count = float(weight.sum())
    influence = signs @ ((clusters.y - rates[:, None] * clusters.n) / tickets[:, None])
    variance = count / (count - 1) * float(influence**2 @ weight)
    independent = float((signs**2 * rates * (1 - rates) / tickets).sum())
    effect = variance / independent if independent > 0 else 1.0
    share = clusters.shares
    inner = (signs**2)[:, None] * share / tickets[:, None]
    expected = (1 - correlation) * inner.sum(axis=0) + correlation * (signs @ share) ** 2
    used = signs != 0
    if ((rates[used] <= 0) | (rates[used] >= 1)).any():
        effect = max(effect, float(expected @ weight) / float((signs[used] ** 2 / tickets[used]).sum()))
    return max(1.0, effect), carried_by(expected, weight)


def _interval(rates: Array, n: Array, signs: Array, z: float) -> Interval:
    parts = [part for part in zip(rates.tolist(), n.tolist(), signs.tolist(), strict=True) if part[2]]
    return _added(parts, sum(sign * rate for rate, _, sign in parts), z)


def _added(parts: Sequence[tuple[float, float, float]], value: float, z: float) -> Interval:
    low = high = 0.0
    for rate, size, sign in parts:
        bounds = wilson_bounds(rate, size, z)
        down, up = rate - bounds[0], bounds[1] - rate
        low += down**2 if sign > 0 else up**2
        high += up**2 if sign > 0 else down**2
    return value - sqrt(low), value + sqrt(high)


def _touching(rates: Array, n: Array, signs: Array, value: float, freedom: float) -> float:
    from scipy.special import stdtr

    if value == 0:
        return 1.0
    parts = [part for part in zip(rates.tolist(), n.tolist(), signs.tolist(), strict=True) if part[2]]

    def is_clear(z: float) -> bool:
        low, high = _added(parts, value, z)
        return low > 0 if value > 0 else high < 0

    clear, touching = 0.0, 1.0
    while is_clear(touching) and touching < 1e3:
        clear, touching = touching, 2 * touching
    for _ in range(25):
        middle = (clear + touching) / 2
        clear, touching = (middle, touching) if is_clear(middle) else (clear, middle)
    return float(2 * stdtr(freedom, -touching))


def _beats_product(clusters: Clusters, effect: float, freedom: float, is_above: bool) -> bool:
    """Whether the odds ratio of the combination exceeds the product of its parts' (0.5 added to each cell: Haldane 1956)."""
    yes = clusters.y @ clusters.weight + 0.5
    no = clusters.tickets - clusters.y @ clusters.weight + 0.5
    ratio = sum(sign * log(float(a / b)) for sign, a, b in zip(DEPARTURE, yes, no, strict=True))
    spread = sqrt(effect * float((1 / yes + 1 / no).sum()))
    quantile = student_quantile(1 - NOMINAL, min(freedom, MANY))
    return (ratio if is_above else -ratio) / spread > quantile
