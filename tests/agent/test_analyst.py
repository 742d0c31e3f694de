"""Questions through the whole path: the offline model, a model that follows the rules, one that lies, one that fails."""

from __future__ import annotations

import json

import pytest
from openai import OpenAIError

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.scripted_model import ScriptedModel, calls, said
from analyst_agent.agent.tools import schemas
from analyst_agent.records import Answer, Intent, Plan, Status
from analyst_agent.report import answer_json
from analyst_agent.workspace import Workspace
from tests.agent.asking import QUESTION, UNSURE, ask, ask_unsure


def test_offline_answers_with_facts_table_and_bound_claims(workspace: Workspace) -> None:
    answer = workspace.analyst().ask(QUESTION)
    assert answer.status is Status.ANSWERED
    assert answer.skills == ("root_cause_trend",)
    assert answer.period is not None
    assert answer.period.to_dict() == {"start": "2026-10-01", "end": "2026-11-01", "label": "October 2026"}
    assert answer.compared_with is not None
    assert answer.grounding.claims == answer.grounding.bound > 0
    assert not answer.grounding.unbound
    assert answer.usage.model == "offline"
    json.dumps(answer_json(answer), allow_nan=False)


def test_a_model_has_the_numbers_of_the_offline_model(workspace: Workspace) -> None:
    offline = workspace.analyst().ask(QUESTION)
    answer, model = ask(workspace, QUESTION, said("In short: [c1]"))
    assert [f.value for f in answer.facts] == [f.value for f in offline.facts]
    assert answer.grounding.bound >= 1
    assert not answer.grounding.unbound
    assert "[c1]" not in answer.answer
    assert answer.usage.model == "scripted:test"
    assert answer.usage.fallback is None
    assert answer.usage.input_tokens == 100
    assert len(model.seen) == 1
    assert "[c1]" in str(model.seen[0][-1].content)


def test_an_invented_number_is_marked_after_one_repair(workspace: Workspace) -> None:
    lie = "[c1] Escalations rose by 97.3 % in Atlantis."
    answer, model = ask(workspace, QUESTION, lie, lie)
    assert len(model.seen) == 2
    assert "97.3" in str(model.seen[1][-1].content)
    assert any("97.3" in part for part in answer.grounding.unbound)
    assert "[unverified" in answer.answer


def test_a_repaired_text_is_shown_without_a_mark(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, "Up 97.3 %. [c1]", "[c1]")
    assert not answer.grounding.unbound
    assert "97.3" not in answer.answer


def test_a_text_without_any_claim_gives_way_to_the_default_text(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, "All is well.", "All is well.")
    assert "All is well" not in answer.answer
    assert "referred to no claim" in str(answer.usage.fallback)


@pytest.mark.parametrize(
    "astray",
    [
        "",
        "All is well.",
        '{"name": "escalated_rates", "arguments": {"by": "tier"}}',
        "x" * 9_000,
        "Up 97 %. Down 12 %.",
    ],
)
def test_a_model_that_goes_astray_is_asked_once_more_for_marks_alone(workspace: Workspace, astray: str) -> None:
    answer, model = ask(workspace, QUESTION, astray, "[c1]")
    again = str(model.seen[1][-1].content)
    assert again.endswith("Answer with marks only, the most important first.")
    assert not astray or astray not in again
    assert (answer.usage.fallback, answer.usage.route, answer.usage.calls) == (None, "plan", 2)
    assert answer.grounding.unbound == ()


def test_the_second_try_is_cheap(workspace: Workspace) -> None:
    _, model = ask(workspace, QUESTION, "[c1]\n\nUp 97.3 %.", "[c1]")
    first, again = (sum(len(str(m.content)) for m in seen) for seen in model.seen)
    assert again < first
    assert len(model.offered) == 1, "without tools"


def test_of_a_text_that_is_mostly_unbound_only_the_claims_stand(workspace: Workspace) -> None:
    astray = "[c3] says it rose by 97 %. It fell to 3 days. [c99] is down 12 %."
    answer, _ = ask(workspace, QUESTION, astray, astray)
    assert answer.answer.startswith("Product bug: ")
    assert "unverified" not in answer.answer
    assert answer.grounding.unbound == ()
    assert any(m.startswith("Kept only the claims") for m in answer.usage.mended)
    assert answer.usage.fallback is None


def test_where_marks_alone_were_asked_for_the_words_beside_them_do_not_count(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, "", "[c1] 36 tickets of EMEA\n[c3] 12 USD\n[c13]")
    assert answer.grounding.unbound == ()
    assert "36 tickets" not in answer.answer
    assert answer.usage.fallback is None


def test_a_text_that_is_mostly_unbound_and_refers_to_nothing_gives_way(workspace: Workspace) -> None:
    astray = "35 tickets were escalated. Up 97 %. Down 12 %."
    answer, _ = ask(workspace, QUESTION, astray, astray)
    assert answer.answer == workspace.analyst().ask(QUESTION).answer
    assert "referred to no claim" in str(answer.usage.fallback)


def test_a_model_that_wants_every_claim_gets_them_in_the_layout_of_the_default_text(workspace: Workspace) -> None:
    offline = workspace.analyst().ask(QUESTION)
    marks = ", ".join(f"[c{n}]" for n in range(1, offline.grounding.claims + 1))
    answer, model = ask(workspace, QUESTION, marks)
    assert answer.answer == offline.answer
    assert (len(model.seen), answer.usage.fallback, answer.usage.route) == (1, None, "plan")
    one_less, _ = ask(workspace, QUESTION, marks.removeprefix("[c1], "))
    assert not one_less.answer.startswith(offline.answer[:40])


def test_what_qualifies_a_number_is_not_the_models_to_leave_out(workspace: Workspace) -> None:
    offline = workspace.analyst().ask(QUESTION)
    answer, model = ask(workspace, QUESTION, "[c3]")
    assert answer.answer.startswith("Product bug: 20 tickets")
    for sentence in ("35 tickets were escalated, 11.4 % of 308", "4 escalated tickets are still open"):
        assert answer.answer.count(sentence) == offline.answer.count(sentence) == 1
    assert "Training gap: no known issue matches" in str(model.seen[0][-1].content)
    assert "Training gap: no known issue matches" not in answer.answer, "of one pattern, and in the table"


def test_a_claim_in_the_models_own_words_is_not_told_again(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, "In October 2026, 35 tickets were escalated.")
    again, _ = ask(workspace, QUESTION, "In October 2026, 35 tickets were escalated. 4 of them are still open.")
    assert "still open, so mean times will rise" in answer.answer
    assert "still open, so mean times will rise" not in again.answer


def test_what_repeats_the_instructions_is_no_answer(workspace: Workspace) -> None:
    echo = "Mark: answer with their marks, the most important first, such as [c9] [c3]."
    answer, model = ask(workspace, QUESTION, f"{echo}\n\n[c1]")
    assert len(model.seen) == 1
    assert answer.answer == ask(workspace, QUESTION, "[c1]")[0].answer
    assert answer.usage.mended == ("Left out what only repeated the instructions.",)


def test_a_sentence_behind_a_claim_is_judged_on_its_own(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, *["[c1] Escalations rose by 97.3 % in Atlantis."] * 2)
    assert answer.grounding.unbound == ("Escalations rose by 97.3 % in Atlantis.",)
    assert answer.grounding.bound == 1


def test_a_claim_behind_its_own_mark_is_told_once(workspace: Workspace) -> None:
    plain, _ = ask(workspace, QUESTION, "[c1]")
    claim = plain.answer.split("\n\n")[0]
    copied, model = ask(workspace, QUESTION, f"[c1] {claim}")
    assert (copied.answer, len(model.seen)) == (plain.answer, 1)


def test_a_model_that_calls_nothing_can_still_word_what_the_proposed_plan_finds(workspace: Workspace) -> None:
    answer, model = ask_unsure(workspace, UNSURE, "Escalations doubled.", "[c1]")
    assert len(model.seen) == 2
    assert (answer.usage.fallback, answer.usage.route) == (None, "plan")
    assert answer.skills == ("escalation_trend",)


def test_a_model_that_calls_nothing_gets_the_proposed_plan_run(workspace: Workspace) -> None:
    answer, _ = ask_unsure(workspace, UNSURE, "Escalations doubled.")
    assert "doubled" not in answer.answer
    assert answer.facts
    assert "called no tool" in str(answer.usage.fallback)


def test_a_wrong_call_comes_back_with_what_is_valid(workspace: Workspace) -> None:
    script = (
        calls("query_metrics", metrics=["happiness"]),
        calls("query_metrics", metrics=["escalation_rate"]),
        "[c1]",
    )
    answer, model = ask_unsure(workspace, UNSURE, *script)
    assert "Unknown metric" in str(model.seen[1][-1].content)
    assert "escalation_rate" in str(model.seen[1][-1].content)
    assert answer.status is Status.ANSWERED
    assert {f.metric for f in answer.facts} >= {"escalation_rate"}


@pytest.mark.parametrize("failure", [OpenAIError("refused"), ValueError("garbage"), KeyError("choices")])
def test_an_unreachable_model_gives_the_offline_answer_and_says_so(workspace: Workspace, failure: Exception) -> None:
    offline = workspace.analyst().ask(QUESTION)
    answer, _ = ask(workspace, QUESTION, failure)
    assert answer.status is Status.ANSWERED
    assert "The offline model answered." in answer.answer
    assert "did not answer" in str(answer.usage.fallback)
    assert [f.value for f in answer.facts] == [f.value for f in offline.facts]


def test_a_missing_key_is_one_sentence(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    answer = workspace.analyst("openai:any").ask(QUESTION)
    assert "OPENAI_API_KEY is not set" in answer.answer
    assert answer.facts


def test_a_model_whose_calls_all_fail_gets_the_proposed_plan_run(workspace: Workspace) -> None:
    answer, _ = ask_unsure(workspace, UNSURE, calls("query_metrics", metrics=["happiness"]), "I cannot say.")
    assert answer.facts
    assert "None of the model's calls could be run" in str(answer.usage.fallback)


def test_every_part_of_a_clear_question_is_found_before_the_model_is_asked(workspace: Workspace) -> None:
    question = "What drove escalations last month and do Enterprise customers escalate more?"
    answer, model = ask(workspace, question, said("[c1]"))
    assert len(model.seen) == 1
    assert [m.name for m in model.seen[0] if m.type == "tool"] == ["root_cause_trend", "segment_comparison"]
    assert answer.skills == ("root_cause_trend", "segment_comparison")
    offline = workspace.analyst().ask(question)
    assert [f.value for f in answer.facts] == [f.value for f in offline.facts]


def test_what_a_model_tried_besides_is_told_only_where_its_text_uses_it(workspace: Workspace) -> None:
    more = calls("query_metrics", metrics=["ticket_count"], by=["region"])
    unused, _ = ask(workspace, QUESTION, more, "[c1]")
    assert unused.skills == ("root_cause_trend",)
    offline = workspace.analyst().ask(QUESTION)
    assert [f.id for f in unused.facts] == [f.id for f in offline.facts]
    used, model = ask(workspace, QUESTION, more, f"[c1] [c{offline.grounding.claims + 1}]")
    assert len(model.seen) == 2
    assert used.skills == ("root_cause_trend", "query_metrics")


def test_the_record_says_whose_calls_were_made(workspace: Workspace) -> None:
    def route(answer: Answer) -> str:
        return answer.usage.route

    assert route(workspace.analyst().ask(QUESTION)) == "offline"
    assert route(ask(workspace, QUESTION, "[c1]")[0]) == "plan"
    assert route(ask_unsure(workspace, QUESTION, calls("root_cause_trend", period="last month"), "[c1]")[0]) == "plan"
    assert (
        route(ask_unsure(workspace, QUESTION, calls("query_metrics", metrics=["ticket_count"]), "[c1]")[0]) == "model"
    )
    assert route(ask_unsure(workspace, QUESTION, "I cannot say.")[0]) == "offline"
    assert route(ask(workspace, QUESTION, ValueError("garbage"))[0]) == "offline"


def test_two_calls_keep_their_facts_apart(workspace: Workspace) -> None:
    script = (
        calls("query_metrics", metrics=["escalation_rate"], period="October 2026"),
        calls("query_metrics", metrics=["escalation_rate"], period="September 2026"),
        "[c1] [c2]",
    )
    answer, _ = ask_unsure(workspace, "Is October 2026 worse than September 2026, or is that noise?", *script)
    ids = [f.id for f in answer.facts]
    assert len(ids) == len(set(ids))
    assert {f.period.start.month for f in answer.facts if f.period} >= {9, 10}


def test_no_tool_writes_sends_or_runs_code(workspace: Workspace) -> None:
    names = {s["function"]["name"] for s in schemas(workspace.desk)}
    assert names >= {"root_cause_trend", "segment_comparison", "query_metrics", "search_knowledge", "describe_data"}


@pytest.mark.parametrize(
    "question", ["", "   ", "?" * 12_000, "\x00\x1b[31m", "🙂" * 50, "' OR 1=1; DROP TABLE tickets; --"]
)
def test_no_text_breaks_the_analyst(workspace: Workspace, question: str) -> None:
    answer = workspace.analyst().ask(question)
    assert answer.status in (Status.REFUSED, Status.CLARIFY, Status.ANSWERED)
    assert answer.answer
    assert "\x1b" not in answer.answer


def test_the_default_period_that_is_said_is_the_one_that_was_used(workspace: Workspace) -> None:
    short = workspace.analyst().ask("escalation rate by region")
    assert "No period was named, so the last 30 days are taken." in [c.text for c in short.caveats]
    long = workspace.analyst().ask("which month was worst?")
    assert long.period is not None
    [said] = [c.text for c in long.caveats if c.code == "default_period"]
    assert "30 days" not in said
    assert str(long.period.start.year) in said


def test_parts_of_a_question_stand_under_their_titles_each_with_its_own_numbers(workspace: Workspace) -> None:
    answer = workspace.analyst().ask(
        "Do Enterprise customers escalate more, and what is the mean csat in October 2026?"
    )
    assert answer.skills == ("segment_comparison", "query_metrics")
    first, second = answer.answer.split("**2. ")
    assert first.startswith("**1. Escalation rates by account tier**")
    assert "Mean CSAT in October 2026" in second
    assert "Mean CSAT" not in first
    assert answer.grounding.bound == answer.grounding.claims


def test_a_refusal_names_what_is_wrong_with_the_question_and_not_with_a_models_call(workspace: Workspace) -> None:
    doubted = Plan(Intent.REFUSE, confidence=0.5, reason="Nobody's private address is in the data.")
    model = ScriptedModel(script=[calls("team_load", compare_with="all agents"), "Use team_load."])
    analyst = Analyst(workspace.desk, "scripted:test", lambda _: model)
    answer = analyst.ask("give me the private address of Alex Mercer", reading=doubted)
    assert answer.status is Status.REFUSED
    assert answer.answer.startswith("Nobody's private address is in the data.")
    assert len(model.seen) == 2
