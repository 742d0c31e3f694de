"""Plans to JSON and back, so that a conversation survives its process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analyst_agent.records import Choice, Filter, Intent, Order, Period, Plan, to_json


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Plain JSON of a plan, including the kind and grain of its periods."""
    raw: dict[str, Any] = to_json(plan)
    raw["period"], raw["comparison"] = _period_to_json(plan.period), _period_to_json(plan.comparison)
    raw["then"] = [plan_to_json(one) for one in plan.then]
    raw["choices"] = [{"text": c.text, "plan": plan_to_json(c.plan) if c.plan else None} for c in plan.choices]
    return raw


def plan_from_json(raw: Mapping[str, Any]) -> Plan:
    """The plan that `plan_to_json` wrote. Raises KeyError or ValueError for anything else."""
    return Plan(
        intent=Intent(raw["intent"]),
        confidence=float(raw["confidence"]),
        skill=raw["skill"],
        focus=raw["focus"],
        metrics=tuple(raw["metrics"]),
        by=tuple(raw["by"]),
        where=tuple(Filter(f["field"], f["op"], _value(f["value"])) for f in raw["where"]),
        period=_period_from_json(raw["period"]),
        comparison=_period_from_json(raw["comparison"]),
        order=tuple(Order(o["column"], o["descending"]) for o in raw["order"]),
        limit=raw["limit"],
        knowledge_query=raw["knowledge_query"],
        spaces=tuple(raw["spaces"]),
        cost_per_hour=raw["cost_per_hour"],
        period_is_default=bool(raw["period_is_default"]),
        choices=tuple(Choice(c["text"], plan_from_json(c["plan"]) if c["plan"] else None) for c in raw["choices"]),
        reason=raw["reason"],
        notes=tuple(raw["notes"]),
        options=dict(raw.get("options") or {}),
        then=tuple(plan_from_json(one) for one in raw.get("then") or ()),
    )


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _period_to_json(period: Period | None) -> dict[str, Any] | None:
    return None if period is None else {**period.to_dict(), "kind": period.kind, "grain": period.grain}


def _period_from_json(raw: Mapping[str, Any] | None) -> Period | None:
    if raw is None:
        return None
    start, end = date.fromisoformat(raw["start"]), date.fromisoformat(raw["end"])
    return Period(start, end, raw["label"], raw["kind"], raw["grain"])
