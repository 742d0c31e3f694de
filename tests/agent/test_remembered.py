"""Findings are remembered as long as what they rest on is the same, and computed once for many who ask at once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from analyst_agent.agent.remembered import RememberedFindings
from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Finding, Intent, Plan

PLAN = Plan(Intent.QUERY, metrics=("ticket_count",))


class Desk:
    """Counts what is computed."""

    def __init__(self) -> None:
        self.count = 0

    def execute(self, plan: Plan) -> Finding:
        self.count += 1
        return Finding(f"{plan.metrics} {plan.where} {self.count}", "query_metrics", None)


def test_the_same_work_is_computed_once_whatever_was_said_about_it() -> None:
    desk, kept = Desk(), RememberedFindings()
    first = kept.of(PLAN, desk.execute)
    assert kept.of(replace(PLAN, notes=("read so",), confidence=0.4), desk.execute) is first
    assert desk.count == 1
    assert kept._computing == {}, "nothing is left of who waited"


def test_another_condition_is_other_work() -> None:
    desk, kept = Desk(), RememberedFindings()
    found = {
        kept.of(replace(PLAN, where=(Filter("tier", "=", name),)), desk.execute).title
        for name in ("a", "b", "a")
    }  # fmt: skip
    assert (len(found), desk.count) == (2, 2)


def test_a_label_given_meanwhile_makes_it_other_work() -> None:
    desk, revision = Desk(), [1]
    kept = RememberedFindings(lambda: revision[0])
    first = kept.of(PLAN, desk.execute)
    revision[0] = 2
    assert kept.of(PLAN, desk.execute) != first
    assert desk.count == 2


def test_what_failed_is_tried_again() -> None:
    kept, tries = RememberedFindings(), []

    def failing(plan: Plan) -> Finding:
        tries.append(plan)
        raise NotPermitted("No.", "")

    for _ in range(2):
        with pytest.raises(NotPermitted):
            kept.of(PLAN, failing)
    assert len(tries) == 2


def test_many_who_ask_at_once_wait_for_one_computation() -> None:
    desk, kept, gate = Desk(), RememberedFindings(), threading.Event()

    def slow(plan: Plan) -> Finding:
        assert gate.wait(10)
        return desk.execute(plan)

    found: list[Finding] = []
    threads = [threading.Thread(target=lambda: found.append(kept.of(PLAN, slow))) for _ in range(6)]
    for one in threads:
        one.start()
    gate.set()
    for one in threads:
        one.join(10)
    assert len(found) == 6
    assert desk.count == 1


def test_the_oldest_are_forgotten() -> None:
    desk, kept = Desk(), RememberedFindings(most=2)
    for name in ("a", "b", "c", "a"):
        kept.of(replace(PLAN, metrics=(name,)), desk.execute)
    assert desk.count == 4
