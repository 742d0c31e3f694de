"""Hand-made answers for the tests of grading: small, right, and easy to make wrong in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from analyst_agent.records import Answer, Citation, Column, Fact, Filter, Grounding, Period, Status, Table

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), "September 2026", "calendar", "month")
FACTS = (
    Fact("f1", "escalation_rate", 0.10612, "ratio", OCTOBER),
    Fact("f2", "escalated_ticket_count", 157, "count", OCTOBER, {"root_cause": "product_bug"}),
    Fact("f3", "escalated_ticket_count", 40, "count", OCTOBER, {"root_cause": "process_failure"}),
    Fact("f4", "mean_resolution_minutes", 1686.08, "minutes", OCTOBER, {}, filters=(Filter("tier", "=", "Enterprise"),)),
)  # fmt: skip
TABLE = Table(
    "Root causes",
    (Column("root cause"), Column("tickets", "count")),
    (("Product bug", 157), ("Process failure", 40)),
    ((None, "f2"), (None, "f3")),
)
RIGHT = Answer(
    "What drove escalations last month?",
    Status.ANSWERED,
    "**October 2026**: 10.6 % of tickets were escalated; for Enterprise it took 28.1 h on average.",
    OCTOBER,
    SEPTEMBER,
    ("root_cause_trend",),
    FACTS,
    (TABLE,),
    citations=(Citation("KI-12", "Workaround", "Split the date range."),),
    grounding=Grounding(2, 2),
)


def with_fact(fact_id: str, **changes: Any) -> Answer:
    """The right answer with one fact changed."""
    return replace(RIGHT, facts=tuple(replace(f, **changes) if f.id == fact_id else f for f in RIGHT.facts))
