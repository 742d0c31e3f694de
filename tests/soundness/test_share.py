"""Shares of a total: of what, and of which measures there is one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.additivity import adds_up
from analyst_agent.semantic.model import load_model
from tests.soundness.desk import Desk, escalation, month, resolution, ticket

OCTOBER = month("2026-10")


def shared(desk: Desk, metric: str, by: str = "", period: Period | None = OCTOBER, **more: Any) -> QueryResult:
    """Runs one query with shares."""
    return desk.engine.run(SemanticQuery(tuple(metric.split()), tuple(by.split()), period=period, share=True, **more))


@pytest.fixture
def desk() -> Desk:
    september = [("A", "mail"), ("B", "mail"), ("C", "chat")]
    october = [("D", "mail"), ("E", "chat"), ("F", "phone"), ("G", None)]
    return Desk(
        tickets=[
            *(ticket(t, "2026-09-02 10:00", channel=c) for t, c in september),
            *(ticket(t, "2026-10-02 10:00", channel=c) for t, c in october),
        ],
        escalations=[
            escalation("D", reason_code="bug"),
            escalation("E", reason_code="bug"),
            escalation("F", reason_code="handoff"),
        ],
        resolutions=[
            resolution("D", minutes=30, resolution_type="fix"),
            resolution("E", minutes=10, resolution_type="answer"),
        ],
    )


def test_a_share_is_of_everything_not_of_the_rows_shown(desk):
    """1/1 (of the row shown) instead of 1/4, of which the row without a channel is one."""
    result = shared(desk, "ticket_count", "channel", limit=1)
    [row] = result.rows
    assert (row["ticket_count__share"], row["ticket_count__share_of"]) == (0.25, 4)


def test_a_share_is_of_what_the_conditions_leave(desk):
    """1/4 of all tickets instead of 1/2 of those asked about."""
    result = shared(desk, "ticket_count", "channel", where=(Filter("channel", "in", ("mail", "chat")),))
    assert [row["ticket_count__share"] for row in result.rows] == [0.5, 0.5]


def test_with_time_and_a_dimension_shares_are_of_the_unit_of_time(desk):
    """Mail 2/7 and 1/7 of both months instead of 2/3 of September and 1/4 of October."""
    rows = shared(desk, "ticket_count", "month channel", Period(date(2026, 9, 1), date(2026, 11, 1))).rows
    mail = {row["month"]: row["ticket_count__share"] for row in rows if row["channel"] == "mail"}
    assert mail == {"2026-09": pytest.approx(2 / 3), "2026-10": 0.25}


def test_with_time_alone_shares_are_of_the_whole_period(desk):
    """1 in every month, which says nothing."""
    rows = shared(desk, "ticket_count", "month", Period(date(2026, 9, 1), date(2026, 11, 1))).rows
    assert [row["ticket_count__share"] for row in rows] == [pytest.approx(3 / 7), pytest.approx(4 / 7)]


def test_a_unit_in_which_nothing_happened_has_no_shares(desk):
    """0 % of nothing."""
    rows = shared(desk, "ticket_count", "month channel", Period(date(2026, 8, 1), date(2026, 10, 1))).rows
    assert {row["ticket_count__share"] for row in rows if row["month"] == "2026-08"} == {None}


def test_escalations_of_a_cause_per_all_tickets_add_up(desk):
    """Refused as every rate is, though 2/4 and 1/4 of all tickets are 2/3 and 1/3 of the escalated ones."""
    rows = {r["root_cause"]: r for r in shared(desk, "escalation_rate", "root_cause").rows}
    assert rows["product_bug"]["escalation_rate"] == 0.5
    assert rows["product_bug"]["escalation_rate__share"] == pytest.approx(2 / 3)
    assert rows["product_bug"]["escalation_rate__share_of"] == 3


@pytest.mark.parametrize(
    ("metric", "by", "instead"),
    [
        ("escalation_rate", "channel", "escalated_ticket_count"),
        ("escalation_rate", "root_cause channel", "escalated_ticket_count"),
        ("escalation_rate", "month", "escalated_ticket_count"),
        ("cohort_escalation_rate", "channel", "cohort_escalated_count"),
        ("mean_csat", "channel", "escalated_ticket_count"),
        ("median_resolution_minutes", "root_cause", "escalated_ticket_count"),
        ("resolved_share", "root_cause", "escalated_ticket_count"),
        ("resolution_minutes", "resolution_type", "resolution_count"),
        ("ticket_count mean_csat", "channel", "escalated_ticket_count"),
    ],
)
def test_what_does_not_add_up_has_no_share(desk, metric, by, instead):
    """Mean CSAT 4 of "12" (4 + 5 + 3): 33 %."""
    with pytest.raises(NotPermitted, match="do not add up") as refused:
        shared(desk, metric, by)
    assert f"share of {instead}" in refused.value.hint


def test_additivity_is_read_from_the_expression_not_from_the_unit():
    """A sum of minutes refused (its unit is that of a mean), a count of distinct values accepted."""
    model = load_model()
    assert {m.name for m in model.metrics.values() if adds_up(model, m)} == {
        "ticket_count", "escalated_ticket_count", "escalation_event_count", "resolution_count", "cohort_escalated_count",
        "open_escalated_count", "estimated_cost", "total_resolution_minutes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "is_additive"),
    [
        ("COUNT(DISTINCT ticket.account_id)", False),
        ("SUM(ticket.csat) / COUNT(ticket.csat)", False),
        ("SUM(ticket.csat) * SUM(ticket.csat)", False),
        ("60 / COUNT(*)", False),
        ("MAX(ticket.csat)", False),
        ("SUM(ticket.handle_minutes) / 60 * 45", True),
        ("SUM(ticket.handle_minutes / 60)", True),
        ("COUNT(CASE WHEN ticket.csat > 3 THEN 1 END)", True),
    ],
)
def test_expressions_that_add_up(expression, is_additive):
    """A quotient of sums, or distinct customers of each month, added up."""
    from dataclasses import replace

    model = load_model()
    assert adds_up(model, replace(model.metric("ticket_count"), expression=expression)) is is_additive


def test_a_sum_of_minutes_is_shared_and_costs_add_up(desk):
    """Shares of rounded or of partly imputed costs that add up to anything but 1."""
    rows = shared(desk, "total_resolution_minutes", "resolution_type").rows
    assert {r["resolution_type"]: r["total_resolution_minutes__share"] for r in rows} == {"fix": 0.75, "answer": 0.25}
    costs = shared(desk, "estimated_cost", "root_cause").rows
    assert sum(r["estimated_cost__share"] for r in costs) == pytest.approx(1)  # type: ignore[misc]


def test_a_share_without_a_split_is_all(desk):
    """An error, or nothing."""
    assert shared(desk, "ticket_count").rows[0]["ticket_count__share"] == 1
