"""Each row's part of the total: of everything the query counts, before anything is cut."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from analyst_agent.records import SemanticQuery
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.warehouse.querying.spine import Cell, Row


def with_shares(rows: Sequence[Row], query: SemanticQuery, model: Model) -> tuple[list[Row], list[str]]:
    """The rows with `m__share` and what it is of, `m__share_of`, and the names of these columns.

    Where time and something else split, shares are of the unit of time; where only time splits, of all. A rate per all tickets
    is shared by its numerator.
    """
    grains = [name for name in query.by if name in GRAINS]
    within = grains if len(grains) < len(query.by) else []
    found = [dict(row) for row in rows]
    columns: list[str] = []
    for name in query.metrics:
        part = f"{name}__numerator" if model.metric(name).is_ratio else name
        parts: dict[Cell, list[float]] = {}
        for row in rows:
            value = row[part]
            if isinstance(value, (int, float)):
                parts.setdefault(_cell(row, within), []).append(value)
        totals = {cell: sum(v) if all(isinstance(x, int) for x in v) else fsum(v) for cell, v in parts.items()}
        for row in found:
            total, value = totals.get(_cell(row, within)), row[part]
            row[f"{name}__share"] = value / total if isinstance(value, (int, float)) and total else None
            row[f"{name}__share_of"] = total
        columns += [f"{name}__share", f"{name}__share_of"]
    return found, columns


def _cell(row: Row, within: Sequence[str]) -> Cell:
    return tuple(row[name] for name in within)
