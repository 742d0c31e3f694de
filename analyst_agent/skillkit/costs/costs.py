"""What escalated tickets cost by group: each group's cost, handle time and change per day, by account; parts add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

from analyst_agent.records import Fact, Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.rows import column_of
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.cells import covered_days
from analyst_agent.skillkit.costs.spent import (
    COST,
    HANDLE,
    Clusters,
    Spent,
    groups_of_costs,
    place_costs,
    side_by_side,
)
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.parts import numbers_of
from analyst_agent.skillkit.rates import ACCOUNT, SIGNIFICANT_AT, by_account
from analyst_agent.skillkit.tables import ALL_OTHERS
from analyst_agent.statistics import benjamini_hochberg
from analyst_agent.statistics.means import clustered_mean
from analyst_agent.statistics.totals import total_change, total_of

MOST_GROUPS = 12


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
    split = [groups_of_costs(result.rows, dimension) for result in results]
    handled, clusters = quietly_all(inquiry, quiet), Clusters()
    known_only = bool(accounts) and dimension != ACCOUNT
    if known_only and any(map(_has_unknown, results)):
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
            place_costs(found.rows, dimension, "day", clusters, groups)
    for result, other, groups in zip(results, handled, split, strict=True):
        for rows in (result.rows, other.rows):
            place_costs(rows, dimension, by[1], clusters, groups, known_only=known_only)
    return [
        _costs(inquiry, dimension, period, groups, result)
        for period, groups, result in zip(periods, split, results, strict=True)
    ]


def _has_unknown(result: QueryResult) -> bool:
    """Whether any tickets are of no known account."""
    accounts, counts = column_of(result.rows, ACCOUNT), numbers_of(result.rows, COUNT)
    return None in accounts and any(count for account, count in zip(accounts, counts, strict=True) if account is None)


def _asked(
    inquiry: Inquiry, metrics: Sequence[str], by: Sequence[str], periods: Sequence[Period]
) -> list[SemanticQuery]:
    """The metrics by these dimensions in each period."""
    return [inquiry.query(metrics, tuple(dict.fromkeys(by)), period) for period in periods]


def _costs(inquiry: Inquiry, dimension: str, period: Period, groups: dict[Value, Spent], source: QueryResult) -> Costs:
    whole = Spent.together(groups.values())
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
    total, interval = total_of(spent.clusters.of_kind(0))
    if interval is None:
        return spent.cost, None
    moved = spent.cost - total
    return spent.cost, (max(0.0, interval[0] + moved), interval[1] + moved)


def _handle(inquiry: Inquiry, costs: Costs, spent: Spent, group: dict[str, Value]) -> Fact:
    minutes, counts = (spent.minutes.of_kind(kind) for kind in (0, 1))
    total, count = fsum(minutes.tolist()), fsum(counts.tolist())
    interval = None
    if count >= inquiry.minimum:
        found = clustered_mean(minutes, counts).interval
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
    if ACCOUNT in (now.dimension,) and is_group:
        return change, None, None  # a single account: nothing tells how much it varies
    _, interval, p_value = total_change(*side_by_side(one.clusters, other.clusters), (now.days, before.days))
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
    rest = Spent.together(spent for value, spent in costs.groups.items() if value not in groups)
    if rest.tickets or len(kept) >= MOST_GROUPS - 1:
        groups[ALL_OTHERS] = rest
    return replace(costs, groups=groups)


def quietly(inquiry: Inquiry, metrics: Sequence[str], by: Sequence[str], period: Period | None = None) -> QueryResult:
    """A query whose record is kept and whose remarks are not: they would repeat, or say of a few, what is said of all."""
    return quietly_all(inquiry, [inquiry.query(metrics, tuple(dict.fromkeys(by)), period)])[0]


def quietly_all(inquiry: Inquiry, queries: Sequence[SemanticQuery]) -> list[QueryResult]:
    """The same of several queries, read together."""
    return [inquiry.book.note(replace(one, caveats=())) for one in inquiry.results(queries)]
