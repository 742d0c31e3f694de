"""Chat models by name, and the one boundary at which a provider's failure becomes a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from analyst_agent.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

OpenChat = Callable[[str], "BaseChatModel"]
"""Sets up a chat model by its name; raises ModelError where it cannot be."""
OFFLINE = "offline"
TIMEOUT_S = 60
TEMPERATURE = 0.0
"""The same question is to be answered the same way. A model that takes no temperature is asked without one (`calling.py`)."""
MOST_OUTPUT_TOKENS = 4_000
"""Of one reply, the thoughts of a reasoning model included; an answer needs some hundred."""


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
    """A provider's chat model that tries each request once (`calling.py` tries again). Raises ModelError where it cannot be set up."""
    problem = check_model(name)
    if problem:
        raise ModelError(
            problem.split(";", maxsplit=1)[0] + ".", "Set the provider's variables, or use --model offline."
        )
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(
            name, timeout=TIMEOUT_S, max_retries=0, max_tokens=MOST_OUTPUT_TOKENS, temperature=TEMPERATURE
        )
    except (ImportError, ValueError) as error:
        raise ModelError(
            f"The model {name!r} cannot be used: {first_line(error)}.", "Use openai:NAME or offline."
        ) from error


def provider_errors() -> tuple[type[Exception], ...]:
    """What a provider, or an answer of its that is none, breaks with."""
    import httpx
    from langchain_core.exceptions import LangChainException
    from openai import OpenAIError

    broken = (ValueError, KeyError, TypeError, AttributeError, IndexError)
    return (OpenAIError, LangChainException, httpx.HTTPError, TimeoutError, *broken)


def untraced() -> AbstractContextManager[None]:
    """Within it LangChain sends no traces to anybody, whatever LANGSMITH_* and LANGCHAIN_* variables say.

    Such variables, set for another project, would copy questions, rows and passages to a third party, even offline.
    """
    from langsmith.run_helpers import tracing_context

    return tracing_context(enabled=False)


def first_line(error: BaseException) -> str:
    """The kind of an error and the beginning of what it says, without a full stop."""
    text = (str(error).splitlines() or [""])[0].strip().rstrip(".")
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
