"""A series of counts over exposures: how far its values vary, and how alike neighbouring ones are. Shared by trend, change points and forecast.

y are counts in equal units of time, x what they are counted over: tickets for a rate, days for a volume. Escalations of one
account come in bursts, so a count varies more than a binomial or Poisson one; how much more is taken from the series itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = Sequence[float] | NDArray[Any]
BINOMIAL, POISSON = "binomial", "poisson"


def checked(y: Numbers, x: Numbers) -> tuple[Array, Array]:
    """Both as arrays. Raises ValueError for shapes that differ or negative numbers."""
    counts, exposure = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if counts.shape != exposure.shape or counts.ndim != 1:
        raise ValueError(
            f"one count and one exposure a unit are needed, not shapes {counts.shape} and {exposure.shape}"
        )
    if (counts < 0).any() or (exposure < 0).any():
        raise ValueError("counts and exposures cannot be negative")
    return counts, exposure


def least_variance(y: Array, x: Array, family: str) -> float:
    """Variance of the rate for an exposure of one, if every event came alone: p (1 - p), or the mean of a Poisson count."""
    total = float(x.sum())
    rate = float(y.sum()) / total if total else 0.0
    return max(rate * (1 - rate), 0.0) if family == BINOMIAL else rate


def autocorrelation(residuals: Array) -> float:
    """Correlation of neighbouring residuals at lag one, corrected for its bias of -1/n; 0 where it is not more than chance.

    Only a significant one counts, as in Hamed and Rao 1998, J. Hydrology 204, 182: an estimate from few units is noise, and
    correcting for noise costs power.
    """
    n = len(residuals)
    spread = float(residuals @ residuals)
    if n < 8 or spread <= 0:
        return 0.0
    found = float(residuals[1:] @ residuals[:-1]) / spread + 1 / n
    return min(found, 0.9) if found > 1.645 / np.sqrt(n) else 0.0


def inflation(correlation: float) -> float:
    """How many times a first-order autocorrelation enlarges the variance of a mean (Bayley and Hammersley 1946)."""
    return (1 + correlation) / (1 - correlation)
