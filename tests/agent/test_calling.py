"""When a failed call is made again, on which model, and for how long anybody waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest

from analyst_agent.agent.budget import Budget, OutOfBudget
from analyst_agent.agent.calling import Caller, Patience, asked_wait_s, within
from analyst_agent.agent.scripted_model import ScriptedModel
from analyst_agent.errors import ModelError
from analyst_agent.workspace import Workspace
from tests.agent.asking import IMPATIENT, QUESTION, desk_with


class Failing(ValueError):
    """A server's refusal: a status, perhaps a code and headers; of a kind that the caller takes for a provider's."""

    def __init__(self, status: int, code: str | None = None, **headers: str) -> None:
        super().__init__(f"status {status}")
        self.status_code, self.code = status, code
        self.response = SimpleNamespace(headers={k.replace("_", "-"): v for k, v in headers.items()})


def caller(budget: Budget, *names: str, patience: Patience = IMPATIENT) -> Caller:
    return Caller(names or ("one",), lambda _: ScriptedModel(script=["x"]), budget, patience)


def failing(*errors: Exception) -> tuple[Callable[[Any, float], str], list[float]]:
    """A call that fails with each of the errors in turn and then gives "done", and the seconds it was given."""
    given: list[float] = []

    def run(_: Any, seconds: float) -> str:
        given.append(seconds)
        if len(given) <= len(errors):
            raise errors[len(given) - 1]
        return "done"

    return run, given


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_what_passes_is_tried_again(status: int) -> None:
    run, given = failing(Failing(status))
    assert caller(Budget(5, 5, 5_000)).call(run) == "done"
    assert len(given) == 2


@pytest.mark.parametrize(
    "error", [Failing(400), Failing(401), Failing(404), Failing(429, "insufficient_quota"), ValueError("garbage")]
)
def test_what_does_not_pass_is_not(error: Exception) -> None:
    run, given = failing(error, error)
    with pytest.raises(ModelError, match="one did not answer"):
        caller(Budget(5, 5, 5_000)).call(run)
    assert len(given) == 1


def test_a_failed_model_is_not_tried_again_in_the_same_answer() -> None:
    one = caller(Budget(5, 5, 5_000), "first", "second")
    run, given = failing(Failing(401))
    assert one.call(run) == "done"
    assert one.name == "second"
    assert one.fallback == "first did not answer: Failing: status 401. second answered."
    assert one.call(run) == "done"
    assert len(given) == 3


def test_waits_double_and_end_with_the_budget() -> None:
    run, given = failing(*[Failing(500)] * 9)
    begun = time.monotonic()
    with pytest.raises(ModelError):
        caller(Budget(1, 5, 5_000), patience=Patience(9, 0.1, 5)).call(run)
    assert time.monotonic() - begun < 1
    assert len(given) == 4
    assert given == sorted(given, reverse=True)


def test_a_limit_that_is_reached_is_no_failure_of_the_model() -> None:
    one = caller(Budget(5, 0, 5_000), "first", "second")
    with pytest.raises(OutOfBudget, match="0 model calls"):
        one.call(failing()[0])
    assert one.failures == []


def test_a_model_that_cannot_be_set_up_gives_way_to_the_second(workspace: Workspace) -> None:
    from analyst_agent.agent.analyst import Analyst

    def opened(name: str) -> ScriptedModel:
        if name == "openai:first":
            raise ModelError("OPENAI_API_KEY is not set.", "Set it.")
        return ScriptedModel(script=["[c1]"])

    answer = Analyst(desk_with(workspace, fallback_model="openai:second"), "openai:first", opened).ask(QUESTION)
    assert answer.usage.model == "openai:second"
    assert answer.usage.fallback == "OPENAI_API_KEY is not set. openai:second answered."


def test_the_wait_that_a_server_asks_for_is_seconds_or_a_date() -> None:
    assert asked_wait_s(Failing(429)) is None
    assert asked_wait_s(Failing(429, retry_after="1.5")) == 1.5
    assert asked_wait_s(Failing(429, retry_after="-3")) == 0
    assert asked_wait_s(Failing(429, retry_after="soon")) is None
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < (asked_wait_s(Failing(429, retry_after=later)) or 0) <= 30
    assert asked_wait_s(ValueError("no response")) is None


def test_within_gives_what_a_call_gives_and_ends_in_time() -> None:
    assert within(1, lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 // 0)
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match=r"nothing within 0\.1 seconds"):
        within(0.1, lambda: time.sleep(1))
    assert time.monotonic() - begun < 0.5
