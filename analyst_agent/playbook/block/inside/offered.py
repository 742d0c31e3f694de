"""What a block may call: `table`, `fact` and `chart`, which keep what they are given in the order of the calls."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from . import frames, shape
from .shape import BLOCK_FILE, Unusable


class Kept:
    """Tables, facts and charts so far. known: units of the inputs' columns by name."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self.tables: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []
        self.charts: list[dict[str, Any]] = []

    def table(
        self,
        title: str,
        frame: Any,
        units: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        definitions: Mapping[str, str] | None = None,
        n: str | None = None,
        before: Mapping[str, str] | None = None,
    ) -> None:
        """A table of the report; every number in it becomes a fact with the texts and dates of its row as dimensions.

        units: by column, one of ratio (0 to 1), points, minutes, count, currency, score; text for numbers that name
        something. labels: what people read for a column. definitions: its formula in words. n: the column that counts what
        each row rests on. before: by column, the column that holds its value in the comparison period.
        """
        self.keep(title, frame, _line(), units=units, labels=labels, definitions=definitions, n=n, before=before)

    def fact(
        self,
        metric: str,
        value: Any,
        unit: str,
        label: str = "",
        dimensions: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """One number. more: n (what it rests on), before (its value in the comparison period), interval (low, high),
        significant (of the change: True, False, or None for not tested, and then n is not told), definition (its formula
        in words).
        """
        if unknown := sorted(set(more) - {"n", "before", "interval", "significant", "definition"}):
            raise Unusable(f"fact() takes no {unknown[0]!r}; it takes n, before, interval, significant and definition")
        where = f"the fact {metric!r}"
        given = {str(k): frames.plain(v, str(k), f"{k} of {where}") for k, v in (dimensions or {}).items()}
        ends = more.pop("interval", None)
        if ends is not None:
            ends = [frames.plain(end, metric, f"the interval of {where}") for end in ends]
        made = {key: frames.plain(v, key, f"{key} of {where}") for key, v in more.items()}
        made |= {"metric": metric, "value": frames.plain(value, metric, where), "unit": unit, "label": label}
        self.facts.append(shape.fact({**made, "dimensions": given, "interval": ends, "line": _line()}))
        shape.whole(self.tables, len(self.facts))

    def chart(self, kind: str, table: str, title: str = "", grain: str | None = None, **columns: str) -> None:
        """A chart of a table kept before, its columns by part: chart("line", "By month", time="month", value="rate")."""
        known = {one["title"]: [c["key"] for c in one["columns"]] for one in self.tables}
        raw = {"kind": kind, "table": table, "columns": columns, "title": title, "grain": grain, "line": _line()}
        self.charts.append(shape.chart(raw, known))

    def keep(self, title: str, frame: Any, line: int | None, **said: Any) -> None:
        """A table as `table` takes it. Raises Unusable."""
        title = shape.name(title, "a table")
        sheet = frames.flat(frame, title)
        units, labels, definitions = (dict(said.get(part) or {}) for part in ("units", "labels", "definitions"))
        keys = frames.keys_of(sheet, title)
        for part in (units, labels, definitions):
            if missing := sorted(set(map(str, part)) - set(keys)):
                raise Unusable(f"table {title!r} has no column {missing[0]!r}; its columns are {', '.join(keys)}")
        columns, by_column = [], []
        for at, key in enumerate(keys):
            values = frames.cells(sheet.iloc[:, at], key, title)
            unit = frames.unit_of(key, values, units, self._known, title)
            columns.append({"key": key, "unit": unit, "label": labels.get(key), "definition": definitions.get(key)})
            by_column.append(values)
        rows = [list(row) for row in zip(*by_column, strict=True)]
        made = {"title": title, "columns": columns, "rows": rows, "line": line}
        self.tables.append(shape.table({**made, "n": said.get("n"), "before": said.get("before")}))
        shape.whole(self.tables, len(self.facts))


def _line() -> int | None:
    """The line of the block that called."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != BLOCK_FILE:
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return frame.f_lineno
