"""Stretches of a daily series in which the recording, not the desk, is likely to have changed: edges, gaps and loads.

All work on counts y against what is expected of them, x: for a volume the weekday's usual number, for escalations the
tickets. Only gross and improbable deviations count; a smaller one is for the change points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.series import Array, Numbers, checked

WEEK = 7
CERTAIN = 16.0
"""A log-likelihood ratio, over the dispersion, that chance does not reach in a series of years."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days start to end (exclusive) with their count, and what was expected of them."""

    start: int
    end: int
    count: float
    expected: float


def usual(daily: Numbers, first_weekday: int) -> Array:
    """What each day lets expect: its weekday's part of the median level of the nine weeks around it.

    The weekdays' parts are those of the middle half of the weeks, so that neither an empty stretch nor a load shapes them.
    """
    counts = np.asarray(daily, dtype=float)
    n = len(counts)
    if not n:
        return counts
    weekday = (first_weekday + np.arange(n)) % WEEK
    if n < 2 * WEEK:
        return np.full(n, float(np.median(counts)))
    sums = np.convolve(counts, np.ones(WEEK), mode="valid")
    filled = sums[sums > 0]
    if not filled.size:
        return np.zeros(n)
    low, high = np.quantile(filled, [0.25, 0.75])
    weeks = np.zeros(n, dtype=bool)
    for start in np.flatnonzero((sums >= low) & (sums <= high)):
        weeks[start : start + WEEK] = True
    number = np.bincount(weekday[weeks], minlength=WEEK)
    parts = np.bincount(weekday[weeks], weights=counts[weeks], minlength=WEEK) / np.maximum(number, 1)
    parts = parts * WEEK / parts.sum() if parts.sum() else np.ones(WEEK)
    blocks = [float(np.median(sums[max(0, d - 35) : d + 29])) / WEEK for d in range(len(sums))]
    level = np.interp(np.arange(n), np.arange(len(sums)) + 3, blocks)
    expected: Array = level * np.maximum(parts[weekday], 0.02)
    return expected


def dispersion(y: Numbers, x: Numbers) -> float:
    """Variance of the counts over that of single events, at least 1, without the most deviating twentieth of the days.

    A gross deviation must not hide itself in it; of counts that come in bursts, what is left out holds a third of the
    variance, which the factor puts back.
    """
    counts, expected = checked(y, x)
    used = expected > 0
    if int(used.sum()) < 10:
        return 1.0
    squared = np.sort((counts[used] - expected[used]) ** 2 / expected[used])
    kept = squared[: max(1, int(0.95 * len(squared)))]
    return max(1.0, 1.5 * float(kept.mean()))


def collapsed_edge(
    y: Numbers,
    x: Numbers,
    at_end: bool,
    spread: float = 1.0,
    ratio: float = 0.2,
    least: float = 20.0,
    days: int = 5,
    others: int = 5,
) -> Stretch | None:
    """The days at the beginning or the end of the series in which y / x collapses to at most `ratio` of what it is elsewhere.

    spread: dispersion of the counts. least: events that the other days' ratio lets expect there, at least; days, others:
    how many days it lasts and how many others there are, at least. The boundary is the one of the greatest likelihood of two levels.
    """
    counts, exposure = checked(y, x)
    if at_end:
        found = collapsed_edge(counts[::-1], exposure[::-1], False, spread, ratio, least, days, others)
        n = len(counts)
        return found and Stretch(n - found.end, n - found.start, found.count, found.expected)
    n = len(counts)
    if n < days + others or exposure.sum() <= 0 or counts.sum() <= 0:
        return None
    head_y, head_x = np.cumsum(counts)[:-1], np.cumsum(exposure)[:-1]
    rest_y, rest_x = counts.sum() - head_y, exposure.sum() - head_x
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = head_x * rest_y / rest_x
        likely = (
            _log(head_y, head_x) + _log(rest_y, rest_x) - _log(np.array([counts.sum()]), np.array([exposure.sum()]))
        )
        fits = (head_y <= ratio * expected) & (expected >= least) & (np.arange(1, n) >= days) & (rest_x > 0)
    fits &= np.arange(1, n) <= n - others
    likely = np.where(fits, likely, -np.inf)
    best = int(np.argmax(likely))
    if not np.isfinite(likely[best]) or likely[best] / spread < CERTAIN:
        return None
    return Stretch(0, best + 1, float(head_y[best]), float(expected[best]))


def deviating(
    y: Numbers, x: Numbers, spread: float = 1.0, *, above: float | None = None, below: float | None = None,
    least: float = 30.0, days: int = 1, most_days: int = 62,
) -> list[Stretch]:  # fmt: skip
    """Stretches of consecutive days with at least `above` times, or at most `below` times, what is expected; in order of time.

    least: how many events more (or, below, expected), at least. The most improbable stretch first, then those that
    do not touch it; at most ten.
    """
    counts, expected = checked(y, x)
    y_sums, x_sums = np.concatenate([[0.0], np.cumsum(counts)]), np.concatenate([[0.0], np.cumsum(expected)])
    candidates: list[tuple[float, Stretch]] = []
    for length in range(days, min(most_days, len(counts) - 1) + 1):
        count = y_sums[length:] - y_sums[:-length]
        usual_count = x_sums[length:] - x_sums[:-length]
        if above is not None:
            fits = (count >= above * usual_count) & (count - usual_count >= least)
        else:
            fits = (count <= (below or 0.0) * usual_count) & (usual_count >= least)
        if not fits.any():
            continue
        likely = _against(count, usual_count) / spread
        # Every day of the stretch has to deviate, or a long one would be made of a gross day and quiet ones.
        for start in np.flatnonzero(fits & (likely >= CERTAIN)):
            own = slice(int(start), int(start) + length)
            if _deviates(counts[own], expected[own], above, below):
                candidates.append(
                    (
                        float(likely[start]),
                        Stretch(own.start, own.stop, float(count[start]), float(usual_count[start])),
                    )
                )
    chosen: list[Stretch] = []
    for _, one in sorted(candidates, key=lambda c: -c[0]):
        if all(one.end < other.start or one.start > other.end for other in chosen):
            chosen.append(one)
        if len(chosen) == 10:
            break
    return sorted(chosen, key=lambda one: one.start)


def _deviates(count: Array, expected: Array, above: float | None, below: float | None) -> bool:
    """Whether the first and the last day deviate as the whole does."""
    for at in (0, -1):
        if above is not None and count[at] <= 1.3 * expected[at]:
            return False
        if below is not None and (count[at] > 0.5 * expected[at] or expected[at] <= 0):
            return False
    return True


def _against(count: Array, expected: Array) -> Array:
    """Poisson log-likelihood ratio of a count against what is expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        surplus = np.where(count > 0, count * np.log(count / np.maximum(expected, 1e-9)), 0.0)
    found: Array = surplus - (count - expected)
    return found


def _log(y: Array, x: Array) -> Array:
    """Poisson log-likelihood of y events over x at their own rate, without what does not depend on the rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.where(y > 0, y * np.log(y / np.maximum(x, 1e-9)), 0.0)
    return found


def masked(days: int, stretches: list[Stretch]) -> NDArray[Any]:
    """True for the days outside all stretches."""
    kept = np.ones(days, dtype=bool)
    for one in stretches:
        kept[one.start : one.end] = False
    return kept
