"""A metric measured in every cell of a query, and the table that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyst_agent.records import Column, Fact, Period, Table, Value
from analyst_agent.semantic.model import GRAINS, Metric
from analyst_agent.skillkit.cells import Cell
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.rates import READS_AS
from analyst_agent.skillkit.tables import Grid


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric in every cell, in the period and in the one it is compared with; total is that of all cells.

    still_open: escalated tickets that the metric leaves out as open. counted: all objects it was asked of.
    """

    metric: Metric
    total: Fact
    cells: dict[Cell, Fact] = field(default_factory=dict)
    total_before: Fact | None = None
    before: dict[Cell, Fact] = field(default_factory=dict)
    still_open: int = 0
    counted: int = 0


def metric_table(
    inquiry: Inquiry, title: str, measured: Sequence[Measured], by: Sequence[str], rows: Sequence[Cell]
) -> Table:
    """A row a cell, or, without a split, a row a period; a comparison adds the value before, the difference and how it reads."""
    columns = [Column(inquiry.label(d), "date" if d in GRAINS else "text", d) for d in by]
    if not by:
        columns = [Column("period", "text", "period")]
    is_compared = any(one.before for one in measured)
    for one in measured:
        columns.append(Column(one.metric.label, one.metric.unit, one.metric.name))
        if len(measured) == 1 and not one.metric.is_count:
            columns.append(Column("n", "count", "n"))
        if is_compared:
            unit = "points" if one.metric.unit == "ratio" else one.metric.unit
            columns += [Column(f"{one.metric.label} before", one.metric.unit, "before")]
            columns += [Column("difference", unit, "difference"), Column("reads as", "text", "significance")]
    grid = Grid(title, columns)
    if not by:
        grid.row(_value_cells(inquiry, measured, inquiry.period, [one.total for one in measured]))
        if inquiry.before is not None:
            facts = [one.total_before for one in measured if one.total_before is not None]
            grid.row(_value_cells(inquiry, measured, inquiry.before, facts))
        return grid.table()
    for cell in rows:
        cells: list[Fact | Value | tuple[Value, Fact]] = list(cell)
        for one in measured:
            fact = inquiry.book[one.cells[cell].id] if cell in one.cells else None
            cells.append(fact)
            if len(measured) == 1 and not one.metric.is_count:
                cells.append((fact.n, fact) if fact else None)
            if is_compared:
                cells.append(one.before.get(cell))
                cells.append((fact.difference, fact) if fact else None)
                cells.append(_reads_as(one.metric, fact))
        grid.row(cells)
    return grid.table()


def _value_cells(
    inquiry: Inquiry, measured: Sequence[Measured], period: Period, facts: Sequence[Fact]
) -> list[Fact | Value | tuple[Value, Fact]]:
    cells: list[Fact | Value | tuple[Value, Fact]] = [period.label or f"{period.start} to {period.end}"]
    for one, fact in zip(measured, facts, strict=True):
        cells.append(fact)
        if len(measured) == 1 and not one.metric.is_count:
            cells.append((fact.n, fact))
    return cells


def _reads_as(metric: Metric, fact: Fact | None) -> str | None:
    if fact is None or fact.difference is None:
        return None
    return READS_AS[fact.significant] if metric.unit == "ratio" else "not tested"
