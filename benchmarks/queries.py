"""Measures the canonical questions: the whole way of a semantic query (check, compile, execute, shape) against SQL by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from analyst_agent.records import Value
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.workspace import Workspace
from benchmarks.canonical import Canonical, canonical
from benchmarks.skill_queries import periods, stored_codes
from benchmarks.timing import Line, by_turns


def canonical_lines(workspace: Workspace, repeats: int) -> list[Line]:
    """A line for each question. Raises RuntimeError where the rows of the two differ."""
    month, year = periods(workspace)
    lines = []
    for one in canonical(month, year, stored_codes(workspace)):
        engine = workspace.engine if one.zone == "UTC" else _in_zone(workspace, one.zone)
        _compare(one, engine, _fetch(workspace, one.by_hand)())
        ours = partial(engine.run, one.query)
        sql = _fetch(workspace, engine.compile(one.query).sql("duckdb"))
        found = by_turns({"ours": ours, "sql": sql, "hand": _fetch(workspace, one.by_hand)}, repeats)
        note = f"its SQL alone {found['sql'] / found['hand']:.2f}"
        lines.append(Line(one.name, found["ours"], found["hand"], "at most 1.3", note))
    return lines


def _in_zone(workspace: Workspace, zone: str) -> Engine:
    return Workspace(workspace.root, replace(workspace.settings, time_zone=zone)).engine


def _fetch(workspace: Workspace, sql: str) -> Callable[[], list[tuple[Any, ...]]]:
    return lambda: workspace.warehouse.connection.cursor().execute(sql).fetchall()


def _compare(one: Canonical, engine: Engine, hand: list[tuple[Any, ...]]) -> None:
    columns, split = [*one.query.by, *one.query.metrics], len(one.query.by)
    ours = [tuple(row[c] for c in columns) for row in engine.run(one.query).rows]

    def place(row: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple(str(value) for value in row[:split])

    pairs = zip(sorted(ours, key=place), sorted(hand, key=place), strict=False)
    differ = [(a, b) for a, b in pairs if not all(_same(x, y) for x, y in zip(a, b, strict=True))]
    if len(ours) != len(hand) or differ:
        raise RuntimeError(f"{one.name}: {len(ours)} rows against {len(hand)} by hand, {differ[:1]}")


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other
