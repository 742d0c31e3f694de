"""Whether the largest of several counts stands out from the spread of the others."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

PRIOR_SPACINGS = 2
PRIOR_SPACING = 0.25
"""What is taken as usual before any count is seen: neighbours in a ranking differ by a quarter. It weighs as two values."""


def stands_out(counts: Sequence[int]) -> float:
    """The chance of so large a gap between the largest and the second count, were sizes spread as those of the rest.

    Sizes in a ranking are rarely even: accounts, agents and areas differ by themselves. Their logarithms are taken as
    exponentially spread above the smallest, so that the normalised spacings (times their place) are alike in
    distribution and the first can be compared with the others; a gamma prior of two usual spacings keeps three or
    four counts that happen to be alike from proving too much. 1 for fewer than three counts above 0.
    Source: Renyi 1953, Acta Math. Hung. 4, 191 (spacings); Hill 1975, Ann. Stat. 3, 1163.
    """
    logs = [log(c) for c in sorted(counts, reverse=True) if c > 0]
    if len(logs) < 3:
        return 1.0
    spacings = [place * (logs[place - 1] - logs[place]) for place in range(1, len(logs))]
    weight = PRIOR_SPACINGS * PRIOR_SPACING + sum(spacings[1:])
    shape = PRIOR_SPACINGS + len(spacings) - 1
    return float((1 + spacings[0] / weight) ** -shape)
