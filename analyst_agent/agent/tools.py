"""The analyst's tools for a model: one per skill, plain metrics, the documents and a description of the data. None writes, sends or runs code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field, create_model

from analyst_agent.agent.calls import DESCRIBE, QUERY, SEARCH, plan_of
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.views import model_view
from analyst_agent.errors import AnalystError
from analyst_agent.records import Plan
from analyst_agent.skillkit import Skill
from analyst_agent.skillkit.parameters import OPTIONS

_PERIOD = (
    "A period such as 'last 30 days', 'October 2026', 'Q3 2026' or '2026-10-01..2026-10-31'. Empty: the last 30 days."
)
_WHERE = "Conditions that must all hold, such as 'tier = Enterprise', 'priority in P1, P2', 'csat < 3'."
_COMPARE = "A period to compare with, in the same form. Empty: the one before."


class SkillArguments(BaseModel):
    """Arguments that every skill takes."""

    period: str = Field("", description=_PERIOD)
    where: list[str] = Field(default_factory=list, description=_WHERE)
    compare_with: str = Field("", description=_COMPARE)
    cost_per_hour: float | None = Field(None, description="Cost of an hour of handling, where the question names one.")


class QueryArguments(SkillArguments):
    """Arguments of a plain metric query."""

    metrics: list[str] = Field(description="Names of metrics, such as escalation_rate.")
    by: list[str] = Field(
        default_factory=list, description="Dimensions or time grains to split by, such as region or month."
    )
    order_by: str = Field("", description="A metric to order by.")
    descending: bool = Field(True, description="Largest first.")
    limit: int | None = Field(None, description="At most so many rows.")


class SearchArguments(BaseModel):
    """Arguments of a search in the documents."""

    query: str = Field(description="What is looked for, in words.")
    spaces: list[str] = Field(
        default_factory=list, description="Spaces to search, such as escalation_policies. Empty: all."
    )


class DescribeArguments(BaseModel):
    """Arguments of a description."""

    names: list[str] = Field(default_factory=list, description="Metrics or dimensions to explain. Empty: everything.")


def build_tools(desk: Desk, ledger: Ledger, suggestion: Plan | None = None) -> list[BaseTool]:
    """The tools for one question; what they find is added to the ledger, in the order of the calls."""
    tools = []
    for skill in desk.skills.values():
        tools.append(_tool(skill.name, skill.description, _arguments_of(skill), desk, ledger, suggestion))
    names = ", ".join(desk.model.metrics)
    query = f"Plain metrics, split and filtered. Metrics: {names}. Dimensions: {', '.join(desk.model.dimensions())}; hour, weekday, day, week, month, quarter, year."
    tools.append(_tool(QUERY, query, QueryArguments, desk, ledger, suggestion))
    tools.append(
        _tool(
            SEARCH,
            "Passages of policies and known issues that speak to a question.",
            SearchArguments,
            desk,
            ledger,
            suggestion,
        )
    )
    tools.append(
        _tool(
            DESCRIBE,
            "What metrics and dimensions mean, their values and which days the data cover.",
            DescribeArguments,
            desk,
            ledger,
            suggestion,
        )
    )
    return tools


def _arguments_of(skill: Skill) -> type[BaseModel]:
    """What every skill takes, and of the options those that are arguments of its function."""
    own: dict[str, Any] = {
        name: (known.type | None, Field(None, description=known.description))
        for name, known in OPTIONS.items()
        if name in skill.parameters
    }
    return create_model("SkillArguments", __base__=SkillArguments, **own)


def _tool(
    name: str, description: str, schema: type[BaseModel], desk: Desk, ledger: Ledger, suggestion: Plan | None
) -> BaseTool:  # fmt: skip
    return StructuredTool.from_function(
        func=_runner(name, desk, ledger, suggestion), name=name, description=description, args_schema=schema
    )  # fmt: skip


def _runner(name: str, desk: Desk, ledger: Ledger, suggestion: Plan | None) -> Callable[..., str]:
    """Runs a call. This is the tool boundary: a refusal goes back to the model as a record and is kept in the ledger."""

    def run(**arguments: Any) -> str:
        plain = {k: v for k, v in arguments.items() if v not in (None, "", [])}
        try:
            plan = plan_of(name, plain, desk.clock, suggestion)
            finding = desk.execute(plan)
        except AnalystError as error:
            ledger.refusals.append(error)
            return json.dumps({"error": error.to_dict()})
        kept, claims = ledger.add(finding, plan)
        return model_view(kept, claims)

    return run


def schemas(desk: Desk) -> list[Mapping[str, Any]]:
    """Name, description and arguments of every tool, as a model sees them."""
    from langchain_core.utils.function_calling import convert_to_openai_tool

    return [convert_to_openai_tool(t) for t in build_tools(desk, Ledger(desk.wording))]


__all__ = ["build_tools", "schemas"]
