"""Two measurements of the same things: whether the second differs from the first by more than chance."""

from __future__ import annotations

from fractions import Fraction
from math import comb


def mcnemar_exact(gained: int, lost: int) -> float:
    """The two-sided p-value of McNemar's exact test: of the pairs that changed, half would go either way by chance.

    gained, lost: pairs that turned from false to true and from true to false; pairs that did not change say nothing. 1.0
    where none changed. Raises ValueError for a negative count. Source: McNemar 1947, Psychometrika 12, 153, with the
    binomial distribution in place of chi-square (Agresti 2013, Categorical Data Analysis, section 11.1.2).

    >>> mcnemar_exact(1, 9)
    0.021484375
    """
    if gained < 0 or lost < 0:
        raise ValueError(f"counts are not negative: {gained}, {lost}")
    changed = gained + lost
    tail = sum(comb(changed, i) for i in range(min(gained, lost) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**changed)))
