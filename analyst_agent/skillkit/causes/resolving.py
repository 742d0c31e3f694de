"""How long escalated tickets take to be resolved, the open ones counted for as long as they have waited; beside it what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyst_agent.records import Column, Fact, QueryResult, Table, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.patterns import COST, MEAN, OPEN, Pattern
from analyst_agent.skillkit.tables import Grid
from analyst_agent.statistics import Median, median_time

MEDIAN, LONGER_THAN = "time_to_resolution_median", "time_to_resolution_longer_than"
TOGETHER = "all together"
_Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one group: the median (value None where fewer than half are resolved, and then `longer_than`), the mean over the
    resolved, how many are open, and the cost.
    """

    name: Value
    median: Fact
    longer_than: Fact | None
    mean: Fact | None
    still_open: Fact | None
    cost: Fact | None


def times_of(inquiry: Inquiry, patterns: Sequence[Pattern], whole: Sequence[Pattern]) -> list[Times]:
    """A row for each pattern, and a last one for all escalated tickets; empty where no time of escalation is known.

    whole: patterns that together are all escalated tickets, whose costs add up to the total.
    """
    if not patterns:
        return []
    dimension = patterns[0].dimension
    result = inquiry.book.note(
        inquiry.context.queries.resolution_times((dimension,), where=inquiry.where, period=inquiry.period)
    )
    if not result.rows:
        return []
    groups: dict[Value, list[_Row]] = {}
    for row in result.rows:
        groups.setdefault(row[dimension], []).append(row)
    found = []
    for pattern in patterns:
        facts = _median(inquiry, result, groups.get(pattern.value, ()), {dimension: pattern.value})
        found.append(Times(pattern.value, *facts, pattern.resolution, pattern.still_open, pattern.cost))
    return [*found, _together(inquiry, result, whole)]


def times_table(inquiry: Inquiry, dimension: str, times: Sequence[Times]) -> Table:
    """A row a group: how many, how many open, mean over the resolved, median of all with its interval, cost; costs add up."""
    label = inquiry.label(dimension)
    grid = Grid(
        f"Time to resolution and cost by {label}",
        (
            Column(label, "text", dimension),
            Column("median, open ones counted", "minutes", MEDIAN),
            Column("from", "minutes", "low"),
            Column("to", "minutes", "high"),
            Column("median longer than", "minutes", LONGER_THAN),
            Column("mean of the resolved", "minutes", MEAN),
            Column("tickets", "count", "tickets"),
            Column("open", "count", OPEN),
            Column("cost", "currency", COST),
        ),
    )
    for one in times:
        low, high = one.median.interval or (None, None)
        name = one.name if one.median.dimensions else TOGETHER
        times_of_group = (one.median, (low, one.median), (high, one.median), one.longer_than, one.mean)
        grid.row((name, *times_of_group, (one.median.n, one.median), one.still_open, one.cost))
    return grid.table()


def _together(inquiry: Inquiry, result: QueryResult, whole: Sequence[Pattern]) -> Times:
    """All escalated tickets, also those of groups that are not shown."""
    median, longer_than = _median(inquiry, result, result.rows, {})
    resolved = [row for row in result.rows if row["is_over"]]
    count = sum(number(row["tickets"]) for row in resolved)
    total = sum(number(row["minutes"]) * number(row["tickets"]) for row in resolved)
    still_open = inquiry.book.add(OPEN, median.missing, "count", inquiry.period, source=result, n=median.n)
    mean = None
    if count:
        mean = inquiry.book.add(
            MEAN, total / count, "minutes", inquiry.period, source=result, n=int(count), missing=median.missing
        )
    costs = [one.cost for one in whole if one.cost is not None]
    cost = None
    if costs:
        counted = sum(one.n or 0 for one in costs)
        cost = inquiry.book.add(COST, sum(number(one.value) for one in costs), "currency", inquiry.period, n=counted)
        cost = inquiry.book.revise(cost, query=costs[0].query, missing=sum(one.missing or 0 for one in costs))
    return Times(None, median, longer_than, mean, still_open, cost)


def _median(
    inquiry: Inquiry, result: QueryResult, rows: Iterable[_Row], group: dict[str, Value]
) -> tuple[Fact, Fact | None]:
    found = _kaplan_meier(list(rows))
    interval = (found.low, found.high) if found.low is not None and found.high is not None else None
    shown = interval if found.value is not None else None
    book, period = inquiry.book, inquiry.period
    fact = book.add(
        MEDIAN,
        found.value,
        "minutes",
        period,
        group,
        source=result,
        n=found.n,
        missing=found.open_count,
        interval=shown,
    )
    if found.value is not None or found.watched is None:
        return fact, None
    longer = book.add(
        LONGER_THAN, found.watched, "minutes", period, group, source=result, n=found.n, missing=found.open_count
    )
    return fact, longer


def _kaplan_meier(rows: Sequence[_Row]) -> Median:
    minutes = [max(0.0, number(row["minutes"])) for row in rows]
    return median_time(minutes, [bool(row["is_over"]) for row in rows], [number(row["tickets"]) for row in rows])
