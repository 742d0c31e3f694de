"""A table as a report shows it: every row, headings with their units, cells in words."""

from __future__ import annotations

from analyst_agent.claims import Wording
from analyst_agent.playbook.records import ShownTable
from analyst_agent.records import Finding, Table
from analyst_agent.report.layout import laid_out
from analyst_agent.report.reproducing import command_of_table


def shown_table(table: Table, finding: Finding, wording: Wording) -> ShownTable:
    """The table laid out for reading, with what reproduces its numbers."""
    layout = laid_out(table, finding, wording)
    return ShownTable(
        table.title,
        tuple(column.heading for column in layout.columns),
        tuple(column.is_numeric for column in layout.columns),
        tuple(tuple(column.cells[row] for column in layout.columns) for row in range(layout.rows)),
        layout.table,
        layout.notes,
        command_of_table(table, finding),
    )
