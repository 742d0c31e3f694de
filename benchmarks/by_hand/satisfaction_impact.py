"""SQL by hand for satisfaction: scores by account and whatever they are compared by."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import period_of, within


def satisfaction_impact(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """Scores of all tickets and of the escalated ones by how often; those never escalated are the difference."""
    period = period_of(finding)
    created, counted, kind = (
        within("created_at", period),
        within("counted_at", period),
        "csat, product_area, category, account_id",
    )
    return [
        f"""SELECT {kind}, count(*) AS tickets, count(csat) AS rated FROM tickets WHERE {created} GROUP BY ALL""",
        f"""SELECT {kind}, least(escalation_count, 2) AS times, count(*) FROM escalated_tickets WHERE {created} GROUP BY ALL""",
        f"""SELECT {_band("first_response_at", "created_at", 1, 4, 24)} AS band, csat, account_id, count(*) FROM tickets WHERE {created} GROUP BY ALL""",
        f"""SELECT {_band("resolved_at", "created_at", 4, 24, 72, 168)} AS band, csat, account_id, count(*) FROM tickets WHERE {created} GROUP BY ALL""",
        f"""SELECT {_band("escalated_at", "created_at", 1, 4, 24)} AS band, csat, account_id, count(*) FROM escalated_tickets
            WHERE {created} GROUP BY ALL""",
        f"SELECT from_team, to_team, csat, account_id, count(*) FROM escalated_tickets WHERE {counted} GROUP BY ALL",
        f"""SELECT resolution_type, csat, account_id, count(DISTINCT ticket_id) FROM resolutions JOIN tickets USING (ticket_id)
            WHERE {created} GROUP BY ALL""",
    ]  # fmt: skip


def _band(column: str, start: str, *hours: int) -> str:
    """Into which stretch of hours a time falls, NULL where there is none."""
    arms = " ".join(f"WHEN {column} < {start} + INTERVAL {n} HOUR THEN {n}" for n in hours)
    return f"CASE WHEN {column} IS NULL THEN NULL {arms} ELSE 999 END"
