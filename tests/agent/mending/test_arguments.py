"""Arguments of a near name or type are read as what the tool takes; what cannot be read stays for the tool to refuse."""

from __future__ import annotations

from typing import Any

import pytest

from analyst_agent.agent.mending.arguments import mended_arguments
from analyst_agent.agent.schemas import query_schema

FIELDS = {"tier": None, "region": None, "csat": None}


def mended(**arguments: Any) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    return mended_arguments(arguments, query_schema(), FIELDS, said.append), said


def test_right_arguments_stay_and_nothing_is_said() -> None:
    right = {"metrics": ["escalation_rate"], "where": ["tier = Enterprise"], "limit": 5, "descending": False}
    assert mended(**right) == (right, [])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"limit": "5"}, {"limit": 5}),
        ({"limit": "top 5"}, {"limit": 5}),
        ({"limit": [5.0]}, {"limit": 5}),
        ({"cost_per_hour": "$60"}, {"cost_per_hour": 60.0}),
        ({"descending": "false"}, {"descending": False}),
        ({"metrics": "escalation_rate"}, {"metrics": ["escalation_rate"]}),
        ({"metrics": "escalation_rate, ticket_count"}, {"metrics": ["escalation_rate", "ticket_count"]}),
        ({"metrics": '["escalation_rate"]'}, {"metrics": ["escalation_rate"]}),
        ({"metric": "escalation_rate"}, {"metrics": ["escalation_rate"]}),
        ({"metrics": [{"name": "escalation_rate"}]}, {"metrics": ["escalation_rate"]}),
        ({"group_by": "tier"}, {"by": ["tier"]}),
        ({"period": ["last month"]}, {"period": "last month"}),
        ({"period": {"start": "2026-10-01", "end": "2026-10-31"}}, {"period": "2026-10-01..2026-10-31"}),
        ({"period": 2026}, {"period": "2026"}),
        ({"time_range": "last month"}, {"period": "last month"}),
        ({"periods": "last month"}, {"period": "last month"}),
        ({"where": "tier = Enterprise"}, {"where": ["tier = Enterprise"]}),
        ({"where": "tier == Enterprise and csat < 3"}, {"where": ["tier = Enterprise", "csat < 3"]}),
        ({"where": {"tier": "Enterprise"}}, {"where": ["tier = Enterprise"]}),
        ({"where": {"tier": ["Enterprise", "Starter"]}}, {"where": ['tier in "Enterprise", "Starter"']}),
        ({"where": {"csat": {"lt": 3}}}, {"where": ["csat < 3"]}),
        ({"where": {"csat": "< 3"}}, {"where": ["csat < 3"]}),
        ({"where": [{"field": "tier", "op": "==", "value": "Enterprise"}]}, {"where": ["tier = Enterprise"]}),
        ({"where": ["tier", "=", "Enterprise"]}, {"where": ["tier = Enterprise"]}),
        ({"where": '{"tier": "Enterprise"}'}, {"where": ["tier = Enterprise"]}),
        ({"where": ["tier: Enterprise"]}, {"where": ["tier = Enterprise"]}),
        ({"filters": {"tier": "Enterprise"}}, {"where": ["tier = Enterprise"]}),
        ({"tier": "Enterprise"}, {"where": ["tier = Enterprise"]}),
        ({"tier": "Enterprise", "where": "csat < 3"}, {"where": ["csat < 3", "tier = Enterprise"]}),
        ({"arguments": {"limit": 5}}, {"limit": 5}),
        ({"input": '{"limit": 5}'}, {"limit": 5}),
        ({"period": None, "where": [], "limit": ""}, {"where": []}),
    ],
)
def test_a_near_argument_is_read_as_meant(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert mended(**given)[0] == expected


def test_what_the_tool_does_not_take_is_left_out_and_said() -> None:
    made, said = mended(metrics=["ticket_count"], temperature=0.7)
    assert made == {"metrics": ["ticket_count"]}
    assert said == ["Left out the argument 'temperature', which the tool does not take."]


@pytest.mark.parametrize("given", [{"limit": "many"}, {"period": {"a": 1, "b": 2}}, {"descending": "perhaps"}])
def test_what_cannot_be_read_is_left_to_the_tool(given: dict[str, Any]) -> None:
    assert mended(**given)[0] == given
