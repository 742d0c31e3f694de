"""SQL by hand for the brief of a day: the three counts by day in one statement, and the open escalated tickets."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import as_period, within

COUNTED = (
    ("tickets", "tickets", "created_at"),
    ("escalated", "escalated_tickets", "counted_at"),
    ("resolved", "resolutions", "resolved_at"),
)


def daily_brief(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """The day beside the same weekday of the weeks before."""
    [written] = {tuple(q.semantic["period"].items()) for q in finding.queries if q.semantic["by"] == ["day"]}
    span = as_period(dict(written))
    counts = [
        f"SELECT {at}::DATE AS day, count(*) AS {name} FROM {table} WHERE {within(at, span)} GROUP BY 1"
        for name, table, at in COUNTED
    ]
    return [
        " UNION ALL BY NAME ".join(counts),
        """SELECT e.ticket_id, counted_at, escalated_at, acknowledged_at, e.sla_due_at, e.priority, to_team, tier, t.subject, escalation_count
            FROM escalated_tickets e LEFT JOIN tickets t USING (ticket_id) LEFT JOIN account_directory a ON a.account_id = e.account_id
            WHERE resolved_at_after IS NULL ORDER BY counted_at, e.ticket_id LIMIT 5001""",
    ]  # fmt: skip
