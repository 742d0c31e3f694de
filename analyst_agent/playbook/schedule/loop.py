"""The scheduler: runs what is due, once; takes over what a dead one left; goes on where the database is away for a while.

It holds no state of its own: everything that decides is in the files and in the store, so that any number of schedulers may
run beside each other, stop and begin at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime

from analyst_agent.errors import AnalystError, WorkspaceError
from analyst_agent.playbook.schedule.deciding import due_now, next_due
from analyst_agent.playbook.schedule.holder import lives, place, this_holder
from analyst_agent.playbook.schedule.lease import lease_end
from analyst_agent.playbook.schedule.records import Clock, Event, Run, Scheduled, Timetable, rule_of
from analyst_agent.playbook.schedule.rules import Rule
from analyst_agent.playbook.schedule.taking import MOST_ATTEMPTS, Taking, told_due, wait_after
from analyst_agent.state.schedules import RUNNING, Claim, Schedules, Standing

LONGEST_PAUSE_S = 60.0
"""So often a service looks again: what was activated or edited is noticed, and a clock that jumps does little harm."""
_MOST_ROUNDS = 4
"""Runs of one playbook within one pass: what was left unfinished, what is due, what came due meanwhile."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class Scheduler:
    """One scheduler. timetable: reads the files anew each time it is called; what it raises is a complaint, and tried again."""

    def __init__(
        self,
        store: Schedules,
        timetable: Callable[[], Timetable],
        run: Run,
        clock: Clock = utc_now,
        holder: str = "",
    ) -> None:
        self._store, self._timetable, self._run, self._clock = store, timetable, run, clock
        self._holder = holder or this_holder()
        self._next: datetime | None = None

    def once(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """One pass over the active playbooks, telling each event as it happens. Raises AnalystError where files or the database
        cannot be read; what concerns one playbook is an event, and the others go on.
        """
        self._next = None
        table = self._timetable()
        known = {one.name: one for one in table.playbooks}
        for standing in self._store.standings().values():
            if stop():
                return
            if standing.is_active:
                yield from self._attend(standing, known.get(standing.playbook), table, stop)

    def serve(self, stop: Callable[[], bool], pause: Callable[[float], None]) -> Iterator[Event]:
        """Pass after pass, until stop. pause: waits some seconds, or less where it is to stop. What stays wrong is told once."""
        told: set[Event] = set()
        while not stop():
            lasting: set[Event] = set()
            try:
                for event in self.once(stop):
                    if event.kind not in ("complaint", "busy", "waiting"):
                        yield event
                        continue
                    lasting.add(event)
                    if event not in told:
                        yield event
            except AnalystError as error:
                complaint = Event("complaint", "", f"{error.message} {error.hint} It is tried again.")
                lasting.add(complaint)
                if complaint not in told:
                    yield complaint
            else:
                if any(one.kind == "complaint" and not one.playbook for one in told):
                    yield Event("recovered", "", "Files and state database can be read again.")
            told = lasting
            self._store.close()  # a file that was put in the place of another is opened by the next pass
            if not stop():
                pause(self._pause_s())

    def _pause_s(self) -> float:
        if self._next is None:
            return LONGEST_PAUSE_S
        return min(LONGEST_PAUSE_S, max(1.0, (self._next - self._clock()).total_seconds()))

    def _attend(
        self, standing: Standing, found: Scheduled | None, table: Timetable, stop: Callable[[], bool]
    ) -> Iterator[Event]:
        name = standing.playbook
        if found is None:
            yield Event(
                "complaint",
                name,
                f"{name} is active, but there is no such playbook. Deactivate it, or restore its file.",
            )
            return
        try:
            rule = rule_of(found)
            for _ in range(_MOST_ROUNDS):
                if stop():
                    return
                begun = yield from self._round(standing, rule, table, stop)
                if not begun:
                    return
        except WorkspaceError:
            raise
        except AnalystError as error:
            yield Event("complaint", name, f"{name}: {error.message} {error.hint}")

    def _round(
        self, seen: Standing, rule: Rule, table: Timetable, stop: Callable[[], bool]
    ) -> Generator[Event, None, bool]:
        """Takes up one due time of a playbook, what is unfinished first. Returns whether there may be more to do."""
        name, now = seen.playbook, self._clock().astimezone(UTC)
        standing = self._store.look(seen, rule.pattern, now)
        claims = self._store.claims(name)
        due = due_now(rule, table.calendar, standing, claims, now)
        if due is None:
            coming = next_due(rule, table.calendar, standing, claims, now).at
            self._next = coming if self._next is None else min(self._next, coming)
        unfinished = next((one for one in claims if one.is_unfinished), None)
        taking = Taking(self._store, self._run, self._clock, rule, table.calendar, stop)
        if unfinished is not None:
            return (yield from self._unfinished(unfinished, standing, taking, now, is_overtaken=due is not None))
        if due is None:
            return False
        wanted = Claim(
            name, due.occurrence, due.at.astimezone(UTC), due.as_of, due.missed, RUNNING, self._holder, lease_end(now), now, 1, now
        )  # fmt: skip
        if not self._store.claim(standing, wanted):
            return False  # another scheduler was first, or it was paused this moment
        yield from taking.carry_out(wanted)
        return True

    def _unfinished(
        self, seen: Claim, standing: Standing, taking: Taking, now: datetime, *, is_overtaken: bool
    ) -> Generator[Event, None, bool]:
        said = told_due(seen, taking.calendar)
        if seen.state == RUNNING and not self._is_abandoned(seen, now):
            text = f"{said} is still being run by {place(seen.holder)}."
            yield Event("busy", seen.playbook, text, seen.run)
            return False
        if seen.due <= standing.since:
            note = "It was not finished when the playbook was paused."
        elif seen.attempts >= MOST_ATTEMPTS:
            note = f"It was begun {seen.attempts} times and never finished."
        else:
            ready = seen.began_at + wait_after(seen.attempts - 1) if seen.state == RUNNING else seen.resume_at
            if now < ready and not is_overtaken:
                self._next = ready if self._next is None else min(self._next, ready)
                text = f"{said} did not end; it is taken up again at {ready.astimezone(taking.calendar.zone):%H:%M}."
                yield Event("waiting", seen.playbook, text, seen.run)
                return False
            if not self._store.take_over(seen, self._holder, lease_end(now), now):
                return False
            yield from taking.carry_out(taking.taken_over(seen, self._holder, now))
            return True
        if self._store.give_up(seen, now, note):
            yield Event("given_up", seen.playbook, f"{said} is given up. {note} {seen.note}".strip(), seen.run)
        return True

    def _is_abandoned(self, claim: Claim, now: datetime) -> bool:
        """Whether the process that holds it is gone: by its number where it was on this machine, else by the lease's end."""
        if claim.holder == self._holder:
            return True  # it is not being run, or we would not be here: its end could not be written down
        is_alive = lives(claim.holder)
        return now > claim.lease_until if is_alive is None else not is_alive
