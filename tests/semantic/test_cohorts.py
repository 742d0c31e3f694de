"""Tickets beside those of them that were escalated: counted without a join where that gives the same, with one where it does not."""

from __future__ import annotations

from datetime import datetime

import pytest

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.compiler import compile_query
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.together import compile_together
from tests.soundness.desk import Desk, escalation, month, ticket

MODEL = load_model()
OCTOBER = Environment((datetime(2026, 10, 1), datetime(2026, 11, 1)), data_end=datetime(2026, 11, 2))
RATE = "cohort_escalation_rate"


def sql_of(*by: str, where: tuple[Filter, ...] = (), restrictions: tuple[Filter, ...] = ()) -> str:
    environment = Environment(OCTOBER.bounds, data_end=OCTOBER.data_end, restrictions=restrictions)
    return compile_query(MODEL, SemanticQuery((RATE,), by, where), environment).sql()


@pytest.mark.parametrize(
    ("by", "where", "joined"),
    [
        ((), (), False),
        (("day",), (), False),
        (("product_area", "channel"), (), False),
        (("tier",), (), False),
        (("tenure_band", "account"), (), False),
        (("agent",), (Filter("priority", "=", "P1"),), False),
        (("tier",), (Filter("resolution_type", "=", "refund"),), False),
        (("tier",), (Filter("first_response_band", "present"),), True),  # escalated tickets do not carry that time
        (("tier",), (Filter("from_team", "=", "Blue"),), True),  # asks more of the escalation than that there is one
    ],
)
def test_which_queries_join(by, where, joined):
    assert ("LEFT JOIN escalated_tickets" in sql_of(*by, where=where)) is joined


def test_tickets_that_have_a_value_are_counted_beside_without_a_join():
    """Nor are the accounts, by which those are told, joined to the escalated tickets, of which nothing is asked but their number."""
    queries = [
        SemanticQuery((RATE,), ("day",)),
        *(SemanticQuery(("ticket_count",), ("day",), (Filter(name, "present"),)) for name in ("category", "tier")),
    ]
    together = compile_together(MODEL, queries, [OCTOBER] * 3)
    text = together.compiled.sql()
    assert "LEFT JOIN escalated_tickets" not in text
    assert text.count("LEFT JOIN account_directory") == 1


def test_restrictions_hold_on_both_sides():
    text = sql_of("tier", restrictions=(Filter("region", "=", "EMEA"),))
    assert text.count("'EMEA'") == 2


def test_a_ticket_counts_once_and_an_escalation_without_a_ticket_never():
    """Three tickets instead of two where the escalated one is in both tables; an escalation of a ticket that is not loaded as one more."""
    desk = Desk(
        accounts=[{"account_id": "x", "tier": "Gold"}],
        tickets=[
            ticket("A", account_id="x", product_area="Reports"),
            ticket("B", account_id="x", product_area="Reports"),
            ticket("C", product_area="Billing", is_escalated=True),
            ticket("D", created_at="2026-09-30 10:00", account_id="x"),
        ],
        escalations=[escalation("A"), escalation("A"), escalation("D"), escalation("not loaded")],
    )
    for by, expected in (
        ("tier", {"Gold": (1, 2), None: (1, 1)}),
        ("product_area", {"Reports": (1, 2), "Billing": (1, 1)}),
    ):
        rows = desk.ask(RATE, by, period=month("2026-10")).rows
        assert {row[by]: (row[f"{RATE}__numerator"], row[f"{RATE}__denominator"]) for row in rows} == expected
    [whole] = desk.ask(RATE, period=month("2026-10")).rows
    assert (whole[f"{RATE}__numerator"], whole[f"{RATE}__denominator"]) == (2, 3)


def test_no_ticket_is_no_rate():
    """NULL tickets instead of 0 in a month in which nothing was created."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B", created_at="2026-08-05 10:00")],
        escalations=[escalation("A"), escalation("B")],
    )
    [row] = desk.ask(RATE, period=month("2026-09")).rows
    assert (row[RATE], row[f"{RATE}__denominator"]) == (None, 0)
