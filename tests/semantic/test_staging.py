"""Aggregating by keys first: when, and that no aggregate is combined that cannot be."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlglot

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.compiler import compile_query
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.staging import can_be_staged
from tests.soundness.desk import Desk, escalation, month, ticket

MODEL = load_model()
PLAIN = Environment((datetime(2026, 10, 1), datetime(2026, 11, 1)), data_end=datetime(2026, 11, 2))


def is_staged(metric: str, *by: str, where: tuple[Filter, ...] = ()) -> bool:
    """Whether a SELECT reads from another SELECT under the name of its dataset."""
    sql = compile_query(MODEL, SemanticQuery((metric,), by, where), PLAIN).sql()
    return '"__0"' in sql


@pytest.mark.parametrize(
    ("metric", "by", "staged"),
    [
        ("escalated_ticket_count", ("account",), True),
        ("escalation_rate", ("tier",), True),
        ("mean_csat", ("root_cause", "region"), True),
        ("estimated_cost", ("agent", "product_area"), True),
        ("median_resolution_minutes", ("account",), False),  # a median does not follow from medians
        ("ticket_count", ("product_area",), False),  # nothing dear
        ("ticket_count", ("tenure_band",), False),  # needs single times
        ("escalated_ticket_count", ("account", "product_area", "channel"), True),
        (
            "escalated_ticket_count",
            ("account", "product_area", "channel", "team"),
            False,
        ),  # nearly as many groups as rows
        ("ticket_count", ("account", "day"), False),  # nearly as many groups as rows
        ("resolution_count", ("tier",), False),  # two steps away
    ],
)
def test_what_is_aggregated_by_keys_first(metric, by, staged):
    assert is_staged(metric, *by) is staged


@pytest.mark.parametrize(
    ("expression", "combines"),
    [("COUNT(*)", True), ("SUM(x) / 60 * 45", True), ("MAX(x)", True), ("COUNT(DISTINCT x)", False), ("MEDIAN(x)", False), ("QUANTILE_CONT(x, 0.9)", False)],
)  # fmt: skip
def test_only_aggregates_that_follow_from_their_parts_are_combined(expression, combines):
    assert can_be_staged({"m": sqlglot.parse_one(expression, dialect="duckdb")}) is combines


def test_means_over_groups_of_different_size_weigh_every_object():
    """Mean CSAT 3 (of the accounts' means 1 and 5) instead of 4."""
    desk = Desk(
        accounts=[{"account_id": a, "tier": "Gold"} for a in "xy"],
        tickets=[ticket("A", account_id="x", csat=1), *(ticket(t, account_id="y", csat=5) for t in "BCD"), ticket("E", account_id="y")],
        escalations=[escalation(t) for t in "ABCDE"],
    )  # fmt: skip
    [row] = desk.ask("mean_csat", "tier", period=month("2026-10")).rows
    assert (row["mean_csat"], row["mean_csat__n"], row["mean_csat__missing"]) == (4, 4, 1)


def test_two_accounts_of_one_name_and_none_stay_apart():
    """The tickets of two customers called Acme, or of no customer, in one row."""
    desk = Desk(
        accounts=[{"account_id": a, "name": "Acme"} for a in "xy"],
        tickets=[ticket("A", account_id="x"), ticket("B", account_id="y"), ticket("C"), ticket("D", account_id="gone")],
    )
    assert desk.split("ticket_count", "account") == {"Acme (x)": 1, "Acme (y)": 1, None: 2}


def test_counts_stay_whole_numbers():
    """Decimal("2"), as some engines add up whole numbers."""
    desk = Desk(accounts=[{"account_id": "x", "tier": "Gold"}], tickets=[ticket("A", account_id="x"), ticket("B")])
    assert [type(row["ticket_count"]) for row in desk.ask("ticket_count", "tier").rows] == [int, int]
