"""A plan told as a tool call is the same plan when read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.agent.calls import call_of, filter_text, plan_of
from analyst_agent.errors import AnalystError
from analyst_agent.records import Filter, Intent, Order, Plan
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.semantic.periods import Clock, complete_before, last_days

CLOCK = Clock(date(2026, 11, 3))
OCTOBER = complete_before(CLOCK, 1, "month")

PLANS = [
    Plan(Intent.SKILL, skill="root_cause_trend", period=OCTOBER, where=(Filter("region", "=", "EMEA"),)),
    Plan(
        Intent.SKILL,
        skill="segment_comparison",
        by=("tier",),
        focus="Enterprise",
        period=last_days(CLOCK, 30),
        cost_per_hour=60.0,
    ),
    Plan(
        Intent.QUERY,
        metrics=("escalation_rate", "estimated_cost"),
        by=("region", "month"),
        where=(Filter("priority", "in", ("P1", "P2")), Filter("csat", "<", "3"), Filter("agent", "missing")),
        period=OCTOBER,
        comparison=complete_before(CLOCK, 1, "quarter"),
        order=(Order("estimated_cost", False),),
        limit=5,
        cost_per_hour=60.0,
    ),
    Plan(Intent.KNOWLEDGE, knowledge_query="how fast must a P1 be acknowledged", spaces=("escalation_policies",)),
    Plan(Intent.DESCRIBE, by=("escalation_rate",)),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.intent.value)
def test_a_call_reads_back_as_its_plan(plan: Plan) -> None:
    name, arguments = call_of(plan)
    assert plan_of(name, arguments, CLOCK, plan) == replace(plan, confidence=1.0)


def test_a_rolling_period_keeps_its_kind_so_that_its_comparison_is_right() -> None:
    plan = Plan(Intent.SKILL, skill="root_cause_trend", period=last_days(CLOCK, 30))
    name, arguments = call_of(plan)
    assert plan_of(name, arguments, CLOCK, plan).period == last_days(CLOCK, 30)


@pytest.mark.parametrize(
    "one",
    [
        Filter("account", "=", "Smith, Jones & Sons"),
        Filter("account", "in", ('The "Best" One', "A, B", "C")),
        Filter("subject", "contains", "a = b"),
        Filter("tier", "not in", ("Enterprise", "Starter")),
        Filter("tier", "!=", "Enterprise"),
        Filter("csat", "missing"),
        Filter("csat", "present"),
    ],
)
def test_a_condition_survives_its_text(one: Filter) -> None:
    assert parse_filter(filter_text(one)) == one


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("query_metrics", {}),
        ("query_metrics", {"metrics": ["escalation_rate"], "limit": "many"}),
        ("query_metrics", {"metrics": ["escalation_rate"], "limit": 0}),
        ("query_metrics", {"metrics": ["escalation_rate"], "cost_per_hour": "cheap"}),
        ("query_metrics", {"metrics": {"a": 1}}),
        ("root_cause_trend", {"period": "the day the music died"}),
        ("root_cause_trend", {"where": ["tier"]}),
    ],
)
def test_an_argument_that_cannot_be_read_is_named(tool: str, arguments: dict[str, object]) -> None:
    with pytest.raises(AnalystError) as caught:
        plan_of(tool, arguments, CLOCK)
    assert caught.value.hint
