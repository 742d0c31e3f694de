"""Several splits in one statement: which are read together, and how that is written for every engine."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlglot
from sqlglot import exp

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.rollup import gathered
from analyst_agent.semantic.together import compile_together
from tests.semantic.test_dialects import ONLY_RENDERED, rendering

MODEL = load_model()
OCTOBER = Environment((datetime(2026, 10, 1), datetime(2026, 11, 1)), data_end=datetime(2026, 11, 2))
CHAT = (Filter("channel", "=", "chat"),)


def asked(*by: str, metrics: str = "escalated_ticket_count", where: tuple[Filter, ...] = ()) -> SemanticQuery:
    return SemanticQuery(tuple(metrics.split()), by, where)


def test_a_split_goes_with_the_nearest_finer_one_that_asks_of_the_same_objects():
    finest, fine, coarse, whole = asked("tier", "team", "day"), asked("tier", "team"), asked("tier"), asked()
    assert gathered(MODEL, [whole, coarse, fine, finest]) == [[finest, fine, coarse, whole]]
    other, elsewhere = asked("team", "agent"), asked("tier", where=CHAT)
    assert gathered(MODEL, [coarse, finest, other, elsewhere]) == [[finest], [other], [coarse, elsewhere]]
    rate = asked(metrics="escalation_rate")
    assert gathered(MODEL, [rate, coarse]) == [
        [coarse],
        [rate],
    ]  # the tickets, which the split has not, are better read for themselves
    assert gathered(MODEL, [asked("team"), finest, other]) == [[finest], [other, asked("team")]]


def test_what_does_not_follow_from_its_parts_has_no_statement():
    median = asked(metrics="median_resolution_minutes")
    assert compile_together(MODEL, [asked("tier"), median], [OCTOBER] * 2) is None
    assert (
        compile_together(MODEL, [asked("tier"), asked("team")], [OCTOBER] * 2) is None
    )  # neither is a part of the other
    assert compile_together(MODEL, [asked("reason_code"), asked(metrics="escalation_rate")], [OCTOBER] * 2) is not None


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse", "spark", *ONLY_RENDERED])
def test_each_table_is_read_once_in_every_engine(dialect):
    queries = [asked("root_cause", "account"), asked("root_cause", metrics="mean_csat"), asked()]
    together = compile_together(MODEL, queries, [OCTOBER] * 3)
    text = (
        rendering(dialect).sql(together.compiled.tree) if dialect in ONLY_RENDERED else together.compiled.sql(dialect)
    )
    tables = [one.name.lower() for one in sqlglot.parse_one(text, dialect=dialect).find_all(exp.Table)]
    assert tables.count("escalated_tickets") == 1
    assert [share.split[1] for share in together.shares] == [0, 1, 2]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_a_split_that_nobody_asks_for_gives_the_columns_their_types_and_no_rows(dialect):
    """Engines that type a column of a union by its first part would take one that is empty there for text."""
    queries = [asked("root_cause", "product_area"), asked("root_cause", "day")]
    together = compile_together(MODEL, queries, [OCTOBER] * 2, ("root_cause", "product_area", "day"))
    union = next(one for one in together.compiled.tree.find_all(exp.CTE) if one.alias == "part_0").this
    first, *others = (one.sql(dialect) for one in (union.this.this, union.this.expression, union.expression))
    assert first.endswith("WHERE FALSE")
    assert "(NULL) AS" not in first
    assert ["(NULL) AS" in one and "GROUP BY" in one for one in others] == [True, True]
    assert [share.split[1] for share in together.shares] == [1, 2]
