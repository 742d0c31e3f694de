"""The built-in model: a LangChain chat model that needs no key and no network. It calls what the plan says and then lets the claims speak."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from analyst_agent.agent.calls import call_of
from analyst_agent.records import Plan

DEFAULT_TEXT = "[default]"


class OfflineModel(BaseChatModel):
    """Answers a human message with the calls of its plan, one after the other, and the last result with `[default]`: the claims in their own order."""

    plan_for: Callable[[str], Plan]

    @property
    def _llm_type(self) -> str:
        return "offline"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """The plan already names the tool, so that the offered ones need not be read."""
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:  # fmt: skip
        asked = max(i for i, message in enumerate(messages) if isinstance(message, HumanMessage))
        done = sum(isinstance(message, ToolMessage) for message in messages[asked:])
        plan = self.plan_for(str(messages[asked].content))
        # One call at a time: the answer's parts stand in the order of the question's.
        parts = (plan, *plan.then)
        if done >= len(parts):
            return _said(AIMessage(DEFAULT_TEXT))
        name, arguments = call_of(parts[done])
        call = {"name": name, "args": json.loads(json.dumps(arguments)), "id": f"call_{done + 1}", "type": "tool_call"}
        return _said(AIMessage("", tool_calls=[call]))


def _said(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


__all__ = ["DEFAULT_TEXT", "OfflineModel"]
