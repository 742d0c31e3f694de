"""One segment against the rest, and one period against another: rates, difference, interval and p-value of tickets in
accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.cluster import (
    FEWEST_ACCOUNTS,
    Clusters,
    Numbers,
    RateEstimate,
    clustered_newcombe,
    group,
    intraclass_correlation,
    one_side,
    too_few,
)
from analyst_agent.statistics.intervals import Interval, newcombe_interval
from analyst_agent.statistics.tests import two_proportions_test

INDEPENDENT = "Newcombe interval"
CLUSTERED = "Newcombe interval on counts deflated by the design effect of accounts"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rate of `segment` minus rate of `rest`, 0 to 1. `interval` and `p_value` are None where `reason` says why not.

    method: name of interval and test. design_effect: of the difference, at least 1. correlation: of tickets within an
    account.
    """

    segment: RateEstimate
    rest: RateEstimate
    difference: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    method: str = ""
    reason: str = ""
    design_effect: float = 1.0
    degrees_of_freedom: float | None = None
    correlation: float = 0.0


def compare_with_rest(
    successes: Numbers,
    totals: Numbers,
    in_segment: Sequence[bool] | NDArray[Any],
    accounts: Sequence[object] | NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """The rate of the rows in the segment against the rate of all others.

    A row is an account, or with `accounts` (a label a row) a part of one: for what varies within an account, such as
    channel, give a row for each account and channel. Rows whose account is None are tickets independent of each
    other. Where no account has two tickets: Newcombe's interval and the test of `two_proportions_test`. Else the
    interval on deflated counts of `cluster`, whose p-value agrees with it. Raises ValueError for shapes that differ
    or successes outside 0 to total.
    """
    clusters = group(successes, totals, np.asarray(in_segment, dtype=bool), accounts)
    correlation = intraclass_correlation(clusters)
    segment, rest = (one_side(clusters, side, correlation, confidence) for side in (0, 1))
    if segment.rate is None or rest.rate is None:
        return Comparison(segment, rest, reason="no tickets" if segment.rate is None else "no other tickets")
    difference = segment.rate - rest.rate
    if clusters.are_single:
        count1, count2 = (round(float(c)) for c in clusters.y @ clusters.weight)
        tested = two_proportions_test(count1, segment.n, count2, rest.n)
        interval = newcombe_interval(count1, segment.n, count2, rest.n, confidence)
        return Comparison(segment, rest, difference, interval, tested.p_value, f"{INDEPENDENT}, {tested.method}")
    reason = _reason(clusters)
    if reason:
        return Comparison(segment, rest, difference, reason=reason, correlation=correlation)
    interval, p_value, effect, freedom = clustered_newcombe(clusters, correlation, confidence)
    return Comparison(segment, rest, difference, interval, p_value, CLUSTERED, "", effect, freedom, correlation)


def compare_periods(
    successes: Numbers,
    totals: Numbers,
    is_current: Sequence[bool] | NDArray[Any],
    accounts: Sequence[object] | NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """The rate of one period (`segment` of the result) against that of another (`rest`).

    A row is an account in one of the two periods: its label stands in `accounts` in both, because its tickets of last
    month and of this one are alike. Otherwise as `compare_with_rest`.
    """
    return compare_with_rest(successes, totals, is_current, accounts, confidence)


def _reason(clusters: Clusters) -> str:
    for side, where in ((0, ""), (1, " in the rest")):
        if too_few(clusters, side):
            few = int(clusters.accounts[side])
            return f"too few accounts{where}" if few < FEWEST_ACCOUNTS else f"most tickets{where} are of one account"
    return ""
