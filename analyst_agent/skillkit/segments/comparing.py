"""Rates and counts of the cells of a table put beside those of another period, each tested by account, corrected for scanning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyst_agent.records import Column, Fact, Period, Table, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.rates import READS_AS, Difference, adjusted, parts_by_cell, rate_difference
from analyst_agent.skillkit.tables import Grid

Cell = tuple[Value, ...]


def compare_rates(
    inquiry: Inquiry, metric: str, by: Sequence[str], facts: Mapping[Cell, Fact], before: Period
) -> dict[Cell, Fact]:
    """The facts of a rate's cells with the change since `before`; a cell that was empty then has none."""
    book = inquiry.book
    now = parts_by_cell(inquiry, metric, by, inquiry.period, facts)
    then = parts_by_cell(inquiry, metric, by, before, facts)
    cells = list(facts)
    differences = [rate_difference(now.get(c, []), then.get(c, []), inquiry.minimum) for c in cells]
    found = {}
    for cell, difference, corrected in zip(cells, differences, adjusted(differences), strict=True):
        found[cell] = book.revise(facts[cell], **changed(difference, corrected, before, len(cells) > 1))
    return found


def changed(difference: Difference, corrected: float | None, before: Period, is_scan: bool) -> dict[str, object]:
    """The fields of a fact that say how it changed."""
    return {
        "reference": "comparison_period",
        "reference_period": before,
        "reference_value": difference.reference,
        "difference": difference.difference,
        "difference_interval": difference.interval,
        "p_value": difference.p_value,
        "p_adjusted": corrected if is_scan else None,
        "significant": difference.significant(corrected),
    }


def rate_changes_table(title: str, dimensions: Sequence[tuple[str, str]], facts: Sequence[Fact]) -> Table:
    """A row a cell: rate now and then, difference in points with its interval, and how it reads. dimensions: name and label
    of each.
    """
    grid = Grid(
        title,
        (
            *(Column(label, "text", name) for name, label in dimensions),
            Column("rate", "ratio", "rate"),
            Column("rate before", "ratio", "rate_before"),
            Column("difference", "points", "difference"),
            Column("from", "points", "low"),
            Column("to", "points", "high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for fact in facts:
        low, high = fact.difference_interval or (None, None)
        values = (fact.reference_value, fact.difference, low, high)
        cells = [(value, fact) for value in values]
        grid.row((*(fact.dimensions.get(name) for name, _ in dimensions), fact, *cells, READS_AS[fact.significant]))
    return grid.table()


def gap(now: Fact, then: Fact) -> float | None:
    """The plain difference of two facts, None where either is empty."""
    return number(now.value) - number(then.value) if now.value is not None and then.value is not None else None
