"""How many of a whole have a property when only a random part of it was looked at, in up to two stages."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from analyst_agent.statistics.intervals import Interval, wilson_interval


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a sample in two stages found.

    Of `population` objects `examined` were drawn at random. Of these `sure` have the property and `undecided` could not be told
    at once; the others have it not. Of the undecided `compared` were drawn at random, and `found` of them have it.
    """

    population: int
    examined: int
    sure: int
    undecided: int
    compared: int
    found: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out, so that the number is counted and not estimated."""
        return self.examined >= self.population and self.compared >= self.undecided

    @property
    def share(self) -> float:
        """The estimated share of the examined that have the property; 0 where none was examined."""
        more = self.found / self.compared * self.undecided if self.compared else 0.0
        return (self.sure + more) / self.examined if self.examined else 0.0

    @property
    def estimate(self) -> int:
        """How many of the population have it: the share of the sample, carried over."""
        return self._within(round(self.share * self.population))

    def interval(self, confidence: float = 0.95) -> Interval:
        """Bounds of how many have it, whole numbers; both are the count where nothing was left out.

        Wilson's interval with the number of independent draws that have the variance of the two stages, each with its finite
        population correction. The shares in the variance are drawn towards a half by one of either kind, so that a sample in
        which all are alike does not pass for certain.
        Source: Cochran 1977, Sampling Techniques, 3rd ed., 10.3 (two stages) and 3.2; Wilson 1927, J. Am. Stat. Assoc. 22, 209.
        """
        if self.is_whole or not self.examined:
            known = self.sure + self.found
            return (known, known) if self.is_whole else (0, self.population)
        share = self.share
        mild = (share * self.examined + 1) / (self.examined + 2)
        variance = mild * (1 - mild) / self.examined * _left(self.population, self.examined)
        if self.compared < self.undecided:
            if not self.compared:
                return self._within(0), self._within(self.population)
            second = (self.found + 1) / (self.compared + 2)
            weight = self.undecided / self.examined
            variance += weight**2 * second * (1 - second) / self.compared * _left(self.undecided, self.compared)
        draws = mild * (1 - mild) / variance
        low, high = wilson_interval(share * draws, draws, confidence)
        return self._within(floor(low * self.population)), self._within(ceil(high * self.population))

    def _within(self, number: int) -> int:
        """No fewer than were seen to have it, and no more than those not seen to lack it leave."""
        lacking = max(0, self.examined - self.sure - self.undecided + self.compared - self.found)
        return min(max(number, self.sure + self.found), self.population - lacking)


def _left(whole: int, part: int) -> float:
    """The finite population correction: 0 where all were drawn."""
    return (whole - part) / (whole - 1) if whole > 1 else 0.0
