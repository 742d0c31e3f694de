"""The arguments of the analyst's tools as short JSON schemas: a model reads them with each question."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from analyst_agent.records import HAVING_OPTION, SHARE_OPTION
from analyst_agent.semantic.definitions import GRAINS
from analyst_agent.semantic.model import Model
from analyst_agent.skillkit import Skill
from analyst_agent.skillkit.parameters import OPTIONS

_TYPES = {str: "string", int: "integer", float: "number"}
_WORDS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
# What these mean stands once in the system prompt, not with each tool.
_SHARED: dict[str, dict[str, Any]] = {
    "period": {"type": "string"},
    "where": _WORDS,
    "compare_with": {"type": "string"},
    "cost_per_hour": {"type": "number"},
}


_QUERY_OPTIONS: dict[str, Any] = {
    SHARE_OPTION: {**_WORDS, "description": "Fields of `where` that make the part whose share of a count is asked."},
    HAVING_OPTION: {
        "type": "string",
        "description": "A condition on a metric that rows must meet: escalated_ticket_count >= 4.",
    },
}


def skill_schema(skill: Skill) -> dict[str, Any]:
    """What a skill takes of the shared arguments, and its own options."""
    called = {"period": "period", "where": "where", "compare_with": "comparison", "cost_per_hour": "cost_per_hour"}
    shared = {name: schema for name, schema in _SHARED.items() if called[name] in skill.parameters}
    own = {
        name: {"type": _TYPES[known.type], "description": known.description}
        for name, known in OPTIONS.items()
        if name in skill.parameters
    }
    return _object({**shared, **own})


def query_schema(options: Collection[str] = ()) -> dict[str, Any]:
    """A plain metric query. options: those of plain queries that the question needs; the others cost tokens for nothing."""
    own = {
        "metrics": _WORDS,
        "by": _WORDS,
        **{name: known for name, known in _QUERY_OPTIONS.items() if name in options},
    }
    order = {"order_by": {"type": "string"}, "descending": {"type": "boolean"}, "limit": {"type": "integer"}}
    return _object({**own, **_SHARED, **order}, "metrics")


def query_description(model: Model) -> str:
    """What a plain query is for, with every name that it takes."""
    metrics, dimensions = ", ".join(model.metrics), ", ".join(model.dimensions())
    return f"Plain metrics, split and filtered: {metrics}. Dimensions: {dimensions}; {', '.join(GRAINS)}."


def search_schema() -> dict[str, Any]:
    """A search in the documents."""
    spaces = {**_WORDS, "description": "Spaces to search. Leave out for all."}
    return _object(
        {"query": {"type": "string", "description": "What is looked for, in words."}, "spaces": spaces}, "query"
    )


def describe_schema() -> dict[str, Any]:
    """A description of names, or of everything."""
    names = {**_WORDS, "description": "Metrics or dimensions. Leave out for all."}
    return _object({"names": names})


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made
