"""Aggregates of some rows only, also for engines that know no FILTER."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlglot

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.filtering import all_of, any_of, only_where, without_filters
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.together import compile_together
from tests.semantic.test_dialects import ONLY_RENDERED, rendering


def sql(text: str) -> sqlglot.exp.Expression:
    return sqlglot.parse_one(text, dialect="duckdb")


@pytest.mark.parametrize(
    ("tree", "some"),
    [
        ("COUNT(*)", "COUNT(*) FILTER(WHERE x > 1)"),
        ("COUNT(*) - COUNT(a)", "COUNT(*) FILTER(WHERE x > 1) - COUNT(a) FILTER(WHERE x > 1)"),
        ("SUM(COALESCE(a, (SELECT AVG(a) FROM t))) / 60", "SUM(COALESCE(a, (SELECT AVG(a) FROM t))) FILTER(WHERE x > 1) / 60"),
        ("MEDIAN(a)", "MEDIAN(a) FILTER(WHERE x > 1)"),
    ],
)  # fmt: skip
def test_every_aggregate_of_the_select_itself_is_of_the_rows_meant(tree, some):
    assert only_where(sql(tree), sql("x > 1")).sql("duckdb") == some
    assert only_where(sql(tree), None) == sql(tree)


def test_rows_that_have_a_value_are_counted_by_it():
    """Engines count the values of a column faster than rows under a filter."""
    assert only_where(sql("COUNT(*)"), sql("NOT a IS NULL")) == sql("COUNT(a)")
    assert only_where(sql("COUNT(b)"), sql("NOT a IS NULL")).sql() == "COUNT(b) FILTER(WHERE NOT a IS NULL)"
    assert (
        only_where(sql("COUNT(*)"), sql("NOT a IS NULL AND b = 1")).sql()
        == "COUNT(*) FILTER(WHERE NOT a IS NULL AND b = 1)"
    )


def test_conditions_are_put_together():
    both = [sql("x = 1"), sql("y = 2")]
    assert all_of(both).sql() == "x = 1 AND y = 2"
    assert all_of([]) is None
    assert [one.sql() for one in any_of(both)] == ["((x = 1) OR (y = 2))"]
    assert any_of([*both, None]) == []  # what always holds restricts nothing


def test_a_filter_as_a_case():
    tree = sql("SELECT COUNT(*) FILTER(WHERE x > 1), SUM(a) FILTER(WHERE x > 1)")
    assert without_filters(tree).sql() == "SELECT COUNT(CASE WHEN x > 1 THEN 1 END), SUM(CASE WHEN x > 1 THEN a END)"


@pytest.mark.parametrize("dialect", ONLY_RENDERED)
def test_queries_read_together_are_written_for_every_engine(dialect):
    where = ((), (Filter("channel", "=", "chat"),))
    queries = [SemanticQuery(("escalation_rate", "mean_csat"), ("product_area",), one) for one in where]
    bounds = [Environment((datetime(2026, month, 1), datetime(2026, month + 1, 1))) for month in (10, 8)]
    together = compile_together(load_model(), queries, bounds)
    assert together is not None
    text = rendering(dialect).sql(together.compiled.tree)
    assert "CASE WHEN" in " ".join(text.split())
    assert "FILTER(" not in text
