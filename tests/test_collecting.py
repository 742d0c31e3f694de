"""The garbage collector looks rarely while rows are built, is never off, and is as before afterwards."""

from __future__ import annotations

import gc
from threading import Event, Thread

from analyst_agent.collecting import RARELY, rarely_collected


def test_it_looks_rarely_within_and_is_as_before_after_an_error() -> None:
    before = gc.get_threshold()
    try:
        with rarely_collected():
            assert gc.isenabled()
            assert gc.get_threshold() == (max(RARELY, before[0]), *before[1:])
            raise ValueError
    except ValueError:
        assert gc.get_threshold() == before


def test_threads_that_overlap_leave_it_as_the_first_one_found_it() -> None:
    before, entered, may_leave = gc.get_threshold(), Event(), Event()

    def other() -> None:
        with rarely_collected():
            entered.set()
            may_leave.wait(30)

    with rarely_collected():
        thread = Thread(target=other)
        thread.start()
        assert entered.wait(30)
    assert gc.get_threshold()[0] >= RARELY
    may_leave.set()
    thread.join()
    assert gc.get_threshold() == before
