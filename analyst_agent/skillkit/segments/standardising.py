"""Segments compared among like tickets: standardised for what was known when a ticket was created, so that none is blamed for its mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import QueryResult, Value
from analyst_agent.rows import column_of
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.parts import Cell, encoded
from analyst_agent.skillkit.rates import Difference
from analyst_agent.skillkit.segments.compared import columns_of
from analyst_agent.statistics import Standardised, mantel_haenszel_difference

# Known at creation and no consequence of escalating. Never team or agent, nor priority, which an escalation raises.
STRATA = ("category", "product_area", "channel")
MOST_VALUES = 50
MOST_STRATA = 3_000
FEWEST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class LikeTickets:
    """The standardised difference of each segment from the rest. strata: the dimensions held alike; result: the query."""

    strata: tuple[str, ...]
    result: QueryResult
    segments: Mapping[Cell, Standardised]


def among_like_tickets(
    inquiry: Inquiry, metric: str, by: Sequence[str], differences: Mapping[Cell, Difference]
) -> LikeTickets | None:
    """Each tested segment against the rest within the strata of category, product area and channel; None without strata.

    A dimension with which the segments hardly overlap (fewer than half of the tickets lie in strata that hold a segment
    and others) is left out: nested ones, such as the areas of a category, have nothing to compare. What is not recorded is
    a stratum of its own. The design effect of accounts is that of the plain difference.
    """
    tested = [cell for cell, one in differences.items() if one.p_value is not None]
    strata = _strata(inquiry.context, by, max(len(differences), 1)) if tested else ()
    if not strata:
        return None
    result = inquiry.run((metric,), (*by, *strata))
    own = [encoded(column_of(result.rows, name)) for name in by]
    y, n = columns_of(result.rows, metric)
    codes = {name: encoded(column_of(result.rows, name))[0] for name in strata}
    # Of a combination each part must overlap with others by itself: what is nested in one of them would hold that one alike.
    parts = [{cell[i]: _is(cell[i], *one) for cell in tested} for i, one in enumerate(own)]
    masks = {
        cell: np.logical_and.reduce([part[value] for part, value in zip(parts, cell, strict=True)]) for cell in tested
    }
    kept = tuple(name for name in strata if min(_shared(codes[name], n, part) for part in parts) >= FEWEST_SHARED)
    if not kept:
        return None
    joint = encoded(zip(*(codes[name].tolist() for name in kept), strict=True))[0]
    found = {}
    for cell, inside in masks.items():
        one = differences[cell]
        sides = [_by_stratum(joint, values, inside) for values in (y, n)]
        found[cell] = mantel_haenszel_difference(sides[0], sides[1], one.design_effect, one.degrees_of_freedom)
    return LikeTickets(kept, result, found)


def _strata(context: SkillContext, by: Sequence[str], segments: int) -> tuple[str, ...]:
    kept: list[str] = []
    sizes: list[int] = [segments]
    for name in STRATA:
        if name in by or not context.has(name):
            continue
        size = len(context.queries.values(name))
        if 1 < size <= MOST_VALUES and prod(sizes) * size <= MOST_STRATA:
            kept.append(name)
            sizes.append(size)
    return tuple(kept)


def _is(value: Value, codes: NDArray[np.int64], labels: Sequence[Value]) -> NDArray[np.bool_]:
    """Which rows have a value, of a column as `encoded` gives it."""
    inside: NDArray[np.bool_] = codes == (labels.index(value) if value in labels else -1)
    return inside


def _by_stratum(
    strata: NDArray[np.int64], values: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    count = int(strata.max()) + 1
    own = np.bincount(strata[inside], weights=values[inside], minlength=count)
    return np.stack([own, np.bincount(strata, weights=values, minlength=count) - own])


def _shared(strata: NDArray[np.int64], n: NDArray[np.float64], masks: Mapping[Any, NDArray[np.bool_]]) -> float:
    """The share of the segments' tickets that lie in strata with both sides."""
    shared = whole = 0.0
    for inside in masks.values():
        sides = _by_stratum(strata, n, inside)
        whole += float(sides[0].sum())
        shared += float(sides[0][(sides > 0).all(axis=0)].sum())
    return shared / whole if whole else 0.0
