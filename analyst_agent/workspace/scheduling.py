"""What a scheduler works with in a workspace: its files as they are at each look, its state, and the runner of playbooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from analyst_agent.errors import UnknownName
from analyst_agent.playbook.delivery import Outcome as Sent
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.records import Run, Scheduled, Timetable
from analyst_agent.semantic.periods import Clock, Grain, complete_before, label
from analyst_agent.settings import Settings
from analyst_agent.state.schedules import Schedules
from analyst_agent.workspace import Workspace


@dataclass
class Bench:
    """A scheduler's bench in a workspace. playbooks: those of the workspace given, read anew; run: runs one of them; send: a round
    of sending what waits in the outbox, between runs.
    """

    workspace: Workspace
    playbooks: Callable[[Workspace], Sequence[Scheduled]]
    run: Run
    send: Callable[[], Sent] = Sent

    @property
    def store(self) -> Schedules:
        """Which playbooks are active, and what was taken up."""
        return self.workspace.schedules

    def timetable(self) -> Timetable:
        """As settings and playbooks say now. Raises AnalystError where they cannot be read."""
        fresh = Workspace.open(self.workspace.root)
        return timetable_of(fresh.settings, self.playbooks(fresh))

    def playbook(self, name: str) -> Scheduled:
        """One of the playbooks. Raises UnknownName."""
        known = {one.name: one for one in self.playbooks(self.workspace)}
        if name not in known:
            raise UnknownName("playbook", name, known)
        return known[name]


def timetable_of(settings: Settings, playbooks: Sequence[Scheduled]) -> Timetable:
    """When playbooks are due under these settings. Raises UnknownName or InvalidDefinition for holidays that do not exist."""

    def period(covers: str, as_of: date) -> str:
        return label(complete_before(Clock.of(settings, as_of), 1, cast(Grain, covers))) if covers else ""

    return Timetable(Calendar(settings.time_zone, settings.holidays), tuple(playbooks), period)
