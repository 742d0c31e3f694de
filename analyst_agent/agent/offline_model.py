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
    """Answers a human message with the call of its plan, and a tool result with `[default]`: the claims in their own order."""

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
        last = messages[-1]
        if isinstance(last, ToolMessage):
            return _said(AIMessage(DEFAULT_TEXT))
        question = next(str(m.content) for m in reversed(messages) if isinstance(m, HumanMessage))
        name, arguments = call_of(self.plan_for(question))
        call = {"name": name, "args": json.loads(json.dumps(arguments)), "id": "call_1", "type": "tool_call"}
        return _said(AIMessage("", tool_calls=[call]))


def _said(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


__all__ = ["DEFAULT_TEXT", "OfflineModel"]
