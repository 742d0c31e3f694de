"""What a question costs with a model: at most 3,500 tokens for each built-in skill, and never more than the settings allow."""

from __future__ import annotations

import json

import pytest

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.budget import Budget, OutOfBudget, estimated_tokens
from analyst_agent.agent.calls import QUERY, call_of
from analyst_agent.agent.narrowing import EXECUTABLE, is_sure
from analyst_agent.agent.scripted_model import ScriptedModel, calls, said
from analyst_agent.records import Plan, Status
from analyst_agent.understanding import understand
from analyst_agent.workspace import Workspace
from tests.agent.asking import QUESTION, UNSURE, ask, ask_unsure, desk_with

MOST_TOKENS = 3_500
ANSWER_TOKENS = 250
"""Of an answer in marks with a few words, a long one."""
EXAMPLES = {
    "ticket_story": (
        "What happened with ticket T-000877?",
        "Which tickets are like T-000877, and how were they solved?",
    )
}
"""The examples of this skill name tickets that the demo has not."""
SKILLS = (
    "agent_comparison", "cost_of_escalations", "customer_journey", "daily_brief", "emerging_issues", "escalation_trend",
    "known_issue_impact", "root_cause_trend", "satisfaction_impact", "segment_comparison", "team_load", "ticket_list",
    "ticket_story",
)  # fmt: skip


def tokens(model: ScriptedModel) -> int:
    """Everything sent in all calls (messages, calls in them, tools) and everything said, by the estimate that is rather too high."""
    total = 0
    for sent, tools in zip(model.seen, model.offered, strict=True):
        texts = [str(m.text) for m in sent]
        texts += [json.dumps(call["args"]) + call["name"] for m in sent for call in getattr(m, "tool_calls", ())]
        texts += [json.dumps(tool) for tool in tools]
        total += sum(map(estimated_tokens, texts))
    return total + ANSWER_TOKENS


def plan_of(workspace: Workspace, question: str) -> Plan:
    return understand(question, workspace.analyst().context())


@pytest.mark.parametrize("skill", SKILLS)
def test_a_question_to_one_skill_costs_at_most_3500_tokens(workspace: Workspace, skill: str) -> None:
    spent = {}
    for number, question in enumerate(EXAMPLES.get(skill, workspace.desk.skills[skill].examples)):
        plan = plan_of(workspace, question)
        is_first = number == 0 or not is_sure(plan)
        if plan.intent not in EXECUTABLE or (number > 1 and not is_first):
            continue  # One in two model turns and one in a single turn tell what a skill costs, and all that are not sure.
        tool, arguments = call_of(plan)
        script = (calls(tool, **arguments), "[c1]") if is_first else ("[c1]",)
        answer, model = (ask_unsure if is_first else ask)(workspace, question, *script)
        assert answer.usage.fallback is None, question
        assert len(model.seen) == len(script) or answer.status in (Status.REFUSED, Status.CLARIFY), question
        spent[question] = tokens(model)
    assert spent
    assert {q: n for q, n in spent.items() if n > MOST_TOKENS} == {}


def test_every_built_in_skill_is_measured(workspace: Workspace) -> None:
    assert tuple(workspace.desk.skills) == SKILLS


def test_a_sure_plan_takes_one_model_turn(workspace: Workspace) -> None:
    answer, model = ask(workspace, QUESTION, said("[c1]"))
    assert len(model.seen) == 1
    assert [tool["function"]["name"] for tool in model.offered[0]] == [QUERY]
    assert answer.usage.input_tokens == 100


def test_an_unsure_plan_shows_few_tools_in_their_fixed_order(workspace: Workspace) -> None:
    _, model = ask_unsure(workspace, UNSURE, calls("escalation_trend"), "[c1]")
    shown = [tool["function"]["name"] for tool in model.offered[0]]
    assert "escalation_trend" in shown
    assert {"query_metrics", "search_knowledge"} <= set(shown)
    assert len(shown) <= 5
    everything = [*workspace.desk.skills, "query_metrics", "search_knowledge", "describe_data"]
    assert shown == [name for name in everything if name in shown]
    assert [tool["function"]["name"] for tool in model.offered[1]] == [QUERY]


@pytest.mark.parametrize(
    ("limit", "said_of_it"),
    [
        ({"model_calls": 2}, "2 model calls"),
        ({"model_tokens": 150}, "150 tokens"),
        ({"model_seconds": 0.0}, "0 seconds"),
    ],
)
def test_a_limit_that_is_reached_ends_in_the_default_text(
    workspace: Workspace, limit: dict[str, float], said_of_it: str
) -> None:
    model = ScriptedModel(
        script=[calls("query_metrics", metrics=["ticket_count"], by=[by]) for by in ("tier", "region")]
    )
    answer = Analyst(desk_with(workspace, **limit), "scripted:test", lambda _: model).ask(QUESTION)
    assert len(model.seen) <= 2
    assert f"The budget of {said_of_it} for an answer is used up." in str(answer.usage.fallback)
    assert answer.answer == workspace.analyst().ask(QUESTION).answer


def test_tokens_that_a_provider_does_not_report_are_estimated_for_the_limit_only() -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    budget = Budget(60, 9, 100)
    budget.count([HumanMessage("x" * 700)], AIMessage("y"))
    assert (budget.input_tokens, budget.output_tokens) == (0, 0)
    with pytest.raises(OutOfBudget):
        budget.check()
