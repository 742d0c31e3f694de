"""The table behind a pattern, and how it is drawn."""

from __future__ import annotations

import numpy as np

from analyst_agent.discovery.records import Candidate, Prepared, Side
from analyst_agent.discovery.telling import ROWS, SHARE, Flags, Ledger, condition, level_of, name_of, shown
from analyst_agent.records import Column, Drawing, Fact, Table, Value
from analyst_agent.skillkit import Grid
from analyst_agent.statistics.intervals import wilson_interval

MOST_ROWS = 12
MOST_PERIODS = 40


def table_of(table: Prepared, one: Candidate, book: Ledger) -> tuple[Table, Drawing] | None:
    """The pattern's numbers by each value of its dimension or by period; None for what a sentence says whole."""
    if one.kind in ("correlation", "interaction"):
        return None
    place = (
        one.x.dimension
        if one.x.dimension >= 0 and one.kind not in ("trend", "group_trend") and not one.y.is_clock
        else -1
    )
    if place < 0:
        if table.clock is None or table.clock.period is None:
            return None
        place = table.dimensions.index(table.clock.period)
    group = one.x if one.y.is_clock else one.y
    is_alone = one.kind == "share" or group == Side()
    dimension = table.dimensions[place]
    is_time = dimension.sort == "period"
    if dimension.sort in ("word", "missing"):
        return None
    most = MOST_PERIODS if is_time else MOST_ROWS
    inside = np.ones(table.rows, dtype=bool)
    title = name_of(dimension)
    if one.within is not None:
        other = table.dimensions[one.within.dimension]
        inside = other.codes == one.within.level
        title += f", {name_of(other)} {level_of(other, one.within.level)}"
    key = dimension.name if is_time else name_of(dimension)
    value = _value_column(table, group, is_alone)
    grid = Grid(
        f"{_sentence(value.name)} by {title}",
        [Column(name_of(dimension), "date" if is_time else "text", key), Column("rows", "count", ROWS), value],
    )
    shown_levels = range(min(len(dimension.levels), most))
    for level in shown_levels:
        rows = inside & (dimension.codes == level)
        names: dict[str, Value] = {key: level_of(dimension, level)}
        filters = (condition(dimension, level),)
        n = book.add(ROWS, int(rows.sum()), "count", names, filters=filters)
        cell = None if value.key == ROWS else _cell(table, (group, is_alone), rows, names, book)
        grid.row([names[key], n, cell if cell is not None else (n if value.key == ROWS else None)])
    made = grid.table()
    roles = {"time" if is_time else "label": key, "value": value.key}
    options = {"grain": dimension.name} if is_time else {}
    return made, Drawing("line" if is_time else "bars", made.title, roles, made.title, options)


def _value_column(table: Prepared, group: Side, is_alone: bool) -> Column:
    if is_alone:
        return Column("share of rows", "ratio", SHARE)
    if group.measure >= 0:
        measure = table.measures[group.measure]
        return Column(f"median {shown(measure.name)}", measure.unit, shown(measure.name))
    d = table.dimensions[group.dimension]
    name = name_of(d) if d.sort in ("missing", "word") else f"{name_of(d)} {level_of(d, group.level)}"
    return Column(f"share with {name}", "ratio", SHARE)


def _cell(table: Prepared, what: tuple[Side, bool], rows: Flags, names: dict[str, Value], book: Ledger) -> Fact | None:
    group, is_alone = what
    if is_alone:
        n, k = table.rows, int(rows.sum())
    elif group.measure >= 0:
        measure = table.measures[group.measure]
        known = measure.values[rows & ~np.isnan(measure.values)]
        middle = float(np.median(known)) if known.size else None
        return book.add(
            shown(measure.name),
            middle,
            measure.unit,
            names,
            n=int(known.size),
            missing=int(rows.sum()) - int(known.size),
        )
    else:
        d = table.dimensions[group.dimension]
        n, k = int((rows & (d.codes >= 0)).sum()), int((rows & (d.codes == group.level)).sum())
        names = {**names, name_of(d): level_of(d, group.level)}
    return book.add(SHARE, k / n if n else None, "ratio", names, n=n, interval=wilson_interval(k, n) if n else None)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
