"""One due time that was taken up: run under its lease, and what came of it written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from analyst_agent.errors import AnalystError, WorkspaceError
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.due import next_after
from analyst_agent.playbook.schedule.lease import Lease, lease_end
from analyst_agent.playbook.schedule.reasons import due_name
from analyst_agent.playbook.schedule.records import Clock, Event, Outcome, Run
from analyst_agent.playbook.schedule.rules import Rule
from analyst_agent.state.schedules import DONE, FAILED, GIVEN_UP, Claim, Schedules

MOST_ATTEMPTS = 10
_WAITS_MIN = (0, 1, 1, 5, 15, 30, 60)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that did not end."""
    return timedelta(minutes=_WAITS_MIN[min(attempts, len(_WAITS_MIN) - 1)])


def told_due(claim: Claim, calendar: Calendar) -> str:
    """The run in words, with what was missed."""
    said = f"{claim.playbook}, due {due_name(claim.due.astimezone(calendar.zone))}"
    return f"{said} ({told_missed(claim.missed)})" if claim.missed else said


def told_missed(missed: int) -> str:
    """How many due times were missed, in words.

    >>> told_missed(3)
    '3 due times were missed; only the latest is caught up'
    """
    return "caught up late" if missed == 1 else f"{missed:,} due times were missed; only the latest is caught up"


@dataclass(frozen=True, slots=True)
class Taking:
    """What it takes to carry a claim out."""

    store: Schedules
    run: Run
    clock: Clock
    rule: Rule
    calendar: Calendar
    stop: Callable[[], bool]

    def taken_over(self, seen: Claim, holder: str, now: datetime) -> Claim:
        """The claim as it is once this holder has it."""
        return replace(
            seen, state="running", holder=holder, lease_until=lease_end(now), attempts=seen.attempts + 1, began_at=now
        )

    def carry_out(self, claim: Claim) -> Iterator[Event]:
        """Runs it. What ends the program itself leaves the claim to be taken up again, and is raised."""
        lease = Lease(self.store, claim, self.clock)
        due = claim.due.astimezone(self.calendar.zone)
        try:
            with lease.kept():
                outcome = self.run(
                    claim.playbook, claim.as_of, due, claim.missed, stop=lambda: self.stop() or lease.is_lost
                )
        except WorkspaceError as error:
            yield self._put_back(claim, f"{error.message} {error.hint}".strip())
        except AnalystError as error:
            yield self._finished(claim, Outcome("failed", note=f"{error.message} {error.hint}".strip()))
        except BaseException as error:
            now = self._now()
            self.store.put_back(claim, now + wait_after(claim.attempts), note=f"{type(error).__name__}: {error}")
            raise
        else:
            if outcome.state == "stopped":
                yield self._stopped(claim, outcome)
            else:
                yield self._finished(claim, outcome)

    def _finished(self, claim: Claim, outcome: Outcome) -> Event:
        state = DONE if outcome.state == "done" else FAILED
        if not self.store.finish(claim, state, self._now(), outcome.run, outcome.note):
            return self._lost(claim, outcome)
        return self._event(state, claim, outcome)

    def _stopped(self, claim: Claim, outcome: Outcome) -> Event:
        if not self.store.put_back(claim, self._now(), is_counted=False, run=outcome.run, note=outcome.note):
            return self._lost(claim, outcome)
        return self._event("stopped", claim, outcome)

    def _put_back(self, claim: Claim, note: str) -> Event:
        now = self._now()
        is_overtaken = next_after(self.rule, claim.due, self.calendar).astimezone(UTC) <= now
        if claim.attempts >= MOST_ATTEMPTS or is_overtaken:
            self.store.finish(claim, GIVEN_UP, now, note=note)
            return self._event("given_up", claim, Outcome("failed", note=note))
        resume_at = now + wait_after(claim.attempts)
        self.store.put_back(claim, resume_at, note=note)
        said = f"{note} It is tried again at {resume_at.astimezone(self.calendar.zone):%H:%M}."
        return self._event("put_back", claim, Outcome("failed", note=said))

    def _lost(self, claim: Claim, outcome: Outcome) -> Event:
        return self._event("busy", claim, replace(outcome, note="Another scheduler took it over."))

    def _event(self, kind: str, claim: Claim, outcome: Outcome) -> Event:
        words = {"put_back": "did not end", "given_up": "is given up", "busy": "goes on elsewhere"}.get(kind, kind)
        text = f"{told_due(claim, self.calendar)}: {words}. {outcome.note}".strip()
        return Event(kind, claim.playbook, text, outcome.run)

    def _now(self) -> datetime:
        return self.clock().astimezone(UTC)
