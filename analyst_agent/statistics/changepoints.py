"""When the level of a rate or a volume changed: binary segmentation, each split tested against random orders of the units."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analyst_agent.statistics.intervals import Interval, student_quantile
from analyst_agent.statistics.series import (
    BINOMIAL,
    Array,
    Numbers,
    autocorrelation,
    checked,
    inflation,
    least_variance,
)

ORDERS = 1_999
FARTHEST = 3.68
"""Twice the log-likelihood may lie this far below its peak: (1 - exp(-c))^2 = 0.95."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level. at: the first unit of the new level. before, after: rates of the units on either side, up to the
    neighbouring steps; difference_interval: 95 % interval of after - before. variance: of the rate for an exposure of one;
    squares: weighted residual sum of squares around all levels.
    """

    at: int
    before: float
    after: float
    difference_interval: Interval
    p_value: float
    variance: float
    squares: float


def largest_step(y: Numbers, x: Numbers, family: str = BINOMIAL, margin: int = 3) -> Step | None:
    """The split of the units into two levels that fits best, with the p-value of having searched for it.

    margin: fewest units on either side. The statistic is the largest squared difference of the two rates over its
    variance; the p-value the share of 1,999 random orders of the same units in which it is at least as large (seeded, so
    the same data give the same p-value), which allows for the search and for any dispersion; the statistic is reduced
    for a significant autocorrelation, which random orders do not have, around the levels of four stretches: around two
    alone, a second change would count as one. None with fewer than 8 units or without events. Source: Vostrikova 1981, Soviet Math. Dokl. 24, 55 (binary segmentation); Antoch and Huskova 2001,
    Statistics and Probability Letters 53, 37 (permutation tests of a change).
    """
    counts, exposure = checked(y, x)
    places = np.flatnonzero(exposure > 0)
    counts, exposure = counts[places], exposure[places]
    n = len(counts)
    if n < max(8, 2 * margin) or not counts.sum():
        return None
    squared = _squared_differences(counts[None, :], exposure[None, :])[0, margin - 1 : n - margin]
    first = int(np.argmax(squared)) + margin
    levels = np.array([counts[:first].sum() / exposure[:first].sum(), counts[first:].sum() / exposure[first:].sum()])
    residuals = counts / exposure - np.repeat(levels, [first, n - first])
    squares = float(exposure @ residuals**2)
    least = least_variance(counts, exposure, family)
    variance = max(squares / max(n - 2, 1), least)
    enlarged = inflation(_correlation_within(counts, exposure, margin))
    p_value = _p_value(counts, exposure, float(squared.max()) / enlarged, margin)
    error = float(np.sqrt(variance * enlarged * (1 / exposure[:first].sum() + 1 / exposure[first:].sum())))
    half = student_quantile(0.95, max((n - 2) / enlarged, 2.0)) * error
    gap = float(levels[1] - levels[0])
    return Step(
        int(places[first]),
        float(levels[0]),
        float(levels[1]),
        (gap - half, gap + half),
        p_value,
        variance * enlarged,
        squares,
    )


def steps(
    y: Numbers, x: Numbers, family: str = BINOMIAL, margin: int = 3, most: int = 3, stricter: float = 0.01
) -> list[Step]:
    """Every change of level in order of time: the largest one as it is, and within its sides those with a p-value of at
    most `stricter`. The first p-value is the test of whether there is any change; it is for the caller to judge.
    """
    counts, exposure = checked(y, x)
    found = largest_step(counts, exposure, family, margin)
    if found is None:
        return []
    chosen = {found.at: found.p_value}
    waiting = [(0, found.at), (found.at, len(counts))] if found.p_value <= stricter else []
    while waiting and len(chosen) < most:
        start, end = waiting.pop(0)
        inner = largest_step(counts[start:end], exposure[start:end], family, margin)
        if inner is not None and inner.p_value <= stricter:
            chosen[start + inner.at] = inner.p_value
            waiting += [(start, start + inner.at), (start + inner.at, end)]
    return _settled(counts, exposure, family, chosen)


def _settled(counts: Array, exposure: Array, family: str, chosen: dict[int, float]) -> list[Step]:
    """Each step between its neighbours, with one variance for all levels."""
    bounds = [0, *sorted(chosen), len(counts)]
    sums = [(counts[a:b].sum(), exposure[a:b].sum()) for a, b in pairwise(bounds)]
    levels = np.array([float(c / e) if e else 0.0 for c, e in sums])
    used = exposure > 0
    rate = np.divide(counts, exposure, out=np.zeros_like(counts), where=used)
    residuals = np.where(used, rate - np.repeat(levels, np.diff(bounds)), 0.0)
    squares = float(exposure @ residuals**2)
    freedom = max(int(used.sum()) - len(levels), 1)
    variance = max(squares / freedom, least_variance(counts, exposure, family))
    enlarged = inflation(autocorrelation((residuals * np.sqrt(exposure))[used]))
    half = student_quantile(0.95, max(freedom / enlarged, 2.0))
    made = []
    for place, at in enumerate(sorted(chosen)):
        gap = float(levels[place + 1] - levels[place])
        error = float(np.sqrt(variance * enlarged * (1 / sums[place][1] + 1 / sums[place + 1][1])))
        interval = (gap - half * error, gap + half * error)
        sides = float(levels[place]), float(levels[place + 1])
        made.append(Step(at, *sides, interval, chosen[at], variance * enlarged, squares))
    return made


def located(y: Numbers, x: Numbers, variance: float, margin: int) -> tuple[int, int, int] | None:
    """The most likely first unit of the new level, and the first and last one of its 95 % confidence set.

    For the units of a finer grain, such as days. variance: of the rate for an exposure of one, as `Step` has it. The set
    holds the places around the peak whose log-likelihood lies at most 3.68 below it; farther ones, beyond a stretch of four
    margins that does not, are for another change. Source: Siegmund 1988, Int. Stat. Rev. 56,
    31 (near a change the log-likelihood is a two-sided random walk whose excess is the larger of two
    exponential variables).
    """
    counts, exposure = checked(y, x)
    n = len(counts)
    if n < 2 * margin or variance <= 0:
        return None
    squared = _squared_differences(counts[None, :], exposure[None, :])[0]
    likely = squared[margin - 1 : n - margin] / (2 * variance)
    if not likely.size:
        return None
    best = int(np.argmax(likely))
    near = np.flatnonzero(likely >= likely[best] - FARTHEST)
    stretches = np.split(near, np.flatnonzero(np.diff(near) > 4 * margin) + 1)
    own = next(stretch for stretch in stretches if best in stretch)
    return best + margin, int(own[0]) + margin, int(own[-1]) + margin


def _correlation_within(counts: Array, exposure: Array, margin: int) -> float:
    """Autocorrelation of the units around the levels of up to four stretches, split where two levels fit best."""
    bounds = [0, len(counts)]
    for _ in range(3):
        best: tuple[float, int] | None = None
        for start, end in pairwise(bounds):
            if end - start < 2 * margin:
                continue
            squared = _squared_differences(counts[None, start:end], exposure[None, start:end])[0]
            place = int(np.argmax(squared[margin - 1 : end - start - margin])) + margin
            if best is None or squared[place - 1] > best[0]:
                best = float(squared[place - 1]), start + place
        if best is None:
            break
        bounds = sorted([*bounds, best[1]])
    sums = [(counts[a:b].sum(), exposure[a:b].sum()) for a, b in pairwise(bounds)]
    levels = np.repeat([float(c / e) for c, e in sums], np.diff(bounds))
    return autocorrelation((counts / exposure - levels) * np.sqrt(exposure))


def _squared_differences(counts: Array, exposure: Array) -> Array:
    """For each row and each split after a unit: the squared difference of the rates times X1 X2 / (X1 + X2)."""
    y, x = np.cumsum(counts, axis=1), np.cumsum(exposure, axis=1)
    total_y, total_x = y[:, -1:], x[:, -1:]
    first, rest = x[:, :-1], total_x - x[:, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = y[:, :-1] / first - (total_y - y[:, :-1]) / rest
        found: Array = np.nan_to_num(gap**2 * first * rest / total_x)
    return found


def _p_value(counts: Array, exposure: Array, observed: float, margin: int) -> float:
    dice = np.random.default_rng(len(counts))
    n = len(counts)
    order = np.argsort(dice.random((ORDERS, n)), axis=1)
    squared = _squared_differences(counts[order], exposure[order])[:, margin - 1 : n - margin]
    as_large = int((squared.max(axis=1) >= observed * (1 - 1e-9)).sum())
    return (1 + as_large) / (1 + ORDERS)
