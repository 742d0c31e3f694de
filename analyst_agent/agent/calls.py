"""Plans as tool calls and tool calls as plans: the one form in which a model, the offline model and the tests name work to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyst_agent.errors import NotPermitted
from analyst_agent.records import HAVING_OPTION, SHARE_OPTION, Filter, Intent, Order, Period, Plan, Value
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.semantic.periods import Clock
from analyst_agent.skillkit.parameters import OPTIONS, PLAN_FIELDS

QUERY, SEARCH, DESCRIBE = "query_metrics", "search_knowledge", "describe_data"


def call_of(plan: Plan) -> tuple[str, dict[str, Any]]:
    """The tool and its arguments for a plan of intent skill, query, knowledge or describe; empty arguments are left out."""
    if plan.intent is Intent.KNOWLEDGE:
        return SEARCH, _filled({"query": plan.knowledge_query or "", "spaces": list(plan.spaces)})
    if plan.intent is Intent.DESCRIBE:
        return DESCRIBE, _filled({"names": [*plan.metrics, *plan.by]})
    shared = {
        "period": "" if plan.intent is Intent.SKILL and plan.period_is_default else period_text(plan.period),
        "where": [filter_text(f) for f in plan.where],
        "compare_with": period_text(plan.comparison),
    }
    if plan.intent is Intent.SKILL:
        return str(plan.skill), _filled(
            {
                "by": plan.by[0] if plan.by else "",
                "focus": plan.focus,
                **plan.options,
                **shared,
                "cost_per_hour": plan.cost_per_hour,
            }
        )
    order = plan.order[0] if plan.order else None
    return QUERY, _filled(
        {
            "metrics": list(plan.metrics),
            "by": list(plan.by),
            **shared,
            "order_by": order.column if order else "",
            "descending": order.descending if order else None,
            "limit": plan.limit,
            "cost_per_hour": plan.cost_per_hour,
            HAVING_OPTION: str(plan.options.get(HAVING_OPTION, "")),
            SHARE_OPTION: [name for name in str(plan.options.get(SHARE_OPTION, "")).split(",") if name],
        }
    )


def plan_of(tool: str, arguments: Mapping[str, Any], clock: Clock, suggestion: Plan | None = None) -> Plan:
    """The plan that a call asks for. Raises an AnalystError where an argument cannot be read.

    A period of the suggestion that is meant again keeps its kind (a rolling one is compared with the days before it).
    """
    if tool == SEARCH:
        spaces = _texts(arguments.get("spaces"))
        return Plan(Intent.KNOWLEDGE, knowledge_query=str(arguments.get("query", "")), spaces=spaces)
    if tool == DESCRIBE:
        return Plan(Intent.DESCRIBE, by=_texts(arguments.get("names")))
    period = _period(arguments.get("period"), clock, suggestion.period if suggestion else None)
    where = tuple(parse_filter(text) for text in _texts(arguments.get("where")))
    comparison = _period(arguments.get("compare_with"), clock, suggestion.comparison if suggestion else None)
    by = _texts(arguments.get("by"))
    if tool != QUERY:
        focus = str(arguments["focus"]) if arguments.get("focus") else None
        return Plan(
            Intent.SKILL, skill=tool, focus=focus, by=by, where=where, period=period, comparison=comparison,
            cost_per_hour=_amount(arguments.get("cost_per_hour")), period_is_default=period is None, options=_options(arguments),
        )  # fmt: skip
    order = str(arguments.get("order_by") or "")
    metrics = _texts(arguments.get("metrics"))
    if not metrics:
        raise NotPermitted("No metric was named.", "Give at least one in metrics, such as escalation_rate.")
    descending = arguments.get("descending")
    return Plan(
        Intent.QUERY,
        metrics=metrics,
        by=by,
        where=where,
        period=period,
        comparison=comparison,
        order=(Order(order, True if descending is None else bool(descending)),) if order else (),
        limit=_count(arguments.get("limit")),
        cost_per_hour=_amount(arguments.get("cost_per_hour")),
        period_is_default=period is None,
        options=_filled(
            {
                SHARE_OPTION: ",".join(_texts(arguments.get(SHARE_OPTION))),
                HAVING_OPTION: str(arguments.get(HAVING_OPTION) or ""),
            }
        ),
    )


def period_text(period: Period | None) -> str:
    """A period as `A..B`, B inclusive, or `all time`; empty for none."""
    if period is None:
        return ""
    if period.kind == "all":
        return "all time"
    from datetime import timedelta

    return f"{period.start.isoformat()}..{(period.end - timedelta(days=1)).isoformat()}"


def filter_text(one: Filter) -> str:
    """A condition as `parse_filter` reads it.

    >>> filter_text(Filter("priority", "in", ("P1", "P2")))
    'priority in "P1", "P2"'
    """
    if one.op in ("missing", "present"):
        return f"{one.field} {one.op}"
    if isinstance(one.value, (tuple, list)):
        quoted = ", ".join('"' + str(v).replace('"', '""') + '"' for v in one.value)
        return f"{one.field} {one.op} {quoted}"
    return f"{one.field} {one.op} {one.value}"


def _period(text: Any, clock: Clock, suggested: Period | None) -> Period | None:
    if text in (None, ""):
        return None
    if suggested is not None and str(text) in (period_text(suggested), suggested.label):
        return suggested
    return parse_period(str(text), clock)


def _texts(value: Any) -> tuple[str, ...]:
    if value in (None, ""):
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence):
        return tuple(str(v) for v in value if v not in (None, ""))
    raise NotPermitted(f"{value!r} is no list of words.", "Give a list of texts.")


def _count(value: Any) -> int | None:
    if value in (None, ""):
        return None
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise NotPermitted(f"limit = {value!r} is no whole number.", "Give a number of at least 1.") from error
    if number < 1:
        raise NotPermitted(f"limit = {value!r} is below 1.", "Give a number of at least 1.")
    return number


def _options(arguments: Mapping[str, Any]) -> dict[str, Value]:
    """What only some skills take, each read as its type."""
    found: dict[str, Value] = {}
    for name, parameter in OPTIONS.items():
        value = arguments.get(name)
        if name in PLAN_FIELDS or value in (None, ""):
            continue
        try:
            found[name] = parameter.type(str(value))
        except ValueError as error:
            kind = {int: "whole number", float: "number"}.get(parameter.type, "text")
            raise NotPermitted(f"{name} = {value!r} is no {kind}.", parameter.description) from error
    return found


def _amount(value: Any) -> float | None:
    if value in (None, ""):
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise NotPermitted(f"cost_per_hour = {value!r} is no amount.", "Give a number.") from error


def _filled(arguments: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in arguments.items() if v not in (None, "", [], ())}
