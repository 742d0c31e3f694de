"""What an external engine has of the canonical tables: names, types, what is absent, and a mark of the state of its data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from analyst_agent.errors import WorkspaceError
from analyst_agent.semantic.rendering import Rendering, StoredColumn, StoredTable
from analyst_agent.semantic.stored import statement
from analyst_agent.warehouse.tables import TABLES

REQUIRED = ("tickets",)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table or view of an engine: its qualified name, and the type of each column."""

    path: tuple[str, ...]
    types: Mapping[str, str]


def stored_tables(
    found: Mapping[str, FoundTable], convert: Callable[[str, str, bool], str], where: str
) -> dict[str, StoredTable]:
    """The canonical tables as they are there. convert: kind, type and whether it is required to how it is converted.

    Names are compared without regard to case. Raises WorkspaceError naming a required table or column that is missing.
    """
    tables: dict[str, StoredTable] = {}
    known = {name.lower(): table for name, table in found.items()}
    for name, table in TABLES.items():
        here = known.get(name)
        if here is None:
            if name in REQUIRED:
                raise WorkspaceError(
                    f"{where} has no table or view {name!r}.",
                    f"Make a view of that name there with the columns {', '.join(table.required)}; see docs/engines.md.",
                )
            tables[name] = StoredTable(name, (), tuple(StoredColumn(c.name, c.kind) for c in table.columns))
            continue
        physical = {column.lower(): column for column in here.types}
        columns: list[StoredColumn] = []
        for column in table.columns:
            stored = physical.get(column.name, "")
            if column.required and not stored:
                raise WorkspaceError(
                    f"{where}: {name} has no column {column.name!r}, which is required.",
                    f"Add it, or make a view named {name} that has it; see docs/engines.md.",
                )
            way = convert(column.kind, here.types[stored], column.required) if stored else ""
            columns.append(StoredColumn(column.name, column.kind, stored, way))
        tables[name] = StoredTable(name, here.path, tuple(columns))
    return tables


def what_is_there(tables: Mapping[str, StoredTable]) -> list[str]:
    """One line for each canonical table: found with which columns missing, or absent."""
    lines = []
    for name, table in tables.items():
        missing = [c.name for c in table.columns if not c.stored]
        if not table.path:
            lines.append(f"{name}: absent, taken as empty")
        elif missing:
            lines.append(f"{name}: without {', '.join(missing)}")
        else:
            lines.append(f"{name}: all {len(table.columns)} columns")
    return lines


def state_of(rendering: Rendering, execute: Callable[[str], Sequence[tuple[Any, ...]]]) -> str:
    """A mark that changes with the number of rows of a table or its latest time. A value edited in place, without a newer
    updated_at, is not seen by it.
    """
    parts = []
    for name, table in TABLES.items():
        times = [c.name for c in table.columns if c.kind == "timestamp"]
        asked = ["COUNT(*)", *(f"MAX({time})" for time in times), *(f"COUNT({time})" for time in times)]
        parts += [f"(SELECT {one} FROM {name}) AS v{name}{number}" for number, one in enumerate(asked)]
    [row] = execute(rendering.sql(statement(f"SELECT {', '.join(parts)}")))
    return hashlib.sha256(repr(row).encode()).hexdigest()[:12]


def plain_value(value: Any) -> Any:
    """A driver's value as DuckDB would give it: whole decimals as int, others as float, times in UTC without offset."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, (str, int, float, date, type(None))):
        return value
    return str(value)


def plain_row(row: Sequence[Any]) -> tuple[Any, ...]:
    """All values of a row as DuckDB would give them."""
    return tuple(plain_value(value) for value in row)
