"""The compiled SQL: golden files for the eye, rules that hold for every query, and that each engine's parser takes it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.compiler import compile_lag, compile_query, compile_rows, compile_values
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model

HERE = Path(__file__).parent
MODEL = load_model()
OCTOBER = (datetime(2026, 10, 1), datetime(2026, 11, 1))
PLAIN = Environment(OCTOBER, data_end=datetime(2026, 11, 2, 3, 4, 5))
SCOPED = Environment(
    (datetime(2026, 9, 30, 22), datetime(2026, 10, 31, 23)), "Europe/Berlin", "sunday", datetime(2026, 11, 2), restrictions=(Filter("region", "=", "EMEA"),)
)  # fmt: skip
GOLDEN = {
    "rate": (SemanticQuery(("escalation_rate",)), PLAIN),
    "rate_by_root_cause_and_month": (SemanticQuery(("escalation_rate",), ("month", "root_cause")), PLAIN),
    "rate_by_tier_of_one_priority_scoped": (
        SemanticQuery(("escalation_rate",), ("tier",), (Filter("priority", "=", "P1"),)),
        SCOPED,
    ),
    "three_predicates_on_one_many_side": (
        SemanticQuery(
            ("escalated_ticket_count",),
            (),
            (Filter("resolution_type", "=", "refund"), Filter("minutes", ">", 60), Filter("notes", "contains", "Paid")),
        ),
        PLAIN,
    ),
    "causes_with_times_and_cost": (
        SemanticQuery(("escalated_ticket_count", "mean_resolution_minutes", "estimated_cost"), ("root_cause",)),
        PLAIN,
    ),
    "weeks_of_a_scoped_zone": (SemanticQuery(("ticket_count", "resolution_count"), ("week",)), SCOPED),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_sql(name, golden):
    query, environment = GOLDEN[name]
    golden(HERE / "golden" / f"{name}.sql", compile_query(MODEL, query, environment).sql("duckdb") + "\n")


def test_no_golden_file_is_left_over():
    assert {p.stem for p in (HERE / "golden").glob("*.sql")} == set(GOLDEN)


def queries():
    """Every metric alone, by a month and by each dimension, as far as it is defined."""
    for metric, by in product(MODEL.metrics, ((), ("month",), *((d,) for d in MODEL.dimensions()))):
        with suppress(NotPermitted):
            yield SemanticQuery((metric,), by), compile_query(MODEL, SemanticQuery((metric,), by), SCOPED)


COMPILED = list(queries())


def test_most_combinations_are_defined():
    assert len(COMPILED) > 600


def test_every_division_is_of_doubles_and_guarded():
    for query, compiled in COMPILED:
        for division in compiled.tree.find_all(exp.Div):
            left, right = division.this, division.expression
            guarded = isinstance(right, exp.Nullif) or (isinstance(right, exp.Literal) and float(right.name) > 0)
            assert guarded, f"{query}: {division.sql()}"
            if isinstance(right, exp.Nullif):
                assert isinstance(left, exp.Cast), f"{query}: {division.sql()}"


def test_joins_are_many_to_one_and_on_plain_columns_of_the_model():
    allowed = {(r.one, r.one_column) for r in MODEL.relationships}
    for query, compiled in COMPILED:
        for join in compiled.tree.find_all(exp.Join):
            alias = join.this.alias_or_name
            if alias in MODEL.datasets:
                assert isinstance(join.args["on"], exp.EQ), query
                assert (alias, join.args["on"].expression.name) in allowed, query
                assert join.side == "LEFT", query


def test_a_scope_is_in_every_select_of_a_table():
    for query, compiled in COMPILED:
        for select in compiled.tree.find_all(exp.Select):
            source = select.args.get("from_") or select.args.get("from")
            is_table = source is not None and isinstance(source.this, exp.Table)
            if is_table and source.this.alias_or_name in MODEL.datasets:
                assert "'EMEA'" in select.args["where"].sql(), query


def test_no_tree_node_is_shared():
    """A node with two parents is rendered wrong as soon as one of them is changed."""
    for query, compiled in COMPILED:
        for node in compiled.tree.walk():
            for child in node.iter_expressions():
                assert child.parent is node, query


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse", "spark", "trino", "snowflake", "bigquery"])
def test_every_engine_can_parse_its_text(dialect):
    for query, environment in GOLDEN.values():
        text = compile_query(MODEL, query, environment).sql(dialect)
        assert sqlglot.parse_one(text, dialect=dialect) is not None


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse", "spark", "trino", "snowflake", "bigquery"])
@pytest.mark.parametrize("value", ["' OR '1'='1", "\\", "\\' OR 1=1 --", "'; DROP TABLE tickets; --", "a\nb", "ü🙂"])
def test_a_value_stays_one_literal_in_every_dialect(dialect, value):
    """A trailing backslash swallows the closing quote on ClickHouse, BigQuery and Snowflake."""
    compiled = compile_query(
        MODEL, SemanticQuery(("ticket_count",), (), (Filter("ticket_id", "=", value),)), Environment()
    )
    tree = sqlglot.parse_one(compiled.sql(dialect), dialect=dialect)
    [equal] = tree.find_all(exp.EQ)
    assert equal.expression.name == value
    assert len(list(tree.find_all(exp.Select))) == 2


def test_measures_that_would_count_different_tickets_are_refused():
    query = SemanticQuery(("ticket_count", "escalation_rate"), (), (Filter("root_cause", "=", "policy_gap"),))
    with pytest.raises(NotPermitted, match="different tickets"):
        compile_query(MODEL, query, PLAIN)


def test_a_query_without_a_metric_is_refused():
    with pytest.raises(NotPermitted, match="No metric"):
        compile_query(MODEL, SemanticQuery(()), PLAIN)


def test_repeated_names_are_asked_once():
    compiled = compile_query(MODEL, SemanticQuery(("ticket_count", "ticket_count"), ("tier", "tier")), PLAIN)
    assert compiled.columns == ("tier", "ticket_count", "ticket_count__n")


def test_a_dataset_without_a_time_has_no_period():
    with pytest.raises(NotPermitted, match="No time places accounts"):
        compile_rows(MODEL, "account", ["tier"], (), PLAIN, None)
    text = compile_rows(MODEL, "account", ["tier"], (), Environment(), 3).sql()
    assert text.rstrip().endswith("LIMIT 3")


def test_values_and_lag_are_scoped():
    for compiled in (compile_values(MODEL, "agent", "agent", (), SCOPED, 9), compile_lag(MODEL, 0.95, SCOPED)):
        assert "'EMEA'" in compiled.sql()


def test_what_cannot_filter_a_dataset_is_said():
    with pytest.raises(UnknownName, match="root_caus"):
        compile_query(MODEL, SemanticQuery(("ticket_count",), (), (Filter("root_caus", "=", "x"),)), PLAIN)
