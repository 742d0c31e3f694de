"""Rows held column by column: whoever sums hundreds of thousands takes a column whole, everybody else reads dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, overload

Cell = str | int | float | bool | None
Row = dict[str, Cell]


class Rows(Sequence[Row]):
    """A sequence of dictionaries that are made when they are first asked for; equal to any sequence of equal ones.

    columns: the names; values: for each as many as there are rows.
    """

    __slots__ = ("_made", "_values", "columns")

    def __init__(self, columns: Sequence[str], values: Sequence[Sequence[Cell]]) -> None:
        self.columns = tuple(columns)
        self._values = dict(zip(self.columns, values, strict=True))
        self._made: tuple[Row, ...] | None = None
        if len({len(column) for column in values}) > 1:
            raise ValueError("columns of one table are of one length")

    def column(self, name: str) -> Sequence[Cell]:
        """One column, row by row. Raises KeyError for a name that is none."""
        return self._values[name]

    def taken(self, places: Sequence[int]) -> Rows:
        """The rows at these places, in this order."""
        if len(places) < 2:
            return Rows(self.columns, [[one[place] for place in places] for one in self._values.values()])
        taken = itemgetter(*places)
        return Rows(self.columns, [taken(one) for one in self._values.values()])

    def replaced(self, values: Mapping[str, Sequence[Cell]]) -> Rows:
        """The same rows with other values in some columns."""
        return Rows(self.columns, list({**self._values, **values}.values()))

    def __len__(self) -> int:
        return len(next(iter(self._values.values()), ()))

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if self._made is None and isinstance(place, int):
            return {name: column[place] for name, column in self._values.items()}
        return self._rows()[place]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._rows())

    def _rows(self) -> tuple[Row, ...]:
        if self._made is None:
            values = zip(*self._values.values(), strict=True)
            # Every row is known to be as long as the columns; asking again for each costs a third of the time.
            self._made = tuple(map(dict, map(zip, repeat(self.columns), values)))
        return self._made


def column_of(rows: Sequence[Mapping[str, Any]], name: str) -> Sequence[Any]:
    """One column of any rows, the quicker where they are held so. Raises KeyError for a name that is none."""
    return rows.column(name) if isinstance(rows, Rows) else [row[name] for row in rows]


def has_column(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether the rows have a column of that name; what has no rows has none."""
    return bool(len(rows)) and name in (rows.columns if isinstance(rows, Rows) else rows[0])


def total_of(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    """The sum of a column of counts; 0 where the rows have no such column."""
    return int(sum(filter(None, column_of(rows, name)))) if has_column(rows, name) else 0


def rows_at(rows: Sequence[Row], places: Sequence[int]) -> Sequence[Row]:
    """The rows at these places, in this order, held as they were."""
    return rows.taken(places) if isinstance(rows, Rows) else [rows[place] for place in places]


def rows_with(rows: Sequence[Row], values: Mapping[str, Sequence[Cell]]) -> Sequence[Row]:
    """The rows with other values in some columns, held as they were."""
    if isinstance(rows, Rows):
        return rows.replaced(values)
    return tuple(row | {name: column[at] for name, column in values.items()} for at, row in enumerate(rows))
