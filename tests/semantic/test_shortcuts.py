"""Escalated tickets reached directly, not through all tickets, where that gives the same rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from analyst_agent.records import Filter
from analyst_agent.semantic.compiler import compile_rows
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model
from tests.soundness.desk import Desk, escalation, ticket

MODEL = load_model()
SEVERAL = Filter("escalation_count", ">", 1)


@pytest.mark.parametrize(
    ("dataset", "fields", "where", "through"),
    [
        ("escalation_event", ("ticket_id", "from_team"), (SEVERAL,), False),
        ("resolution", ("ticket_id", "counted_at", "notes"), (Filter("counted_at", "present"),), False),
        ("resolution", ("ticket_id", "counted_at", "notes"), (Filter("notes", "present"),), True),  # also of others
        ("escalation_event", ("ticket_id", "subject"), (SEVERAL,), True),  # the ticket itself is asked for
        ("escalation_event", ("ticket_id",), (SEVERAL, Filter("tier", "=", "Gold")), True),  # its account is
    ],
)
def test_when_tickets_are_left_out(dataset, fields, where, through):
    environment = Environment((datetime(2026, 10, 1), datetime(2026, 11, 1)))
    text = compile_rows(MODEL, dataset, fields, where, environment, None).sql()
    assert ("JOIN tickets" in text) is through


def test_the_same_events_are_listed():
    """Escalations of a ticket that is not loaded among those of tickets escalated more than once."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        escalations=[escalation("A"), escalation("A"), escalation("B"), escalation("gone"), escalation("gone")],
    )
    rows = desk.engine.rows("escalation_event", ("ticket_id",), where=(SEVERAL,)).rows
    assert [row["ticket_id"] for row in rows] == ["A", "A"]
    some = desk.engine.rows("escalation_event", ("ticket_id",)).rows
    assert sorted(str(row["ticket_id"]) for row in some) == ["A", "A", "B", "None", "None"]
