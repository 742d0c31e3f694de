"""What a model is told of a conversation, and the golden files of all that it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from analyst_agent.agent.prompting import Earlier, earlier_lines, label, system_prompt, user_message
from analyst_agent.agent.scripted_model import ScriptedModel, calls, said
from analyst_agent.agent.threads import Thread
from analyst_agent.agent.tools import schemas
from analyst_agent.records import Filter, Intent, Plan
from analyst_agent.workspace import Workspace
from tests.agent.asking import QUESTION, UNSURE, ask, ask_unsure

GOLDEN = Path(__file__).parent / "golden"
KNOWN = Plan(Intent.SKILL, skill="root_cause_trend", where=(Filter("tier", "=", "Enterprise"),), by=("region",))


def test_a_plan_is_told_in_a_few_words() -> None:
    assert label(KNOWN) == "root_cause_trend, tier = Enterprise, by region"
    assert label(None) == "not answered"
    assert label(Plan(Intent.SMALLTALK)) == "smalltalk"


def test_the_last_questions_are_told_and_those_before_counted() -> None:
    earlier = [Earlier(f"question {n}", KNOWN) for n in range(10)]
    lines = earlier_lines(earlier)
    assert lines[:2] == ["Asked before:", "- 6 questions: 6 root_cause_trend"]
    assert lines[2] == "- question 6 (root_cause_trend, tier = Enterprise, by region)"
    assert len(lines) == 7
    assert earlier_lines([]) == []


def test_a_long_conversation_stays_small() -> None:
    earlier = [Earlier("x" * 5_000, KNOWN) for _ in range(500)]
    assert len("\n".join(earlier_lines(earlier))) < 1_500


def test_the_question_comes_last_and_answers_are_not_repeated(workspace: Workspace) -> None:
    first, _ = ask(workspace, QUESTION, "[c1]")
    thread = Thread(first.plan, first.plan, (), (Earlier(QUESTION, first.plan),))
    _, model = ask_unsure(workspace, UNSURE, calls("escalation_trend"), "[c1]", thread=thread)
    told = str(model.seen[0][-1].content)
    assert told.splitlines()[-1] == f"Question: {UNSURE}"
    assert f"- {QUESTION} (root_cause_trend, October 2026" in told
    assert "KI-12" not in told


def test_the_proposed_call_is_told_only_where_the_plan_is_unsure() -> None:
    sure = Plan(Intent.SKILL, confidence=0.9, skill="team_load")
    assert user_message("How?", sure, ()) == "Question: How?"
    unsure = Plan(Intent.SKILL, confidence=0.5, skill="team_load")
    assert user_message("How?", unsure, ()).startswith("Proposed call: team_load {}")


def test_the_system_prompt_is_the_golden_one(workspace: Workspace, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "system_prompt.md", system_prompt(workspace.desk))


def test_the_tool_schemas_are_the_golden_ones(workspace: Workspace, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "tool_schemas.json", json.dumps(schemas(workspace.desk), indent=1) + "\n")


TRANSCRIPTS: dict[str, tuple[str, list[Any]]] = {
    "sure_plan": (QUESTION, [said("In short: [c1] [c3]")]),
    "unsure_plan_mended": (
        UNSURE,
        ['```json\n{{"name": "escalation_trends", "arguments": {{"grain": ["month"]}}}}\n```', said("(c1) [C2, c3]")],
    ),
    "lie_repaired": (
        "Do escalation rates differ by customer tier?",
        ["[c1]\n\nPlatinum customers escalate most, in 23 % of their tickets.", "[c1] [c2]"],
    ),
}


def transcript(model: ScriptedModel, answer: str) -> str:
    """Every message sent in the last call, what was said to it, the tools offered in each call, and the answer."""
    lines = []
    for number, tools in enumerate(model.offered, 1):
        lines.append(f"# Tools of call {number}: {', '.join(t['function']['name'] for t in tools)}")
    reply = model.script[len(model.seen) - 1]
    for message in [*model.seen[-1], AIMessage(reply) if isinstance(reply, str) else reply]:
        lines += _message(message)
    return "\n\n".join([*lines, "# Answer", answer]) + "\n"


def _message(message: BaseMessage) -> list[str]:
    called = [f"{c['name']} {json.dumps(c['args'])}" for c in getattr(message, "tool_calls", ())]
    text = "(the system prompt)" if message.type == "system" else str(message.text)
    return [f"# {message.type}", *([text] if text else []), *called]


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_whole_transcript_is_the_golden_one(
    workspace: Workspace, golden: Callable[[Path, str], None], name: str
) -> None:
    question, script = TRANSCRIPTS[name]
    answer, model = (ask_unsure if question == UNSURE else ask)(workspace, question, *script)
    golden(GOLDEN / f"{name}.md", transcript(model, answer.answer))
