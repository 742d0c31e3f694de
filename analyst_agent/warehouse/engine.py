"""Runs semantic queries on a generation of the warehouse: checks periods and values, executes, and shapes rows with all that must be said about them."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from analyst_agent.errors import NotPermitted, OutsideData, UnknownName
from analyst_agent.records import Filter, Period, QueryRecord, QueryResult, SemanticQuery, Value, to_json
from analyst_agent.semantic.compiler import Compiled, compile_lag, compile_query, compile_rows, compile_values
from analyst_agent.semantic.expressions import Environment, declared_values
from analyst_agent.semantic.filters import in_utc
from analyst_agent.semantic.model import GRAINS, Field, Model
from analyst_agent.semantic.periods import Clock, describe, utc_bounds
from analyst_agent.settings import Settings
from analyst_agent.warehouse.shaping import caveats_of, refuse_unknown_times, shape

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_VALUES = 20_000


class Engine:
    """One analyst's view of one generation: the granted model, its mandatory restrictions and the clock.

    `restrictions` hold on every query, list of values and total. Two things are the same for everybody: the days of the
    load (open tickets are censored where the export ends, not where one's own tickets do), and which names are masked.
    """

    def __init__(
        self, connection: DuckDBPyConnection, generation: str, model: Model, settings: Settings, clock: Clock,
        restrictions: Sequence[Filter] = (),
    ) -> None:  # fmt: skip
        self.generation = generation
        self.model = model
        self.settings = settings
        self.clock = clock
        self.name = "duckdb"
        self._connection = connection
        self._restrictions = tuple(
            in_utc(one, settings.zone) if model.check_field(one.field).kind == "time" else one for one in restrictions
        )
        self._values: dict[str, tuple[str, ...]] = {}
        self._asked = 0
        start, end = self._data_window()
        self.data_start: datetime | None = start
        self.data_end: datetime | None = end

    @property
    def first_day(self) -> date | None:
        """The local day of the earliest ticket, or None with no data."""
        return self._local_day(self.data_start)

    @property
    def last_day(self) -> date | None:
        """The local day of the data's end: the latest created_at, escalated_at, resolved_at or updated_at loaded."""
        return self._local_day(self.data_end)

    def run(self, query: SemanticQuery) -> QueryResult:
        """The rows of a query, with a spine for its time grain, ordered and cut as asked.

        Raises UnknownName, NotGranted, NotPermitted or OutsideData, each with the reason and what is valid.
        """
        query = self._checked(query)
        compiled = compile_query(self.model, query, self._environment(query.period))
        rows, milliseconds, sql = self._fetch(compiled)
        shaped = shape(rows, compiled.columns, query, self.model, self.clock)
        record = self._record(query, sql, len(rows), milliseconds)
        notes = [
            *compiled.notes,
            *self._period_notes(query.period),
            *self._cost_notes(query, shaped.rows),
            *self._event_notes(query),
        ]
        result = QueryResult(compiled.columns, shaped.rows, query.period, record, ())
        refuse_unknown_times(query, result, self.model)
        return replace(
            result, caveats=tuple(dict.fromkeys([*notes, *shaped.notes, *caveats_of(result, query, self.model)]))
        )

    def compile(self, query: SemanticQuery) -> Compiled:
        """What `run` would execute."""
        query = self._checked(query)
        return compile_query(self.model, query, self._environment(query.period))

    def rows(
        self, dataset: str, fields: Sequence[str], *, where: Sequence[Filter] = (), period: Period | None = None, limit: int | None = None
    ) -> QueryResult:  # fmt: skip
        """Single objects of a dataset with the named fields, oldest first; a caveat says when there are more than `limit`."""
        if dataset not in self.model.datasets:
            raise UnknownName("object", dataset, self.model.datasets)
        for name in fields:
            self.model.check_field(name)
        if not fields:
            raise NotPermitted("No field was named.", "For example ticket_id.")
        _check_limit(limit)
        conditions = tuple(self._condition(one) for one in where)
        more = None if limit is None else limit + 1
        compiled = compile_rows(self.model, dataset, fields, conditions, self._environment(period), more)
        raw, milliseconds, sql = self._fetch(compiled)
        notes = (
            (f"Only the first {limit} are listed; there are more.",) if limit is not None and len(raw) > limit else ()
        )
        found = tuple(dict(zip(compiled.columns, row, strict=True)) for row in raw[:limit])
        query = SemanticQuery((), tuple(fields), tuple(where), period, limit=limit)
        return QueryResult(compiled.columns, found, period, self._record(query, sql, len(found), milliseconds), notes)

    def values(self, dimension: str) -> tuple[str, ...]:
        """The stored values of a category, most frequent first (at most 20,000); empty where the column is."""
        self.model.check_dimension(dimension)
        if dimension in GRAINS:
            return ()
        if dimension not in self._values:
            holders = (
                d
                for d in self.model.datasets.values()
                if dimension in d.fields and d.fields[dimension].kind == "category"
            )
            found = (value for dataset in holders for value in self._read_values(dataset.name, dimension))
            self._values[dimension] = tuple(dict.fromkeys(found))
        return self._values[dimension]

    def values_index(self) -> Mapping[str, tuple[str, ...]]:
        """Values of every dimension that may be used."""
        return {name: self.values(name) for name in self.model.dimensions()}

    def names_to_mask(self, tickets: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of all agents and customer success managers, and of the accounts of these tickets: to be hidden in
        quotations, never to be shown. Grants and restrictions do not apply: who may not see a name must not read it in a note.
        """
        people = "SELECT name FROM agents WHERE name <> '' UNION SELECT csm FROM accounts WHERE csm <> '' ORDER BY 1"
        accounts = (
            "SELECT DISTINCT a.name FROM tickets AS t JOIN accounts AS a ON a.account_id = t.account_id"
            " WHERE a.name <> '' AND t.ticket_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY 1"
        )
        found = (self._execute(people), self._execute(accounts, [list(tickets)]))
        return tuple(str(row[0]) for row in found[0]), tuple(str(row[0]) for row in found[1])

    def escalation_lag_days(self, quantile: float = 0.95) -> float | None:
        """Days within which that share of known escalations came after creation; None where no time is known."""
        if "escalated_ticket" not in self.model.datasets:
            return None
        row = self._fetch(compile_lag(self.model, quantile, self._environment(None)))[0][0]
        return None if row[0] is None else float(row[0])

    def check_period(self, period: Period | None) -> None:
        """Raises OutsideData, naming the data's first and last day, where the period has no day in common with the data."""
        first, last = self.first_day, self.last_day
        if period is None or first is None or last is None:
            return
        if period.start > last or period.end <= first:
            raise OutsideData(
                f"{_capital(describe(period))} lies outside the data, which run from {_day(first)} to {_day(last)}.",
                "Ask about a period within these days.",
            )

    def _checked(self, query: SemanticQuery) -> SemanticQuery:
        for metric in query.metrics:
            self.model.metric(metric)
        for name in query.by:
            self.model.check_dimension(name)
            if name not in GRAINS and not self.values(name) and self.first_day is not None:
                label = self.model.dimension_label(name)
                raise NotPermitted(
                    f"The loaded data have no {label}: the column is empty.",
                    f"Split by {self._filled_dimensions(name)}.",
                )
        _check_limit(query.limit)
        cost = query.cost_per_hour
        if cost is not None and not (math.isfinite(cost) and cost >= 0):
            raise NotPermitted(f"{cost} is no cost per hour.", "Give a number of at least 0.")
        self.check_period(query.period)
        return replace(query, where=tuple(self._condition(one) for one in query.where))

    def _condition(self, one: Filter) -> Filter:
        """The condition with category values as they are stored. Raises UnknownName with the nearest stored value."""
        field = self.model.check_field(one.field)
        if isinstance(one.value, (list, set, frozenset)):
            one = replace(one, value=tuple(one.value))
        for value in one.value if isinstance(one.value, tuple) else (one.value,):
            if not isinstance(value, (str, int, float, date, type(None))):
                raise NotPermitted(
                    f"{one.field} cannot be compared with {value!r}.", "Give a text, a number or a date."
                )
        if field.kind == "time" and one.value is not None:
            return in_utc(one, self.settings.zone)
        if field.kind != "category" or one.op not in ("=", "!=", "in", "not in"):
            return one
        meant = one.value if isinstance(one.value, tuple) else (one.value,)
        if one.op in ("=", "!=") and len(meant) != 1:
            raise NotPermitted(f"{one.field} {one.op} takes one value.", "Use in for several.")
        stored = tuple(dict.fromkeys(s for value in meant for s in self._stored(value, field)))
        if len(stored) == 1 and one.op in ("=", "!="):
            return replace(one, value=stored[0])
        return replace(one, op={"=": "in", "!=": "not in"}.get(one.op, one.op), value=stored)

    def _stored(self, value: Value, field: Field) -> tuple[str, ...]:
        """The stored values that are meant: the very same, else all that differ from it only in case."""
        if value is None:
            raise NotPermitted(f"{field.name} cannot be compared with nothing.", f"Use '{field.name} missing'.")
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        listed = self.values(field.name)
        known = dict.fromkeys([*listed, *declared_values(field, self.model)])
        if text in known:
            return (text,)
        for form in (text.lower(), text.lower().strip().replace(" ", "_")):
            found = tuple(v for v in known if v.lower() == form)
            if found:
                return found
        if len(listed) >= MOST_VALUES and self._read_values(field.dataset, field.name, [Filter(field.name, "=", text)]):
            return (text,)
        raise UnknownName(f"value of {field.name}", text, known)

    def _environment(self, period: Period | None) -> Environment:
        bounds = utc_bounds(period, self.settings.zone) if period is not None and period.kind != "all" else None
        return Environment(
            bounds, self.settings.time_zone, self.settings.week_start, self.data_end, self.settings.cost_per_hour,
            self.settings.default_handle_minutes, self._restrictions,
        )  # fmt: skip

    def _fetch(self, compiled: Compiled) -> tuple[list[tuple[Any, ...]], float, str]:
        sql = compiled.sql("duckdb")
        begun = time.perf_counter()
        rows = self._execute(sql)
        return rows, (time.perf_counter() - begun) * 1000, sql

    def _execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        try:
            return list(cursor.execute(sql, list(parameters)).fetchall())
        finally:
            cursor.close()

    def _record(self, query: SemanticQuery, sql: str, rows: int, milliseconds: float) -> QueryRecord:
        self._asked += 1
        return QueryRecord(
            f"q{self._asked}", to_json(query), sql, self.name, rows, round(milliseconds, 1), self.generation
        )

    def _data_window(self) -> tuple[datetime | None, datetime | None]:
        row = self._execute(
            "SELECT (SELECT MIN(created_at) FROM tickets), GREATEST((SELECT MAX(created_at) FROM tickets), (SELECT MAX(updated_at) FROM tickets),"
            " (SELECT MAX(resolved_at) FROM tickets), (SELECT MAX(escalated_at) FROM escalations), (SELECT MAX(resolved_at) FROM resolutions))"
        )[0]
        return row[0], row[1]

    def _local_day(self, moment: datetime | None) -> date | None:
        if moment is None:
            return None
        from datetime import UTC

        return moment.replace(tzinfo=UTC).astimezone(self.settings.zone).date()

    def _read_values(self, dataset: str, name: str, where: Sequence[Filter] = ()) -> tuple[str, ...]:
        compiled = compile_values(self.model, dataset, name, where, self._environment(None), MOST_VALUES)
        return tuple(row[0] for row in self._fetch(compiled)[0])

    def _filled_dimensions(self, but: str) -> str:
        names = [n for n in ("product_area", "category", "priority", "tier", "region", "team", "channel") if n != but]
        filled = [n for n in names if n in self.model.dimensions() and self.values(n)]
        return ", ".join(filled[:4]) or "month"

    def _period_notes(self, period: Period | None) -> list[str]:
        first, last = self.first_day, self.last_day
        if period is None or period.kind == "all" or first is None or last is None:
            return []
        notes = []
        if period.start < first:
            notes.append(f"The data begin on {_day(first)}; nothing before that day is counted.")
        if period.end - timedelta(days=1) > last:
            notes.append(f"The data end on {_day(last)}; the days after it are not in them.")
        return notes

    def _cost_notes(self, query: SemanticQuery, rows: Sequence[Mapping[str, Value]]) -> list[str]:
        """Says what stands for handle times where none of the cells' own is known."""
        if "estimated_cost" not in query.metrics:
            return []
        used = sum(int(row["estimated_cost__n"] or 0) for row in rows)
        missing = sum(int(row["estimated_cost__missing"] or 0) for row in rows)
        if used == 0 or missing < used:
            return []
        whole = SemanticQuery(("mean_handle_minutes",), period=query.period)
        compiled = compile_query(self.model, whole, self._environment(query.period))
        known = dict(zip(compiled.columns, self._fetch(compiled)[0][0], strict=True))["mean_handle_minutes__n"]
        if known:
            return [
                f"Handle time is missing for all {used:,} escalated tickets; they count with the mean of the period's known ones."
            ]
        minutes = f"{self.settings.default_handle_minutes:g} minutes"
        return [
            f"No handle time is known in the period: each of the {used:,} escalated tickets counts {minutes}, the default."
        ]

    def _event_notes(self, query: SemanticQuery) -> list[str]:
        """Says how many escalations of the period have no time, so that single events cannot count them."""
        if "escalation_event_count" not in query.metrics or query.period is None or query.period.kind == "all":
            return []
        tickets = SemanticQuery(("escalated_ticket_count",), where=query.where, period=query.period)
        compiled = compile_query(self.model, tickets, self._environment(query.period))
        unknown = dict(zip(compiled.columns, self._fetch(compiled)[0][0], strict=True))[
            "escalated_ticket_count__unknown_time"
        ]
        if not unknown:
            return []
        return [
            f"{unknown:,} escalated tickets created in the period are not among the events: the time of their escalation is unknown."
        ]


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise NotPermitted(f"{limit} rows cannot be listed.", "Give a limit of at least 1.")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
