"""What changed against the comparison period: the total, its parts, and every pattern, per ticket, tested by account and
corrected together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analyst_agent.records import Column, Fact, Period, Table
from analyst_agent.rows import column_of
from analyst_agent.skillkit.causes.split_tables import SplitFacts, facts_of_split
from analyst_agent.skillkit.causes.splits import counted_by_cell, split_of
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, RATE, Inquiry, Totals, totals_of
from analyst_agent.skillkit.parts import Parts, numbers_of
from analyst_agent.skillkit.patterns import Pattern
from analyst_agent.skillkit.rates import READS_AS, TOO_FEW_TICKETS, Difference, Sides, adjusted, by_account
from analyst_agent.skillkit.tables import Grid


@dataclass(frozen=True, slots=True)
class Change:
    """A pattern now and in the comparison period. rate: escalations of that kind per all tickets, with its test."""

    pattern: Pattern
    count: Fact
    rate: Fact


@dataclass(frozen=True, slots=True)
class Changes:
    """Every pattern's change, and the total's split into volume, mix and rate; None and empty where there is nothing to compare."""

    patterns: tuple[Change, ...] = ()
    split: SplitFacts | None = None


def changes_of(inquiry: Inquiry, totals: Totals, patterns: Sequence[Pattern]) -> Changes:
    """Puts the change on the facts of the totals and of each pattern; empty without a comparison period.

    Each kind is compared per ticket (its escalations over all tickets), so that months of other lengths and volumes
    compare. All that the answer may call a change, the total, its parts, their cells and the patterns, is corrected
    together. Nothing is tested where both periods together have fewer tickets of the kind than `minimum_sample`.
    """
    if inquiry.before is None:
        return Changes()
    past = totals_of(inquiry, inquiry.before)
    counted = counted_by_cell(inquiry, inquiry.before)
    split = split_of(counted, inquiry.minimum)
    dimension = patterns[0].dimension if patterns else None
    groups = _by_group(inquiry, dimension, (inquiry.period, inquiry.before)) if dimension else []
    sides = Sides(counted.cells[1], counted.cells[0], [account for side in groups for account in side.accounts])
    happened = totals.escalated + past.escalated
    differences = [_if_enough(sides.difference(inquiry.minimum), happened, inquiry.minimum)]
    for pattern in patterns:
        now, then = (side.of_cell(pattern.value) for side in groups)
        difference = sides.difference_of(now, then, inquiry.minimum)
        of_kind = float(now.successes.sum() + then.successes.sum())
        differences.append(_if_enough(difference, of_kind, inquiry.minimum))
    parts = split.tests() if split is not None else []
    corrected = adjusted([*differences, *parts])
    _totals(inquiry, (totals, past), (differences[0], corrected[0]))
    counts = dict(zip(groups[1].cells, groups[1].sums()[0].tolist(), strict=True)) if groups else {}
    changes = [
        _change(inquiry, (totals, past), pattern, counts.get(pattern.value, 0.0), difference, p_adjusted)
        for pattern, difference, p_adjusted in zip(
            patterns, differences[1:], corrected[1 : len(differences)], strict=True
        )
    ]
    if split is None:
        return Changes(tuple(changes))
    of_parts = corrected[len(differences) :]
    count = inquiry.book[totals.count.id]
    if split.days[0] == split.days[1]:
        count = inquiry.book.revise(count, **_tested(parts[0], of_parts[0]))
    return Changes(tuple(changes), facts_of_split(inquiry, split, of_parts, past.count, count))


def changes_table(changes: Sequence[Change]) -> Table:
    """Counts and rates of both periods, their difference in points with its interval, and how it reads."""
    dimension = changes[0].pattern.dimension if changes else "root_cause"
    grid = Grid(
        "Change against the comparison period",
        (
            Column(dimension.replace("_", " "), "text", dimension),
            Column("tickets", "count", COUNT),
            Column("tickets before", "count", "before"),
            Column("of all tickets", "ratio", RATE),
            Column("of all tickets before", "ratio", "rate_before"),
            Column("difference", "points", "difference"),
            Column("from", "points", "low"),
            Column("to", "points", "high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in changes:
        low, high = one.rate.difference_interval or (None, None)
        values = (one.rate.reference_value, one.rate.difference, low, high)
        cells = [(value, one.rate) for value in values]
        before = (int(number(one.count.reference_value)), one.count)
        grid.row((one.pattern.value, one.count, before, one.rate, *cells, READS_AS[one.rate.significant]))
    return grid.table()


def _change(
    inquiry: Inquiry,
    totals: tuple[Totals, Totals],
    pattern: Pattern,
    before: float,
    difference: Difference,
    corrected: float | None,
) -> Change:
    verdict = difference.significant(corrected)
    tested: dict[str, Any] = {"p_value": difference.p_value, "p_adjusted": corrected, "significant": verdict}
    count = inquiry.book.revise(
        pattern.count,
        reference="comparison_period",
        reference_period=inquiry.before,
        reference_value=before,
        difference=number(pattern.count.value) - before,
        **tested,
    )
    now, then = (number(one.tickets.value) for one in totals)
    rate = inquiry.book.add(
        RATE,
        number(pattern.count.value) / now if now else None,
        "ratio",
        inquiry.period,
        {pattern.dimension: pattern.value},
        n=int(now),
        reference="comparison_period",
        reference_period=inquiry.before,
        reference_value=before / then if then else None,
        difference=difference.difference,
        difference_interval=difference.interval,
        **tested,
    )
    rate = inquiry.book.revise(rate, query=pattern.count.query)
    return Change(pattern, count, rate)


def _totals(inquiry: Inquiry, totals: tuple[Totals, Totals], tested: tuple[Difference, float | None]) -> None:
    """The totals with those of the comparison period; tested is the rate, and only where it is one (at most 1)."""
    now, past = totals
    is_rate = max(number(now.rate.value), number(past.rate.value)) <= 1
    _put(inquiry, now.rate, past.rate, _tested(*tested) if is_rate else None)
    _put(inquiry, now.count, past.count, None)
    _put(inquiry, now.tickets, past.tickets, None)


def _put(inquiry: Inquiry, now: Fact, then: Fact, tested: dict[str, Any] | None) -> None:
    both = now.value is not None and then.value is not None
    if tested is None and now.unit == "ratio":
        return
    inquiry.book.revise(
        now,
        reference="comparison_period",
        reference_period=inquiry.before,
        reference_value=number(then.value) if then.value is not None else None,
        difference=number(now.value) - number(then.value) if both else None,
        **(tested or {}),
    )


def _tested(difference: Difference, corrected: float | None) -> dict[str, Any]:
    return {
        "difference_interval": difference.interval,
        "p_value": difference.p_value,
        "p_adjusted": corrected,
        "significant": difference.significant(corrected),
    }


def _by_group(inquiry: Inquiry, dimension: str, periods: Sequence[Period]) -> list[Parts]:
    """Escalated tickets of each period, as successes, by group and account (None: no known one), read together."""
    accounts = by_account(inquiry.context)
    found = []
    for result in inquiry.run_all([inquiry.query((COUNT,), (dimension, *accounts), period) for period in periods]):
        labels = column_of(result.rows, accounts[0]) if accounts else None
        counts = numbers_of(result.rows, COUNT)
        found.append(Parts.coded(column_of(result.rows, dimension), labels, counts, np.zeros_like(counts)))
    return found


def _if_enough(difference: Difference, happened: float, minimum: int) -> Difference:
    """The difference, not tested where both periods together have too few tickets of the kind."""
    if happened < minimum:
        return replace(difference, interval=None, p_value=None, reason=TOO_FEW_TICKETS)
    return difference
