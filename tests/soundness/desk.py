"""A helpdesk of a few literal rows in memory, and the engine over it: what the tests of soundness ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from analyst_agent.records import Filter, Order, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.warehouse.tables import TABLES

Row = Mapping[str, Any]


def at(text: str) -> datetime:
    """An instant as the warehouse stores it: UTC without offset. `2026-10-05 10:00` is UTC, another offset is converted.

    >>> at("2026-10-05T00:30+02:00")
    datetime.datetime(2026, 10, 4, 22, 30)
    """
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def month(text: str) -> Period:
    """The calendar month `2026-10`."""
    year, number = int(text[:4]), int(text[5:])
    end = date(year + number // 12, number % 12 + 1, 1)
    return Period(date(year, number, 1), end, text, "calendar", "month")


def days(start: str, end: str) -> Period:
    """From the first day up to, not including, the second."""
    return Period(date.fromisoformat(start), date.fromisoformat(end))


class Desk:
    """Rows of canonical tables, loaded as they are; times in text are UTC unless they carry an offset."""

    def __init__(
        self, *, settings: Settings | None = None, restrictions: Sequence[Filter] = (), **tables: Sequence[Row]
    ) -> None:
        self.tables: dict[str, list[Row]] = {name: list(tables.pop(name, ())) for name in TABLES}
        assert not tables, f"no such tables: {sorted(tables)}"
        self.settings = replace(settings or Settings(), today=date(2026, 11, 20))
        self.connection = duckdb.connect(config={"threads": "1"})
        self._fill()
        self.engine = self.engine_with(self.settings, restrictions)

    def _fill(self) -> None:
        for name, table in TABLES.items():
            self.connection.execute(table.create_sql())
            kinds = {c.name: c.kind for c in table.columns}
            rows = [{table.key: f"{name}-{number}", **row} for number, row in enumerate(self.tables[name])]
            columns = list(dict.fromkeys(column for row in rows for column in row))
            cells = [_cell(row.get(column), kinds[column]) for row in rows for column in columns]
            if rows:
                one = "(" + ", ".join("?" for _ in columns) + ")"
                named = ", ".join(f'"{column}"' for column in columns)
                self.connection.execute(f"INSERT INTO {name} ({named}) VALUES " + ", ".join(one for _ in rows), cells)
        for name, sql in load_model().derived.items():
            self.connection.execute(f"CREATE TABLE {name} AS {sql}")

    def engine_with(self, settings: Settings, restrictions: Sequence[Filter] = ()) -> Engine:
        """Another analyst's view of the same rows."""
        return Engine(Embedded(self.connection, "g1"), model_for(settings), settings, Clock.of(settings), restrictions)

    def ask(
        self,
        metric: str,
        by: str = "",
        *where: Filter,
        period: Period | None = None,
        order: tuple[Order, ...] = (),
        limit: int | None = None,
    ) -> QueryResult:
        """Runs one query; metrics and dimensions separated by spaces."""
        return self.engine.run(SemanticQuery(tuple(metric.split()), tuple(by.split()), where, period, order, limit))

    def value(self, metric: str, *where: Filter, period: Period | None = None) -> Any:
        """The metric's one value."""
        [row] = self.ask(metric, "", *where, period=period).rows
        return row[metric]

    def split(self, metric: str, by: str, *where: Filter, period: Period | None = None) -> dict[Any, Any]:
        """The metric by one dimension or grain."""
        return {row[by]: row[metric] for row in self.ask(metric, by, *where, period=period).rows}


def _cell(value: Any, kind: str) -> Any:
    return at(value) if kind == "timestamp" and isinstance(value, str) else value


def ticket(ticket_id: str, created_at: str = "2026-10-05 10:00", **columns: Any) -> Row:
    """A row of tickets."""
    return {"ticket_id": ticket_id, "created_at": created_at, **columns}


def escalation(ticket_id: str, escalated_at: str | None = "2026-10-06 10:00", **columns: Any) -> Row:
    """A row of escalations."""
    return {"ticket_id": ticket_id, "escalated_at": escalated_at, **columns}


def resolution(ticket_id: str, resolved_at: str = "2026-10-08 10:00", **columns: Any) -> Row:
    """A row of resolutions."""
    return {"ticket_id": ticket_id, "resolved_at": resolved_at, **columns}
