"""A table as a page shows it: every row and column, each cell with its words, the value to sort by and the fact behind it."""

from __future__ import annotations

from collections.abc import Collection

from analyst_agent.claims.clauses import FEW
from analyst_agent.claims.wording import Wording
from analyst_agent.parts import Sheet, SheetCell, SheetColumn
from analyst_agent.records import Finding, Table
from analyst_agent.report.cells import ACTIONS, EMPTY
from analyst_agent.report.layout import MARK, N_ELSEWHERE, Layout, ShownColumn, laid_out


def sheet_of(table: Table, finding: Finding, wording: Wording, listed: Collection[str] = ()) -> Sheet:
    """The table laid out for reading. listed: advice that stands in a list of its own; a column of nothing else is left out."""
    layout = laid_out(table, finding, wording.of(finding))
    told = {EMPTY, *listed}
    columns = [c for c in layout.columns if not (_is_of_actions(c) and told.issuperset(c.cells))]
    notes = [note for note in layout.notes if note != N_ELSEWHERE]
    if layout.few and not layout.is_crossed:
        notes.append(f"({MARK}): n under {FEW}, too few to rank.")
    return Sheet(
        table.title,
        tuple(SheetColumn(c.heading, c.is_numeric, c.key) for c in columns),
        tuple(tuple(_cell(c, layout, row) for c in columns) for row in range(layout.rows)),
        tuple(notes),
    )


def _cell(column: ShownColumn, layout: Layout, row: int) -> SheetCell:
    text, table = column.cells[row], layout.table
    if text == EMPTY:
        return SheetCell(text)
    ids = table.fact_ids[row] if row < len(table.fact_ids) else ()
    return SheetCell(text, table.rows[row][column.at], ids[column.at] if column.at < len(ids) else None)


def _is_of_actions(column: ShownColumn) -> bool:
    return ACTIONS.search(f"{column.heading} {column.key}") is not None
