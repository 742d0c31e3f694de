"""How fast counts fall after an event: level before, exponential decay after, half-life with interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval, student_quantile

MOST_STEPS = 50
CLOSE = 1e-9
STEEPEST = 20.0


@dataclass(frozen=True, slots=True)
class Decay:
    """half_life in units of time; None, as its interval, where counts do not fall. The interval is open at the top (inf) where
    they may as well not fall.

    level: events per unit of exposure before. slope: change of the logarithm per unit of time after. dispersion: variance
    over that of a Poisson count, at least 1.
    """

    half_life: float | None
    interval: Interval | None
    level: float
    slope: float
    slope_interval: Interval
    dispersion: float


def decay_after(
    counts: Sequence[float] | NDArray[Any],
    exposures: Sequence[float] | NDArray[Any],
    times: Sequence[float] | NDArray[Any],
    confidence: float = 0.95,
) -> Decay | None:
    """The half-life of counts that were level before time 0 and fall exponentially from then on.

    times: the middle of each stretch, in the unit of the half-life, negative before; exposures: length of each stretch
    (days). Poisson regression log(mean) = log(exposure) + a + b max(time, 0); half-life = ln 2 / -b; the interval is that
    of b, with the variance scaled by Pearson's chi-square over n - 2 (at least 1) and Student's quantile. None where
    there is nothing to fit: fewer than three stretches on either side, or no event before. Raises ValueError for shapes
    that differ. Source: McCullagh and Nelder 1989, Generalized Linear Models, chapter 6; Wedderburn 1974, Biometrika 61,
    439 (quasi-likelihood).
    """
    y, e, t = (np.asarray(v, dtype=float) for v in (counts, exposures, times))
    if not y.shape == e.shape == t.shape or y.ndim != 1:
        raise ValueError(f"one value a stretch is needed, not shapes {y.shape}, {e.shape} and {t.shape}")
    after = np.maximum(t, 0.0)
    if (t < 0).sum() < 3 or (t >= 0).sum() < 3 or y[t < 0].sum() == 0:
        return None
    design = np.column_stack([np.ones_like(t), after])
    fitted = _poisson(y, np.log(e), design)
    if fitted is None:
        return None
    beta, covariance, mean = fitted
    freedom = len(y) - 2
    spread = max(1.0, float(((y - mean) ** 2 / np.maximum(mean, CLOSE)).sum()) / freedom)
    half = student_quantile(confidence, freedom) * float(np.sqrt(covariance[1, 1] * spread))
    slope = float(beta[1])
    low, high = slope - half, slope + half
    if slope >= 0:
        return Decay(None, None, float(np.exp(beta[0])), slope, (low, high), spread)
    interval = (log(2) / -low, log(2) / -high if high < 0 else inf)
    return Decay(log(2) / -slope, interval, float(np.exp(beta[0])), slope, (low, high), spread)


def _poisson(
    y: NDArray[np.float64], offset: NDArray[np.float64], design: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Coefficients, their covariance and the means of a Poisson regression by Newton's steps; None where they do not settle."""
    beta = np.array([np.log(max(y.sum(), 0.5)) - np.log(np.exp(offset).sum()), -0.01])
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(offset + design @ beta, -30, 30))
        information = design.T @ (design * mean[:, None])
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (y - mean))
        # A long first step may overshoot; half a unit of the logarithm at a time always arrives.
        step *= min(1.0, 0.5 / max(float(np.abs(step).max()), CLOSE))
        beta = beta + step
        if abs(beta[1]) > STEEPEST:
            return None
        if float(np.abs(step).max()) < CLOSE:
            mean = np.exp(offset + design @ beta)
            return beta, np.linalg.inv(design.T @ (design * mean[:, None])), mean
    return None


def continues(
    before: int, before_days: float, after: int, after_days: float, residue: float
) -> tuple[float | None, float]:
    """The rate after over the rate before, and the one-sided p-value that it is above `residue`, the part that stragglers and
    chance matches explain. Counts are of independent events (accounts); both exposures in days.

    Given the sum, the count after is binomial (Przyborowski and Wilenski 1940, Biometrika 31, 313). The ratio is None
    without an event before.
    """
    ratio = (after / after_days) / (before / before_days) if before else None
    if after == 0:
        return ratio, 1.0
    from scipy.special import bdtrc

    share = residue * after_days / (residue * after_days + before_days)
    return ratio, float(bdtrc(after - 1, before + after, share))
