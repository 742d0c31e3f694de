"""What the scheduler is given and what it tells: the playbooks as their files say now, the runner, and what came of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.rules import FORMS, Rule, parse_schedule

Clock = Callable[[], datetime]
"""The time now, aware of its zone."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A playbook that may be due. schedule: its text, "" where it has none. covers: month, week or day. problem: why its file
    cannot be run, "" where it can.
    """

    name: str
    schedule: str
    covers: str = ""
    problem: str = ""


def rule_of(one: Scheduled) -> Rule:
    """When it is due. Raises InvalidDefinition where its file cannot be run, or it says no schedule that can be read."""
    if one.problem:
        raise InvalidDefinition(one.problem)
    if not one.schedule.strip():
        raise InvalidDefinition(f"{one.name} has no schedule.", f"Add one to its file: schedule: {FORMS[0]}")
    return parse_schedule(one.schedule)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Everything that decides when something is due, as the workspace's files say at one moment. period: in words, what a run
    with such a `covers` on a day reports on.
    """

    calendar: Calendar
    playbooks: tuple[Scheduled, ...]
    period: Callable[[str, date], str] = lambda _covers, _as_of: ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. done; failed (for good: its owner was told); stopped (at a step's end, to be resumed). run: its id."""

    state: Literal["done", "failed", "stopped"]
    run: str = ""
    note: str = ""


class Run(Protocol):
    """Runs a playbook, or resumes the run that was begun for the same due time.

    as_of: the day its clock stands at. due: the due time, aware. caught_up: how many due times had been missed when it was taken
    up, its own included if it was more than an hour late; 0 if on time. stop: asked before each step, and before anything is sent;
    once it is true the run is to end as stopped: the service was told to end, or another scheduler has taken the run over.
    An AnalystError is a failure; a WorkspaceError among them is tried again.
    """

    def __call__(self, name: str, as_of: date, due: datetime, caught_up: int, stop: Callable[[], bool]) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a scheduler did or met. kind: done, failed, stopped, put_back, given_up, busy, waiting,
    complaint or recovered."""

    kind: str
    playbook: str
    text: str
    run: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether somebody has to look at it."""
        return self.kind in ("failed", "put_back", "given_up", "complaint")
