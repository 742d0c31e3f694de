"""What a scheduler would do: for every playbook its state, what is due now, what is next and why on that day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.deciding import due_now, next_due
from analyst_agent.playbook.schedule.due import next_after
from analyst_agent.playbook.schedule.reasons import reason
from analyst_agent.playbook.schedule.records import Scheduled, Timetable, rule_of
from analyst_agent.playbook.schedule.rules import Rule
from analyst_agent.state.schedules import Claim, Schedules, Standing

COUNT = 3
"""So many coming due times are told."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A due time in the workspace's zone, what moved it to its day ("" where nothing did), and what its run reports on."""

    due: datetime
    reason: str
    period: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """One playbook as a scheduler sees it. state: active, paused, inactive (never activated) or missing (active without a file).

    due: what a scheduler would run now, with `missed` due times before it; unfinished and last: what was taken up before.
    complaint: why it cannot be due at all.
    """

    playbook: str
    schedule: str
    covers: str
    state: str
    since: datetime | None = None
    said_by: str = ""
    due: datetime | None = None
    missed: int = 0
    coming: tuple[Coming, ...] = ()
    unfinished: Claim | None = None
    last: Claim | None = None
    complaint: str = ""


def outlooks(table: Timetable, store: Schedules, now: datetime) -> tuple[Outlook, ...]:
    """Every playbook of the files, and those that are active without one. Writes nothing."""
    now = now.astimezone(UTC)
    standings = store.standings()
    known = {one.name for one in table.playbooks}
    orphans = [Scheduled(name, "") for name, one in standings.items() if one.is_active and name not in known]
    return tuple(
        _outlook(one, table, standings.get(one.name), store, now, is_missing=one in orphans)
        for one in sorted([*table.playbooks, *orphans], key=lambda one: one.name)
    )


def last_look(store: Schedules) -> datetime | None:
    """When a scheduler last looked at any active playbook."""
    return max((one.looked_at for one in store.standings().values() if one.is_active and one.looked_at), default=None)


def coming_due(rule: Rule, table: Timetable, covers: str, first: datetime, now: datetime) -> tuple[Coming, ...]:
    """A due time and those after it, each with its reason; of daily rules the reader counts from the day before."""
    found: list[Coming] = []
    calendar = table.calendar
    since, due = now.astimezone(calendar.zone).date(), first
    while True:
        found.append(Coming(due, reason(rule, due, calendar, since), table.period(covers, due.date())))
        if len(found) == COUNT:
            return tuple(found)
        since, due = due.date() + timedelta(days=1), next_after(rule, due, calendar)


def _outlook(
    one: Scheduled, table: Timetable, standing: Standing | None, store: Schedules, now: datetime, *, is_missing: bool
) -> Outlook:
    claims = store.claims(one.name)
    begun = Outlook(
        one.name,
        one.schedule,
        one.covers,
        "inactive" if standing is None else "active" if standing.is_active else "paused",
        standing.since if standing else None,
        standing.said_by if standing else "",
        unfinished=next((claim for claim in claims if claim.is_unfinished), None),
        last=next((claim for claim in claims if not claim.is_unfinished), None),
    )
    if is_missing:
        return replace(begun, state="missing", complaint="It is active, but there is no such playbook.")
    try:
        rule = rule_of(one)
        if standing is None or not standing.is_active:
            first, due = next_after(rule, now, table.calendar), None
        else:
            counting = standing.counting(rule.pattern, now)
            due = due_now(rule, table.calendar, counting, claims, now)
            first = next_due(rule, table.calendar, counting, claims, now).at
        coming = coming_due(rule, table, one.covers, first, now)
    except InvalidDefinition as error:
        return replace(begun, complaint=f"{error.message} {error.hint}".strip())
    return replace(begun, due=due.at if due else None, missed=due.missed if due else 0, coming=coming)
