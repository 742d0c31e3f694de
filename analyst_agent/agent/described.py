"""What can be asked: metrics with definitions, dimensions with their values, the data's days, skills and documents, as a finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from analyst_agent.records import Column, Definition, Fact, Finding, Period, Plan, SemanticQuery, Statement, Table
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.facts import definition_of
from analyst_agent.warehouse.querying.engine import Engine

SHOWN_VALUES = 12


def describe(plan: Plan, engine: Engine, skills: Mapping[str, Any], spaces: Collection[str]) -> Finding:
    """A description of the named metrics and dimensions, or of everything where none is named."""
    names = [*plan.metrics, *plan.by]
    metrics = [n for n in names if n in engine.model.metrics]
    dimensions = [n for n in names if n in engine.model.dimensions()]
    if not metrics and not dimensions:
        return _overview(engine, skills, spaces)
    tables = (_values_table(dimensions, engine),) if dimensions else ()
    title = ", ".join(
        [engine.model.metrics[m].label for m in metrics] + [engine.model.dimension_label(d) for d in dimensions]
    )
    return Finding(
        f"What {title} means", "describe_data", None, definitions=_definitions(metrics, engine), tables=tables
    )


def _overview(engine: Engine, skills: Mapping[str, Any], spaces: Collection[str]) -> Finding:
    metrics = list(engine.model.metrics)
    filled = [d for d in engine.model.dimensions() if engine.values(d)]
    asked = Table(
        "Skills",
        (Column("skill"), Column("what it does"), Column("for example")),
        tuple((s.name, s.description, s.examples[0] if s.examples else "") for s in skills.values()),
    )
    measured = Table(
        "Metrics",
        (Column("metric"), Column("definition")),
        tuple((m, engine.model.metrics[m].definition) for m in metrics),
    )
    documents = Table("Documents", (Column("space"),), tuple((stored(s),) for s in sorted(spaces)))
    tables = [asked, measured, _values_table(filled, engine)] + ([documents] if spaces else [])
    facts, statements, queries = _counts(engine)
    return Finding(
        "What can be asked",
        "describe_data",
        _window(engine),
        facts=facts,
        statements=statements,
        tables=tuple(tables),
        queries=queries,
    )


def _counts(engine: Engine) -> tuple[tuple[Fact, ...], tuple[Statement, ...], tuple[Any, ...]]:
    names = tuple(
        n for n in ("ticket_count", "escalated_ticket_count", "resolution_count") if n in engine.model.metrics
    )
    if not names or engine.first_day is None:
        return (), (), ()
    window = _window(engine)
    result = engine.run(SemanticQuery(names, period=window))
    row = result.rows[0]
    facts = tuple(
        Fact(f"f{i}", n, row[n], "count", window, n=int(row[f"{n}__n"] or 0), query=result.query.id)
        for i, n in enumerate(names, 1)
    )
    return facts, tuple(Statement("value", (f.id,)) for f in facts), (result.query,)


def _window(engine: Engine) -> Period | None:
    from datetime import timedelta

    if engine.first_day is None or engine.last_day is None:
        return None
    return Period(engine.first_day, engine.last_day + timedelta(days=1), "all loaded data", "custom")


def _definitions(metrics: list[str], engine: Engine) -> tuple[Definition, ...]:
    known = engine.model.metrics
    return tuple(definition_of(known[m], known[m].label) for m in metrics)


def _values_table(dimensions: list[str], engine: Engine) -> Table:
    rows = []
    for name in dimensions:
        values = engine.values(name)
        more = f" and {len(values) - SHOWN_VALUES} more" if len(values) > SHOWN_VALUES else ""
        rows.append((name, ", ".join(map(stored, values[:SHOWN_VALUES])) + more))
    return Table("Dimensions and their values", (Column("dimension"), Column("values")), tuple(rows))
