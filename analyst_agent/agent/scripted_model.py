"""A chat model that says what a script says: for tests of the whole path, and for trying what a lying or silent model would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field


class ScriptedModel(BaseChatModel):
    """Gives the messages of `script` in turn (an exception among them is raised) and keeps what it was sent in `seen`, the tools
    that it was offered in `offered`, as a provider is sent them.
    """

    script: list[Any]
    seen: list[list[BaseMessage]] = Field(default_factory=list)
    offered: list[list[dict[str, Any]]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Notes the tools; the script already names its calls."""
        self.offered.append([convert_to_openai_tool(tool) for tool in tools])
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:  # fmt: skip
        self.seen.append(list(messages))
        said = self.script[min(len(self.seen), len(self.script)) - 1]
        if isinstance(said, Exception):
            raise said
        message = AIMessage(said) if isinstance(said, str) else said
        return ChatResult(generations=[ChatGeneration(message=message)])


def said(text: str, *called: Any) -> AIMessage:
    """A message with its use of tokens as a provider reports it: a text, calls, or both."""
    used = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
    return AIMessage(text, tool_calls=list(called), usage_metadata=used)


def calls(name: str, **arguments: Any) -> AIMessage:
    """A message that calls one tool."""
    return said("", {"name": name, "args": arguments, "id": f"call_{name}", "type": "tool_call"})
