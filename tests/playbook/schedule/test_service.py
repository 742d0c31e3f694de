"""The service: passes until it is told to stop, pauses until the next due time, and goes on where something is away."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.schedule.loop import LONGEST_PAUSE_S
from analyst_agent.playbook.schedule.records import Event, Timetable
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.schedules import Schedules
from tests.playbook.schedule.desk import Desk, utc


class _Service:
    """A service whose pauses set the clock of its desk forward, for so many of them."""

    def __init__(self, desk: Desk, pauses: int, meanwhile: Callable[[int], None] = lambda _: None) -> None:
        self.desk, self.left, self.meanwhile, self.paused = desk, pauses, meanwhile, []

    def events(self) -> list[Event]:
        return list(self.desk.scheduler().serve(lambda: self.left <= 0, self._pause))

    def _pause(self, seconds: float) -> None:
        self.left -= 1
        self.paused.append(seconds)
        self.desk.later(seconds=seconds)
        self.meanwhile(len(self.paused))


def test_it_pauses_until_the_due_time_and_a_minute_at_most(desk: Desk) -> None:
    desk.now = utc("2026-05-05T05:58:30")
    service = _Service(desk, 3)
    assert [event.kind for event in service.events()] == ["done"]
    assert service.paused == [60.0, 30.0, LONGEST_PAUSE_S]
    assert desk.ran == [("05-05", 0)]


def test_what_is_activated_or_edited_meanwhile_is_noticed(desk: Desk) -> None:
    desk.now = utc("2026-05-05T04:00")

    def meanwhile(pauses: int) -> None:
        if pauses == 1:
            desk.schedules = {"digest": "every day at 06:05", "watch": "every day at 06:10"}
            desk.activate("watch")

    _Service(desk, 15, meanwhile).events()
    assert [call.name for call in desk.calls] == ["digest", "watch"]


def test_what_stays_wrong_is_told_once_and_the_others_go_on(desk: Desk) -> None:
    desk.schedules |= {"bad": "every mondy at 08:00"}
    desk.activate("bad")
    desk.activate("gone")
    desk.now = utc("2026-05-05T05:58:00")
    events = _Service(desk, 5).events()
    assert sorted((event.kind, event.playbook) for event in events) == [
        ("complaint", "bad"), ("complaint", "gone"), ("done", "digest")
    ]  # fmt: skip
    told = " ".join(event.text for event in events)
    assert "did you mean 'monday'" in told
    assert "there is no such playbook" in told


def test_a_calendar_that_gives_no_day_is_the_complaint_of_one_playbook(desk: Desk) -> None:
    desk.holidays = tuple(f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29))
    desk.schedules |= {"closed": "tenth business day of the month at 08:00"}
    desk.activate("closed")
    assert [(e.kind, e.playbook) for e in desk.look("2026-05-05T06:00")] == [
        ("complaint", "closed"),
        ("done", "digest"),
    ]


def test_files_that_cannot_be_read_for_a_while_are_told_once_and_the_run_is_late_but_made(desk: Desk) -> None:
    desk.now = utc("2026-05-05T05:59:00")
    reads, read = 0, desk.timetable

    def timetable() -> Timetable:
        nonlocal reads
        reads += 1
        if 2 <= reads <= 100:
            raise WorkspaceError("Cannot read analyst.toml.", "Restore it.")
        return read()

    desk.timetable = timetable  # type: ignore[method-assign]
    events = _Service(desk, 105).events()
    assert [event.kind for event in events] == ["complaint", "done", "recovered"]
    assert desk.ran == [("05-05", 1)]


def test_a_state_database_that_is_away_for_a_while_does_not_end_it(desk: Desk) -> None:
    desk.now = utc("2026-05-05T05:59:00")
    folder, away = desk.folder / ".analyst", desk.folder / "away"

    def meanwhile(pauses: int) -> None:
        if pauses == 1:
            folder.rename(away)
        elif pauses == 10:
            away.rename(folder)

    events = _Service(desk, 15, meanwhile).events()
    assert [event.kind for event in events] == ["complaint", "done", "recovered"]
    assert desk.ran == [("05-05", 0)]


def test_a_state_database_that_was_restored_from_a_copy_is_the_one_that_counts(desk: Desk) -> None:
    desk.now = utc("2026-05-05T05:58:00")
    folder, copy = desk.folder / ".analyst", desk.folder / "copy"

    def meanwhile(pauses: int) -> None:
        if pauses == 1:
            folder.rename(desk.folder / "old")
            folder.mkdir()
            Schedules(sqlite_url(desk.folder)).activate("watch", desk.now)
            copy.mkdir()

    desk.schedules |= {"watch": "every day at 08:00"}
    _Service(desk, 5, meanwhile).events()
    assert [call.name for call in desk.calls] == ["watch"]


def test_a_stop_during_a_run_ends_it_after_that_run(desk: Desk) -> None:
    desk.schedules |= {"watch": "every day at 08:00"}
    desk.activate("watch")
    desk.now = utc("2026-05-05T06:00")
    service = _Service(desk, 1)

    def run(_call: object, _stop: object) -> None:
        service.left = 0

    desk.run = run
    assert [event.playbook for event in service.events()] == ["digest"]
    assert service.paused == []
    assert [call.name for call in desk.calls] == ["digest"]


def test_events_come_as_they_happen(desk: Desk) -> None:
    desk.schedules |= {"watch": "every day at 08:00"}
    desk.activate("watch")
    desk.now = utc("2026-05-05T06:00")
    passing = desk.scheduler().once()
    assert [event.playbook for event in islice(passing, 1)] == ["digest"]
    assert [call.name for call in desk.calls] == ["digest"]
    passing.close()
