"""Calls of chat models that fail like real servers: tried again where that may help, on a second model where it does not, within a budget."""

from __future__ import annotations

import contextvars
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING, Any, TypeVar

from analyst_agent.agent.budget import Budget
from analyst_agent.agent.models import first_line, provider_errors
from analyst_agent.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

Reply = TypeVar("Reply")

_PASSING = (408, 409, 429)
"""Statuses, beside those of 500 and more, that a server may not give a second time."""
GRACE_S = 0.25
"""How long after its own time-out a client is waited for, so that its thread has ended when nothing is amiss."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is tried again, how long first (then twice as long each time), and the longest wait a server may ask for."""

    retries: int = 2
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0


@dataclass(slots=True)
class Caller:
    """Calls the first of the named models that works. One that fails is not tried again in the same answer."""

    names: Sequence[str]
    open_chat: Callable[[str], BaseChatModel]
    budget: Budget
    patience: Patience = Patience()
    failures: list[str] = field(default_factory=list)
    opened: dict[str, BaseChatModel] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model in use, or the last one where all have failed."""
        return self.names[min(len(self.failures), len(self.names) - 1)]

    @property
    def fallback(self) -> str | None:
        """Why a later model answers, or None."""
        return f"{' '.join(self.failures)} {self.name} answered." if self.failures else None

    def model(self) -> BaseChatModel:
        """The first model that can be set up. Raises ModelError with every reason where none can."""
        while True:
            name = self.name
            try:
                return self.opened.setdefault(name, self.opened.get(name) or self.open_chat(name))
            except ModelError as error:
                self._give_up(error)

    def call(self, run: Callable[[BaseChatModel, float], Reply]) -> Reply:
        """What `run` makes of a model within so many seconds. Raises ModelError where none answered, OutOfBudget where a limit is reached."""
        while True:
            model = self.model()
            self.budget.begin()
            self.budget.check()
            try:
                return self._patiently(model, run)
            except ModelError as error:
                self._give_up(error)

    def _give_up(self, error: ModelError) -> None:
        """On to the next model. Raises ModelError where there is none."""
        self.failures.append(error.message)
        if len(self.failures) >= len(self.names):
            raise ModelError(" ".join(self.failures), error.hint) from error

    def _patiently(self, model: BaseChatModel, run: Callable[[BaseChatModel, float], Reply]) -> Reply:
        attempt = 0
        while True:
            is_last = len(self.failures) + 1 >= len(self.names)
            share = 1.0 if is_last and attempt >= self.patience.retries else 0.5
            seconds = max(0.01, self.budget.left_s * share)
            try:
                return within(seconds + GRACE_S, partial(run, model, seconds))
            except provider_errors() as error:
                if _dropped_temperature(model, error):
                    continue
                wait_s = self._wait_s(error, attempt, is_last)
                if wait_s is None or wait_s >= self.budget.left_s:
                    raise ModelError(f"{self.name} did not answer: {first_line(error)}.", "") from error
                time.sleep(wait_s)
                attempt += 1

    def _wait_s(self, error: Exception, attempt: int, is_last: bool) -> float | None:
        """Seconds to wait before the next try, or None where another try would not help."""
        if attempt >= self.patience.retries or not _may_pass(error):
            return None
        if not is_last and _is_timeout(error):
            # A server that hangs has taken half of the time already: the rest is the second model's.
            return None
        asked = asked_wait_s(error)
        if asked is not None:
            return asked if asked <= self.patience.longest_wait_s else None
        return float(min(self.patience.first_wait_s * 2**attempt, self.patience.longest_wait_s))


def within(seconds: float, call: Callable[[], Reply]) -> Reply:
    """What `call` returns. Raises TimeoutError after the seconds, whatever the call does then in a thread that ends with the process.

    A client's own time-out, which is asked for as well, is for each read: a server that sends a byte now and then never reaches it.
    """
    pool = ThreadPool(1)
    try:
        reply: Reply = pool.apply_async(contextvars.copy_context().run, (call,)).get(seconds)
        return reply
    except multiprocessing.TimeoutError as error:
        raise TimeoutError(f"nothing within {seconds:.3g} seconds") from error
    finally:
        pool.close()


def asked_wait_s(error: Exception) -> float | None:
    """Seconds that the server asked for in Retry-After, given as seconds or as a date; None where it did not."""
    response: Any = getattr(error, "response", None)
    said = response.headers.get("retry-after") if response is not None else None
    if not said:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _may_pass(error: Exception) -> bool:
    from openai import APIConnectionError

    status = getattr(error, "status_code", None)
    if getattr(error, "code", None) == "insufficient_quota":
        return False
    if isinstance(status, int):
        return status in _PASSING or status >= 500
    return isinstance(error, (APIConnectionError, TimeoutError))


def _dropped_temperature(model: Any, error: Exception) -> bool:
    """Whether the server takes no temperature, as those of reasoning models do; the model then goes without one."""
    is_refused = getattr(error, "status_code", None) == 400 and "temperature" in str(error).lower()
    if not is_refused or getattr(model, "temperature", None) is None:
        return False
    model.temperature = None
    return True


def _is_timeout(error: Exception) -> bool:
    from openai import APITimeoutError

    return isinstance(error, (APITimeoutError, TimeoutError))
