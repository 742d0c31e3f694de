"""SQL by hand for a list of escalated tickets: how many there are, and the newest with what is told of each."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import cause_of, period_of, within


def ticket_list(finding: Finding, codes: Mapping[str, str]) -> list[str]:
    """The first of them are found before anything else of them is read."""
    counted = within("counted_at", period_of(finding))
    return [
        f"SELECT count(*) AS escalated, count(*) - count(escalated_at) FROM escalated_tickets WHERE {counted}",
        f"""WITH first AS (SELECT ticket_id FROM escalated_tickets WHERE {counted} ORDER BY counted_at DESC, ticket_id LIMIT 20)
            SELECT e.ticket_id, counted_at, escalated_at, resolved_at_after, e.priority, e.product_area, a.tier, {cause_of(codes)}, t.subject
            FROM first JOIN escalated_tickets e USING (ticket_id) JOIN tickets t USING (ticket_id)
            LEFT JOIN account_directory a ON a.account_id = e.account_id ORDER BY counted_at DESC, e.ticket_id""",
    ]
