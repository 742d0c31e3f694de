"""A table as a report shows it: every row, headings with their units, cells in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from analyst_agent.claims import Wording
from analyst_agent.playbook.records import ShownTable
from analyst_agent.records import Finding, Table
from analyst_agent.report.cells import ACTIONS, EMPTY
from analyst_agent.report.layout import ShownColumn, laid_out
from analyst_agent.report.reproducing import command_of_table


def shown_table(table: Table, finding: Finding, wording: Wording, listed: Collection[str] = ()) -> ShownTable:
    """The table laid out for reading, with what reproduces its numbers; without a column of actions that are all listed elsewhere."""
    layout = laid_out(table, finding, wording.of(finding))
    told = {EMPTY, *listed}
    columns = tuple(c for c in layout.columns if not (_is_of_actions(c) and told.issuperset(c.cells)))
    layout = replace(layout, columns=columns)
    return ShownTable(
        table.title,
        tuple(column.heading for column in layout.columns),
        tuple(column.is_numeric for column in layout.columns),
        tuple(tuple(column.cells[row] for column in layout.columns) for row in range(layout.rows)),
        layout.table,
        layout.notes,
        command_of_table(table, finding),
    )


def _is_of_actions(column: ShownColumn) -> bool:
    return ACTIONS.search(f"{column.heading} {column.key}") is not None
