"""Shows what happens on the way to an answer, on a terminal's error stream, in one line that is gone when the answer is there."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from analyst_agent.agent.events import Done, Event, step_text
from analyst_agent.cli.shared import harmless
from analyst_agent.records import Answer


def followed(events: Iterable[Event]) -> Answer:
    """The answer at the end of the events; on a terminal each step is shown while it lasts."""
    if not sys.stderr.isatty():
        return _last(events)
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, markup=False, highlight=False)
    with console.status(Text("reading the question")) as status:

        def shown() -> Iterator[Event]:
            for event in events:
                if step := step_text(event):
                    status.update(Text(harmless(step)))
                yield event

        return _last(shown())


def _last(events: Iterable[Event]) -> Answer:
    *_, last = events
    if not isinstance(last, Done):
        raise TypeError("a stream ends with the answer")
    return last.answer
