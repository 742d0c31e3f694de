"""The store of errands: begun once, held by one process, taken up again when that dies, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analyst_agent.errors import UnknownName
from analyst_agent.state import errands as module
from analyst_agent.state.errands import DONE, FAILED, LEASE, MOST_ATTEMPTS, RUN, Errands, NewErrand

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def errands(tmp_path):
    store = Errands(f"sqlite:///{tmp_path / 'state.db'}")
    yield store
    store.close()


def as_process(monkeypatch, name):
    monkeypatch.setattr(module, "this_process", lambda: name)


def test_an_errand_of_a_key_is_begun_once(errands):
    first, is_new = errands.begin(NewErrand(RUN, "monthly", owner="maria", key="k"))
    again, is_new_again = errands.begin(NewErrand(RUN, "monthly", owner="maria", key="k"))
    other, is_other_new = errands.begin(NewErrand(RUN, "monthly", owner="tom", key="k"))
    assert (is_new, is_new_again, is_other_new) == (True, False, True)
    assert first.id == again.id != other.id


def test_what_is_given_is_what_is_kept(errands):
    new = NewErrand(RUN, "monthly", "2026-10-01", {"cost": 50}, "smtp", "", "maria", "Maria", ("region = EMEA",))
    kept = errands.begin(new)[0]
    assert (kept.day, kept.variables, kept.deliver) == ("2026-10-01", {"cost": 50}, "smtp")
    assert (kept.asked_by, kept.restrictions, kept.attempts) == ("Maria", ("region = EMEA",), 1)
    with pytest.raises(UnknownName):
        errands.get("nobody")


def test_a_process_of_an_earlier_attempt_cannot_take_it(errands, monkeypatch):
    as_process(monkeypatch, "server")
    errand = errands.begin(NewErrand(RUN, "monthly"))[0]
    as_process(monkeypatch, "another")
    assert errands.take_again(errand).attempts == 2
    assert errands.take_again(errand) is None, "of two that take it up again one has it"
    as_process(monkeypatch, "late child of the first")
    assert errands.take(errand.id, 1, "server") is None
    assert not errands.finish(errand.id, DONE, {})


def test_only_its_holder_ends_it(errands, monkeypatch):
    as_process(monkeypatch, "server")
    errand = errands.begin(NewErrand(RUN, "monthly"))[0]
    as_process(monkeypatch, "child")
    assert errands.take(errand.id, 1, "server").holder == "child"
    as_process(monkeypatch, "second child")
    assert errands.take(errand.id, 1, "server") is None, "it is handed on once"
    as_process(monkeypatch, "server")
    assert not errands.finish(errand.id, DONE, {"run": "theirs"})
    as_process(monkeypatch, "child")
    assert errands.finish(errand.id, DONE, {"run": "mine"})
    assert errands.get(errand.id).told == {"run": "mine"}
    assert errands.running() == []


def test_what_nobody_speaks_for_is_taken_up_and_what_lives_is_left(errands, monkeypatch):
    as_process(monkeypatch, "elsewhere")
    errand = errands.begin(NewErrand(RUN, "monthly"), NOW)[0]
    errands.beat(NOW + timedelta(minutes=5))
    as_process(monkeypatch, "here")
    assert errands.take_abandoned(NOW + timedelta(minutes=6)) == []
    [taken] = errands.take_abandoned(NOW + timedelta(minutes=5) + LEASE + timedelta(seconds=1))
    assert (taken.id, taken.holder, taken.attempts) == (errand.id, "here", 2)


def test_one_that_ends_its_process_again_and_again_is_given_up(errands):
    errand = errands.begin(NewErrand(RUN, "monthly"))[0]
    for _ in range(MOST_ATTEMPTS - 1):
        errand = errands.take_again(errand)
    assert errands.take_again(errand) is None
    ended = errands.get(errand.id)
    assert ended.state == FAILED
    assert ended.told["error"]["message"] == "Its process ended 3 times before it was done."


def test_old_ones_that_ended_are_forgotten_and_running_ones_never(errands):
    old = errands.begin(NewErrand(RUN, "monthly"), NOW)[0]
    errands.finish(old.id, DONE, {})
    running = errands.begin(NewErrand(RUN, "weekly"), NOW)[0]
    assert errands.trim(NOW + timedelta(days=2)) == [old.id]
    assert [one.id for one in errands.running()] == [running.id]
