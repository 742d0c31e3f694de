"""What groups of escalated tickets cost, and how that comes about by account: added up column by column, a row each group and account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Value
from analyst_agent.rows import column_of
from analyst_agent.skillkit.inquiry import COUNT
from analyst_agent.skillkit.parts import encoded, numbers_of

COST = "estimated_cost"
HANDLE = "mean_handle_minutes"


@dataclass(frozen=True, slots=True)
class ByCluster:
    """Amounts by cluster. codes: which clusters, each once; amounts: shape (kinds, clusters)."""

    codes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    amounts: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    @classmethod
    def together(cls, each: Iterable[ByCluster]) -> ByCluster:
        """The sums of several."""
        filled = [one for one in each if one.codes.size]
        if len(filled) < 2:
            return filled[0] if filled else cls()
        codes, place = np.unique(np.concatenate([one.codes for one in filled]), return_inverse=True)
        amounts = np.concatenate([one.amounts for one in filled], axis=1)
        return cls(codes, np.array([np.bincount(place, kind, len(codes)) for kind in amounts], dtype=float))

    def of_kind(self, kind: int) -> NDArray[np.float64]:
        """One kind of amount of every cluster."""
        return self.amounts[kind] if self.codes.size else np.zeros(0)


@dataclass(slots=True)
class Spent:
    """What one group cost in one period. clusters: the same by account, or by day where no account is known.

    minutes: known handle minutes and how many tickets they are of, by cluster.
    """

    tickets: int = 0
    cost: float = 0.0
    imputed: int = 0
    clusters: ByCluster = field(default_factory=ByCluster)
    minutes: ByCluster = field(default_factory=ByCluster)

    @classmethod
    def together(cls, each: Iterable[Spent]) -> Spent:
        """Several groups as one."""
        listed = list(each)
        return cls(
            sum(one.tickets for one in listed),
            fsum(one.cost for one in listed),
            sum(one.imputed for one in listed),
            ByCluster.together(one.clusters for one in listed),
            ByCluster.together(one.minutes for one in listed),
        )


@dataclass(frozen=True, slots=True)
class Clusters:
    """The numbers of the clusters that were met, the same in all periods and groups that are compared."""

    _codes: dict[tuple[str, Value], int] = field(default_factory=dict)

    def of(self, by: str, labels: Sequence[Value]) -> NDArray[np.int64]:
        """A number for each label of one dimension."""
        places, known = encoded(labels)
        codes = [self._codes.setdefault((by, label), len(self._codes)) for label in known]
        return np.array(codes, dtype=np.int64)[places]


def groups_of_costs(rows: Sequence[Mapping[str, Value]], dimension: str) -> dict[Value, Spent]:
    """Every group that has tickets, over all clusters, in the order of its first row."""
    counts = numbers_of(rows, COUNT)
    kept = np.flatnonzero(counts)
    labels = column_of(rows, dimension)
    place, groups = encoded(labels[at] for at in kept.tolist())
    tickets, imputed = (
        np.bincount(place, numbers_of(rows, name)[kept], len(groups)).astype(np.int64).tolist()
        for name in (COUNT, f"{COST}__missing")
    )
    order, costs = np.argsort(place, kind="stable"), numbers_of(rows, COST)[kept]
    own = np.split(costs[order], np.cumsum(np.bincount(place, minlength=len(groups)))[:-1])
    return {group: Spent(tickets[at], fsum(own[at].tolist()), imputed[at]) for at, group in enumerate(groups)}


def place_costs(
    rows: Sequence[Mapping[str, Value]], dimension: str, by: str, clusters: Clusters, groups: Mapping[Value, Spent], *,
    known_only: bool = False,
) -> None:  # fmt: skip
    """Adds the cost of each row to its cluster in its group, and the known handle time. known_only: rows of a known cluster only."""
    codes = clusters.of(by, column_of(rows, by))
    is_placed = np.array([not known_only or label is not None for label in column_of(rows, by)], dtype=bool)
    has_tickets, known = numbers_of(rows, COUNT) != 0, numbers_of(rows, f"{HANDLE}__n")
    labels = column_of(rows, dimension)
    for group, own in _by_group(labels, codes, has_tickets & is_placed, [numbers_of(rows, COST)]):
        groups[group].clusters = ByCluster.together((groups[group].clusters, own))
    minutes = numbers_of(rows, HANDLE) * known
    for group, own in _by_group(labels, codes, (known != 0) & is_placed, [minutes, known]):
        groups[group].minutes = ByCluster.together((groups[group].minutes, own))


def side_by_side(first: ByCluster, second: ByCluster) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first kind of amount of both, of every cluster that either has."""
    codes, place = np.unique(np.concatenate([first.codes, second.codes]), return_inverse=True)
    sides = place[: first.codes.size], place[first.codes.size :]
    one, other = (
        np.bincount(at, side.of_kind(0), len(codes)).astype(float)
        for at, side in zip(sides, (first, second), strict=True)
    )
    return one, other


def _by_group(
    labels: Sequence[Value], codes: NDArray[np.int64], kept: NDArray[np.bool_], amounts: Sequence[NDArray[np.float64]]
) -> Iterator[tuple[Value, ByCluster]]:
    """The amounts of the kept rows by group and cluster, what is of the same cluster of a group added up."""
    if not kept.any():
        return
    group, known = encoded(labels)
    width = int(codes.max()) + 1
    cells, place = np.unique(group[kept] * width + codes[kept], return_inverse=True)
    sums = np.array([np.bincount(place, values[kept], len(cells)) for values in amounts], dtype=float)
    ends = np.searchsorted(cells, np.arange(len(known) + 1) * width)
    for at, label in enumerate(known):
        inside = slice(ends[at], ends[at + 1])
        if ends[at] < ends[at + 1]:
            yield label, ByCluster(cells[inside] - at * width, sums[:, inside])
