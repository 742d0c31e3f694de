"""Answers questions beside the requests: threads that outlive a closed page, and a watch for what another process left unanswered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from starlette.concurrency import run_in_threadpool

from analyst_agent.agent.models import OFFLINE
from analyst_agent.errors import AnalystError
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.server.pacing import Pace
from analyst_agent.server.problems import TooMany
from analyst_agent.server.threads import Threads
from analyst_agent.state.asks import FAILED, STOPPED, Ask, AskEvent, Asks, NewAsk
from analyst_agent.state.processes import this_process
from analyst_agent.workspace.asking import perform

AT_ONCE = 8
"""Questions answered at the same time without a model; more wait for their turn."""
WITH_MODEL_AT_ONCE = 64
"""Questions answered at the same time with one: most of the time they wait for it, and nobody else waits for them."""
MOST_WAITING = 100
"""Questions of one person on their way at the same time; a program that has run away is told to wait."""
WAIT_S = 5
"""So long it is told to wait."""
LOOK_S = 5.0
"""How often this process says that it lives, and looks for questions of those that do not."""
POLL_S = 0.5
"""How often a question is looked at that another process answers."""
OWN_POLL_S = 5.0
"""And one that this process answers, which tells of each event."""
KEPT = timedelta(days=2)
"""How long the events of an answered question are kept; its answer stays in the conversation."""
UNEXPECTED = AnalystError(
    "Something went wrong that should not have; nothing was kept.",
    "Ask again. If it happens again, the server's log says what it was.",
)
_log = logging.getLogger(__name__)


class Answering:
    """The threads that answer. model: that of the settings, which a question without one is asked with. At the end, questions still running are left to the next process."""

    def __init__(self, opened: OpenWorkspaces, asks: Asks, pace: Pace, model: str = OFFLINE) -> None:
        self._opened = opened
        self._asks = asks
        self._pace = pace
        self._model = model
        self._threads = Threads(AT_ONCE, "answer")
        self._model_threads = Threads(WITH_MODEL_AT_ONCE, "model")
        self._ended = Event()
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        self._lock = Lock()
        asks.listeners.append(self._notify)
        self._watch = Thread(target=self._watching, name="answering", daemon=True)

    def start(self) -> None:
        """Begins to look for questions that were left."""
        self._watch.start()

    def close(self) -> None:
        """Takes nothing up any more; what runs is not waited for."""
        self._ended.set()
        with self._lock:
            waiting = [wake for some in self._waiting.values() for wake in some]
        for wake in waiting:
            wake()

    @property
    def is_ended(self) -> bool:
        """Whether nothing is answered here any more; who follows a question goes elsewhere."""
        return self._ended.is_set()

    def check(self, owner: str) -> None:
        """Counts a question of somebody's. Raises TooMany where they asked too often, or too many of theirs are on their way."""
        self._pace.check("question", owner)
        if self._asks.count_running(owner) >= MOST_WAITING:
            hint = f"Wait for some of them, or stop them; try again in {WAIT_S} seconds."
            raise TooMany(f"{MOST_WAITING} of your questions are on their way.", hint, WAIT_S)

    def begin(self, new: NewAsk) -> Ask:
        """Keeps a question and has it answered; one of the same key is the one there was. Raises WorkspaceError, or TooMany."""
        self.check(new.owner)
        ask, is_new = self._asks.begin(new)
        if is_new:
            self._submit(ask)
        return ask

    def stop(self, ask: Ask) -> bool:
        """Ends a question; nothing of its answer is kept. False where it had ended."""
        return self._asks.finish(ask.id, STOPPED, {})

    async def events(self, ask: Ask, after: int, wait_s: float) -> list[AskEvent]:
        """What happened after the event of that number; where nothing has, it waits for so long, and no thread waits with it."""
        loop, happened = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(happened.set)

        deadline = monotonic() + wait_s
        poll_s = OWN_POLL_S if ask.holder == this_process() else POLL_S
        with self._listening(ask.id, wake):
            while True:
                happened.clear()
                found = await run_in_threadpool(self._asks.events, ask.id, after)
                left = deadline - monotonic()
                if found or left <= 0 or self._ended.is_set():
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(happened.wait(), min(poll_s, left))

    @contextmanager
    def _listening(self, ask: str, wake: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            self._waiting.setdefault(ask, []).append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._waiting[ask].remove(wake)
                if not self._waiting[ask]:
                    del self._waiting[ask]

    def _submit(self, ask: Ask) -> None:
        is_offline = (ask.model or self._model) == OFFLINE
        (self._threads if is_offline else self._model_threads).submit(lambda: self._perform(ask))

    def _perform(self, ask: Ask) -> None:
        """Answers the question. Whatever breaks is told to who waits, and what should not have broken is logged.

        Once the server ends, things break because they are closed: the question then is left as it is, for the next process.
        """
        try:
            with self._opened.of(ask.restrictions, ask.role) as workspace:
                perform(workspace, self._asks, ask)
        except AnalystError as error:
            self._fail(ask, error)
        except Exception as error:  # noqa: BLE001 the boundary of a thread
            if not self._ended.is_set():
                _log.error("question %s failed", ask.id, exc_info=error)
            self._fail(ask, UNEXPECTED)

    def _fail(self, ask: Ask, error: AnalystError) -> None:
        if not self._ended.is_set():
            self._asks.finish(ask.id, FAILED, {"error": error.to_dict("page")})

    def _notify(self, ask: str) -> None:
        with self._lock:
            for wake in self._waiting.get(ask, ()):
                wake()

    def _watching(self) -> None:
        while not self._ended.is_set():
            try:
                self._asks.beat()
                for ask in self._asks.take_abandoned():
                    self._submit(ask)
                self._asks.trim(datetime.now(UTC) - KEPT)
            except AnalystError as error:
                _log.warning("%s %s", error.message, error.hint)
            self._ended.wait(LOOK_S)
