"""What is run when: on time, missed, paused, and when text, zone, holidays or the clock itself change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbook.schedule.desk import Desk


def test_nothing_is_active_at_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.look("2026-05-05T06:00") == []
    assert desk.calls == []


def test_what_is_due_is_run_once_at_its_minute(desk: Desk) -> None:
    assert desk.look("2026-05-05T05:59") == []
    [event] = desk.look("2026-05-05T06:00")
    assert (event.kind, event.text) == ("done", "digest, due Tuesday 5 May 2026, 08:00: done.")
    assert desk.look("2026-05-05T06:01") == []
    assert desk.look("2026-05-05T23:00") == []
    [call] = desk.calls
    assert (call.name, f"{call.due:%d %H:%M%z}", call.caught_up) == ("digest", "05 08:00+0200", 0)
    assert [call.as_of.isoformat()] == ["2026-05-05"]


def test_what_was_due_before_it_was_activated_is_not_missed(desk: Desk) -> None:
    assert desk.look("2026-05-04T12:00") == []
    assert desk.look("2026-05-05T05:00") == []


def test_of_several_missed_only_the_latest_is_run_and_it_says_so(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    [event] = desk.look("2026-05-09T12:00")
    assert "4 due times were missed; only the latest is caught up" in event.text
    assert desk.look("2026-05-09T12:01") == []
    assert desk.ran == [("05-05", 0), ("05-09", 4)]


def test_a_look_within_the_hour_is_on_time_and_a_later_one_catches_up(desk: Desk) -> None:
    desk.look("2026-05-05T06:59")
    desk.look("2026-05-06T07:01")
    desk.look("2026-05-08T06:10")
    assert desk.ran == [("05-05", 0), ("05-06", 1), ("05-08", 1)]


def test_a_missed_month_is_run_with_the_day_it_was_due(desk: Desk) -> None:
    desk.schedules = {"digest": "first business day of the month at 08:00"}
    desk.look("2026-05-05T06:00")
    desk.look("2026-06-20T12:00")
    assert desk.ran == [("06-01", 1)]


def test_what_was_due_while_paused_is_not_caught_up(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    desk.store.deactivate("digest", desk.now)
    assert desk.look("2026-05-07T06:00") == []
    desk.activate(at="2026-05-08T12:00")
    assert desk.look("2026-05-08T12:01") == []
    desk.look("2026-05-09T06:00")
    assert desk.ran == [("05-05", 0), ("05-09", 0)]


def test_paused_and_activated_again_on_one_day_it_is_not_run_again(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    desk.store.deactivate("digest", desk.now)
    desk.activate(at="2026-05-05T05:00")  # and the clock was set back
    desk.look("2026-05-05T06:30")
    assert desk.ran == [("05-05", 0)]


@pytest.mark.parametrize(
    ("edited_at", "text", "looks", "ran"),
    [
        # The hour is set back before the run of the day: it is run now, it would be lost otherwise.
        ("2026-05-06T05:30", "every day at 07:00", ["2026-05-06T05:31"], [("05-05", 0), ("05-06", 0)]),
        # The hour is moved after the run of the day: the day has its run.
        ("2026-05-06T07:00", "every day at 17:00", ["2026-05-06T15:00"], [("05-05", 0), ("05-06", 0)]),
        # Another pattern: its earlier days were never missed.
        ("2026-05-06T05:30", "every tuesday at 08:00", ["2026-05-06T05:31"], [("05-05", 0)]),
        ("2026-05-06T05:30", "every wednesday at 07:00", ["2026-05-06T05:31", "2026-05-13T05:00"], [("05-05", 0), ("05-13", 0)]),
        ("2026-05-06T05:30", "cron: 0 * * * *", ["2026-05-06T05:31", "2026-05-06T06:00"], [("05-05", 0), ("05-06", 0)]),
    ],
)  # fmt: skip
def test_a_schedule_edited_while_active(
    desk: Desk, edited_at: str, text: str, looks: list[str], ran: list[tuple[str, int]]
) -> None:
    desk.look("2026-05-05T06:00")
    desk.look(edited_at)
    desk.schedules = {"digest": text}
    for at in looks:
        desk.look(at)
    assert desk.ran == ran


def test_edited_while_no_scheduler_ran_it_is_missed_from_the_last_look_on(desk: Desk) -> None:
    desk.schedules = {"digest": "every monday at 08:00"}
    desk.look("2026-05-06T10:00")
    desk.schedules = {"digest": "every day at 10:00"}
    desk.look("2026-05-07T09:30")
    assert desk.ran == [("05-07", 1)]


def test_a_zone_that_changes_runs_no_day_twice(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    desk.zone = "America/New_York"
    for hour in range(7, 24):
        desk.look(f"2026-05-05T{hour:02}:00")
    desk.look("2026-05-06T12:00")
    assert desk.ran == [("05-05", 0), ("05-06", 0)]


def test_a_zone_that_changes_loses_no_month(desk: Desk) -> None:
    """At the change, 08:00 of the first business day is still to come in the old zone and long past in the new one."""
    desk.zone, desk.schedules = "UTC", {"digest": "first business day of the month at 08:00"}
    desk.look("2026-06-01T07:30")
    desk.zone = "Asia/Tokyo"
    desk.look("2026-06-01T07:31")
    assert desk.ran == [("06-01", 1)]


def test_a_holiday_that_is_added_after_the_run_does_not_run_the_month_again(desk: Desk) -> None:
    desk.schedules = {"digest": "first business day of the month at 08:00"}
    desk.look("2026-06-01T06:00")
    desk.holidays = ("DE", "2026-06-01")
    desk.look("2026-06-02T06:00")
    assert desk.ran == [("06-01", 0)]


def test_a_holiday_that_is_removed_late_does_not_lose_the_month(desk: Desk) -> None:
    desk.schedules, desk.holidays = {"digest": "first business day of the month at 08:00"}, ("2026-06-01", "2026-06-02")
    desk.look("2026-06-01T12:00")
    desk.holidays = ()
    desk.look("2026-06-01T12:01")
    desk.look("2026-06-03T06:00")
    assert desk.ran == [("06-01", 1)]


def test_a_clock_that_is_set_back_runs_nothing_again(desk: Desk) -> None:
    desk.look("2026-05-05T06:00")
    desk.look("2026-05-08T06:00")
    for at in ("2026-05-08T05:00", "2026-05-08T06:00", "2026-05-07T06:30", "2026-05-08T06:30"):
        desk.look(at)
    assert desk.ran == [("05-05", 0), ("05-08", 2)]


def test_a_clock_that_was_years_ahead_does_not_silence_the_years_between(desk: Desk) -> None:
    desk.look("2036-01-01T12:00")
    desk.look("2026-05-05T06:00")
    desk.look("2026-05-06T06:00")
    assert [day for day, _ in desk.ran] == ["01-01", "05-05", "05-06"]


def test_an_hour_that_comes_twice_is_run_once(desk: Desk) -> None:
    desk.schedules = {"digest": "every day at 02:30"}
    desk.look("2026-10-24T00:30")
    for minute in range(0, 180, 10):
        desk.look(f"2026-10-25T{minute // 60:02}:{minute % 60:02}")
    assert [day for day, _ in desk.ran][-2:] == ["10-24", "10-25"]
