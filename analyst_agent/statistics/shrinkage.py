"""Rates of many units at once, drawn towards their common mean by as much as each is uncertain (empirical Bayes).

The model is gamma-Poisson: a unit's ratio of observed to expected comes from a gamma distribution of mean 1, its count
from a Poisson distribution around ratio times expected. Sources: Clayton and Kaldor 1987, Biometrics 43, 671; Marshall
1991, Appl. Stat. 40, 283 (moments). The spread between units is not fixed at its estimate but averaged over its
posterior, under a half-Cauchy prior (Gelman 2006, Bayesian Anal. 1, 515): intervals that ignore this uncertainty are
too short, and of zero width where the estimate is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval

Floats = NDArray[np.float64]
PRIOR_SCALE = 0.5
_SPREADS = np.exp(np.linspace(np.log(0.005), np.log(2.5), 60))


@dataclass(frozen=True, slots=True)
class Shrunken:
    """ratios and intervals of the units in the order given; `spread`: standard deviation of the true ratios between units.

    weight: how much of each ratio is the unit's own count (0: all the common mean, 1: nothing is borrowed).
    """

    ratios: tuple[float, ...]
    intervals: tuple[Interval, ...]
    weights: tuple[float, ...]
    spread: float
    spread_interval: Interval


def moment_spread(observed: Sequence[float] | Floats, expected: Sequence[float] | Floats) -> float:
    """Moment estimate of the standard deviation of true ratios; 0 where chance explains the spread (Marshall 1991)."""
    y, e = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    total = float(e.sum())
    mean = float(y.sum()) / total
    between = float((e * (y / e - mean) ** 2).sum()) / total - mean / (total / len(e))
    return float(np.sqrt(max(0.0, between)))


def shrunken_ratios(
    observed: Sequence[float] | Floats,
    expected: Sequence[float] | Floats,
    scale: Sequence[float] | Floats | None = None,
    confidence: float = 0.95,
) -> Shrunken:
    """Posterior means and intervals of each unit's ratio of observed to expected.

    scale: variance of a count over its expectation (1: Poisson); counts and expectations are divided by it, so that a
    count of tickets that come in clusters weighs as much as it is worth. Raises ValueError for no unit, an
    expectation or scale that is not positive, or a negative count.
    """
    from scipy.special import gammaln

    y, e = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    k = np.ones_like(e) if scale is None else np.asarray(scale, dtype=float)
    if not y.size or y.shape != e.shape or e.shape != k.shape or not ((e > 0) & (k > 0)).all() or (y < 0).any():
        raise ValueError("one count, positive expectation and positive scale for each unit are needed")
    y, e = y / k, e / k
    shape = 1 / _SPREADS**2
    a = shape[:, None]
    likelihood = gammaln(a + y) - gammaln(a) + a * np.log(a / (a + e)) + y * np.log(e / (a + e))
    prior = np.log(_SPREADS) - np.log1p((_SPREADS / PRIOR_SCALE) ** 2)  # the grid is even in the logarithm
    logged = likelihood.sum(axis=1) + prior
    posterior = np.exp(logged - logged.max())
    posterior /= posterior.sum()
    means = posterior @ ((a + y) / (a + e))
    weights = posterior @ (e / (a + e))
    intervals = [_mixture(posterior, shape + y[i], shape + e[i], confidence) for i in range(len(y))]
    tail = (1 - confidence) / 2
    low, middle, high = np.interp([tail, 0.5, 1 - tail], np.cumsum(posterior), _SPREADS)
    return Shrunken(tuple(map(float, means)), tuple(intervals), tuple(map(float, weights)), float(middle), (float(low), float(high)))  # fmt: skip


def _mixture(posterior: Floats, shape: Floats, rate: Floats, confidence: float) -> Interval:
    """The central interval of a mixture of gamma distributions, by halving."""
    from scipy.special import gammainc

    carried = posterior > 1e-9
    weight, a, b = posterior[carried], shape[carried], rate[carried]

    def quantile(probability: float) -> float:
        low, high = 0.0, 2.0
        while float(weight @ gammainc(a, b * high)) < probability:
            high *= 2
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if float(weight @ gammainc(a, b * middle)) < probability else (low, middle)
        return (low + high) / 2

    tail = (1 - confidence) / 2
    return quantile(tail), quantile(1 - tail)
