"""What is asked of the canonical tables outside the model, as trees that every engine can render: the days of the data, names to be masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import sqlglot
from sqlglot import exp

from analyst_agent.semantic.compiler import Compiled


def window_of_data() -> Compiled:
    """The first created_at, then the latest of every time that says how far the data reach."""
    latest = (
        ("created_at", "tickets"), ("updated_at", "tickets"), ("resolved_at", "tickets"), ("escalated_at", "escalations"),
        ("resolved_at", "resolutions"),
    )  # fmt: skip
    parts = [f"(SELECT MAX({time}) FROM {table}) AS latest_{number}" for number, (time, table) in enumerate(latest)]
    tree = statement(f"SELECT (SELECT MIN(created_at) FROM tickets) AS earliest, {', '.join(parts)}")
    return Compiled(tree, tuple(tree.named_selects), ())


def names_of_people() -> Compiled:
    """Names of all agents and customer success managers."""
    return Compiled(
        statement("SELECT name FROM agents WHERE name <> '' UNION SELECT csm FROM accounts WHERE csm <> '' ORDER BY 1"),
        ("name",), (),
    )  # fmt: skip


def shape_of(text: str) -> str:
    """How an id is written: its letters as they are, in upper case, and 9 for each run of digits.

    >>> shape_of("t-000877"), shape_of("INC0012345")
    ('T-9', 'INC9')
    """
    return re.sub(r"\d+", "9", text.upper())


def outermost_tickets() -> Compiled:
    """The first and the last ticket id by order: they tell how ids are written here."""
    return Compiled(
        statement("SELECT min(ticket_id) AS first, max(ticket_id) AS last FROM tickets"), ("first", "last"), ()
    )


def names_of_accounts(tickets: Sequence[str]) -> Compiled:
    """Names of the accounts of these tickets."""
    tree = statement(
        "SELECT DISTINCT a.name FROM tickets AS t JOIN accounts AS a ON a.account_id = t.account_id WHERE a.name <> '' ORDER BY 1"
    )
    assert isinstance(tree, exp.Select)
    known = [exp.Literal.string(ticket) for ticket in tickets]
    inside = exp.In(this=exp.column("ticket_id", table="t"), expressions=known)
    return Compiled(tree.where(inside, copy=False), ("name",), ())


def statement(sql: str) -> exp.Query:
    """A statement of our own over canonical tables, written for DuckDB, as a tree."""
    return _parsed(sql).copy()


@cache
def _parsed(sql: str) -> exp.Query:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    if not isinstance(tree, exp.Query):
        raise TypeError(f"{sql!r} is no query")
    return tree
