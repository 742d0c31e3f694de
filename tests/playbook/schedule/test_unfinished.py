"""Runs that do not end: stopped, failed, killed, taken over, longer than their interval."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest

from analyst_agent.errors import AnalystError, InvalidDefinition, WorkspaceError
from analyst_agent.playbook.schedule.holder import lives, this_holder
from analyst_agent.playbook.schedule.lease import LEASE, Lease
from analyst_agent.playbook.schedule.records import Outcome
from analyst_agent.playbook.schedule.taking import MOST_ATTEMPTS
from analyst_agent.state.schedules import RUNNING, WAITING
from tests.playbook.schedule.desk import Call, Desk, utc

ELSEWHERE = "other-host other-boot/1 77 1234 abcd"


class _Killed(BaseException):
    """In the place of a signal that ends the process."""


def _raising(error: BaseException) -> Callable[[Call, Callable[[], bool]], Outcome | None]:
    def run(_call: Call, _stop: Callable[[], bool]) -> Outcome | None:
        raise error

    return run


def _die_midway(desk: Desk, holder: str = ELSEWHERE) -> None:
    """A scheduler of another machine takes the run of 5 May up and is never heard of again."""
    desk.now = utc("2026-05-05T06:00")
    renewed, finish, put_back = desk.store.renew, desk.store.finish, desk.store.put_back
    desk.run = _raising(_Killed())
    desk.store.put_back = lambda *_args, **_kw: False  # type: ignore[method-assign]
    with pytest.raises(_Killed):
        desk.look(holder=holder)
    desk.store.renew, desk.store.finish, desk.store.put_back = renewed, finish, put_back  # type: ignore[method-assign]
    desk.run = lambda _call, _stop: None


def test_a_run_whose_scheduler_died_is_resumed_when_its_lease_is_over(desk: Desk) -> None:
    _die_midway(desk)
    desk.later(minutes=4)
    [busy] = desk.look()
    assert (busy.kind, "process 77 on other-host" in busy.text) == ("busy", True)
    desk.later(minutes=2)
    [done] = desk.look()
    assert done.kind == "done"
    assert [call.due for call in desk.calls] == [utc("2026-05-05T06:00")] * 2
    assert desk.look() == []


def test_the_death_of_a_process_of_this_machine_is_known_at_once(desk: Desk) -> None:
    script = "from analyst_agent.playbook.schedule.holder import this_holder; print(this_holder())"
    holder = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    if lives(holder) is None:
        pytest.skip("this system does not tell when a process began")
    _die_midway(desk, holder)
    desk.later(seconds=1)
    assert [event.kind for event in desk.look()] == ["done"]


def test_a_process_that_lives_is_not_taken_over_whatever_the_clock_says(desk: Desk) -> None:
    with subprocess.Popen(
        [
            sys.executable, "-c",
            "from analyst_agent.playbook.schedule.holder import this_holder; print(this_holder(), flush=True); input()",
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        holder = other.stdout.readline().strip()
        if lives(holder) is None:
            pytest.skip("this system does not tell when a process began")
        _die_midway(desk, holder)
        desk.later(hours=5)
        assert [event.kind for event in desk.look()] == ["busy"]
        other.communicate("\n")
    assert [event.kind for event in desk.look()] == ["done"]


def test_a_number_that_was_given_to_another_process_is_not_the_holder() -> None:
    parts = this_holder().split(" ")
    if "-" in parts[:4]:
        pytest.skip("this system does not tell when a process began")
    assert lives(" ".join(parts)) is True
    assert lives(" ".join([*parts[:3], "1", parts[4]])) is False
    assert lives(" ".join([parts[0], "another-boot/1", *parts[2:]])) is None
    assert lives("anything") is None


def test_what_was_begun_and_is_due_again_is_resumed_first_then_the_latest_is_run(desk: Desk) -> None:
    _die_midway(desk)
    desk.look("2026-05-08T06:00")
    assert desk.ran == [("05-05", 0), ("05-05", 0), ("05-08", 2)]


def test_a_run_of_a_playbook_that_was_paused_since_is_given_up_and_not_resumed(desk: Desk) -> None:
    _die_midway(desk)
    desk.store.deactivate("digest", desk.now)
    assert desk.look("2026-05-05T09:00") == []
    desk.activate(at="2026-05-05T12:00")
    [event] = desk.look()
    assert event.kind == "given_up"
    desk.look("2026-05-06T06:00")
    assert desk.ran == [("05-05", 0), ("05-06", 0)]


def test_stopped_at_a_step_it_is_resumed_by_the_next_scheduler_and_that_is_no_attempt(desk: Desk) -> None:
    desk.run = lambda _call, stop: Outcome("stopped", "run-7") if stop() else None
    desk.now = utc("2026-05-05T06:00")
    asked = iter([False, False] + [True] * 9)
    events = list(desk.scheduler().once(lambda: next(asked)))
    assert [(event.kind, event.run) for event in events] == [("stopped", "run-7")]
    [claim] = desk.store.claims("digest")
    assert (claim.state, claim.attempts) == (WAITING, 0)
    assert [event.kind for event in desk.look()] == ["done"]
    assert len(desk.calls) == 2


def test_a_failure_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.run = _raising(InvalidDefinition("The step trend is wrong.", "Correct it."))
    [event] = desk.look("2026-05-05T06:00")
    assert (event.kind, event.is_failure) == ("failed", True)
    assert "The step trend is wrong. Correct it." in event.text
    desk.run = lambda _call, _stop: Outcome("failed", "run-2", "no recipients")
    assert desk.look("2026-05-05T07:00") == []
    assert [event.run for event in desk.look("2026-05-06T06:00")] == ["run-2"]


def test_what_is_away_for_a_while_is_tried_again_in_growing_steps(desk: Desk) -> None:
    desk.run = _raising(WorkspaceError("The warehouse is away.", "Start it."))
    assert [event.kind for event in desk.look("2026-05-05T06:00")] == ["put_back", "waiting"]
    assert len(desk.calls) == 1
    for minutes, calls in ((0.5, 1), (1, 2), (0.5, 2), (1, 3), (4, 3), (2, 4)):
        desk.later(minutes=minutes)
        desk.look()
        assert len(desk.calls) == calls
    desk.run = lambda _call, _stop: None
    desk.later(minutes=15)
    assert [event.kind for event in desk.look()] == ["done"]


def test_what_never_ends_is_given_up(desk: Desk) -> None:
    desk.run = _raising(WorkspaceError("The warehouse is away."))
    desk.look("2026-05-05T06:00")
    kinds = []
    for _ in range(20):
        desk.later(hours=1)
        kinds += [event.kind for event in desk.look()]
    assert len(desk.calls) == MOST_ATTEMPTS
    assert kinds.count("given_up") == 1


def test_what_is_tried_again_gives_way_to_the_next_due_time(desk: Desk) -> None:
    desk.schedules = {"digest": "cron: 0 * * * *"}
    desk.run = _raising(WorkspaceError("The warehouse is away."))
    desk.look("2026-05-05T06:00")
    for _ in range(4):
        desk.later(minutes=14)
        desk.look()
    desk.run = lambda _call, _stop: None
    kinds = [event.kind for event in desk.look("2026-05-05T07:05")]
    assert kinds == ["done", "done"]
    assert desk.calls[-1].due == utc("2026-05-05T07:00")


def test_a_fault_of_the_program_ends_it_and_leaves_the_run_to_be_resumed(desk: Desk) -> None:
    desk.run = _raising(ZeroDivisionError("a fault"))
    desk.now = utc("2026-05-05T06:00")
    with pytest.raises(ZeroDivisionError):
        desk.look()
    [claim] = desk.store.claims("digest")
    assert (claim.state, claim.note) == (WAITING, "ZeroDivisionError: a fault")
    desk.run = lambda _call, _stop: None
    desk.later(minutes=2)
    assert [event.kind for event in desk.look()] == ["done"]


def test_a_run_longer_than_the_interval_is_not_run_beside_itself(desk: Desk) -> None:
    desk.schedules = {"digest": "cron: 0 * * * *"}
    during = []

    def run(call: Call, _stop: Callable[[], bool]) -> None:
        if call.due == utc("2026-05-04T13:00"):
            desk.later(hours=2, minutes=30)
            during.extend(desk.look(holder="another"))

    desk.run = run
    desk.look("2026-05-04T13:00")
    assert [event.kind for event in during] == ["busy"]
    assert [(f"{call.due:%H:%M}", call.caught_up) for call in desk.calls] == [("15:00", 0), ("17:00", 1)]


def test_a_runner_whose_lease_ended_is_told_to_stop(desk: Desk) -> None:
    said = []

    def run(_call: Call, stop: Callable[[], bool]) -> Outcome:
        said.append(stop())
        desk.later(hours=8)  # the machine slept
        said.append(stop())
        return Outcome("stopped")

    desk.run = run
    assert desk.look("2026-05-05T06:00")[0].kind == "stopped"
    assert said[:2] == [False, True]


def test_a_runner_whose_run_was_taken_over_is_told_to_stop_and_ends_nothing(desk: Desk) -> None:
    def run(_call: Call, stop: Callable[[], bool]) -> Outcome:
        [seen] = desk.store.claims("digest")
        assert desk.store.take_over(seen, ELSEWHERE, desk.now + LEASE, desk.now)
        lease = Lease(desk.store, seen, lambda: desk.now)
        lease.prolong()
        assert lease.is_lost
        return Outcome("done")

    desk.run = run
    events = desk.look("2026-05-05T06:00")
    assert [event.kind for event in events] == ["busy", "busy"]
    assert "taken over" in events[0].text or "took it over" in events[0].text
    [claim] = desk.store.claims("digest")
    assert (claim.state, claim.holder) == (RUNNING, ELSEWHERE)


def test_a_lease_is_prolonged_while_a_run_goes_on(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    ends = []

    def run(_call: Call, _stop: Callable[[], bool]) -> None:
        [seen, _] = desk.store.claims("digest")
        lease = Lease(desk.store, seen, lambda: desk.now)
        for _ in range(3):
            desk.later(minutes=4)
            lease.prolong()
            ends.append(desk.store.claims("digest")[0].lease_until - desk.now)
        assert not lease.is_lost
        desk.store.renew = _away  # type: ignore[method-assign]
        desk.later(minutes=4)
        lease.prolong()
        assert not lease.is_lost
        desk.later(minutes=2)
        assert lease.is_lost

    def _away(*_: object) -> bool:
        raise WorkspaceError("The state database cannot be used.")

    desk.run = run
    desk.look("2026-05-06T06:00")
    assert ends == [LEASE] * 3


def test_the_thread_that_prolongs_it_beats_and_ends(desk: Desk) -> None:
    import threading

    desk.look("2026-05-05T06:00")
    [claim] = desk.store.claims("digest")
    beaten = threading.Event()
    lease = Lease(desk.store, claim, lambda: desk.now)
    lease.prolong = beaten.set  # type: ignore[method-assign]
    before = threading.active_count()
    with lease.kept(beat_s=0.001):
        assert beaten.wait(30)
    assert threading.active_count() == before


def test_an_end_that_could_not_be_written_is_made_good_by_the_next_look(desk: Desk) -> None:
    scheduler = desk.scheduler()
    desk.now = utc("2026-05-05T06:00")
    finish = desk.store.finish

    def away(*_: object, **__: object) -> bool:
        raise WorkspaceError("The state database cannot be used.")

    desk.store.finish = away  # type: ignore[method-assign,assignment]
    with pytest.raises(AnalystError):
        list(scheduler.once())
    desk.store.finish = finish  # type: ignore[method-assign]
    desk.later(seconds=timedelta(minutes=2).total_seconds())
    assert [event.kind for event in scheduler.once()] == ["done"]
    assert desk.calls[0].due == desk.calls[1].due
