"""Which part of the cost of escalations could be avoided, between a strict and a wide reading, and what a reduction would save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from analyst_agent.records import Fact, QueryResult, Value
from analyst_agent.rows import column_of, has_column
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.costs.costs import (
    CostGroup,
    Costs,
    expected_cost,
    is_unnamed,
    quietly,
)
from analyst_agent.skillkit.costs.spent import COST, HANDLE
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry, created_in
from analyst_agent.skillkit.parts import encoded, numbers_of
from analyst_agent.skillkit.patterns import Pattern
from analyst_agent.skillkit.rates import by_account
from analyst_agent.skillkit.tables import ALL_OTHERS
from analyst_agent.statistics.means import clustered_mean

REMOVABLE = ("training_gap", "documentation_gap", "process_failure")
"""Causes that support can remove itself, without a change of the product or of a policy."""
UNNECESSARY = "unnecessary"
DAYS_A_MONTH = 365.25 / 12
KNOWN_BEFORE = ("creation", "assigned")


@dataclass(frozen=True, slots=True)
class Avoidable:
    """The two readings. strict: cost at the share of the reviewed ones marked as not necessary; wide: that, and all of the
    removable causes or with a documented workaround. Each is None where nothing is recorded that tells.
    """

    reviewed: Fact | None = None
    unnecessary: Fact | None = None
    strict: Fact | None = None
    removable: Fact | None = None
    workaround: Fact | None = None
    wide: Fact | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """What avoiding a part of a group's escalations saves in a month: at most (their whole handling), and net of what a
    ticket takes that is not escalated, None where that is not known.
    """

    group: CostGroup
    reduction: Fact
    most: Fact
    net: Fact | None
    ordinary: Fact | None


def avoidable(inquiry: Inquiry, costs: Costs, patterns: Sequence[Pattern]) -> Avoidable:
    """Both readings of what could be avoided of the cost of the period. patterns: the causes with the known issues that
    their tickets match.
    """
    cells = _cells(inquiry, costs)
    reviewed, unnecessary = _reviewed(inquiry, costs, cells)
    book, whole = inquiry.book, costs.whole
    is_told = unnecessary is not None and unnecessary.interval is not None
    strict = None
    if unnecessary is not None and is_told:
        low, high = unnecessary.interval or (0.0, 0.0)
        strict = book.add(
            "avoidable_cost_strict",
            number(unnecessary.value) * whole.cost,
            "currency",
            costs.period,
            source=costs.source,
            n=whole.tickets,
            interval=(low * whole.cost, high * whole.cost),
        )
    removable, workaround, cost, outside = _removable(inquiry, costs, patterns, unnecessary if is_told else None, cells)
    wide = None
    if removable is not None or workaround is not None or strict is not None:
        value = max(cost + outside, number(strict.value) if strict else 0.0)
        wide = book.add("avoidable_cost_wide", value, "currency", costs.period, source=costs.source, n=whole.tickets)
    return Avoidable(reviewed, unnecessary, strict, removable, workaround, wide)


def _cells(inquiry: Inquiry, costs: Costs) -> QueryResult | None:
    """Tickets and cost by root cause and by whether they were marked as necessary, as far as either is recorded; of marks by
    account, too.
    """
    by = [name for name in ("root_cause", "necessary") if inquiry.context.has(name)]
    accounts = by_account(inquiry.context) if "necessary" in by else ()
    return quietly(inquiry, (COUNT, COST), (*by, *accounts), costs.period) if by else None


def _reviewed(inquiry: Inquiry, costs: Costs, result: QueryResult | None) -> tuple[Fact | None, Fact | None]:
    """How many were reviewed, and the share of what these cost that was marked as not necessary, by account."""
    if result is None or "necessary" not in result.columns:
        return None, None
    accounts = by_account(inquiry.context)
    rows = [row for row in result.rows if row["necessary"] is not None and number(row[COUNT])]
    tickets = sum(int(number(row[COUNT])) for row in rows)
    reviewed = inquiry.book.add("reviewed_count", tickets, "count", costs.period, source=result, n=costs.whole.tickets)
    if not tickets:
        return reviewed, None
    total = fsum(number(row[COST]) for row in rows)
    marked = [row for row in rows if row["necessary"] == UNNECESSARY]
    by: dict[Value, tuple[float, float]] = {}
    for place, row in enumerate(rows):
        key = row[accounts[0]] if accounts else place
        own = by.get(key, (0.0, 0.0))
        spent = number(row[COST])
        by[key] = (own[0] + (spent if row["necessary"] == UNNECESSARY else 0.0), own[1] + spent)
    interval = None
    if tickets >= inquiry.minimum and accounts and total:
        found = clustered_mean([y for y, _ in by.values()], [x for _, x in by.values()]).interval
        interval = None if found is None else (max(0.0, found[0]), min(1.0, found[1]))
    share = fsum(number(row[COST]) for row in marked) / total if total else None
    fact = inquiry.book.add(
        "unnecessary_share_of_cost",
        share,
        "ratio",
        costs.period,
        source=result,
        n=tickets,
        missing=costs.whole.tickets - tickets,
        interval=interval,
    )
    return reviewed, fact


def _removable(
    inquiry: Inquiry, costs: Costs, patterns: Sequence[Pattern], unnecessary: Fact | None, result: QueryResult | None
) -> tuple[Fact | None, Fact | None, float, float]:
    """Cost of removable causes, cost with a documented workaround among the others, their sum, and what the marks say of
    the rest.
    """
    inside, cells = 0.0, _by_cause_and_mark(result)
    causes = [cause for cause in REMOVABLE if any(key[0] == cause for key in cells)]
    removable = None
    if causes:
        inside = fsum(cost for (cause, _), (_, cost) in cells.items() if cause in REMOVABLE)
        tickets = sum(count for (cause, _), (count, _) in cells.items() if cause in REMOVABLE)
        removable = inquiry.book.add("removable_cost", inside, "currency", costs.period, source=costs.source, n=tickets)
    known, tickets_known = _with_workaround(patterns, cells)
    workaround = None
    if tickets_known:
        workaround = inquiry.book.add(
            "workaround_cost", known, "currency", costs.period, source=costs.source, n=tickets_known
        )
    rest = 0.0
    if unnecessary is not None:
        others = {key: cost for key, (_, cost) in cells.items() if key[0] not in REMOVABLE and key[1] is not None}
        marked = fsum(cost for key, cost in others.items() if key[1] == UNNECESSARY)
        share = marked / fsum(others.values()) if fsum(others.values()) else number(unnecessary.value)
        rest = max(0.0, costs.whole.cost - inside - known) * share
    return removable, workaround, inside + known, rest


def _by_cause_and_mark(result: QueryResult | None) -> dict[tuple[Value, Value], tuple[int, float]]:
    """Number and cost of the tickets of each root cause and mark."""
    rows = result.rows if result is not None else ()
    kept = np.flatnonzero(numbers_of(rows, COUNT))
    labels = [
        column_of(rows, name) if has_column(rows, name) else [None] * len(rows) for name in ("root_cause", "necessary")
    ]
    place, cells = encoded((labels[0][at], labels[1][at]) for at in kept.tolist())
    tickets, cost = (np.bincount(place, numbers_of(rows, name)[kept], len(cells)).tolist() for name in (COUNT, COST))
    return {cell: (int(tickets[at]), cost[at]) for at, cell in enumerate(cells)}


def _with_workaround(
    patterns: Sequence[Pattern], cells: Mapping[tuple[Value, Value], tuple[int, float]]
) -> tuple[float, int]:
    """Cost and number of tickets of other causes that match a known issue with a workaround, at the mean cost of their cause."""
    cost, tickets = 0.0, 0
    for pattern in patterns:
        if pattern.dimension != "root_cause" or pattern.value in REMOVABLE or not pattern.matches:
            continue
        examined = pattern.matches[0][1].n or 0
        helped = [issue for issue, _ in pattern.matches if issue.workaround]
        # A ticket may match two issues: counted it is one, estimated at most all.
        known = (
            len({ticket for issue in helped for ticket in issue.tickets})
            if all(issue.estimate is None for issue in helped)
            else min(examined, sum(issue.count for issue in helped))
        )
        of_cause = [one for (name, _), one in cells.items() if name == pattern.value]
        if known and examined and of_cause:
            part = known / examined
            cost += part * fsum(amount for _, amount in of_cause)
            tickets += round(part * sum(count for count, _ in of_cause))
    return cost, tickets


def savings(inquiry: Inquiry, costs: Costs, groups: Sequence[CostGroup], reduction: float, rate: float) -> list[Saving]:
    """For every group that has a name, what avoiding that part of its escalations would save in a month like these.

    Of periods of time nothing is said: what is past cannot be avoided.
    """
    if costs.dimension in GRAINS:
        return []
    ordinary = _ordinary_handle_minutes(inquiry)
    part = inquiry.book.add("reduction", reduction, "ratio", None)
    found = []
    scale = reduction * DAYS_A_MONTH / costs.days
    for group in groups:
        if is_unnamed(group.value) or group.value == ALL_OTHERS:
            continue
        spent = costs.groups[group.value]
        cost, interval = expected_cost(spent)
        by: dict[str, Value] = {costs.dimension: group.value}
        most = inquiry.book.add(
            "saved_per_month",
            cost * scale,
            "currency",
            costs.period,
            by,
            source=costs.source,
            n=spent.tickets,
            interval=None if interval is None else (interval[0] * scale, interval[1] * scale),
        )
        net = None
        if ordinary is not None:
            still = spent.tickets * number(ordinary.value) / 60 * rate
            value = max(0.0, cost - still) * scale
            net = inquiry.book.add("saved_net_per_month", value, "currency", costs.period, by, n=spent.tickets)
            net = inquiry.book.revise(net, query=most.query)
        found.append(Saving(group, part, most, net, ordinary))
    return found


ALL = "mean_ticket_handle_minutes"


def _ordinary_handle_minutes(inquiry: Inquiry) -> Fact | None:
    """Mean handle time of the tickets of the period that were never escalated; None on fewer than `minimum_sample`."""
    fields = inquiry.context.model.filterable()
    if "counted_at" not in fields or not {"handle_minutes"} <= set(fields):
        return None
    kept = tuple(one for one in inquiry.where if one.field in fields and fields[one.field].role in KNOWN_BEFORE)
    alone = replace(inquiry, where=kept)
    every = quietly(alone, (ALL,), ())
    escalated = [replace(alone.query((HANDLE,), (), where=created_in(inquiry.period)), period=None)]
    [part] = (inquiry.book.note(replace(one, caveats=())) for one in inquiry.context.queries.run_all(escalated))
    # Those of the period less those of them that were escalated: no ticket has to be looked for among the escalated ones.
    whole, less = (_sum_of(one.rows[0], name) for one, name in ((every, ALL), (part, HANDLE)))
    known = whole[1] - less[1]
    if known < inquiry.minimum:
        return None
    row: dict[str, Value] = {
        ALL: (whole[0] - less[0]) / known, f"{ALL}__n": int(known), f"{ALL}__missing": int(whole[2] - less[2]),
    }  # fmt: skip
    return inquiry.book.cell(every, row, ALL, {"escalated": "no"})


def _sum_of(row: Mapping[str, Value], metric: str) -> tuple[float, float, float]:
    """The sum behind a mean, how many values it is of, and how many are missing."""
    count = number(row[f"{metric}__n"])
    return number(row[metric]) * count, count, number(row[f"{metric}__missing"])
