"""Schedulers in processes of their own on one state: started at the same instant, and killed in the middle of a run."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.loop import Scheduler
from analyst_agent.playbook.schedule.records import Outcome, Scheduled, Timetable
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.schedules import Schedules
from tests.state.postgres import postgres_databases

ROUNDS = 20
BEGIN = datetime(2026, 5, 4, 12, tzinfo=UTC)
PROCESS = """
import os, sys
from datetime import datetime
from pathlib import Path
from analyst_agent.playbook.schedule.calendar import Calendar
from analyst_agent.playbook.schedule.loop import Scheduler
from analyst_agent.playbook.schedule.records import Outcome, Scheduled, Timetable
from analyst_agent.state.schedules import Schedules

url, folder, name = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
now = None

def run(playbook, as_of, due, caught_up, stop):
    inside = folder / f"{playbook} is running"
    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails where two run it at once
    with (folder / "runs").open("a") as file:
        file.write(f"{playbook} {as_of} {caught_up} {name}\\n")
    if name == "dies":
        print("running", flush=True)
        sys.stdin.readline()
    inside.unlink()
    return Outcome("done")

table = Timetable(Calendar("UTC"), (Scheduled("digest", "every day at 08:00"), Scheduled("watch", "every day at 08:00")))
scheduler = Scheduler(Schedules(url), lambda: table, run, lambda: now)
print("ready", flush=True)
for line in sys.stdin:
    now = datetime.fromisoformat(line.strip())
    print(",".join(event.kind for event in scheduler.once()), flush=True)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "postgres":
        with postgres_databases() as new:
            yield new()
    else:
        (tmp_path / ".analyst").mkdir()
        yield sqlite_url(tmp_path)


def _start(url: str, folder: Path, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, url, str(folder), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert _line(process) == "ready"
    return process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _tell(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def _activate(url: str) -> Schedules:
    store = Schedules(url)
    for name in ("digest", "watch"):
        store.activate(name, BEGIN)
    return store


def test_two_at_the_same_instant_run_each_due_time_once(url: str, tmp_path: Path) -> None:
    store = _activate(url)
    processes = [_start(url, tmp_path, name) for name in ("one", "two")]
    days = [BEGIN.replace(hour=8) + timedelta(days=number) for number in range(1, ROUNDS + 1)]
    for day in days:
        for process in processes:
            _tell(process, day.isoformat())
        said = [_line(process) for process in processes]
        assert sum(line.split(",").count("done") for line in said) == 2, said
        assert not set(",".join(said).split(",")) - {"done", "busy", ""}
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    runs = [line.split()[:3] for line in (tmp_path / "runs").read_text().splitlines()]
    expected = [[name, f"{day:%Y-%m-%d}", "0"] for day in days for name in ("digest", "watch")]
    assert sorted(runs) == sorted(expected)
    assert {claim.state for claim in store.claims("digest")} == {"done"}
    store.close()


def test_a_scheduler_that_is_killed_in_a_run_is_followed_by_another_that_resumes_it(url: str, tmp_path: Path) -> None:
    store = _activate(url)
    due = BEGIN.replace(day=5, hour=8)
    first = _start(url, tmp_path, "dies")
    _tell(first, due.isoformat())
    assert _line(first) == "running"
    now, resumed = due + timedelta(minutes=1), []

    def run(name: str, as_of: object, due: datetime, caught_up: int, stop: object) -> Outcome:
        resumed.append((name, due.astimezone(UTC), caught_up))
        return Outcome("done")

    table = Timetable(Calendar("UTC"), (Scheduled("digest", "every day at 08:00"),))
    store.deactivate("watch", now)
    second = Scheduler(store, lambda: table, run, lambda: now)
    assert [event.kind for event in second.once()] == ["busy"]
    first.send_signal(signal.SIGKILL)
    first.communicate()
    now = due + timedelta(minutes=10)
    assert [event.kind for event in second.once()] == ["done"]
    assert resumed == [("digest", due, 0)]
    assert list(second.once()) == []
    store.close()
