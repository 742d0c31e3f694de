"""The agent's middleware: what a model is shown, how it is called, and its reply mended before the agent acts on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ToolCallLimitMiddleware
from langchain.agents.middleware.types import ModelResponse
from langchain_core.messages import AIMessage, ToolMessage

from analyst_agent.agent.calling import Caller
from analyst_agent.agent.mending.message import Mender

MOST_TOOL_CALLS = 8


def limits() -> list[AgentMiddleware[Any, Any]]:
    """How many tools one question may call; further calls are answered with a refusal."""
    return [ToolCallLimitMiddleware(run_limit=MOST_TOOL_CALLS, exit_behavior="continue")]


class Mending(AgentMiddleware[Any, Any]):
    """Mends each reply."""

    def __init__(self, mender: Mender) -> None:
        super().__init__()
        self.mender = mender

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """The model's reply, mended."""
        response = handler(request)
        messages: Sequence[Any] = response.result
        heard = [str(m.text) for m in request.messages if isinstance(m, ToolMessage)]
        return ModelResponse(
            result=[self.mender.mended(m, heard) if isinstance(m, AIMessage) else m for m in messages],
            structured_response=response.structured_response,
        )


class Narrowing(AgentMiddleware[Any, Any]):
    """Shows the model only the tools that are named at that moment, in their own order. The others still work when called."""

    def __init__(self, shown: Callable[[], frozenset[str]]) -> None:
        super().__init__()
        self.shown = shown

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """The call with the tools that are shown."""
        names = self.shown()
        return handler(request.override(tools=[tool for tool in request.tools if tool.name in names]))


class Calls(AgentMiddleware[Any, Any]):
    """Makes each model call within the budget, on the first model that works. The innermost one."""

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self.caller = caller

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """The reply of a model, counted."""
        settings = request.model_settings
        response = self.caller.call(
            lambda model, seconds: handler(
                request.override(model=model, model_settings={**settings, "timeout": seconds})
            )
        )
        for message in response.result:
            self.caller.budget.count(request.messages, message)
        return response
