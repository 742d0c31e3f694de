"""How long something takes when part of it is not over yet: the Kaplan-Meier curve and its median.

What is still open has lasted at least as long as it was watched; leaving it out, as a mean or median over the finished
does, makes times look shorter than they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import normal_quantile

Numbers = NDArray[np.float64]
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The share not yet over just after each time at which something ended, with its Greenwood variance; shape (K,)."""

    times: Numbers
    share: Numbers
    variance: Numbers


@dataclass(frozen=True, slots=True)
class Median:
    """The time by which half is over; None where the curve does not come down to one half. low and high: its 95 % interval,
    high is None where that has no upper end. watched: the longest time anything was watched; an unreached median is
    longer than this on the curve as it is. n: how many; open_count: of these not over.
    """

    value: float | None
    low: float | None
    high: float | None
    watched: float | None
    n: int
    open_count: int


def kaplan_meier(durations: Any, is_over: Any, counts: Any = None) -> SurvivalCurve:
    """The product-limit curve of durations, any unit, some of them censored (`is_over` false: at least so long).

    counts: how many of each row, 1 without it; so a database may have added equal rows up. What is censored at a time is
    still at risk at that time. Raises ValueError for shapes that differ, a negative or missing duration. Source: Kaplan
    and Meier 1958, J. Am. Stat. Assoc. 53, 457; variance: Greenwood 1926.
    """
    time, over, weight = _checked(durations, is_over, counts)
    if not time.size:
        return SurvivalCurve(np.array([]), np.array([]), np.array([]))
    distinct, place = np.unique(time, return_inverse=True)
    ended = np.bincount(place, weights=weight * over, minlength=distinct.size)
    left = np.bincount(place, weights=weight, minlength=distinct.size)
    at_risk = left[::-1].cumsum()[::-1]
    has_end = ended > 0
    ended, at_risk = ended[has_end], at_risk[has_end]
    share = np.cumprod(1 - ended / at_risk)
    remaining = at_risk - ended
    term = np.divide(ended, at_risk * remaining, out=np.full(ended.shape, np.inf), where=remaining > 0)
    with np.errstate(invalid="ignore"):
        variance = np.where(share > 0, share**2 * np.cumsum(term), 0.0)
    return SurvivalCurve(distinct[has_end], share, variance)


def median_time(durations: Any, is_over: Any, counts: Any = None, confidence: float = 0.95) -> Median:
    """The Kaplan-Meier median with its interval; arguments as in `kaplan_meier`.

    The interval holds the times at which one half lies within the log-log interval of the curve (Brookmeyer and Crowley
    1982, Biometrics 38, 29; the transformation of Kalbfleisch and Prentice, as R's survfit with conf.type "log-log").
    """
    time, over, weight = _checked(durations, is_over, counts)
    n, ended = int(weight.sum()), int((weight * over).sum())
    if not n:
        return Median(None, None, None, None, 0, 0)
    watched = float(time[weight > 0].max())
    curve = kaplan_meier(time, over, weight)
    if not curve.times.size:
        return Median(None, None, None, watched, n, n)
    value = _median(curve)
    low, high = _interval(curve, normal_quantile(confidence))
    return Median(value, low, high, watched, n, n - ended)


def _median(curve: SurvivalCurve) -> float | None:
    """The first time at which the curve is at or below one half; where it stays exactly there until a later end, the middle
    of both, so that without open ones it is the ordinary median (as R's survfit has it).
    """
    reached = curve.times[curve.share <= 0.5 + _ROUNDING]
    below = curve.times[curve.share < 0.5 - _ROUNDING]
    if not reached.size:
        return None
    stays = bool(below.size) and below[0] > reached[0]
    return float(reached[0] + below[0]) / 2 if stays else float(reached[0])


def _interval(curve: SurvivalCurve, quantile: float) -> tuple[float | None, float | None]:
    """First times at which the lower and the upper bound of the curve come down to one half."""
    inside = (curve.share > _ROUNDING) & (curve.share < 1 - _ROUNDING)
    share = np.where(inside, curve.share, 0.5)
    log = np.log(share)
    error = np.sqrt(np.where(inside, curve.variance, 0.0)) / (share * np.abs(log))
    away = np.log(-log) - np.log(-np.log(0.5))  # grows as the curve falls
    # A curve at 1 is above one half and one at 0 below it for certain.
    lower = np.where(inside, away + quantile * error >= 0, curve.share <= _ROUNDING)
    upper = np.where(inside, away - quantile * error > 0, curve.share <= _ROUNDING)
    first = [float(curve.times[bound][0]) if bound.any() else None for bound in (lower, upper)]
    return first[0], first[1]


def _checked(durations: Any, is_over: Any, counts: Any) -> tuple[Numbers, NDArray[np.bool_], Numbers]:
    time, over = np.asarray(durations, dtype=float), np.asarray(is_over, dtype=bool)
    weight = np.ones(time.shape) if counts is None else np.asarray(counts, dtype=float)
    if not time.shape == over.shape == weight.shape or time.ndim != 1:
        raise ValueError(f"one value a row is needed, not shapes {time.shape}, {over.shape} and {weight.shape}")
    if not ((time >= 0) & np.isfinite(time)).all() or not (weight >= 0).all():
        raise ValueError("a duration and a count are known and not negative")
    return time, over, weight
