"""Chat models by name, and the one boundary at which a provider's failure becomes a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from analyst_agent.errors import ModelError

if TYPE_CHECKING:
    from langchain.agents.middleware import AgentMiddleware
    from langchain_core.language_models.chat_models import BaseChatModel

Reply = TypeVar("Reply")

OFFLINE = "offline"
TIMEOUT_S = 60
RETRIES = 2


def check_model(name: str) -> str:
    """What is wrong with a model's name or its provider's variables, or an empty string. Contacts nobody."""
    if name == OFFLINE:
        return ""
    provider, _, model = name.partition(":")
    if not model:
        return f"{name!r} is no model; write `offline` or `openai:NAME`."
    if provider == "openai" and not os.environ.get("OPENAI_API_KEY"):
        return "OPENAI_API_KEY is not set; answers come from the offline model."
    return ""


def open_model(name: str) -> BaseChatModel:
    """A provider's chat model. Raises ModelError where it cannot be set up."""
    problem = check_model(name)
    if problem:
        raise ModelError(
            problem.split(";", maxsplit=1)[0] + ".", "Set the provider's variables, or use --model offline."
        )
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name, timeout=TIMEOUT_S, max_retries=RETRIES)
    except (ImportError, ValueError) as error:
        raise ModelError(
            f"The model {name!r} cannot be used: {_first_line(error)}.", "Use openai:NAME or offline."
        ) from error


def guard() -> AgentMiddleware[Any, Any]:
    """Middleware that passes every model call through `guarded`."""
    from langchain.agents.middleware import AgentMiddleware

    class Guard(AgentMiddleware[Any, Any]):
        def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
            return guarded(lambda: handler(request))

    return Guard()


def guarded(call: Callable[[], Reply]) -> Reply:
    """The reply of a provider. Raises ModelError for whatever the provider or its answer breaks with."""
    import httpx
    from openai import OpenAIError

    try:
        return call()
    except (OpenAIError, httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"The model did not answer: {_first_line(error)}.", "") from error


def untraced() -> AbstractContextManager[None]:
    """Within it LangChain sends no traces to anybody, whatever LANGSMITH_* and LANGCHAIN_* variables say.

    Such variables, set for another project, would copy questions, rows and passages to a third party, even offline.
    """
    from langsmith.run_helpers import tracing_context

    return tracing_context(enabled=False)


def _first_line(error: BaseException) -> str:
    text = (str(error).splitlines() or [""])[0].strip().rstrip(".")
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
