"""The book in which a skill writes its facts: ids, queries, definitions and caveats, and the finding they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from analyst_agent.records import (
    Caveat,
    Chart,
    Citation,
    Definition,
    Drawing,
    Fact,
    Filter,
    Finding,
    Period,
    QueryRecord,
    QueryResult,
    Recommendation,
    Statement,
    Table,
    Value,
)
from analyst_agent.semantic.effective import OPENING
from analyst_agent.semantic.model import Metric, Model
from analyst_agent.semantic.periods import label
from analyst_agent.skillkit.terms import TERMS
from analyst_agent.statistics import wilson_interval
from analyst_agent.warehouse.querying.restrictions import OPENING as SCOPE_OPENING

# The engine says these in words; the code tells a reader that a statement of that kind says the same.
_STATED = {"unknown_time": "the time of escalation is unknown", "imputed": "Handle time is missing"}
# Said of the analyst as a whole: once, whatever the period, and a number in it is none of the data's.
_OPENED = {"definition_changed": OPENING, "scope": SCOPE_OPENING}
_FIGURE = re.compile(r"\d[\d,.]*")


class FactBook:
    """Facts in the order they were found, each with the query it came from; ids are f1, f2, ... and q1, q2, ..."""

    def __init__(self, model: Model, where: Sequence[Filter] = ()) -> None:
        self._model = model
        self._where = tuple(where)
        self._facts: dict[str, Fact] = {}
        self._queries: dict[int, QueryRecord] = {}
        self._results: list[QueryResult] = []
        self._caveats: dict[tuple[str, str], Caveat] = {}
        self._counted: set[tuple[Period | None, str]] = set()
        self._said: set[int] = set()

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def note(self, result: QueryResult, *, is_said: bool = True) -> QueryResult:
        """Remember a query and what must be said about its numbers; returns the result unchanged. is_said: whether what
        the engine says of it concerns what is told; of a scan it does only once something that it found is told.
        """
        if id(result) not in self._queries:
            self._results.append(result)  # keeps it alive, so that its identity stays its own
            self._queries[id(result)] = replace(result.query, id=f"q{len(self._queries) + 1}")
        if is_said and id(result) not in self._said:
            self._said.add(id(result))
            for text in result.caveats:
                self._note_caveat(text, result.period)
        return result

    def query_of(self, result: QueryResult) -> str:
        """The id that a result's query has here; it is noted."""
        return self._queries[id(self.note(result))].id

    def _note_caveat(self, text: str, period: Period | None) -> None:
        """What the engine says of a query. A count is said once for a period, by the first query, which is that of the whole
        selection; of another period than the first query's it is said with that period's name.
        """
        code = next((code for code, words in _STATED.items() if words in text), "")
        opened = next((code for code, words in _OPENED.items() if text.startswith(words)), "")
        if opened:
            self.caveat(text, opened)
            return
        shape = _FIGURE.sub("#", text)
        if shape != text:
            whole = self._results[0].period
            if (period, shape) in self._counted or ((whole, shape) in self._counted and _within(period, whole)):
                return
            self._counted.add((period, shape))
            if period is not None and period != whole:
                opening = text[:1] if text[1:2].isupper() else text[:1].lower()  # CSAT, SLA
                text = f"{label(period)}: {opening}{text[1:]}"
        self.caveat(text, code)

    def caveat(self, text: str, code: str = "", facts: Iterable[str] = ()) -> None:
        """Something that changes how the numbers read; the same text is said once."""
        self._caveats.setdefault((text, code), Caveat(text, code, tuple(facts)))

    def add(
        self,
        metric: str,
        value: Value,
        unit: str,
        period: Period | None,
        dimensions: dict[str, Value] | None = None,
        *,
        source: QueryResult | None = None,
        **more: Any,
    ) -> Fact:
        """A new fact. source: the result it was computed from; more: further fields of `Fact`."""
        query = (
            self._queries[id(self.note(source, is_said=id(source) not in self._queries))].id
            if source is not None
            else None
        )
        fact = Fact(
            f"f{len(self._facts) + 1}",
            metric,
            value,
            unit,
            period,
            dict(dimensions or {}),
            query=query,
            filters=self._where,
            **more,
        )
        self._facts[fact.id] = fact
        return fact

    def cell(
        self,
        result: QueryResult,
        row: dict[str, Value],
        metric: str,
        dimensions: dict[str, Value] | None = None,
        period: Period | None = None,
    ) -> Fact:
        """The fact of one metric in one row of a result: value, n, missing and, for a rate of at most 1, its Wilson interval.

        Of a measure that leaves open tickets out, missing are these; tickets without a time of escalation have a caveat.
        """
        known = self._model.metric(metric)
        n = _whole(row.get(f"{metric}__n"))
        left_out = f"{metric}__open" if known.counts_open else f"{metric}__missing"
        interval = None
        numerator = row.get(f"{metric}__numerator")
        if known.unit == "ratio" and n and isinstance(numerator, (int, float)) and 0 <= numerator <= n:
            interval = wilson_interval(numerator, n)
        return self.add(
            metric,
            row.get(metric),
            known.unit,
            period if period is not None else result.period,
            dimensions,
            source=result,
            n=n,
            missing=_whole(row.get(left_out)),
            interval=interval,
        )

    def first(self, metric: str) -> Fact | None:
        """The first fact of a metric, None where there is none."""
        return next((fact for fact in self._facts.values() if fact.metric == metric), None)

    def revise(self, fact: Fact, **changes: Any) -> Fact:
        """The fact with more known about it, under the same id."""
        self._facts[fact.id] = replace(self._facts[fact.id], **changes)
        return self._facts[fact.id]

    def again(self, fact: Fact) -> Fact:
        """The same number as a fact of its own, compared with nothing yet."""
        bare = Fact(
            f"f{len(self._facts) + 1}",
            fact.metric,
            fact.value,
            fact.unit,
            fact.period,
            fact.dimensions,
            n=fact.n,
            missing=fact.missing,
            interval=fact.interval,
            query=fact.query,
            filters=fact.filters,
            tickets=fact.tickets,
        )
        self._facts[bare.id] = bare
        return bare

    def definitions(self) -> tuple[Definition, ...]:
        """What each metric used means, as the model states it."""
        names = dict.fromkeys(fact.metric for fact in self._facts.values())
        found = []
        for name in names:
            if name in self._model.metrics:
                found.append(definition_of(self._model.metrics[name], name))
            elif name in TERMS:
                found.append(Definition(name, TERMS[name].definition))
        return tuple(found)

    def finding(  # noqa: PLR0913 - the parts of a finding
        self,
        title: str,
        skill: str,
        period: Period | None,
        comparison: Period | None = None,
        *,
        statements: Sequence[Statement] = (),
        tables: Sequence[Table] = (),
        charts: Sequence[Chart] = (),
        citations: Sequence[Citation] = (),
        recommendations: Sequence[Recommendation] = (),
        drawings: Sequence[Drawing] = (),
    ) -> Finding:
        """Everything in the book with its arrangement. Raises KeyError where a statement or table names no fact of it."""
        for statement in statements:
            for fact_id in statement.facts:
                self._facts[fact_id]
        return Finding(
            title,
            skill,
            period,
            comparison,
            self.definitions(),
            tuple(self._facts.values()),
            tuple(statements),
            tuple(table for table in tables if table.rows),
            tuple(charts),
            tuple(dict.fromkeys(citations)),
            tuple(recommendations),
            tuple(self._caveats.values()),
            tuple(self._queries.values()),
            tuple(drawings),
        )


def definition_of(metric: Metric, name: str) -> Definition:
    """What a metric means, under a name, with its version and the day that took effect."""
    return Definition(name, metric.definition, metric.version, metric.effective)


def _whole(value: Value) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _within(period: Period | None, whole: Period | None) -> bool:
    return period is not None and whole is not None and whole.start <= period.start and period.end <= whole.end


def number(value: Value) -> float:
    """A stored number, 0 where there is none."""
    return float(value) if isinstance(value, (int, float)) else 0.0
