"""Whether a group of events is new: counted by account and equal stretch of time, so that one account's burst counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.change import RateRatio, poisson_counts_differ


def sources_by_stretch(
    groups: Sequence[int] | NDArray[Any],
    sources: Sequence[object],
    stretches: Sequence[int] | NDArray[Any],
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    """How many different sources (accounts) each group has in each stretch of time, shape (groups, stretches).

    An account that files ten alike tickets within a stretch counts there once, so that bursts do not count as many.
    """
    found = np.zeros(shape, dtype=np.int64)
    for group, stretch, _ in set(zip(map(int, groups), map(int, stretches), sources, strict=True)):
        found[group, stretch] += 1
    return found


def growth(now: int, before: int, stretches: int, others: tuple[int, int], effect: float = 1.0) -> RateRatio:
    """The rate of a group now over its rate in the `stretches` equal stretches before, and the p-value of its growth.

    others: all other events, now and before. The group is expected to keep its pace per stretch and its share of all
    events: the test is against the larger of the two expectations, so that neither a shrinking whole nor a growing one
    makes a group new. effect: by which both counts are divided (Rao and Scott 1992, Biometrics 48, 577) where sources
    are unknown. The exact conditional test of `poisson_counts_differ`, twice the upper tail; 1 for what did not grow, since
    against the larger expectation nothing can be said of a decline. Raises ValueError without stretches before.
    """
    if stretches < 1 or effect < 1:
        raise ValueError(f"not possible: {stretches} stretches before, design effect {effect}")
    share = 1 / (1 + stretches)
    if others[0] and others[1]:
        share = max(share, others[0] / (others[0] + others[1]))
    found = poisson_counts_differ(round(now / effect), share, round(before / effect), 1 - share)
    is_growth = found.ratio is not None and found.ratio > 1
    return found if is_growth else replace(found, p_value=1.0)


def dispersion(now: NDArray[Any], before: NDArray[Any]) -> float:
    """How much more daily counts vary than events that come one by one, at least 1: Pearson's chi-square over its degrees of
    freedom, each side around its own mean. Source: McCullagh and Nelder 1989, Generalized Linear Models, section 6.2.3.
    """
    total, freedom = 0.0, 0
    for side in (np.asarray(now, dtype=float), np.asarray(before, dtype=float)):
        if len(side) > 1 and side.sum() > 0:
            total += float(((side - side.mean()) ** 2).sum() / side.mean())
            freedom += len(side) - 1
    return max(1.0, total / freedom) if freedom else 1.0
