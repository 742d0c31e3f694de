"""What other engines are sent: golden SQL for those that no test can run (Trino, Snowflake, BigQuery), and rules that hold for all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from textwrap import wrap

import pytest
import sqlglot
from sqlglot import exp

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.compiler import compile_lag, compile_query, compile_rows, compile_values
from analyst_agent.semantic.dialects import DIALECTS
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.rendering import Rendering, StoredColumn, StoredTable
from analyst_agent.semantic.stored import names_of_accounts, names_of_people, window_of_data
from analyst_agent.warehouse.tables import TABLES

HERE = Path(__file__).parent / "golden" / "dialects"
ONLY_RENDERED = ("trino", "snowflake", "bigquery")
MODEL = load_model()
PLAIN = Environment((datetime(2026, 10, 1), datetime(2026, 11, 1)), data_end=datetime(2026, 11, 2, 3, 4, 5))
LOCAL = Environment(
    (datetime(2026, 9, 30, 22), datetime(2026, 10, 31, 23)), "Europe/Berlin", "sunday", datetime(2026, 11, 2), restrictions=(Filter("region", "=", "EMEA"),)
)  # fmt: skip


def _query(metrics: str, by: str = "", *where: Filter, environment: Environment = PLAIN):
    return compile_query(MODEL, SemanticQuery(tuple(metrics.split()), tuple(by.split()), where), environment)


CANONICAL = {
    "rate": _query("escalation_rate"),
    "rate_by_root_cause_and_month": _query("escalation_rate", "root_cause month"),
    "rate_by_tier_within_a_scope": _query("escalation_rate", "tier", environment=LOCAL),
    "weeks_from_sunday_in_a_zone": _query("ticket_count resolution_count", "week", environment=LOCAL),
    "hours_and_weekdays_in_a_zone": _query("ticket_count", "weekday hour", environment=LOCAL),
    "median_and_p90_by_area": _query("median_resolution_minutes p90_resolution_minutes", "product_area"),
    "time_to_escalation_and_cost": _query("mean_time_to_escalation estimated_cost", "team"),
    "sla_and_reopened": _query("sla_breach_rate reopen_rate"),
    "a_filter_on_a_many_side": _query("ticket_count", "", Filter("resolution_type", "!=", "it's a \\ refund")),
    "text_that_contains": _query("escalated_ticket_count", "", Filter("subject", "contains", "Invoice")),
    "tenure": _query("ticket_count", "tenure_band"),
    "bands": _query("mean_ticket_csat", "first_response_band csat_score"),
    "single_tickets": compile_rows(MODEL, "escalated_ticket", ("ticket_id", "escalated_at", "account"), (), PLAIN, 10),
    "tickets_of_a_sample": compile_rows(MODEL, "escalated_ticket", ("ticket_id",), (), PLAIN, None, 0.125),
    "values_of_a_dimension": compile_values(MODEL, "account", "tier", (), PLAIN, 100),
    "lag": compile_lag(MODEL, 0.95, PLAIN),
    "days_of_the_data": window_of_data(),
    "names_of_people": names_of_people(),
    "names_of_accounts": names_of_accounts(["t'1", "\\"]),
}


def rendering(dialect: str, absent: tuple[str, ...] = ()) -> Rendering:
    """All canonical tables in a schema `support`; Snowflake stores names that nobody quoted in capitals. absent: columns that are not there."""
    change = str.upper if dialect == "snowflake" else str
    tables = {
        name: StoredTable(
            name,
            (change("support"), change(name)),
            tuple(StoredColumn(c.name, c.kind, "" if c.name in absent else change(c.name)) for c in table.columns),
        )
        for name, table in TABLES.items()
    }
    return Rendering(dialect, tables, MODEL.derived)


def _compact(sql: str) -> str:
    return "\n".join(wrap(" ".join(sql.split()), 160, break_long_words=False, break_on_hyphens=False))


@pytest.mark.parametrize("dialect", ONLY_RENDERED)
def test_golden_sql(dialect, golden):
    writer = rendering(dialect)
    quote = "`" if dialect == "bigquery" else '"'
    common = {name: writer.common(name) for name in (*TABLES, *MODEL.derived)}
    texts = [f"-- the common table {name}\n{_compact(text)}\n" for name, text in common.items()]
    for name, compiled in CANONICAL.items():
        own = writer.sql(compiled.tree)
        for table, text in common.items():
            own = own.replace(text, f"{quote}{table}{quote} AS (...)")
        texts.append(f"-- {name}\n{_compact(own)};\n")
    golden(HERE / f"{dialect}.sql", "\n".join(texts))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", CANONICAL)
def test_each_engine_can_parse_its_text(dialect, name):
    tree = sqlglot.parse_one(rendering(dialect).sql(CANONICAL[name].tree), dialect=dialect)
    assert isinstance(tree, exp.Query)
    assert not list(tree.find_all(exp.Command))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_table_is_one_of_ours_or_a_part_before_it(dialect):
    for name, compiled in CANONICAL.items():
        tree = sqlglot.parse_one(rendering(dialect).sql(compiled.tree), dialect=dialect)
        defined = {cte.alias for cte in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            assert table.db.lower() == "support" or table.name in defined, f"{name}: {table.sql()}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_what_a_query_uses_stands_before_it(dialect):
    sql = rendering(dialect).sql(_query("ticket_count", "priority").tree)
    assert "escalated_tickets" not in sql
    assert "resolutions" not in sql
    assert "tickets" in sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_absent_column_is_a_typed_null(dialect):
    sql = rendering(dialect, ("csat",)).sql(_query("mean_csat").tree)
    tree = sqlglot.parse_one(sql, dialect=dialect)
    [tickets] = [cte for cte in tree.find_all(exp.CTE) if cte.alias == "tickets"]
    [csat] = [p for p in tickets.this.expressions if p.alias == "csat"]
    cast = csat.this
    assert isinstance(cast, exp.Cast)
    assert isinstance(cast.this, exp.Null)
    assert cast.is_type("DOUBLE", "FLOAT64", "FLOAT")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("value", ["' OR '1'='1", "\\", "\\' OR 1=1 --", "'; DROP TABLE tickets; --", "a\nb", "ü🙂"])
def test_a_value_stays_one_literal(dialect, value):
    sql = rendering(dialect).sql(_query("ticket_count", "", Filter("ticket_id", "=", value)).tree)
    tree = sqlglot.parse_one(sql, dialect=dialect)
    assert any(literal.name == value for literal in tree.find_all(exp.Literal))
    assert not list(tree.find_all(exp.Or, exp.Drop))
