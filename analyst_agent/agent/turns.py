"""One exchange with a chat model through LangChain's agent: prompt, tools, limits, and the text it ends with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from analyst_agent.agent.calls import call_of
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.models import OFFLINE, guard, guarded, untraced
from analyst_agent.agent.tools import build_tools
from analyst_agent.errors import ModelError
from analyst_agent.records import Intent, Plan

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MOST_MODEL_CALLS = 6
MOST_TOOL_CALLS = 8
EARLIER_QUESTIONS = 4
CALLABLE = (Intent.SKILL, Intent.QUERY, Intent.KNOWLEDGE, Intent.DESCRIBE)


@dataclass(slots=True)
class Spoken:
    """What the model said in the end, and what it took so far."""

    text: str
    input_tokens: int
    output_tokens: int
    model: BaseChatModel
    messages: list[BaseMessage] = field(default_factory=list)

    def again(self, unbound: Sequence[str]) -> Spoken:
        """One more try, told which parts no claim covers. Raises ModelError."""
        from langchain_core.messages import HumanMessage

        parts = "\n".join(f"- {part}" for part in unbound)
        request = f"These parts are covered by no claim:\n{parts}\nWrite the answer again with claim marks such as [c1] instead of them. Call no tool."
        messages = [*self.messages, HumanMessage(request)]
        with untraced():
            reply = guarded(lambda: self.model.invoke(messages))
        used: dict[str, Any] = dict(reply.usage_metadata or {})
        return Spoken(
            str(reply.text),
            self.input_tokens + int(used.get("input_tokens", 0)),
            self.output_tokens + int(used.get("output_tokens", 0)),
            self.model,
            messages,
        )


def converse_with(
    model: BaseChatModel, question: str, desk: Desk, ledger: Ledger, plan: Plan, earlier: Sequence[str]
) -> Spoken:  # fmt: skip
    """Lets the model answer with the desk's tools; findings go into the ledger. Raises ModelError where it cannot be used."""
    from langchain.agents import create_agent
    from langchain.agents.middleware import ModelCallLimitMiddleware, ToolCallLimitMiddleware
    from langchain_core.messages import AIMessage

    middleware: list[Any] = [
        ModelCallLimitMiddleware(run_limit=MOST_MODEL_CALLS, exit_behavior="end"),
        ToolCallLimitMiddleware(run_limit=MOST_TOOL_CALLS, exit_behavior="continue"),
    ]
    if model._llm_type != OFFLINE:
        middleware.append(guard())
    tools = build_tools(desk, ledger, plan)
    agent: Any = create_agent(model, tools, system_prompt=system_prompt(desk), middleware=middleware)
    with untraced():
        state = agent.invoke({"messages": [{"role": "user", "content": user_message(question, plan, earlier, model)}]})
    messages = list(state["messages"])
    last = messages[-1]
    if not isinstance(last, AIMessage):
        raise ModelError("The model ended without an answer.", "Ask again, or use --model offline.")
    used: list[dict[str, Any]] = [dict(m.usage_metadata or {}) for m in messages if isinstance(m, AIMessage)]
    tokens = [sum(int(u.get(key, 0)) for u in used) for key in ("input_tokens", "output_tokens")]
    return Spoken(str(last.text), tokens[0], tokens[1], model, messages)


def system_prompt(desk: Desk) -> str:
    """The system prompt: who it is, how it works, today and the data's days."""
    text = files("analyst_agent.agent").joinpath("prompts/system.md").read_text(encoding="utf-8")
    settings, engine = desk.settings, desk.engine
    return Template(text).substitute(
        name=settings.name,
        role=settings.role,
        goal=settings.goal,
        description=settings.description,
        today=desk.clock.today.isoformat(),
        first_day=engine.first_day,
        last_day=engine.last_day,
        zone=settings.time_zone,
    )


def user_message(question: str, plan: Plan, earlier: Sequence[str], model: BaseChatModel) -> str:
    """The question, what was asked before it and the call that its plan proposes; the offline model gets the question alone."""
    if model._llm_type == OFFLINE:
        return question
    lines = []
    if earlier:
        lines += ["Asked before:", *(f"- {q}" for q in earlier[-EARLIER_QUESTIONS:]), ""]
    lines.append(f"Question: {question}")
    if plan.intent in CALLABLE:
        name, arguments = call_of(plan)
        lines.append(
            f"Proposed call (confidence {plan.confidence:.2f}): {name} {json.dumps(arguments, ensure_ascii=False)}"
        )
    return "\n".join(lines)
