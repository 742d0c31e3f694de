"""Runs semantic queries on a generation of the warehouse: checks periods and values, executes, and shapes rows with all that must be said about them."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from analyst_agent.errors import NotPermitted, OutsideData, UnknownName
from analyst_agent.masking import Masking
from analyst_agent.records import Filter, Order, Period, QueryRecord, QueryResult, SemanticQuery, Value, to_json
from analyst_agent.rows import Rows
from analyst_agent.semantic.compiler import Compiled, compile_lag, compile_query, compile_rows
from analyst_agent.semantic.durations import compile_durations
from analyst_agent.semantic.effective import DefinitionChange, remarks_on
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.folding import Fold
from analyst_agent.semantic.listing import compile_first, compile_side
from analyst_agent.semantic.model import GRAINS, Model, metrics_of_escalations
from analyst_agent.semantic.periods import Clock, describe, utc_bounds
from analyst_agent.semantic.rollup import gathered
from analyst_agent.semantic.stored import (
    names_of_accounts,
    names_of_people,
    outermost_tickets,
    shape_of,
    window_of_data,
)
from analyst_agent.semantic.together import compile_together
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends import Backend
from analyst_agent.warehouse.querying.behind import Behind, Numbered, cell_of, sides_behind
from analyst_agent.warehouse.querying.coverage_notes import CoverageNotes, without_repeats
from analyst_agent.warehouse.querying.kept_values import KeptValues
from analyst_agent.warehouse.querying.notes import Notes, day_text
from analyst_agent.warehouse.querying.restrictions import checked, filters_of, scope_note, scope_text
from analyst_agent.warehouse.querying.running import Read, Reader, Run
from analyst_agent.warehouse.querying.shaping import columns_of, plain_rows
from analyst_agent.warehouse.querying.shown_values import ShownValues
from analyst_agent.warehouse.querying.values import StoredValues


class Engine:
    """One analyst's view of one generation: the granted model, its mandatory restrictions and the clock.

    `restrictions`, beside those of the settings' scope, hold on every query, list of values and total. Two things are the same for everybody: the days of the
    load (open tickets are censored where the export ends, not where one's own tickets do), and which names are masked.
    `changes`: of definitions, said where they make a number another than before.
    """

    def __init__(
        self, backend: Backend, model: Model, settings: Settings, clock: Clock, restrictions: Sequence[Filter] = (),
        changes: Sequence[DefinitionChange] = (), kept: KeptValues | None = None, *, shows_personal: bool = False,
    ) -> None:  # fmt: skip
        self.backend = backend
        self.generation = backend.generation
        self.model = model
        self.settings = settings
        self.clock = clock
        self.name = backend.name
        self.changes = tuple(changes)
        self._kept = kept
        self._asked = 0
        start, end = self._data_window()
        self.data_start: datetime | None = start
        self._data_end: datetime | None = end
        self.restrictions: tuple[Filter, ...] = ()
        # A restriction is checked against all that is stored: within itself, a wrongly spelled one is merely empty.
        self.restrictions = checked(
            (*filters_of(settings.scope), *restrictions), model, self._stored_values(), settings
        )
        self._values = self._stored_values()
        self._shows_personal = shows_personal
        self._shown = self._values.shown = ShownValues(self._values.of, model.categories(), shows_personal)
        self._ticket_shapes: tuple[str, ...] | None = None
        self._reader = Reader(model, clock, (self.first_day, self.last_day), self._read)
        days = (self.first_day, self.last_day)
        self._notes = Notes(settings, *days, self._one_row, backend.unseen, metrics_of_escalations(model))
        self._coverage = CoverageNotes(model, lambda query: self._read(query, None, None).rows)

    @property
    def scope_note(self) -> str:
        """The sentence that belongs to every number here, "" where nothing is restricted."""
        return scope_note(self.restrictions)

    @property
    def first_day(self) -> date | None:
        """The local day of the earliest ticket, or None with no data."""
        return self._local_day(self.data_start)

    @property
    def last_day(self) -> date | None:
        """The local day of the data's end: the latest created_at, escalated_at, resolved_at or updated_at loaded."""
        return self._local_day(self._data_end)

    @property
    def data_end(self) -> datetime | None:
        """The instant of the data's end, UTC without an offset."""
        return self._data_end

    def run(self, query: SemanticQuery) -> QueryResult:
        """The rows of a query, with a spine for its time grain, ordered and cut as asked.

        Raises UnknownName, NotGranted, NotPermitted or OutsideData, each with the reason and what is valid.
        """
        return self._answered(query, self._reader)

    def run_all(self, queries: Sequence[SemanticQuery], through: Sequence[str] = ()) -> list[QueryResult]:
        """The same as `run` of each, in one statement as far as they are split alike or by a part of what another is split by: it
        reads each dataset once. through: a finer split of the same objects, which all are made of, though nobody asks for it.

        The records of those answered together have the same SQL. Raises as `run` does.
        """
        known = self._read_together([self._checked(query) for query in queries], tuple(through))

        def read(query: SemanticQuery, fold: Fold | None, imputed_over: Period | None) -> Read:
            ahead = known.get(repr(query)) if fold is None and imputed_over is None else None
            return ahead if ahead is not None else self._read(query, fold, imputed_over)

        reader = replace(self._reader, read=read)
        return [self._answered(query, reader) for query in queries]

    def _answered(self, query: SemanticQuery, reader: Reader) -> QueryResult:
        own_words = self._values.own_words(query.where)
        query = self._checked(query)
        run = Run(reader, query)
        record = self._record(query, run.sql, len(run.rows), run.milliseconds)
        coverage = self._coverage.of(query, run.rows)
        notes = [
            *([self.scope_note] if self.restrictions else []),
            *own_words,
            *without_repeats(run.notes, coverage, query, self.model),
            *self._notes.of(query, run.rows),
            *coverage,
            *remarks_on(query, run.rows, self.changes, self.model, self.clock.today),
        ]
        compared = run.comparison.period if run.comparison else None
        found = QueryResult(
            run.columns,
            run.rows if isinstance(run.rows, Rows) else tuple(run.rows),
            query.period,
            record,
            tuple(dict.fromkeys(notes)),
            compared,
        )
        return self._shown.result(found, query.where)

    def compile(self, query: SemanticQuery) -> Compiled:
        """What `run` would execute for the query itself, nothing compared and nothing folded."""
        query = self._checked(query)
        return compile_query(self.model, query, self._environment(query.period))

    def rows(
        self, dataset: str, fields: Sequence[str], *, where: Sequence[Filter] = (), period: Period | None = None, limit: int | None = None,
        share: float | None = None, order: Sequence[Order] = (),
    ) -> QueryResult:  # fmt: skip
        """Single objects of a dataset with the named fields, oldest first; a caveat says when there are more than `limit`.

        share: only those of about that part of the tickets, chosen by their ids; who asks says so. order: by fields of theirs instead,
        of which a limit then takes the first; how many there are in all is for who asks to count.
        """
        if dataset not in self.model.datasets:
            raise UnknownName("object", dataset, self.model.datasets)
        for name in (*fields, *(one.column for one in order)):
            self.model.check_field(name)
        if not fields:
            raise NotPermitted("No field was named.", "For example ticket_id.")
        _check_limit(limit)
        if order and (limit is None or share is not None):
            raise NotPermitted("An order needs a limit, and no sample.", "Give how many of them are wanted.")
        conditions, environment = tuple(self._values.condition(one) for one in where), self._environment(period)
        if order and limit is not None:
            compiled = compile_first(self.model, dataset, fields, conditions, environment, order, limit)
        else:
            more = None if limit is None else limit + 1
            compiled = compile_rows(self.model, dataset, fields, conditions, environment, more, share)
        raw, milliseconds, sql = self._fetch(compiled)
        notes = (
            (f"Only the first {limit} are listed; there are more.",) if limit is not None and len(raw) > limit else ()
        )
        found = tuple(dict(zip(compiled.columns, row, strict=True)) for row in raw[:limit])
        query = SemanticQuery((), tuple(fields), tuple(where), period, order=tuple(order), limit=limit)
        result = QueryResult(compiled.columns, found, period, self._record(query, sql, len(found), milliseconds), notes)
        return self._shown.result(result, conditions)

    def behind(self, number: Numbered) -> list[Behind]:
        """The lists of single objects behind a number, within the restrictions; what is said of the number decides which.

        Raises UnknownName, NotGranted or NotPermitted where it is not the number of a metric, or of a selection that can be told.
        """
        cell = cell_of(number, self.model, self.clock, self._values.condition)
        where = tuple(self._values.condition(one) for one in number.where)
        found = []
        for name, side, expected in sides_behind(number, self.model, where):
            [row] = self._fetch(compile_side(self.model, side, cell, self._environment(cell.period), (), None))[0]
            found.append(Behind(name, side, cell, int(row[0]), expected))
        return found

    def listed(self, behind: Behind, fields: Sequence[str], first: int, most: int) -> QueryResult:
        """So many of a list's objects, oldest first, from the one after `first` others, with those of the fields that they have."""
        environment, shown = self._environment(behind.cell.period), [n for n in fields if n in self.model.filterable()]
        compiled = compile_side(self.model, behind.side, behind.cell, environment, shown, (first, most))
        raw, milliseconds, sql = self._fetch(compiled)
        found = tuple(dict(zip(compiled.columns, row, strict=True)) for row in raw)
        query = SemanticQuery((behind.side.metric.name,), behind.side.by, behind.side.where, behind.cell.period)
        result = QueryResult(compiled.columns, found, query.period, self._record(query, sql, len(found), milliseconds))
        return self._shown.result(result, behind.side.where)

    def resolution_times(self, by: Sequence[str], *, where: Sequence[Filter] = (), period: Period | None = None) -> QueryResult:  # fmt: skip
        """Escalated tickets by dimension, whether they are resolved and whole minutes since the escalation, with their number
        and mean minutes: what a survival curve is made of. Raises as `run`.
        """
        query = self._checked(SemanticQuery((), tuple(by), tuple(where), period))
        compiled = compile_durations(self.model, query.by, query.where, self._environment(period))
        raw, milliseconds, sql = self._fetch(compiled)
        found = tuple(dict(zip(compiled.columns, row, strict=True)) for row in raw)
        result = QueryResult(compiled.columns, found, period, self._record(query, sql, len(found), milliseconds))
        return self._shown.result(result, query.where)

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values of a category as they are shown, most frequent first (at most 20,000); empty where the column is."""
        self.model.check_dimension(dimension)
        return self._shown.of(dimension)

    def values_index(self) -> Mapping[str, tuple[str, ...]]:
        """Values of every dimension that may be used."""
        found = {name: self._shown.of(name) for name in self.model.dimensions()}
        if self._kept is not None:
            self._kept.flush()
        return found

    def ticket_shapes(self) -> tuple[str, ...]:
        """How ticket ids are written here, as `shape_of` says; none without tickets."""
        if self._ticket_shapes is None:
            [row] = self._fetch(outermost_tickets())[0]
            self._ticket_shapes = tuple(dict.fromkeys(shape_of(str(one)) for one in row if one))
        return self._ticket_shapes

    def masking(self, tickets: Sequence[str]) -> Masking:
        """How what was written about these tickets may be quoted: names of all agents and customer success managers, and of
        the tickets' accounts, are hidden. Grants and restrictions do not apply: who may not see a name must not read it in a note.
        """
        people = self._fetch(names_of_people())[0]
        accounts = self._fetch(names_of_accounts(tickets))[0] if tickets else []
        return Masking(
            tuple(str(row[0]) for row in people), tuple(str(row[0]) for row in accounts), self._shows_personal
        )

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
                f"{_capital(describe(period))} lies outside the data, which run from {day_text(first)} to {day_text(last)}.",
                "Ask about a period within these days.",
            )

    def _checked(self, query: SemanticQuery) -> SemanticQuery:
        for metric in query.metrics:
            self.model.metric(metric)
        for name in query.by:
            self.model.check_dimension(name)
            if name not in GRAINS and not self.values(name) and self.first_day is not None:
                label = self.model.dimension_label(name)
                within = f" within {scope_text(self.restrictions)}" if self.restrictions else ""
                raise NotPermitted(
                    f"The loaded data have no {label}{within}: the column is empty.",
                    f"Split by {self._filled_dimensions(name)}.",
                )
        _check_limit(query.limit)
        cost = query.cost_per_hour
        if cost is not None and not (math.isfinite(cost) and cost >= 0):
            raise NotPermitted(f"{cost} is no cost per hour.", "Give a number of at least 0.")
        self.check_period(query.period)
        return replace(query, where=tuple(self._values.condition(one) for one in query.where))

    def _environment(self, period: Period | None) -> Environment:
        bounds = utc_bounds(period, self.settings.zone) if period is not None and period.kind != "all" else None
        return Environment(
            bounds, self.settings.time_zone, self.settings.week_start, self._data_end, self.settings.cost_per_hour,
            self.settings.default_handle_minutes, self.restrictions, data_start=self.data_start,
        )  # fmt: skip

    def _read(self, query: SemanticQuery, fold: Fold | None, imputed_over: Period | None) -> Read:
        environment = self._environment(query.period)
        if imputed_over is not None:
            environment = replace(environment, imputed_over=utc_bounds(imputed_over, self.settings.zone))
        compiled = compile_query(self.model, query, environment, fold)
        rows, milliseconds, sql = self._fetch(compiled)
        plain = plain_rows(columns_of(rows, compiled.columns), compiled.columns, self.clock)
        return Read(compiled.columns, plain, compiled.notes, sql, milliseconds)

    def _read_together(self, queries: Sequence[SemanticQuery], through: tuple[str, ...]) -> dict[str, Read]:
        """What queries that are split alike, or by a part of what another is split by, gave, by their text; those that have to
        be asked alone are left out.
        """
        plain = {repr(query): query for query in queries if query.top is None and query.compare is None}
        found: dict[str, Read] = {}
        for group in [list(plain.values())] if through else gathered(self.model, list(plain.values())):
            found |= self._read_group(group, through)
        return found

    def _read_group(self, queries: Sequence[SemanticQuery], through: tuple[str, ...] = ()) -> dict[str, Read]:
        """What one statement gave for all of them; where there is none, one for each split."""
        if len(queries) < 2:
            return {}
        environments = [self._environment(query.period) for query in queries]
        together = compile_together(self.model, queries, environments, through)
        if together is None:
            splits = {query.by for query in queries}
            alike = [[query for query in queries if query.by == by] for by in splits] if len(splits) > 1 else []
            return {text: read for group in alike for text, read in self._read_group(group).items()}
        rows, milliseconds, sql = self._fetch(together.compiled)
        found, stored = {}, columns_of(rows, together.compiled.columns)
        for query, share in zip(queries, together.shares, strict=True):
            plain = plain_rows(share.of(stored), share.columns, self.clock)
            found[repr(query)] = Read(share.columns, plain, share.notes, sql, milliseconds)
        return found

    def _stored_values(self) -> StoredValues:
        return StoredValues(self.model, self.settings, self._environment(None), self._fetch_values)

    def _fetch(self, compiled: Compiled) -> tuple[list[tuple[Any, ...]], float, str]:
        sql = self.backend.sql(compiled)
        begun = time.perf_counter()
        rows = self.backend.execute(sql)
        return rows, (time.perf_counter() - begun) * 1000, sql

    def _fetch_values(self, compiled: Compiled) -> list[tuple[Any, ...]]:
        """A list of values, kept where the data cannot change."""
        if self._kept is None:
            return self._fetch(compiled)[0]
        sql = self.backend.sql(compiled)
        kept = self._kept.get(sql)
        if kept is not None:
            return [(value,) for value in kept]
        rows = self.backend.execute(sql)
        if all(isinstance(row[0], str) for row in rows):
            self._kept.put(sql, [row[0] for row in rows])
        return rows

    def _one_row(self, query: SemanticQuery) -> Mapping[str, Value]:
        compiled = compile_query(self.model, query, self._environment(query.period))
        return dict(zip(compiled.columns, self._fetch(compiled)[0][0], strict=True))

    def _record(self, query: SemanticQuery, sql: str, rows: int, milliseconds: float) -> QueryRecord:
        self._asked += 1
        return QueryRecord(
            f"q{self._asked}", to_json(query), sql, self.name, rows, round(milliseconds, 1), self.generation
        )

    def _data_window(self) -> tuple[datetime | None, datetime | None]:
        [(earliest, *latest)] = self._fetch(window_of_data())[0]
        return earliest, max((moment for moment in latest if moment is not None), default=None)

    def _local_day(self, moment: datetime | None) -> date | None:
        if moment is None:
            return None
        from datetime import UTC

        return moment.replace(tzinfo=UTC).astimezone(self.settings.zone).date()

    def _filled_dimensions(self, but: str) -> str:
        names = [n for n in ("product_area", "category", "priority", "tier", "region", "team", "channel") if n != but]
        filled = [n for n in names if n in self.model.dimensions() and self.values(n)]
        return ", ".join(filled[:4]) or "month"


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise NotPermitted(f"{limit} rows cannot be listed.", "Give a limit of at least 1.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
