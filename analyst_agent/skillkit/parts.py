"""What accounts contribute to a rate, cell by cell: as records where they are few, as columns where there are hundreds of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Value
from analyst_agent.rows import column_of, has_column
from analyst_agent.skillkit.facts import number

Cell = tuple[Value, ...]
_NUMBERS = frozenset({int, float, bool})


@dataclass(frozen=True, slots=True)
class Part:
    """What one account (None: no known one) contributes to a rate."""

    account: Value
    successes: float
    total: float


@dataclass(frozen=True, slots=True)
class Parts:
    """The same by column, a row an account of a cell. Arrays have as many elements as there are rows.

    cells, accounts: their labels, in the order of their first rows; cell, account: each row's place among them.
    """

    cells: tuple[Any, ...]
    cell: NDArray[np.int64]
    accounts: tuple[Value, ...]
    account: NDArray[np.int64]
    successes: NDArray[np.float64]
    totals: NDArray[np.float64]

    @classmethod
    def of(cls, cells: Mapping[Any, Sequence[Part]]) -> Parts:
        """Of records by cell; a cell without any is one all the same."""
        rows = [(place, part) for place, parts in enumerate(cells.values()) for part in parts]
        account, accounts = encoded([part.account for _, part in rows])
        return cls(
            tuple(cells),
            np.array([place for place, _ in rows], dtype=np.int64),
            accounts,
            account,
            np.array([part.successes for _, part in rows], dtype=float),
            np.array([part.total for _, part in rows], dtype=float),
        )

    @classmethod
    def coded(
        cls,
        cells: Sequence[Any],
        accounts: Sequence[Value] | None,
        successes: NDArray[np.float64],
        totals: NDArray[np.float64],
    ) -> Parts:
        """Of labels row by row. accounts: None where nothing tells them apart. Rows that hold nothing are left out."""
        kept = np.flatnonzero((totals != 0) | (successes != 0))
        cell, known = encoded(_at(cells, kept))
        account, labels = encoded(_at(accounts, kept) if accounts is not None else [None] * len(kept))
        return cls(known, cell, labels, account, successes[kept], totals[kept])

    @property
    def known(self) -> NDArray[np.int64]:
        """Each row's account, -1 for no known one."""
        lone = self.accounts.index(None) if None in self.accounts else -1
        return np.where(self.account == lone, -1, self.account)

    def among(self, accounts: Mapping[Value, int]) -> NDArray[np.int64]:
        """Each row's account by its place among others."""
        places = np.array([accounts[label] for label in self.accounts], dtype=np.int64)
        return places[self.account]

    def sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Successes and objects of every cell."""
        count = len(self.cells)
        successes, totals = (np.bincount(self.cell, values, count) for values in (self.successes, self.totals))
        return successes.astype(float), totals.astype(float)

    def of_cell(self, cell: Any) -> Parts:
        """The rows of one cell alone; none where it is not among them."""
        inside = self.cell == (self.cells.index(cell) if cell in self.cells else -1)
        return replace(
            self,
            cells=(cell,),
            cell=np.zeros(int(inside.sum()), dtype=np.int64),
            account=self.account[inside],
            successes=self.successes[inside],
            totals=self.totals[inside],
        )

    def records(self) -> dict[Any, list[Part]]:
        """The same as records by cell."""
        found: dict[Any, list[Part]] = {cell: [] for cell in self.cells}
        columns = (self.cell, self.account, self.successes, self.totals)
        for cell, account, successes, total in zip(*(column.tolist() for column in columns), strict=True):
            found[self.cells[cell]].append(Part(self.accounts[account], successes, total))
        return found


def encoded(values: Iterable[Any]) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
    """Each value's place among the different ones, and these in the order of their first appearance."""
    listed = list(values)
    places = {value: place for place, value in enumerate(dict.fromkeys(listed))}
    return np.fromiter(map(places.__getitem__, listed), np.int64, len(listed)), tuple(places)


def numbers_of(rows: Sequence[Mapping[str, Value]], name: str) -> NDArray[np.float64]:
    """A column as numbers, 0 where there is none, as `number` has it of one; all 0 where there is no such column."""
    if not has_column(rows, name):
        return np.zeros(len(rows))
    values = column_of(rows, name)
    if not set(map(type, values)) <= _NUMBERS:
        values = list(map(number, values))
    return np.array(values, dtype=float)


def _at(values: Sequence[Any], places: NDArray[np.int64]) -> list[Any]:
    return list(values) if len(places) == len(values) else list(map(values.__getitem__, places.tolist()))
