"""One semantic query from its statements to its rows: what is beyond the first N folded, the spine filled, compared, shared, ordered and cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analyst_agent.records import Order, Period, SemanticQuery, Value
from analyst_agent.semantic.additivity import check_shares, dropped_by_denominator
from analyst_agent.semantic.comparing import Comparison, covered_days, plan_comparison
from analyst_agent.semantic.expressions import Scope
from analyst_agent.semantic.folding import Fold, fold, folded_dimension, own_rows
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.periods import Clock, describe
from analyst_agent.warehouse.querying.comparing import Sides
from analyst_agent.warehouse.querying.shaping import caveats_of, check_order, ordered, refuse_unknown_times
from analyst_agent.warehouse.querying.sharing import with_shares
from analyst_agent.warehouse.querying.spine import Row, empty_row, fill

MOST_TIED = 3


@dataclass(frozen=True, slots=True)
class Read:
    """What one statement gave. notes: what the compiler says about how it is to be read."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    notes: tuple[str, ...]
    sql: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads plain queries (metrics, dimensions, filters, period) within the grants and restrictions of one engine.

    read: a query, the values that count as one, and the period over which missing values are imputed where it is not its own.
    """

    model: Model
    clock: Clock
    data: tuple[date | None, date | None]
    read: Callable[[SemanticQuery, Fold | None, Period | None], Read]


@dataclass(slots=True)
class Run:
    """The answer to one query as it is put together. statements: what was executed and what for, the query's own last."""

    reader: Reader
    query: SemanticQuery
    columns: tuple[str, ...] = ()
    rows: Sequence[Row] = ()
    notes: list[str] = field(default_factory=list)
    comparison: Comparison | None = None
    statements: list[tuple[str, Read]] = field(default_factory=list)
    _fold: Fold | None = None

    def __post_init__(self) -> None:
        query, reader = self.query, self.reader
        if query.share:
            check_shares(reader.model, query)
        self.comparison = plan_comparison(query, reader.clock, reader.data)
        if query.top is not None:
            self._fold = self._folded(folded_dimension(query))
        now, before = self._read_now(), self._read_before()
        self.columns = now.columns
        self.notes += now.notes
        refuse_unknown_times(query, now.rows, reader.model)
        self.notes += caveats_of(now.rows, query, reader.model)
        rows: Sequence[Row] = now.rows
        others: Sequence[Row] = before.rows if before is not None else ()
        plan = self.comparison
        sides = None if plan is None else Sides(query, reader.model, plan, reader.data)
        if sides is not None:
            rows = [*rows, *map(self._empty(query), sides.missing_now(rows, others))]
        rows, notes = fill(rows, query, reader.clock, self._empty(query))
        self.notes += notes
        if sides is not None:
            others = [*others, *map(self._empty(self._asked_before()), sides.missing_before(rows, others))]
        if query.share:
            rows, added = with_shares(rows, query, reader.model)
            others, _ = with_shares(others, query, reader.model)
            self.columns += tuple(added)
        if sides is not None:
            self.notes += [*sides.notes(), *sides.length_notes(rows)]
            rows, added = sides.joined(rows, others, self.columns)
            self.columns += tuple(added)
        self._finish(rows)

    @property
    def sql(self) -> str:
        """All statements as one text, what each is for before it; the query's own is the last."""
        if len(self.statements) == 1:
            return self.statements[0][1].sql
        return "\n\n".join(f"-- {about}\n{read.sql};" for about, read in reversed(self.statements))

    @property
    def milliseconds(self) -> float:
        """Time in the engine, all statements together."""
        return sum(read.milliseconds for _, read in self.statements)

    def _finish(self, rows: Sequence[Row]) -> None:
        """The marker of what stands for others, order and limit."""
        query = self.query
        name, label = (self._fold.dimension, self._fold.label) if self._fold else ("", "")
        if query.top is not None:
            marker = f"{folded_dimension(query)}__other"
            held = self._fold.held if self._fold else 0
            rows = [row | {marker: held if name and row[name] == label else 0} for row in rows]
            self.columns += (marker,)
        check_order(query, self.columns)
        rows = ordered(rows, query, (lambda row: row[name] == label) if name else None)
        if query.limit is not None and len(rows) > query.limit:
            self.notes.append(f"{query.limit} of {len(rows)} rows are shown.")
            rows = rows[: query.limit]
        self.rows = rows

    def _read_now(self) -> Read:
        read = self.reader.read(self.query, self._fold, None)
        about = describe(self.query.period) if self.query.period is not None else "all loaded data"
        self.statements.insert(0, (about, read))
        return read

    def _asked_before(self) -> SemanticQuery:
        return replace(self.query, period=self.comparison.period if self.comparison else None)

    def _read_before(self) -> Read | None:
        """The rows of the comparison; nothing is asked of days that the data do not have.

        Where it overlaps the period itself (each month against the month before), what is missing is imputed with the same mean.
        """
        plan = self.comparison
        if plan is None or not any(covered_days(pair.before, self.reader.data) for pair in plan.pairs):
            return None
        now = (plan.pairs[0].now.start, plan.pairs[-1].now.end)
        overlaps = plan.period.start < now[1] and now[0] < plan.period.end
        read = self.reader.read(self._asked_before(), self._fold, Period(*now) if overlaps and plan.grain else None)
        self.statements.append((f"compared with: {describe(plan.period)}", read))
        said = caveats_of(read.rows, self.query, self.reader.model)
        self.notes += [f"In the comparison, {plan.period.label}: {note}" for note in said]
        return read

    def _folded(self, dimension: str) -> Fold | None:
        """The first values of the dimension over the whole period, by the first metric or the one the order names.

        Ranked are all values that the query shows, also those that only another metric's objects or the comparison have.
        """
        query, top = self.query, self.query.top or 0
        order = next((o for o in query.order if o.column.split("__")[0] in query.metrics), Order(query.metrics[0]))
        metric, _, companion = order.column.partition("__")
        if "per_day" in companion:
            order = Order(metric, order.descending)
        compares = companion.startswith(("previous", "change", "share_change"))
        compare = query.compare if compares or self.comparison is None else self.comparison.period
        asked = SemanticQuery(
            self._of_each_dataset(metric), (dimension,), query.where, query.period, (order,), None, query.cost_per_hour,
            compare, None, "share" in companion,
        )  # fmt: skip
        ranking = Run(self.reader, asked)
        beside = own_rows(self.reader.model, dimension)
        rows = [row for row in ranking.rows if row[dimension] is not None and row[dimension] not in beside]
        found = fold(dimension, [str(row[dimension]) for row in rows], top, beside)
        self.statements += [(f"the first {top} of {dimension}: {about}", read) for about, read in ranking.statements]
        label = self.reader.model.dimension_label(dimension)
        if len(rows) < len(ranking.rows):
            self.notes.append(f"What has no known {label} is a row of its own.")
        if found is None:
            return None
        side = "highest" if order.descending else "lowest"
        ranked_by = f"{self.reader.model.metric(metric).label} {companion.replace('_', ' ')}".strip()
        self.notes.append(
            f"{label[:1].upper() + label[1:]}: the {top} with the {side} {ranked_by} stand alone; {found.label} is computed over all of the rest."
        )
        at_edge = rows[top - 1][order.column]
        tied = [str(row[dimension]) for row in rows[top:] if row[order.column] == at_edge]
        if tied:
            more = f" and {len(tied) - MOST_TIED} more" if len(tied) > MOST_TIED else ""
            self.notes.append(
                f"{rows[top - 1][dimension]} is shown by the order of names: {', '.join(tied[:MOST_TIED])}{more} would be equal to it."
            )
        return found

    def _of_each_dataset(self, first: str) -> tuple[str, ...]:
        """The metric and as many others of the query as it takes to meet every object that the query counts."""
        chosen, met = list[str](), set[str]()
        for name in (first, *self.query.metrics):
            metric = self.reader.model.metric(name)
            parts = (metric.numerator, metric.denominator) if metric.is_ratio else (name,)
            datasets = {self.reader.model.metric(part).dataset for part in parts}
            if not chosen or not datasets <= met:
                chosen.append(name)
                met |= datasets
        return tuple(chosen)

    def _empty(self, query: SemanticQuery) -> Callable[[Mapping[str, Value]], Row]:
        """What stands in a cell without a row: a rate of escalations of a kind is 0 wherever there are tickets to be per."""
        model, known = self.reader.model, dict[str, Mapping[tuple[Value, ...], Value]]()

        def denominators(name: str, kept: Sequence[str]) -> Mapping[tuple[Value, ...], Value]:
            metric = model.metric(name)
            scope = Scope(model, model.metric(metric.denominator).dataset)
            where = tuple(one for one in query.where if not scope.is_of_some(one.field))
            asked = SemanticQuery((metric.denominator,), tuple(kept), where, query.period)
            read = self.reader.read(asked, self._fold, None)
            self.statements.append((f"{metric.denominator} of {name}", read))
            return {tuple(row[d] for d in kept): row[metric.denominator] for row in read.rows}

        def empty(cell: Mapping[str, Value]) -> Row:
            row = empty_row(self.columns, query, model, cell)
            for name in query.metrics if self.comparison is not None else ():
                dropped = dropped_by_denominator(model, model.metric(name), query.by)
                if not dropped:
                    continue
                kept = [d for d in query.by if d not in dropped]
                if name not in known:
                    known[name] = denominators(name, kept)
                below = known[name].get(tuple(cell[d] for d in kept)) or 0
                row |= {f"{name}__n": below, f"{name}__denominator": below, name: 0.0 if below else None}
            return row

        return empty
