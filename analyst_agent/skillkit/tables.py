"""Tables of facts: each cell is a fact, or text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyst_agent.records import Column, Fact, Table, Value

Cell = Fact | Value
ALL_OTHERS = "all others"
"""The value of a row that stands for everything without a row of its own."""


class Grid:
    """A table under construction; a fact's cell shows its value and keeps its id."""

    def __init__(self, title: str, columns: Sequence[Column]) -> None:
        self._title = title
        self._columns = tuple(columns)
        self._rows: list[tuple[Value, ...]] = []
        self._ids: list[tuple[str | None, ...]] = []

    def row(self, cells: Iterable[Cell | tuple[Value, Fact]]) -> None:
        """Add a row. A cell is a fact (its value is shown), a value and the fact behind it, or plain text."""
        values: list[Value] = []
        ids: list[str | None] = []
        for cell in cells:
            if isinstance(cell, Fact):
                values.append(cell.value)
                ids.append(cell.id)
            elif isinstance(cell, tuple):
                values.append(cell[0])
                ids.append(cell[1].id)
            else:
                values.append(cell)
                ids.append(None)
        if len(values) != len(self._columns):
            raise ValueError(f"{self._title}: {len(values)} cells for {len(self._columns)} columns")
        self._rows.append(tuple(values))
        self._ids.append(tuple(ids))

    def table(self) -> Table:
        """The finished table, without the columns in which no row has anything."""
        kept = [i for i in range(len(self._columns)) if any(row[i] not in (None, "") for row in self._rows)]
        return Table(
            self._title,
            tuple(self._columns[i] for i in kept),
            tuple(tuple(row[i] for i in kept) for row in self._rows),
            tuple(tuple(row[i] for i in kept) for row in self._ids),
        )
