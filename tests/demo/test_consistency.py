"""The files fit together: keys, times in order, values in their sets; so the demo loads without a rejected row."""

from __future__ import annotations

import duckdb
import pytest

from tests.demo.truths import number

IMPOSSIBLE = {
    "ticket id twice": "SELECT count(*) - count(DISTINCT ticket_id) FROM tickets",
    "escalation id twice": "SELECT count(*) - count(DISTINCT escalation_id) FROM escalations",
    "resolution id twice": "SELECT count(*) - count(DISTINCT resolution_id) FROM resolutions",
    "account id or name twice": "SELECT 2 * count(*) - count(DISTINCT account_id) - count(DISTINCT name) FROM accounts",
    "two events at one moment": """SELECT count(*) FROM (SELECT ticket_id, escalated_at FROM escalations
        GROUP BY ALL HAVING count(*) > 1)""",
    "escalation of no ticket": "SELECT count(*) FROM escalations ANTI JOIN tickets USING (ticket_id)",
    "resolution of no ticket": "SELECT count(*) FROM resolutions ANTI JOIN tickets USING (ticket_id)",
    "ticket of an unknown account": """SELECT count(*) FROM tickets ANTI JOIN accounts USING (account_id)
        WHERE account_id IS NOT NULL""",
    "ticket of an unknown agent": "SELECT count(*) FROM tickets ANTI JOIN agents USING (agent_id) WHERE agent_id IS NOT NULL",
    "ticket before its account": """SELECT count(*) FROM tickets t JOIN accounts a USING (account_id)
        WHERE t.created_at < a.created_at""",
    "flag without escalation or the reverse": """SELECT count(*) FROM wide
        WHERE (is_escalated = 'true') <> (escalated IS NOT NULL)""",
    "escalated before created": "SELECT count(*) FROM wide WHERE escalated <= created",
    "acknowledged before escalated": "SELECT count(*) FROM escalations WHERE acknowledged_at < escalated_at",
    "de-escalated before acknowledged": "SELECT count(*) FROM escalations WHERE deescalated_at < acknowledged_at",
    "responded before created": "SELECT count(*) FROM tickets WHERE first_response_at <= created_at",
    "resolved before responded": "SELECT count(*) FROM tickets WHERE resolved_at < first_response_at",
    "closed before resolved": "SELECT count(*) FROM tickets WHERE closed_at < resolved_at OR (closed_at > '' AND resolved_at IS NULL)",
    "resolution before creation": """SELECT count(*) FROM resolutions r JOIN tickets t USING (ticket_id)
        WHERE r.resolved_at <= t.created_at""",
    "resolved without its resolution": """SELECT count(*) FROM tickets t WHERE resolved_at IS NOT NULL
        AND resolved_at IS DISTINCT FROM (SELECT max(resolved_at) FROM resolutions r WHERE r.ticket_id = t.ticket_id)""",
    "status against times": """SELECT count(*) FROM tickets
        WHERE (status IN ('resolved', 'closed')) <> (resolved_at IS NOT NULL) OR (status = 'closed') <> (closed_at IS NOT NULL)""",
    "after the data's end": """SELECT count(*) FROM tickets WHERE greatest(created_at, updated_at, first_response_at,
        resolved_at, closed_at) > '2026-11-02T20:00:00Z'""",
    "event after the data's end": """SELECT count(*) FROM escalations
        WHERE greatest(escalated_at, acknowledged_at, deescalated_at) > '2026-11-02T20:00:00Z'""",
    "updated before something in it": """SELECT count(*) FROM tickets
        WHERE updated_at < greatest(created_at, first_response_at, resolved_at, closed_at)""",
    "no time with offset": """SELECT count(*) FROM tickets
        WHERE NOT regexp_full_match(created_at, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ')""",
    "csat, sentiment or minutes out of range": """SELECT count(*) FROM tickets WHERE csat::INT NOT BETWEEN 1 AND 5
        OR sentiment::DOUBLE NOT BETWEEN -1 AND 1 OR handle_minutes::INT < 1 OR reopen_count::INT < 0""",
    "new starter before the first day": """SELECT count(*) FROM wide WHERE created < DATE '2026-01-12' AND resolved_at < '2026-01-12'
        AND agent_id IN (SELECT agent_id FROM agents WHERE team = 'Frontline Coral' ORDER BY agent_id DESC LIMIT 4)""",
}  # fmt: skip


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_nothing_impossible(demo: duckdb.DuckDBPyConnection, what: str) -> None:
    assert number(demo, IMPOSSIBLE[what]) == 0


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("tickets", "priority", {"P1", "P2", "P3", "P4"}),
        ("tickets", "channel", {"email", "chat", "phone", "web", "api"}),
        ("tickets", "status", {"new", "open", "pending", "on_hold", "resolved", "closed"}),
        ("tickets", "language", {"en", "de", "fr", "es", "pt"}),
        ("escalations", "trigger", {"agent", "customer", "system", "vip"}),
        ("agents", "support_level", {"L1", "L2", "L3"}),
        ("accounts", "region", {"EMEA", "AMER", "APAC", "LATAM"}),
        ("accounts", "segment", {"Large", "Mid-market", "Small business", "Public sector"}),
    ],
)
def test_values(demo: duckdb.DuckDBPyConnection, table: str, column: str, values: set[str]) -> None:
    assert {value for (value,) in demo.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()} == values


@pytest.mark.parametrize("column", ["csat", "handle_minutes", "sentiment", "description", "account_id", "sla_due_at"])
def test_sparse_columns_have_gaps_and_values(demo: duckdb.DuckDBPyConnection, column: str) -> None:
    share = number(demo, f"SELECT count({column}) / count(*) FROM tickets")
    assert 0.1 < share < 1
