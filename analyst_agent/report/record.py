"""An answer as the JSON that `analyst ask --json` and the API give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from analyst_agent.records import Answer, Fact, Filter, Period, Table, to_json


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer with the names of the contract: plain JSON types only, periods with an exclusive end, no NaN or infinity."""
    made = {
        "question": answer.question,
        "status": str(answer.status),
        "answer": answer.answer,
        "period": to_json(answer.period),
        "compared_with": to_json(answer.compared_with),
        "skills": list(answer.skills),
        "facts": [fact_json(fact) for fact in answer.facts],
        "tables": [table_json(table) for table in answer.tables],
        "charts": to_json(answer.charts),
        "citations": to_json(answer.citations),
        "recommendations": to_json(answer.recommendations),
        "caveats": to_json(answer.caveats),
        "definitions": to_json(answer.definitions),
        "choices": [choice.text for choice in answer.choices],
        "grounding": to_json(answer.grounding),
        "usage": to_json(answer.usage),
        "conversation": answer.conversation,
        "generation": answer.generation,
        "queries": to_json(answer.queries),
    }
    return finite(made)  # type: ignore[no-any-return]


def fact_json(fact: Fact) -> dict[str, Any]:
    """The fact; its dimensions also hold the value that a condition of the question fixes, so that it says alone what it is of."""
    made: dict[str, Any] = to_json(fact)
    fixed = {one.field: to_json(one.value) for one in fact.filters if one.op == "="}
    return {**made, "dimensions": {**fixed, **made["dimensions"]}}


def fact_from_json(raw: Mapping[str, Any]) -> Fact:
    """The fact of its JSON, but for the kind of its periods, which that does not tell."""
    pairs = {name: tuple(raw[name]) if raw[name] else None for name in ("interval", "difference_interval")}
    periods = {name: period_from_json(raw[name]) for name in ("period", "reference_period")}
    where = tuple(Filter(one["field"], one["op"], _value(one["value"])) for one in raw["filters"])
    return Fact(**{**raw, **pairs, **periods, "filters": where, "dimensions": dict(raw["dimensions"])})


def period_from_json(raw: Mapping[str, str] | None) -> Period | None:
    """The period of its JSON, but for its kind."""
    return (
        None if raw is None else Period(date.fromisoformat(raw["start"]), date.fromisoformat(raw["end"]), raw["label"])
    )


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def table_json(table: Table) -> dict[str, Any]:
    """Title, columns with their units and keys, raw rows, and the fact behind each number."""
    return {
        "title": table.title,
        "columns": [{"name": c.name, "unit": c.unit, "key": c.key} for c in table.columns],
        "rows": to_json(table.rows),
        "fact_ids": to_json(table.fact_ids),
    }


def finite(value: Any) -> Any:
    """The same structure with null for NaN and infinity, which JSON has no words for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)
