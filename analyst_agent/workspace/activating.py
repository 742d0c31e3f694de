"""Has a playbook run on its own from now on, or no longer: what a command and the page both do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analyst_agent.playbook.schedule.due import next_after
from analyst_agent.playbook.schedule.outlook import Outlook, outlooks
from analyst_agent.playbook.schedule.records import rule_of
from analyst_agent.workspace.scheduling import Bench


@dataclass(frozen=True, slots=True)
class Switched:
    """What came of it. is_changed: False where it was so already; outlook: how it stands now, None where its file is gone."""

    is_changed: bool
    outlook: Outlook | None


def activate(bench: Bench, name: str, by: str, now: datetime) -> Switched:
    """Raises NotGranted for a restricted caller, UnknownName, or InvalidDefinition where it has no schedule that can be read."""
    bench.workspace.check_may_change("activating a playbook")
    next_after(rule_of(bench.playbook(name)), now, bench.timetable().calendar)
    return Switched(bench.store.activate(name, now, by), outlook_of(bench, name, now))


def deactivate(bench: Bench, name: str, by: str, now: datetime) -> Switched:
    """Raises NotGranted for a restricted caller, or UnknownName. A run at hand goes on."""
    bench.workspace.check_may_change("pausing a playbook")
    if name not in bench.store.standings():  # one whose file is gone can still be paused
        bench.playbook(name)
    return Switched(bench.store.deactivate(name, now, by), outlook_of(bench, name, now))


def outlook_of(bench: Bench, name: str, now: datetime) -> Outlook | None:
    """How a playbook stands with the scheduler."""
    return next((one for one in outlooks(bench.timetable(), bench.store, now) if one.playbook == name), None)
