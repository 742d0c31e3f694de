"""What happens on the way to an answer, as records in the order in which it happens; the last is always `Done`."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyst_agent.records import Answer, Plan

_PARAGRAPH = re.compile(r"(?<=\n)(?=\n)")


@dataclass(frozen=True, slots=True)
class Understood:
    """The question was read."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Calling:
    """A tool is about to run."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A tool has run: how many claims its finding makes, or why there is none."""

    tool: str
    claim_count: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The model is asked for words; again: for the second and last time, because some of them were covered by no claim."""

    model: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """The next part of the answer's text. Nothing is told before it was bound, so what was told is never taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer, the same record as without a stream."""

    answer: Answer


Event = Understood | Calling | Found | Wording | Delta | Done


def told(answer: Answer) -> Iterator[Delta | Done]:
    """The answer's text in parts, paragraph by paragraph, and then the answer. The parts joined are the text."""
    for part in _PARAGRAPH.split(answer.answer):
        if part:
            yield Delta(part)
    yield Done(answer)


def steps(events: Iterable[Event]) -> Generator[Event, None, Answer]:
    """Passes on what happens but the text and the end, and gives the answer to whoever has something to add to it."""
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Done):
            answer = event.answer
        elif not isinstance(event, Delta):
            yield event
    if answer is None:
        raise ValueError("the events end without an answer")
    return answer


def answer_of(events: Iterable[Event]) -> Answer:
    """Runs to the end and gives the answer."""
    found = [event for event in events if isinstance(event, Done)]
    return found[-1].answer


def step_text(event: Event) -> str:
    """What an event is told as; empty where it changes nothing that is worth a line.

    >>> step_text(Calling("team_load"))
    'running team_load'
    """
    match event:
        case Understood():
            return "looking for the numbers"
        case Calling():
            return f"running {event.tool}"
        case Found():
            return f"{event.tool}: {event.problem}" if event.problem else f"{event.tool}: {event.claim_count} claims"
        case Wording():
            return f"{event.model} is {'correcting what no number covers' if event.again else 'writing'}"
    return ""
