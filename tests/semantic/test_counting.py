"""Counts written by a column: the same number as the CASE they stand for, on rows with and without values."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from analyst_agent.semantic.counting import count_missing, count_of, is_whole, plainer

ROWS = "(VALUES (1, 5, 'x'), (NULL, 1, 'y'), (3, NULL, NULL), (NULL, NULL, 'x'), (9, 2, NULL)) AS r(a, b, c)"
EXPRESSIONS = (
    "a", "(a)", "a + b", "COALESCE(a, b)",
    "CASE WHEN a IS NULL THEN NULL WHEN b > 1 THEN 1 ELSE 0 END",
    "CASE WHEN a + b IS NULL THEN NULL WHEN b > 1 THEN 1 ELSE 0 END",
    "CASE WHEN (a) IS NULL THEN NULL ELSE 1 END",
    "CASE WHEN a IS NULL THEN 0 ELSE 1 END",
    "CASE WHEN a > 1 THEN 1 ELSE 0 END",
    "CASE WHEN a > 1 THEN 1 END",
    "CASE WHEN a > 1 THEN NULL ELSE 1 END",
    "CASE WHEN a > 1 THEN 1 WHEN b > 1 THEN NULL ELSE 0 END",
    "CASE WHEN a IS NULL THEN b ELSE 0 END",
    "CASE WHEN a IS NULL THEN NULL WHEN b > 1 THEN b ELSE 0 END",
    "CASE WHEN a IS NULL THEN NULL WHEN b > 1 THEN 1 ELSE b END",
    "CASE WHEN a IS NOT NULL THEN NULL WHEN b > 1 THEN 1 ELSE 0 END",
    "CASE a WHEN 1 THEN 1 ELSE 0 END",
    "CASE a WHEN NULL THEN NULL ELSE 0 END",
    "CASE WHEN a IS NULL THEN 1 END",
    "CASE WHEN a IS NOT NULL THEN 1 END",
    "CASE WHEN NOT a IS NULL THEN 1 END",
    "CASE WHEN a IS NULL THEN b END",
    "CASE WHEN a IS NULL THEN 1 WHEN b IS NULL THEN 1 END",
    "CASE WHEN a IS NULL AND b IS NULL THEN 1 END",
    "CASE WHEN c = 'x' THEN NULL ELSE c END",
    "DISTINCT a",
)  # fmt: skip


def parsed(text: str) -> exp.Expression:
    return sqlglot.parse_one(text, dialect="duckdb")


def value(node: exp.Expression, where: str) -> object:
    [(found,)] = duckdb.sql(f"SELECT {node.sql('duckdb')} FROM {ROWS} WHERE {where}").fetchall()
    return found


@pytest.mark.parametrize("where", ["TRUE", "FALSE", "a IS NULL", "b IS NOT NULL"])
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_plainer_count_is_the_same_number(text, where):
    count = parsed(f"COUNT({text})")
    expected = value(count, where)
    assert value(plainer(count.copy()), where) == expected
    if not text.startswith("DISTINCT"):
        assert value(count_of(parsed(text)), where) == expected
        assert value(count_missing(parsed(text)), where) == value(parsed("COUNT(*)"), where) - expected


@pytest.mark.parametrize(("text", "written"), [
    ("CASE WHEN a IS NULL THEN NULL WHEN b > 1 THEN 1 ELSE 0 END", "COUNT(a)"),
    ("CASE WHEN a > 1 THEN 1 ELSE 0 END", "COUNT(*)"),
    ("CASE WHEN a > 1 THEN 1 END", "COUNT(CASE WHEN a > 1 THEN 1 END)"),
])  # fmt: skip
def test_a_count_names_the_column_that_tells(text, written):
    assert count_of(parsed(text)).sql("duckdb") == written


def test_what_is_worked_out_stays_within_its_sum():
    tree = parsed("COUNT(CASE WHEN a IS NULL THEN 1 END) / 2")
    assert plainer(tree) is tree


@pytest.mark.parametrize(("text", "whole"), [
    ("CASE WHEN a IS NULL THEN NULL WHEN b > 1 THEN 1 ELSE 0 END", True), ("(CASE WHEN a > 1 THEN 1 END)", True),
    ("CASE WHEN a > 1 THEN 0.5 ELSE 0 END", False), ("CASE WHEN a > 1 THEN a ELSE 0 END", False), ("a", False),
])  # fmt: skip
def test_only_literal_whole_numbers_are_whole(text, whole):
    assert is_whole(parsed(text)) is whole
