"""What escalated tickets cost by group: each group's cost, handle time and change per day, by account; parts add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from typing import Any

import numpy as np

from analyst_agent.records import Fact, Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.cells import covered_days
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.rates import ACCOUNT, SIGNIFICANT_AT, by_account
from analyst_agent.statistics import benjamini_hochberg
from analyst_agent.statistics.means import clustered_mean
from analyst_agent.statistics.totals import total_change, total_of

COST = "estimated_cost"
HANDLE = "mean_handle_minutes"
ALL_OTHERS = "all others"
MOST_GROUPS = 12

Cluster = tuple[str, Value]


@dataclass(slots=True)
class Spent:
    """What one group cost in one period. clusters: the same by account, or by day where no account is known.

    minutes: known handle minutes and how many tickets they are of, by cluster.
    """

    tickets: int = 0
    cost: float = 0.0
    imputed: int = 0
    clusters: dict[Cluster, float] = field(default_factory=dict)
    minutes: dict[Cluster, tuple[float, float]] = field(default_factory=dict)

    def add(self, other: Spent) -> None:
        """Takes another group into this one."""
        self.tickets += other.tickets
        self.cost = fsum((self.cost, other.cost))
        self.imputed += other.imputed
        for cluster, cost in other.clusters.items():
            self.clusters[cluster] = self.clusters.get(cluster, 0.0) + cost
        for cluster, (total, count) in other.minutes.items():
            known = self.minutes.get(cluster, (0.0, 0.0))
            self.minutes[cluster] = (known[0] + total, known[1] + count)


@dataclass(frozen=True, slots=True)
class Costs:
    """The groups of one dimension in one period, the most expensive first, what is not recorded last; and all together."""

    dimension: str
    period: Period
    days: int
    groups: Mapping[Value, Spent]
    whole: Spent
    source: QueryResult


@dataclass(frozen=True, slots=True)
class CostGroup:
    """One group's facts; change is what it costs a day more than in the comparison period, None without one."""

    value: Value
    tickets: Fact
    cost: Fact
    share: Fact
    per_ticket: Fact
    handle: Fact
    change: Fact | None = None


def costs_by(
    inquiry: Inquiry, dimension: str, periods: Sequence[Period], dimensions: Sequence[str] = ()
) -> list[Costs]:
    """Cost, tickets and handle time of every group of a dimension in each period, all periods read together, by account; those of
    no known account, or where there are no accounts, by day. dimensions: all that are asked for one by one.
    """
    accounts = by_account(inquiry.context)
    by = (dimension, *(accounts or ("day",)))
    # What is said of handle times would repeat what is said of costs.
    asked, quiet = _asked(inquiry, (COUNT, COST), by, periods), _asked(inquiry, (HANDLE,), by, periods)
    inquiry.ahead([*asked, *quiet])
    results = inquiry.results(asked)
    for result in sorted(results, key=lambda one: one.period.start if one.period else inquiry.period.start):
        inquiry.book.note(result)
    split = [_groups(result.rows, dimension) for result in results]
    clustered = [[*one.rows, *other.rows] for one, other in zip(results, quietly_all(inquiry, quiet), strict=True)]
    if accounts and dimension != ACCOUNT:
        unknown = [any(row[ACCOUNT] is None and number(row.get(COUNT)) for row in rows) for rows in clustered]
        clustered = [[row for row in rows if row[ACCOUNT] is not None] for rows in clustered]
        if any(unknown):
            alone = replace(inquiry, where=(*inquiry.where, Filter(ACCOUNT, "missing")))
            days = {
                name: _asked(alone, (COUNT, COST, HANDLE), (name, "day"), periods)
                for name in dict.fromkeys((dimension, *dimensions))
                if name != ACCOUNT
            }
            # They are few, so that all dimensions together split them once.
            alone.ahead([query for queries in days.values() for query in queries], list(dict.fromkeys((*days, "day"))))
            by_day = quietly_all(alone, days[dimension])
            for found, groups in zip(by_day, split, strict=True):
                _place(found.rows, dimension, "day", groups)
    for rows, groups in zip(clustered, split, strict=True):
        _place(rows, dimension, by[1], groups)
    return [
        _costs(inquiry, dimension, period, groups, result)
        for period, groups, result in zip(periods, split, results, strict=True)
    ]


def _asked(
    inquiry: Inquiry, metrics: Sequence[str], by: Sequence[str], periods: Sequence[Period]
) -> list[SemanticQuery]:
    """The metrics by these dimensions in each period."""
    return [inquiry.query(metrics, tuple(dict.fromkeys(by)), period) for period in periods]


def _groups(rows: Sequence[Mapping[str, Value]], dimension: str) -> dict[Value, Spent]:
    """Every group that has tickets, over all clusters, in the order of its first row."""
    groups: dict[Value, Spent] = {}
    costs: dict[Value, list[float]] = {}
    for row in rows:
        if count := int(number(row[COUNT])):
            spent = groups.setdefault(row[dimension], Spent())
            spent.tickets += count
            spent.imputed += int(number(row.get(f"{COST}__missing")))
            costs.setdefault(row[dimension], []).append(number(row[COST]))
    for value, spent in groups.items():
        spent.cost = fsum(costs[value])
    return groups


def _costs(inquiry: Inquiry, dimension: str, period: Period, groups: dict[Value, Spent], source: QueryResult) -> Costs:
    whole = Spent()
    for value in sorted(groups, key=lambda v: (-groups[v].cost, str(v))):
        whole.add(groups[value])
    whole.cost = fsum(spent.cost for spent in groups.values())
    return Costs(dimension, period, max(covered_days(inquiry, period), 1), groups, whole, source)


def folded(now: Costs, before: Costs | None) -> tuple[Costs, Costs | None]:
    """Both periods with all but the most expensive groups as one, where there are more than a table holds."""
    order = sorted(now.groups, key=lambda v: (is_unnamed(v), -now.groups[v].cost, str(v)))
    if now.dimension in GRAINS:
        order = sorted(now.groups, key=str)
    gone = [] if before is None else sorted((v for v in before.groups if v not in now.groups), key=str)
    kept = [*order, *gone]
    if len(kept) > MOST_GROUPS:
        kept = kept[: MOST_GROUPS - 1]
    return _with(now, kept), None if before is None else _with(before, kept)


def is_unnamed(value: Value) -> bool:
    """Whether a group is what nobody recorded."""
    return value is None or value == "unclassified"


def facts_of(inquiry: Inquiry, costs: Costs) -> list[CostGroup]:
    """The facts of every group; what it costs, its share of the cost, cost per ticket, and mean handle time by account."""
    book, found = inquiry.book, []
    for value, spent in costs.groups.items():
        if not spent.tickets:
            continue
        group = {costs.dimension: value}
        common: dict[str, Any] = {"source": costs.source, "n": spent.tickets}
        count = book.add(COUNT, spent.tickets, "count", costs.period, group, **common)
        cost = book.add(COST, spent.cost, "currency", costs.period, group, missing=spent.imputed, **common)
        part = spent.cost / costs.whole.cost if costs.whole.cost else None
        share = book.add("share_of_cost", part, "ratio", costs.period, group, **common)
        each = book.add(
            "cost_per_escalated_ticket", spent.cost / spent.tickets, "currency", costs.period, group, **common
        )
        found.append(CostGroup(value, count, cost, share, each, _handle(inquiry, costs, spent, group)))
    return found


def changes_per_day(
    inquiry: Inquiry, families: Sequence[tuple[Costs, Costs]], groups: Sequence[Sequence[CostGroup]]
) -> tuple[Fact, list[list[CostGroup]]]:
    """What all and what each group costs a day more than before, tested by account, corrected over everything tested.

    families: the same tickets split by different dimensions, now and before. Nothing is tested where a group has fewer
    tickets in both periods together than `minimum_sample`.
    """
    now, before = families[0]
    tests: list[tuple[float, tuple[float, float] | None, float | None]] = [_tested(inquiry, now, before, None)]
    for (one, other), listed in zip(families, groups, strict=True):
        tests += [_tested(inquiry, one, other, group.value, True) for group in listed]
    corrected = benjamini_hochberg([p for _, _, p in tests])
    told = iter(zip(tests, corrected, strict=True))
    total = _change_fact(inquiry, now, before, None, next(told))
    changed: list[list[CostGroup]] = []
    for (one, other), listed in zip(families, groups, strict=True):
        facts = [_change_fact(inquiry, one, other, group.value, next(told), True) for group in listed]
        changed.append([replace(group, change=fact) for group, fact in zip(listed, facts, strict=True)])
    return total, changed


def expected_cost(spent: Spent) -> tuple[float, tuple[float, float] | None]:
    """What a group costs in a period like this one, with its interval by account."""
    total, interval = total_of(list(spent.clusters.values()))
    if interval is None:
        return spent.cost, None
    moved = spent.cost - total
    return spent.cost, (max(0.0, interval[0] + moved), interval[1] + moved)


def _handle(inquiry: Inquiry, costs: Costs, spent: Spent, group: dict[str, Value]) -> Fact:
    known = list(spent.minutes.values())
    total, count = fsum(m for m, _ in known), fsum(c for _, c in known)
    interval = None
    if count >= inquiry.minimum:
        found = clustered_mean([m for m, _ in known], [c for _, c in known]).interval
        interval = None if found is None else (max(0.0, found[0]), found[1])
    return inquiry.book.add(
        HANDLE,
        total / count if count else None,
        "minutes",
        costs.period,
        group,
        source=costs.source,
        n=int(count),
        missing=spent.tickets - int(count),
        interval=interval,
    )


def _tested(
    inquiry: Inquiry, now: Costs, before: Costs, value: Value, is_group: bool = False
) -> tuple[float, tuple[float, float] | None, float | None]:
    one, other = (_spent(costs, value, is_group) for costs in (now, before))
    change = one.cost / now.days - other.cost / before.days
    if one.tickets + other.tickets < inquiry.minimum:
        return change, None, None
    clusters = list(dict.fromkeys([*one.clusters, *other.clusters]))
    if ACCOUNT in (now.dimension,) and is_group:
        return change, None, None  # a single account: nothing tells how much it varies
    first, second = (np.array([side.clusters.get(c, 0.0) for c in clusters]) for side in (one, other))
    _, interval, p_value = total_change(first, second, (now.days, before.days))
    return change, interval, p_value


def _change_fact(
    inquiry: Inquiry,
    now: Costs,
    before: Costs,
    value: Value,
    told: tuple[tuple[float, tuple[float, float] | None, float | None], float | None],
    is_group: bool = False,
) -> Fact:
    (change, interval, p_value), corrected = told
    one, other = (_spent(costs, value, is_group) for costs in (now, before))
    verdict = None
    if corrected is not None and interval is not None:
        verdict = corrected <= SIGNIFICANT_AT and not interval[0] <= 0 <= interval[1]
    return inquiry.book.add(
        "cost_per_day",
        one.cost / now.days,
        "currency",
        now.period,
        {now.dimension: value} if is_group else {},
        source=now.source,
        n=one.tickets,
        reference="comparison_period",
        reference_period=before.period,
        reference_value=other.cost / before.days,
        difference=change,
        difference_interval=interval,
        p_value=p_value,
        p_adjusted=corrected,
        significant=verdict,
    )


def _spent(costs: Costs, value: Value, is_group: bool) -> Spent:
    return costs.groups.get(value, Spent()) if is_group else costs.whole


def _with(costs: Costs, kept: Sequence[Value]) -> Costs:
    groups = {value: costs.groups.get(value, Spent()) for value in kept}
    rest = Spent()
    for value, spent in costs.groups.items():
        if value not in groups:
            rest.add(spent)
    if rest.tickets or len(kept) >= MOST_GROUPS - 1:
        groups[ALL_OTHERS] = rest
    return replace(costs, groups=groups)


def quietly(inquiry: Inquiry, metrics: Sequence[str], by: Sequence[str], period: Period | None = None) -> QueryResult:
    """A query whose record is kept and whose remarks are not: they would repeat, or say of a few, what is said of all."""
    return quietly_all(inquiry, [inquiry.query(metrics, tuple(dict.fromkeys(by)), period)])[0]


def quietly_all(inquiry: Inquiry, queries: Sequence[SemanticQuery]) -> list[QueryResult]:
    """The same of several queries, read together."""
    return [inquiry.book.note(replace(one, caveats=())) for one in inquiry.results(queries)]


def _place(rows: Sequence[Mapping[str, Value]], dimension: str, by: str, groups: dict[Value, Spent]) -> None:
    """Adds the cost and the known handle time of each row to the row's cluster in its group."""
    for row in rows:
        cluster = (by, row[by])
        if number(row.get(COUNT)):
            spent = groups[row[dimension]]
            spent.clusters[cluster] = spent.clusters.get(cluster, 0.0) + number(row[COST])
        known = number(row.get(f"{HANDLE}__n"))
        if known:
            groups[row[dimension]].minutes[cluster] = (number(row[HANDLE]) * known, known)
