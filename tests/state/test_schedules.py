"""Active and paused, claims that exactly one scheduler has, on SQLite and, where it can be run, on Postgres."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.state.database import sqlite_url
from analyst_agent.state.schedules import (
    DONE,
    FAILED,
    GIVEN_UP,
    RUNNING,
    WAITING,
    Claim,
    Schedules,
    Standing,
    latest_due,
)
from tests.state.postgres import postgres_databases

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def new_postgres() -> Iterator[Callable[[], str]]:
    with postgres_databases() as new:
        yield new


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thorough)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("new_postgres")())
    (tmp_path / ".analyst").mkdir()
    return sqlite_url(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Schedules]:
    made = Schedules(url)
    yield made
    made.close()


def _claim(playbook: str = "monthly", day: int = 4, holder: str = "a", state: str = RUNNING) -> Claim:
    due = NOW.replace(day=day)
    return Claim(playbook, f"every day 2026-05-{day:02}", due, due.date(), 0, state, holder, due + HOUR, due, 1, due)


def _active(store: Schedules, playbook: str = "monthly") -> Standing:
    store.activate(playbook, NOW - HOUR, "Dana")
    return store.standings()[playbook]


def test_nothing_is_active_at_first(store: Schedules) -> None:
    assert store.standings() == {}
    assert store.claims("monthly") == []


def test_active_and_paused_are_said_once_and_kept(store: Schedules, url: str) -> None:
    assert not store.deactivate("monthly", NOW)
    assert store.activate("monthly", NOW, "Dana")
    assert not store.activate("monthly", NOW + HOUR, "Lee")
    [kept] = Schedules(url).standings().values()
    assert (kept.is_active, kept.since, kept.said_by, kept.looked_at) == (True, NOW, "Dana", None)
    assert store.deactivate("monthly", NOW + HOUR, "Lee")
    assert store.activate("monthly", NOW + 2 * HOUR, "Lee")
    assert store.standings()["monthly"].since == NOW + 2 * HOUR


def test_an_instant_of_any_zone_is_kept_as_it_is(store: Schedules) -> None:
    store.activate("monthly", datetime.fromisoformat("2026-05-04T08:00+02:00"))
    assert store.standings()["monthly"].since == NOW


def test_a_pattern_that_changed_counts_from_the_look_before(store: Schedules) -> None:
    first = store.look(_active(store), "every monday", NOW)
    assert first.counts_from == first.since
    assert store.look(first, "every monday", NOW + HOUR).counts_from == first.since
    changed = store.look(store.standings()["monthly"], "every day", NOW + 3 * HOUR)
    assert changed.counts_from == NOW + HOUR
    assert store.standings()["monthly"] == changed
    assert changed.looked_at == NOW + 3 * HOUR


def test_a_due_time_is_claimed_once(store: Schedules) -> None:
    standing = _active(store)
    assert store.claim(standing, _claim())
    assert not store.claim(standing, _claim(holder="b"))
    assert store.claims("monthly") == [_claim()]
    assert store.finish(_claim(), DONE, NOW + HOUR, "run-1", "sent")
    assert not store.claim(standing, _claim(holder="b"))
    [done] = store.claims("monthly")
    assert (done.state, done.ended_at, done.run, done.note, done.is_unfinished) == (
        DONE,
        NOW + HOUR,
        "run-1",
        "sent",
        False,
    )


def test_no_two_claims_of_a_playbook_are_unfinished_at_once(store: Schedules) -> None:
    standing = _active(store)
    assert store.claim(standing, _claim())
    assert not store.claim(standing, _claim(day=5, holder="b"))
    assert store.claim(_active(store, "weekly"), _claim("weekly", holder="b"))
    assert store.finish(_claim(), FAILED, NOW + HOUR)
    assert store.claim(standing, _claim(day=5, holder="b"))
    assert [one.as_of for one in store.claims("monthly")] == [date(2026, 5, 5), date(2026, 5, 4)]


def test_nothing_is_claimed_of_a_playbook_that_was_paused_since_it_was_seen(store: Schedules) -> None:
    standing = _active(store)
    store.deactivate("monthly", NOW)
    assert not store.claim(standing, _claim())
    store.activate("monthly", NOW + HOUR)
    assert not store.claim(standing, _claim())
    assert store.claims("monthly") == []


def test_a_claim_is_taken_over_by_one_of_two_and_its_first_holder_learns_it(store: Schedules) -> None:
    store.claim(_active(store), _claim())
    [seen] = store.claims("monthly")
    assert store.renew(seen, NOW + 2 * HOUR)
    assert not store.take_over(seen, "b", NOW + 3 * HOUR, NOW), "the lease was prolonged since it was seen"
    [seen] = store.claims("monthly")
    assert store.take_over(seen, "b", NOW + 3 * HOUR, NOW + HOUR)
    assert not store.take_over(seen, "c", NOW + 3 * HOUR, NOW + HOUR)
    assert not store.renew(seen, NOW + 4 * HOUR)
    assert not store.finish(seen, DONE, NOW + 4 * HOUR)
    assert not store.put_back(seen, NOW + 4 * HOUR)
    [now] = store.claims("monthly")
    assert (now.holder, now.attempts, now.began_at, now.state) == ("b", 2, NOW + HOUR, RUNNING)


def test_what_is_put_back_waits_for_anybody(store: Schedules) -> None:
    store.claim(_active(store), _claim())
    assert store.put_back(_claim(), NOW + HOUR, note="the warehouse is away")
    [waiting] = store.claims("monthly")
    assert (waiting.state, waiting.resume_at, waiting.attempts, waiting.note) == (
        WAITING, NOW + HOUR, 1, "the warehouse is away"
    )  # fmt: skip
    assert store.take_over(waiting, "b", NOW + 2 * HOUR, NOW + HOUR)
    [taken] = store.claims("monthly")
    assert store.put_back(taken, NOW + HOUR, is_counted=False)
    assert store.claims("monthly")[0].attempts == 1


def test_what_is_given_up_no_longer_stands_in_the_way(store: Schedules) -> None:
    standing = _active(store)
    store.claim(standing, _claim())
    [seen] = store.claims("monthly")
    assert store.give_up(seen, NOW + HOUR, "too often")
    assert not store.give_up(seen, NOW + HOUR, "too often")
    assert store.claims("monthly")[0].state == GIVEN_UP
    assert store.claim(standing, _claim(day=5))


def test_the_latest_due_time_up_to_an_instant() -> None:
    claims = [_claim(day=6), _claim(day=5), _claim(day=4)]
    assert latest_due(claims, NOW.replace(day=5)) == NOW.replace(day=5)
    assert latest_due(claims, NOW.replace(day=1)) is None


def test_of_eight_at_once_one_has_it(url: str) -> None:
    stores = [Schedules(url) for _ in range(8)]
    standing = _active(stores[0])
    for day in range(4, 14):
        gate, won = threading.Barrier(8), []

        def attempt(number: int, day: int = day, gate: threading.Barrier = gate, won: list[int] = won) -> None:
            gate.wait()
            if stores[number].claim(standing, _claim(day=day, holder=str(number))):
                won.append(number)

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert stores[won[0]].finish(_claim(day=day, holder=str(won[0])), DONE, NOW)
    for one in stores:
        one.close()


def test_a_database_that_is_away_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="state database"):
        Schedules(sqlite_url(tmp_path / "away")).activate("monthly", NOW)
