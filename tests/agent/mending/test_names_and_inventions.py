"""Unknown names with one obvious neighbour are replaced; conditions and periods that nobody named are left out; both are said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analyst_agent.agent.mending.conditions import placed
from analyst_agent.agent.mending.invented import Named, named
from analyst_agent.agent.mending.marks import usual_marks
from analyst_agent.agent.mending.near import near_tool, only_near
from analyst_agent.agent.scripted_model import calls, said
from analyst_agent.records import Filter, Intent, Period, Plan
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.semantic.periods import Clock
from analyst_agent.workspace import Workspace
from tests.agent.asking import UNSURE, ask_unsure

CLOCK = Clock(date(2026, 11, 3))
TOOLS = ("root_cause_trend", "escalation_trend", "query_metrics", "search_knowledge")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("root_cause_trend", "root_cause_trend"),
        ("Root Cause Trend", "root_cause_trend"),
        ("functions.root_cause_trends", "root_cause_trend"),
        ("rootCauseTrend", "root_cause_trend"),
        ("query_metric", "query_metrics"),
        ("trend", None),
        ("make_coffee", None),
        ("", None),
    ],
)
def test_a_tool_is_known_by_its_one_neighbour(name: str, meant: str | None) -> None:
    assert near_tool(name, TOOLS) == meant


def test_two_near_neighbours_are_none() -> None:
    assert only_near("mean_resolution", ["mean_resolution_1", "mean_resolution_2"]) is None
    assert only_near("enterprize", ["Enterprise", "Starter"]) == "Enterprise"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("In short: [C1, c3].", "In short: [c1] [c3]."),
        ("(c2) and {c4}", "[c2] and [c4]"),
        ("<c1/> 【c2】", "[c1] [c2]"),
        ("[claims c1, c2]", "[c1] [c2]"),
        ("[c1](http://x)", "[c1](http://x)"),
        ("see [1] and (2)", "see [1] and (2)"),
    ],
)
def test_marks_are_made_the_usual_ones(text: str, marks: str) -> None:
    assert usual_marks(text) == marks


def what(question: str, *earlier: str, plan: Plan | None = None, synonyms: dict[str, str] | None = None) -> Named:
    return named(question, earlier, plan or Plan(Intent.QUERY, period_is_default=True), (), CLOCK, synonyms or {})


def period(text: str) -> Period:
    return parse_period(text, CLOCK)


def kept(names: Named, **asked: Any) -> tuple[Plan, list[str]]:
    notes: list[str] = []
    return names.kept(Plan(Intent.QUERY, metrics=("ticket_count",), **asked), notes.append), notes


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("and for enterprise customers?", Filter("tier", "=", "Enterprise")),
        ("policy gaps in October", Filter("root_cause", "=", "policy_gap")),
        ("P1 and P2 tickets", Filter("priority", "in", ("P1", "P2"))),
        ("tickets rated below three", Filter("csat", "<", "3")),
        ("csat under 3", Filter("csat", "<", 3)),
        ("tickets without a region", Filter("region", "missing")),
        ("mid-market escalations", Filter("segment", "=", "Mid Market")),
    ],
)
def test_a_condition_of_the_question_stays(question: str, condition: Filter) -> None:
    plan, notes = kept(what(question), where=(condition,))
    assert (plan.where, notes) == ((condition,), [])


def test_a_condition_of_the_conversation_stays() -> None:
    condition = Filter("tier", "=", "Enterprise")
    assert kept(what("and in October?", "how many Enterprise tickets?"), where=(condition,))[0].where == (condition,)
    known = Plan(Intent.QUERY, where=(Filter("tier", "in", ("enterprise",)),))
    assert kept(what("the big ones", plan=known), where=(condition,))[0].where == (condition,)
    meant = what("what about our whales?", synonyms={"whales": "Enterprise"})
    assert kept(meant, where=(condition,))[0].where == (condition,)


def test_an_invented_condition_is_left_out_and_said() -> None:
    plan, notes = kept(what("how many tickets?"), where=(Filter("tier", "=", "Enterprise"), Filter("csat", "<", 3)))
    assert plan.where == ()
    assert notes == [
        "Left out the condition 'tier = Enterprise': nobody named it.",
        "Left out the condition 'csat < 3': nobody named it.",
    ]


def test_of_a_list_only_what_was_named_stays() -> None:
    plan, notes = kept(what("P1 tickets"), where=(Filter("priority", "in", ("P1", "P2")),))
    assert plan.where == (Filter("priority", "in", ("P1",)),)
    assert len(notes) == 1


def test_an_invented_period_gives_way_to_the_named_one() -> None:
    october = Plan(Intent.QUERY, period=period("October 2026"))
    plan, notes = kept(what("tickets in October", plan=october), period=period("2025"))
    assert plan.period == october.period
    assert notes == ["Left out the period 2025: nobody named it; October 2026 is taken."]


@pytest.mark.parametrize("asked", ["October 2026", "September 2026", "2026-10-05..2026-10-11"])
def test_the_named_period_the_one_before_and_a_part_of_it_stay(asked: str) -> None:
    plan, notes = kept(what("tickets in October"), period=period(asked))
    assert (plan.period, notes) == (period(asked), [])


def test_without_a_named_period_the_usual_one_is_taken() -> None:
    plan, notes = kept(what("how many tickets?"), period=period("2025"), comparison=period("2024"))
    assert plan.period is None
    assert plan.period_is_default
    assert plan.comparison is None
    assert len(notes) == 2
    by_month, said_of_it = kept(what("tickets by month"), by=("month",), period=period("last 12 months"))
    assert (by_month.period, said_of_it) == (period("last 12 months"), [])


def test_a_value_alone_or_a_label_is_placed(workspace: Workspace) -> None:
    fields, values = workspace.desk.model.filterable(), workspace.desk.engine.values_index()
    notes: list[str] = []
    assert placed("EMEA", fields, values, notes.append) == "region = EMEA"
    assert placed("account region is EMEA", fields, values, notes.append) in ("region = EMEA", "account region is EMEA")
    assert placed("tier = Enterprise", fields, values, notes.append) == "tier = Enterprise"
    assert placed("nonsense", fields, values, notes.append) == "nonsense"
    assert notes[0] == "Read the condition 'EMEA' as 'region = EMEA'."


def test_a_misspelt_metric_and_dimension_are_read_as_their_neighbours(workspace: Workspace) -> None:
    question = "Are escalations of EMEA going up, or is that noise?"
    call = calls("query_metrics", metrics=["escalation_rte"], by=["tiers"], where=["region = EMAE"])
    answer, model = ask_unsure(workspace, question, call, "[c1]")
    assert answer.facts
    assert "Read the metric 'escalation_rte' as 'escalation_rate'." in answer.usage.mended
    assert "Read the dimension 'tiers' as 'tier'." in answer.usage.mended
    assert len(model.seen) == 2


def test_an_invented_filter_of_a_model_does_not_change_the_numbers(workspace: Workspace) -> None:
    right, _ = ask_unsure(workspace, UNSURE, calls("escalation_trend"), "[c1]")
    call = calls("escalation_trend", where=["tier = Enterprise"], period="2025")
    answer, _ = ask_unsure(workspace, UNSURE, call, "[c1]")
    assert [f.value for f in answer.facts] == [f.value for f in right.facts]
    assert "Left out the condition 'tier = Enterprise': nobody named it." in answer.usage.mended


def test_a_call_that_was_written_as_text_is_made(workspace: Workspace) -> None:
    text = '```json\n{{"name": "escalation_trends", "arguments": {{"grain": ["month"]}}}}\n```'
    answer, model = ask_unsure(workspace, UNSURE, text, said("(c1)"))
    assert answer.skills == ("escalation_trend",)
    assert answer.usage.fallback is None
    assert answer.usage.mended[:2] == (
        "Read a tool call that was written into the text.",
        "Read the tool 'escalation_trends' as 'escalation_trend'.",
    )
    assert len(model.seen) == 2


def test_the_same_call_twice_is_answered_once(workspace: Workspace) -> None:
    answer, model = ask_unsure(workspace, UNSURE, calls("escalation_trend"), calls("escalation_trend"), "[c1]")
    assert "This was found already: [c1]" in str(model.seen[2][-1].content)
    once, _ = ask_unsure(workspace, UNSURE, calls("escalation_trend"), "[c1]")
    assert [f.id for f in answer.facts] == [f.id for f in once.facts]


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_an_empty_answer_gives_way_to_the_default_text(workspace: Workspace, nothing: str) -> None:
    answer, _ = ask_unsure(workspace, UNSURE, calls("escalation_trend"), nothing)
    offline = workspace.analyst().ask(UNSURE)
    assert answer.answer == offline.answer
    assert answer.usage.fallback == "The model's answer was empty; the default text stands."
    before, _ = ask_unsure(workspace, UNSURE, nothing)
    assert before.answer == offline.answer
    assert "empty" in str(before.usage.fallback)


def test_a_call_that_cannot_be_run_gives_way_to_the_proposed_one_of_the_same_tool(workspace: Workspace) -> None:
    astray = calls("escalation_trend", compare_with="all agents", where=["agent in (select agent from tickets)"])
    answer, model = ask_unsure(workspace, UNSURE, astray, "[c1]")
    assert len(model.seen) == 2
    assert (answer.usage.fallback, answer.usage.route) == (None, "plan")
    assert "The call of escalation_trend could not be run; the proposed one was." in answer.usage.mended
    offline = workspace.analyst().ask(UNSURE)
    assert [f.value for f in answer.facts] == [f.value for f in offline.facts]


def test_a_call_of_another_tool_that_cannot_be_run_is_refused(workspace: Workspace) -> None:
    astray = calls("query_metrics", metrics=["happiness"])
    _, model = ask_unsure(workspace, UNSURE, astray, calls("escalation_trend"), "[c1]")
    assert "Unknown metric" in str(model.seen[1][-1].content)
