"""Numbers by the API: queries of the semantic layer, skills called by name, and what is loaded."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from analyst_agent.records import Filter, Order, Period, QueryResult, SemanticQuery, to_json
from analyst_agent.report import answer_json
from analyst_agent.report.record import finite
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.semantic.periods import Clock, whole_units
from analyst_agent.server.api.models import FAILURES, Analytics, Answered, Call, LoadStatus, Query, Rows, SkillLine
from analyst_agent.server.service import Asking, Served
from analyst_agent.workspace.calling import call, tools
from analyst_agent.workspace.scope import rows_aside

router = APIRouter(tags=["numbers"], responses=FAILURES)


@router.post("/query")
def query(body: Query, service: Served, caller: Asking) -> Rows:
    """Compute metrics of the semantic model, split and filtered, as `analyst query` does."""
    with service.workspace(caller) as workspace:
        clock = workspace.clock
        asked = SemanticQuery(
            metrics=tuple(body.metrics),
            by=tuple(body.by),
            where=tuple(parse_filter(text) for text in body.where),
            period=parse_period(body.period, clock),
            order=tuple(Order(name.lstrip("-"), name.startswith("-")) for name in body.order),
            limit=body.limit,
            cost_per_hour=body.cost_per_hour,
            compare=_compared(body.compare, clock),
            top=body.top,
            share=body.share,
        )
        return _rows(workspace.engine.run(asked))


@router.post("/escalations/analytics")
def analytics(body: Analytics, service: Served, caller: Asking) -> Rows:
    """Metrics of escalated tickets between two days, under named filters."""
    where = tuple(
        Filter(name, "=" if isinstance(value, str) else "in", value if isinstance(value, str) else tuple(value))
        for name, value in body.filters.items()
    )
    with service.workspace(caller) as workspace:
        period = whole_units(body.start, body.end)
        workspace.engine.check_period(period)
        asked = SemanticQuery(tuple(body.metrics), tuple(body.by), where, period)
        return _rows(workspace.engine.run(asked))


@router.get("/skills")
def list_skills(service: Served, caller: Asking) -> list[SkillLine]:
    """Every skill and other tool: what it does and takes."""
    with service.workspace(caller) as workspace:
        skills = workspace.skills
        return [
            SkillLine(
                name=one["name"],
                description=one["description"],
                arguments=dict(one["parameters"]),
                triggers=list(skills[one["name"]].triggers) if one["name"] in skills else [],
                examples=list(skills[one["name"]].examples) if one["name"] in skills else [],
            )
            for one in tools(workspace)
        ]


@router.post("/findings")
def finding(body: Call, service: Served, caller: Asking) -> Answered:
    """What a skill or another tool finds, called by name: facts, tables, charts, citations, and the default text of them."""
    with service.workspace(caller) as workspace:
        answer = call(workspace, body.tool, body.arguments, caller.name)
    return Answered.model_validate(answer_json(answer))


@router.get("/data")
def load_status(service: Served, caller: Asking) -> LoadStatus:
    """What is loaded, how fresh it is, and how many rows are set aside."""
    with service.workspace(caller) as workspace:
        aside = rows_aside(workspace)
        engine = workspace.engine
        return LoadStatus(
            generation=engine.generation,
            first_day=engine.first_day,
            last_day=engine.last_day,
            today=workspace.clock.today,
            scope=workspace.scope,
            set_aside=len(aside.rejects),
            emptied=len(aside.emptied),
            withheld=aside.withheld,
        )


def _compared(text: str | None, clock: Clock) -> Period | Literal["previous", "year"] | None:
    known: dict[str, Literal["previous", "year"]] = {"previous": "previous", "year": "year"}
    return None if text is None else known.get(text.strip().lower()) or parse_period(text, clock)


def _rows(result: QueryResult) -> Rows:
    made: dict[str, Any] = {
        "columns": list(result.columns),
        "rows": [[to_json(row[c]) for c in result.columns] for row in result.rows],
        "period": to_json(result.period),
        "compared_with": to_json(result.comparison),
        "queries": [to_json(result.query)],
        "caveats": list(result.caveats),
    }
    return Rows.model_validate(finite(made))
