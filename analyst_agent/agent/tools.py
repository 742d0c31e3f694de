"""The analyst's tools for a model: one per skill, plain metrics, the documents and a description of the data. None writes, sends or runs code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from analyst_agent.agent import schemas as forms
from analyst_agent.agent.calls import DESCRIBE, QUERY, SEARCH, call_of, plan_of
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.mending.conditions import placed
from analyst_agent.agent.mending.invented import Named
from analyst_agent.agent.mending.near import executed
from analyst_agent.agent.narrowing import EXECUTABLE, parts
from analyst_agent.agent.views import result_view
from analyst_agent.errors import AnalystError
from analyst_agent.records import Intent, Plan


@dataclass(frozen=True, slots=True)
class Bench:
    """What the tools of one question work with. suggestion: the plan of the question; named: what it and its conversation name,
    without which nothing of a call is taken for invented.
    """

    desk: Desk
    ledger: Ledger
    suggestion: Plan | None = None
    named: Named | None = None

    def run(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """Runs a call. This is the tool boundary: a refusal goes back to the model as a record and is kept in the ledger."""
        try:
            return self._run(self._plan(tool, {k: v for k, v in arguments.items() if v not in (None, "", [])}))
        except AnalystError as error:
            if (said := self._proposed(tool)) is not None:
                return said
            self.ledger.refusals.append(error)
            return json.dumps({"error": error.to_dict()})

    def _run(self, plan: Plan) -> str:
        if said := self._found_already(plan):
            return said
        finding, plan = executed(plan, self.desk.execute, self.ledger.say)
        if said := self._found_already(plan):
            return said
        kept, claims = self.ledger.add(finding, plan)
        return result_view(kept, claims)

    def _proposed(self, tool: str) -> str | None:
        """What the proposed call of the same tool finds, in place of one that cannot be run; None where none was proposed or it cannot either."""
        proposed = [one for one in parts(self.suggestion) if one.intent in EXECUTABLE] if self.suggestion else []
        meant = [one for one in proposed if call_of(one)[0] == tool]
        if len(meant) != 1 or self.ledger.planned:
            return None
        try:
            found = self._run(plan_of(*call_of(meant[0]), self.desk.clock, meant[0]))
        except AnalystError:
            return None
        self.ledger.say(f"The call of {tool} could not be run; the proposed one was.")
        return found

    def _found_already(self, plan: Plan) -> str:
        """What a model is told that calls for the same thing again; small ones go round in circles."""
        done = next((i for i, one in enumerate(self.ledger.plans) if same_work(one, plan)), None)
        if done is None:
            return ""
        marks = " ".join(f"[{c.id}]" for c in self.ledger.claims_at(done))
        return f"This was found already: {marks or 'see above'}. Answer with it."

    def _plan(self, tool: str, arguments: dict[str, Any]) -> Plan:
        if self.named is None:
            return plan_of(tool, arguments, self.desk.clock, self.suggestion)
        where = arguments.get("where")
        if isinstance(where, list) and where:
            fields, values = self.desk.model.filterable(), self.desk.engine.values_index()
            arguments["where"] = [placed(str(one), fields, values, self.ledger.say) for one in where]
        return self.named.kept(plan_of(tool, arguments, self.desk.clock, self.suggestion), self.ledger.say)


def build_tools(bench: Bench) -> list[BaseTool]:
    """The tools for one question, in an order that never changes; what they find is added to the ledger, in the order of the calls."""
    desk = bench.desk
    told = [(skill.name, skill.description, forms.skill_schema(skill)) for skill in desk.skills.values()]
    told += [
        (
            QUERY,
            forms.query_description(desk.model),
            forms.query_schema(bench.suggestion.options if bench.suggestion else ()),
        ),
        (SEARCH, "Passages of policies and known issues that speak to a question.", forms.search_schema()),
        (DESCRIBE, "What metrics and dimensions mean, their values, the days of the data.", forms.describe_schema()),
    ]
    return [
        StructuredTool.from_function(
            func=_runner(name, bench), name=name, description=description, args_schema=schema, infer_schema=False
        )
        for name, description, schema in told
    ]


def _runner(name: str, bench: Bench) -> Callable[..., str]:
    def run(**arguments: Any) -> str:
        return bench.run(name, arguments)

    return run


def same_work(one: Plan, other: Plan) -> bool:
    """Whether two plans would find the same."""
    if one.intent is not other.intent or one.skill != other.skill:
        return False
    if one.intent is Intent.KNOWLEDGE:
        return one.knowledge_query == other.knowledge_query and one.spaces == other.spaces
    same = ("metrics", "by", "where", "focus", "options", "order", "limit", "cost_per_hour", "comparison")
    return _days(one) == _days(other) and all(getattr(one, part) == getattr(other, part) for part in same)


def _days(plan: Plan) -> tuple[date, date] | None:
    """The days a plan names; a skill's usual ones are none, it knows them best."""
    if plan.period is None or (plan.intent is Intent.SKILL and plan.period_is_default):
        return None
    return plan.period.start, plan.period.end


def schemas(desk: Desk) -> list[Mapping[str, Any]]:
    """Name, description and arguments of every tool, as a model sees them."""
    from langchain_core.utils.function_calling import convert_to_openai_tool

    return [convert_to_openai_tool(tool) for tool in build_tools(Bench(desk, Ledger(desk.wording)))]


__all__ = ["Bench", "build_tools", "same_work", "schemas"]
