"""How a person asks in the browser, and how a test holds an answer in the middle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from analyst_agent.agent.events import Calling, Event, Understood
from analyst_agent.records import Intent, Plan
from analyst_agent.workspace import asking

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOW_MANY = "How many tickets were escalated in October 2026 by region?"
CAUSES = "What drove escalations last month?"
PATIENCE_MS = 60_000
"""The first answer of a workspace opens everything."""


def ask(page: Page, question: str, turn: int = 1) -> None:
    """Types a question, sends it, and waits for its answer."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector(f"#turn-{turn}", timeout=PATIENCE_MS)


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every question stops after its first steps until the event is set."""
    goes_on, real = threading.Event(), asking.converse_events

    def slow(*given: Any, **named: Any) -> Iterator[Event]:
        yield Understood(Plan(Intent.QUERY))
        yield Calling("counting_slowly")
        assert goes_on.wait(60), "the test never let it go on"
        yield from real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(asking, "converse_events", slow)
        yield goes_on
        goes_on.set()
