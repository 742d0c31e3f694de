"""A scheduler at a desk of the tests' own: a clock that is set by hand, files that are a record, a runner that notes its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.loop import Scheduler
from analyst_agent.playbook.schedule.records import Event, Outcome, Scheduled, Timetable
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.schedules import Schedules


def utc(text: str) -> datetime:
    """An instant: "2026-05-04T06:00" is in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    """What the runner was asked for."""

    name: str
    as_of: date
    due: datetime
    caught_up: int


@dataclass
class Desk:
    """folder: its state. now: what the clock says. schedules: text by playbook. run: what a run does, before it is done."""

    folder: Path
    now: datetime = field(default_factory=lambda: utc("2026-05-04T12:00"))
    zone: str = "Europe/Berlin"
    holidays: tuple[str, ...] = ("DE",)
    schedules: dict[str, str] = field(default_factory=lambda: {"digest": "every day at 08:00"})
    run: Callable[[Call, Callable[[], bool]], Outcome | None] = lambda _call, _stop: None
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / ".analyst").mkdir(exist_ok=True)
        self.store = Schedules(sqlite_url(self.folder))

    def timetable(self) -> Timetable:
        """The files as they are now."""
        found = tuple(Scheduled(name, text, "month") for name, text in self.schedules.items())
        return Timetable(Calendar(self.zone, self.holidays), found)

    def scheduler(self, holder: str = "") -> Scheduler:
        """A scheduler of this desk; holder: unset, this process."""
        return Scheduler(self.store, self.timetable, self._carry_out, lambda: self.now, holder)

    def look(self, at: str | None = None, holder: str = "") -> list[Event]:
        """One pass of a new scheduler, at a time in UTC."""
        if at is not None:
            self.now = utc(at)
        return list(self.scheduler(holder).once())

    def activate(self, name: str = "digest", at: str | None = None) -> None:
        """Makes a playbook active."""
        if at is not None:
            self.now = utc(at)
        self.store.activate(name, self.now, "Dana")

    def later(self, **span: float) -> None:
        """Sets the clock forward, or back."""
        self.now += timedelta(**span)

    @property
    def ran(self) -> list[tuple[str, int]]:
        """The days that were run, with how many due times had been missed."""
        return [(f"{call.as_of:%m-%d}", call.caught_up) for call in self.calls]

    def _carry_out(self, name: str, as_of: date, due: datetime, caught_up: int, stop: Callable[[], bool]) -> Outcome:
        call = Call(name, as_of, due, caught_up)
        self.calls.append(call)
        return self.run(call, stop) or Outcome("done", f"run-{len(self.calls)}")
