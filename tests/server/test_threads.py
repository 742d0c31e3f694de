"""Work beside requests: as much at once as there is, up to the most; nothing waits while a thread is free."""

from __future__ import annotations

import threading

from analyst_agent.server.threads import Threads


def test_all_that_may_be_done_at_once_is() -> None:
    """Each piece waits for all others: were one of them left behind a busy thread, none would end."""
    for _ in range(200):
        threads, together, done = Threads(4, "test"), threading.Barrier(4), threading.Barrier(5)
        for _ in range(4):
            threads.submit(lambda together=together: together.wait(30))
        for _ in range(4):
            threads.submit(lambda done=done: done.wait(30))
        done.wait(30)


def test_no_more_than_the_most_are_at_work() -> None:
    threads, lock, ended = Threads(3, "test"), threading.Lock(), threading.Semaphore(0)
    working, most = 0, 0

    def work() -> None:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        with lock:
            working -= 1
        ended.release()

    for _ in range(300):
        threads.submit(work)
    for _ in range(300):
        assert ended.acquire(timeout=30)
    assert 1 <= most <= 3
