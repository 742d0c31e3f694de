"""Whether a count is unusual beside a few earlier ones of its kind, such as the same weekday of the weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

FEWEST_EARLIER = 4
FEWEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Usual:
    """mean: of the earlier counts. interval: 95 % prediction interval of the next one. p_value: two-sided; both None where
    `reason` says why nothing can be said.
    """

    mean: float | None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    reason: str = ""


def against_usual(observed: float, earlier: Sequence[float]) -> Usual:
    """A count against the prediction from `earlier` ones, shape (k,).

    On the scale 2 sqrt(x + 3/8), on which a Poisson count has a standard deviation of about one (Anscombe 1948, Biometrika
    35, 246), by Student's t with k - 1 degrees of freedom and the spread of the earlier counts, which is taken to be at
    least Poisson's: counts that come in bursts spread more. Nothing is said of fewer than four earlier counts, or of fewer
    than five expected.
    """
    known = np.asarray(earlier, dtype=float)
    if known.size == 0:
        return Usual(None, reason="no earlier days")
    mean = float(known.mean())
    if known.size < FEWEST_EARLIER:
        return Usual(mean, reason="too few earlier days")
    if mean < FEWEST_EXPECTED:
        return Usual(mean, reason="too few tickets")
    from scipy.stats import t

    scaled = 2 * np.sqrt(known + 0.375)
    spread = max(1.0, float(scaled.std(ddof=1))) * sqrt(1 + 1 / known.size)
    middle = float(scaled.mean())
    reach = float(t.ppf(0.975, known.size - 1)) * spread
    low, high = ((max(edge, 0.0) / 2) ** 2 - 0.375 for edge in (middle - reach, middle + reach))
    p_value = 2 * float(t.sf(abs(2 * sqrt(observed + 0.375) - middle) / spread, known.size - 1))
    return Usual(mean, (max(low, 0.0), high), min(p_value, 1.0))
