"""How the outlook of a schedule is told in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from analyst_agent.cli.shared import say

if TYPE_CHECKING:
    from analyst_agent.playbook.schedule.outlook import Coming, Outlook
    from analyst_agent.playbook.schedule.records import Timetable


def say_outlooks(found: Sequence[Outlook], table: Timetable, now: datetime, looked_at: datetime | None) -> None:
    """What is due and next of each playbook, and whether a scheduler is at work."""
    from analyst_agent.playbook.schedule.reasons import due_name

    zone = table.calendar.zone
    say(f"It is {due_name(now.astimezone(zone))} in {zone.key}.")
    for one in found:
        say()
        for line in outlook_lines(one, zone_of=table):
            say(line)
    if not found:
        say("There is no playbook here.")
    if any(one.state == "active" for one in found):
        said = (
            f"A scheduler last looked on {due_name(looked_at.astimezone(zone))}."
            if looked_at
            else "No scheduler has looked yet."
        )
        say(f"\n{said} `analyst schedule` runs what is due, docs/scheduling.md says how as a service.")


def outlook_lines(one: Outlook, zone_of: Timetable) -> Iterator[str]:
    """One playbook, a fact a line."""
    from analyst_agent.playbook.schedule.reasons import due_name
    from analyst_agent.playbook.schedule.rules import day_name
    from analyst_agent.playbook.schedule.taking import told_missed

    zone = zone_of.calendar.zone
    since = f" since {day_name(one.since.astimezone(zone).date())}" if one.since else ""
    yield f"{one.playbook}: {one.state}{since}" + (f" ({one.said_by})" if one.said_by else "")
    if one.schedule:
        yield f"  {one.schedule}"
    if one.complaint:
        yield f"  {one.complaint}"
        return
    if one.unfinished:
        yield f"  begun and not finished: the run due {due_name(one.unfinished.due.astimezone(zone))}"
    elif one.last:
        last = one.last
        yield f"  last: {due_name(last.due.astimezone(zone))}: {last.state.replace('_', ' ')}" + (
            f" ({last.run})" if last.run else ""
        )
    if one.due:
        yield f"  due now: {due_name(one.due)}" + (f" ({told_missed(one.missed)})" if one.missed else "")
    label = "next" if one.state == "active" else "once active, next"
    for coming in one.coming:
        yield f"  {label}: {coming_text(coming)}"
        label = "then"


def coming_text(coming: Coming) -> str:
    """A due time, why on that day, and what its run reports on."""
    from analyst_agent.playbook.schedule.reasons import due_name

    reason = f", {coming.reason}" if coming.reason else ""
    return f"{due_name(coming.due)}{reason}" + (f"; reports on {coming.period}" if coming.period else "")
