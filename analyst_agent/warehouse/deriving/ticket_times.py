"""What of a ticket follows from its changes: resolutions, when it was resolved and closed, reopenings, the first response, replies."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from analyst_agent.warehouse.deriving.rule_sql import TIME_ID
from analyst_agent.warehouse.mappings.rule_records import Becomes, Rules
from analyst_agent.warehouse.raw import literal, scalar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def _values(rule: Becomes) -> str:
    return ", ".join(literal(v.strip().lower()) for v in rule.values)


def _entered(rule: Becomes) -> str:
    """Condition on `moves`: the field comes into the set from outside."""
    return f"field = {literal(rule.field)} AND NOT is_before AND {_inside(rule, 'value')} AND NOT {_inside(rule, 'before')}"


def _inside(rule: Becomes, column: str) -> str:
    return f"coalesce(lower({column}) IN ({_values(rule)}), false)"


def resolution_sql(rule: Becomes) -> str:
    """The SELECT of resolutions: each time the field comes into the set; a reopened ticket that is solved again has two."""
    ticket = "replace(replace(ticket_id, '%', '%25'), '/', '%2F')"
    return (
        f"SELECT {ticket} || '/' || {TIME_ID.format('moment')} AS resolution_id, ticket_id, moment AS resolved_at, by_id AS agent_id, _path, _line "
        f"FROM moves WHERE {_entered(rule)} QUALIFY row_number() OVER (PARTITION BY ticket_id, moment ORDER BY place) = 1"
    )


def settle_tickets(con: DuckDBPyConnection, rules: Rules, mapped: Collection[str]) -> int:
    """Writes the derived columns of tickets that have the history for them, except those mapped from a file. Returns how many changed."""
    changed = 0
    for column, rule in rules.of_tickets.items():
        if column in mapped:
            continue
        con.execute(f"CREATE OR REPLACE TEMP TABLE settled AS {_COLUMNS[column](rule)}")
        differs = f"s.ticket_id = t.ticket_id AND s.value IS DISTINCT FROM t.{column}"
        changed += scalar(con, f"SELECT count(*) FROM tickets AS t JOIN settled AS s ON {differs}")
        con.execute(f"UPDATE tickets AS t SET {column} = s.value FROM settled AS s WHERE {differs}")
    return changed


def _while_it_stands(rule: Becomes) -> str:
    """When the field last came into the set, empty where it has left it since."""
    last = f"arg_max({_inside(rule, 'value')}, place)"
    return (
        f"SELECT ticket_id, CASE WHEN {last} THEN max(moment) FILTER ({_entered(rule)} AND moment >= created_at) END AS value FROM moves "
        f"WHERE field = {literal(rule.field)} GROUP BY ticket_id"
    )


def _times_left(rule: Becomes) -> str:
    """How often the field left the set for another value."""
    return (
        f"SELECT ticket_id, count(*) FILTER (value IS NOT NULL AND NOT is_before AND {_inside(rule, 'before')} AND NOT {_inside(rule, 'value')}) AS value "
        f"FROM moves WHERE field = {literal(rule.field)} GROUP BY ticket_id"
    )


def _after_creation(rule: Becomes) -> str:
    """Condition on `said`: the field has one of the values after the ticket's creation; its opening message is no reply."""
    return f"field = {literal(rule.field)} AND NOT is_before AND {_inside(rule, 'value')} AND moment > created_at"


def _first(rule: Becomes) -> str:
    return f"SELECT ticket_id, min(moment) FILTER ({_after_creation(rule)}) AS value FROM said WHERE field = {literal(rule.field)} GROUP BY ticket_id"


def _count(rule: Becomes) -> str:
    return f"SELECT ticket_id, count(*) FILTER ({_after_creation(rule)}) AS value FROM said WHERE field = {literal(rule.field)} GROUP BY ticket_id"


_COLUMNS = {
    "resolved_at": _while_it_stands,
    "closed_at": _while_it_stands,
    "reopen_count": _times_left,
    "first_response_at": _first,
    "customer_reply_count": _count,
}
