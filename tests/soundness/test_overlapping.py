"""Tickets split by what they may have several of: each counts once with each value, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, SemanticQuery
from tests.soundness.desk import Desk, escalation, month, resolution, ticket
from tests.soundness.sample import helpdesk

OCTOBER = month("2026-10")


def by_type(metrics: str = "ticket_count", by: str = "", *where: Filter) -> SemanticQuery:
    return SemanticQuery(tuple(metrics.split()), ("resolution_type", *by.split()), where, OCTOBER, overlapping=True)


@pytest.fixture
def desk() -> Desk:
    return Desk(
        accounts=[{"account_id": "x", "name": "Acme"}],
        tickets=[ticket("A", csat=1, account_id="x"), ticket("B", csat=5), ticket("C", csat=3), ticket("D", "2026-09-05 10:00", csat=2)],
        escalations=[escalation("A", reason_code="bug")],
        resolutions=[
            *(resolution("A", f"2026-10-{day}", resolution_type="fix", minutes=day) for day in (10, 11)),
            resolution("A", resolution_type="refund", minutes=5), resolution("B", resolution_type="fix", minutes=5),
            resolution("D", resolution_type="fix", minutes=5),
        ],
    )  # fmt: skip


def test_a_ticket_counts_once_with_each_of_its_values(desk):
    """fix 2 (A, resolved so twice, and B), not 3; refund 1; D is of another month, and C has none."""
    rows = desk.engine.run(by_type("ticket_count mean_ticket_csat")).rows
    assert [(r["resolution_type"], r["ticket_count"], r["mean_ticket_csat"]) for r in rows] == [("fix", 2, 3.0), ("refund", 1, 1.0)]  # fmt: skip


def test_a_condition_on_the_same_rows_holds_of_the_one_that_counts(desk):
    """A has a refund of five minutes and fixes of ten: among resolutions of over five minutes there is no refund."""
    rows = desk.engine.run(by_type("ticket_count", "", Filter("minutes", ">", 5))).rows
    assert [(r["resolution_type"], r["ticket_count"]) for r in rows] == [("fix", 1)]


def test_without_leave_such_a_split_is_refused(desk):
    with pytest.raises(NotPermitted, match="may have several"):
        desk.engine.run(replace(by_type(), overlapping=False))


def test_overlapping_groups_have_no_share(desk):
    with pytest.raises(NotPermitted, match="overlap"):
        desk.engine.run(replace(by_type(), share=True))


def test_a_rate_is_not_split_by_an_outcome_either_way(desk):
    with pytest.raises(NotPermitted, match="only after the ticket was handled"):
        desk.engine.run(by_type("cohort_escalation_rate"))


@pytest.mark.parametrize("where", [(), (Filter("channel", "=", "chat"),), (Filter("root_cause", "=", "product_bug"),), (Filter("minutes", ">", 30),), (Filter("resolution_type", "!=", "refund"),)])  # fmt: skip
@pytest.mark.parametrize("by", ["", "account", "csat_score account", "agent channel"])
def test_each_value_has_what_a_filter_by_it_leaves(by, where):
    desk = Desk(restrictions=(Filter("region", "=", "EMEA"),), **helpdesk(5))
    split = tuple(by.split())
    asked = SemanticQuery(("ticket_count", "mean_ticket_csat"), ("resolution_type", *split), where, overlapping=True)
    found = desk.engine.run(asked).rows
    for value in desk.engine.values("resolution_type"):
        only = (*where, Filter("resolution_type", "=", value))
        alone = desk.engine.run(SemanticQuery(asked.metrics, split, only)).rows
        own = [{k: v for k, v in row.items() if k != "resolution_type"} for row in found if row["resolution_type"] == value]  # fmt: skip
        assert sorted(own, key=str) == sorted((r for r in alone if r["ticket_count"]), key=str), value
