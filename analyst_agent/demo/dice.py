"""Random draws that are the same on every platform and numpy version: raw PCG64 words and whole-number arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Raw = npt.NDArray[np.uint64]

_QUANTILES = 4096
_MASK = (1 << 64) - 1


class Dice:
    """A stream of draws named by whole numbers. numpy keeps raw words and seed sequences stable, not distributions."""

    def __init__(self, *name: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(list(name)))

    def raw(self, count: int) -> Raw:
        """`count` words of 64 bits."""
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def below(self, bound: int | Ints, count: int) -> Ints:
        """Whole numbers from 0 to bound - 1; bound is at most 2**31, one for all or one for each."""
        limit = np.asarray(bound, dtype=np.uint64)
        high = (self.raw(count) >> np.uint64(32)) * limit
        return (high >> np.uint64(32)).astype(np.int64)

    def chance(self, per_10000: int | Ints, count: int) -> Bools:
        """True with that many chances in 10,000."""
        return np.asarray(self.below(10_000, count) < np.asarray(per_10000), dtype=np.bool_)

    def weighted(self, weights: Sequence[int] | Ints, count: int) -> Ints:
        """Positions drawn with whole-number weights."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), count), side="right").astype(np.int64)

    def spread(self, median: int | Ints, sigma_percent: int, count: int) -> Ints:
        """Log-normal durations with that median (any unit, whole numbers), from a table of quantiles in per mille."""
        table = _lognormal(sigma_percent)
        return np.asarray(median, dtype=np.int64) * table[self.below(_QUANTILES, count)] // 1_000


@cache
def _lognormal(sigma_percent: int) -> Ints:
    normal = NormalDist()
    steps = (normal.inv_cdf((i + 0.5) / _QUANTILES) for i in range(_QUANTILES))
    return np.array([round(1_000 * math.exp(sigma_percent / 100 * z)) for z in steps], dtype=np.int64)


class Picker:
    """A small stream for the words of one ticket: a linear congruential generator (Knuth, MMIX constants)."""

    __slots__ = ("_state",)

    def __init__(self, state: int) -> None:
        self._state = state

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & _MASK
        return ((self._state >> 32) * bound) >> 32

    def chance(self, percent: int) -> bool:
        """True with that many chances in 100."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[str]) -> str:
        """One of the choices."""
        return choices[self.below(len(choices))]
